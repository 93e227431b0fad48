// As ui/AskFirstButton, for one's own streams: whatever it did, everything of them is read again.
import { useQueryClient } from "@tanstack/react-query"
import type { ComponentProps, ReactNode } from "react"
import { AskFirstButton as Ask } from "../../../ui/AskFirstButton"

type Props = Omit<ComponentProps<typeof Ask>, "onSettled">

export function AskFirstButton(props: Props): ReactNode {
  const queries = useQueryClient()
  const readAgain = (): Promise<unknown> =>
    queries.invalidateQueries({ queryKey: ["live"], predicate: ({ queryKey }) => queryKey[1] !== "key" })
  return <Ask {...props} onSettled={readAgain} />
}
