// How many of a service. Anything between one and the most counts as it is typed; the rest is put right when one leaves.
import { useLingui } from "@lingui/react/macro"
import { type ReactNode, useId, useState } from "react"
import { BOX } from "../../ui/Field"
import { type CartLine, cart, QUANTITY_MAX } from "./cart"

export function Quantity({ line, title }: { line: CartLine; title: string }): ReactNode {
  const { t } = useLingui()
  const id = useId()
  const [typed, setTyped] = useState<string>()
  const take = (value: string): void => {
    setTyped(value)
    const quantity = Number(value)
    if (Number.isInteger(quantity) && quantity >= 1 && quantity <= QUANTITY_MAX) cart.change(line, { quantity })
  }
  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id} className="text-muted text-sm">
        {t`Quantity`}
        <span className="sr-only">: {title}</span>
      </label>
      <div className="w-20">
        <input
          id={id}
          type="number"
          inputMode="numeric"
          min={1}
          max={QUANTITY_MAX}
          step={1}
          value={typed ?? line.quantity}
          onChange={({ target }) => take(target.value)}
          onBlur={() => setTyped(undefined)}
          className={BOX}
        />
      </div>
    </div>
  )
}
