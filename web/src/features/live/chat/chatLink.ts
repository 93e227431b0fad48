// The page's one link to the chat, as whoever is signed in. A change of person gives it another socket.
import { session } from "../../../lib/session"
import { createTicket } from "./api"
import { ChatLink, type Ticket } from "./link"

/** The first answer of the session store may still be on its way when a page opens. */
function sessionKnown(): Promise<void> {
  if (session.get().status !== "starting") return Promise.resolve()
  return new Promise((resolve) => {
    const leave = session.subscribe(() => {
      if (session.get().status === "starting") return
      leave()
      resolve()
    })
  })
}

async function ticket(): Promise<Ticket | null> {
  await sessionKnown()
  return session.get().status === "in" ? createTicket() : null
}

export const chatLink = new ChatLink({
  open: (url) => new WebSocket(url),
  ticket,
  pageUrl: () => globalThis.location.href,
  random: Math.random,
})

let known = session.get().user?.id
session.subscribe(() => {
  const { status, user } = session.get()
  const now = status === "in" ? user?.id : undefined
  if (status === "starting" || now === known) return
  known = now
  chatLink.identify()
})
