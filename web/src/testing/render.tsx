// Renders a part of the page for a unit test, with what it needs around it. Stories need none of this.
import { act, type ReactNode } from "react"
import { createRoot } from "react-dom/client"
import { activate } from "../lib/i18n"
import { Surroundings } from "./Surroundings"

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean
}

export async function render(content: ReactNode): Promise<{ page: HTMLElement; unmount: () => Promise<void> }> {
  globalThis.IS_REACT_ACT_ENVIRONMENT = true
  await activate("en")
  const page = document.createElement("div")
  document.body.append(page)
  const root = createRoot(page)
  await act(async () => root.render(<Surroundings>{content}</Surroundings>))
  const unmount = async (): Promise<void> => {
    await act(async () => root.unmount())
    page.remove()
  }
  return { page, unmount }
}

export const settle = (): Promise<void> => act(async () => undefined)
