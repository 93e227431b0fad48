/* The peer of the chat benches: one room on Node's `ws`, written as its documentation shows a broadcast.
 *
 *     node ws_peer.mjs WEB_FOLDER PORT
 *
 * Speaks as much of docs/reference/chat.md as ws_readers needs, with messages of the same shape and size. It is given
 * every advantage that costs nothing: no database, no rights, no compression, one serialisation and one Buffer per
 * message for all clients.
 */
import { randomUUID } from "node:crypto"
import { createRequire } from "node:module"
import { join } from "node:path"

const [, , web, port] = process.argv
const { WebSocket, WebSocketServer } = createRequire(join(web, "package.json"))("ws")

const KEPT = 3000
const epoch = randomUUID()
const user = { id: randomUUID(), username: "somebody_at_the_bench", role: "user", badge: null }
const kept = []
let head = 0

const server = new WebSocketServer({ host: "127.0.0.1", port: Number(port), perMessageDeflate: false, backlog: 2048 })

function joined({ id, room, since }) {
  const recovered = since?.epoch === epoch && since.seq >= head - kept.length
  const messages = recovered ? kept.slice(kept.length - (head - since.seq)) : kept.slice(-50)
  const before = JSON.stringify({ type: "joined", id, room, epoch, seq: head, recovered })
  return `${before.slice(0, -1)},"messages":[${messages.join(",")}],"deleted":[]}`
}

function broadcast({ room, content }) {
  const created_at = new Date().toISOString()
  const message = { id: randomUUID(), room, seq: ++head, user, content, reply_to: null, created_at }
  kept.push(JSON.stringify(message))
  if (kept.length > 2 * KEPT) kept.splice(0, KEPT)
  const data = Buffer.from(JSON.stringify({ type: "message", room, message }))
  for (const client of server.clients) {
    if (client.readyState === WebSocket.OPEN) client.send(data, { binary: false })
  }
  return message
}

server.on("connection", (socket) => {
  socket.on("error", () => socket.terminate())
  socket.on("message", (data) => {
    const frame = JSON.parse(data)
    if (frame.type === "join") socket.send(joined(frame))
    if (frame.type === "send") socket.send(JSON.stringify({ type: "ack", id: frame.id, message: broadcast(frame) }))
  })
  socket.send(JSON.stringify({ type: "welcome", session_id: randomUUID(), user: null, ping_interval: 25_000 }))
})
