// The licences of a product, one to choose: what it costs, whether it is the only one, its terms, and the files it gives.
import { Plural, Trans, useLingui } from "@lingui/react/macro"
import { type ReactNode, useId } from "react"
import { money } from "../../../lib/money"
import type { License } from "../../../lib/types"
import { cx } from "../../../ui/classes"
import { Icon } from "../../../ui/icons"
import { Free } from "../Price"

interface Props {
  licenses: readonly License[]
  currency: string
  chosen: string | undefined
  owned: readonly string[]
  /** Names of files, by their id. */
  names: ReadonlyMap<string, string>
  onChoose: (id: string) => void
}

function Details({ license, names }: { license: License; names: ReadonlyMap<string, string> }): ReactNode {
  const { file_ids, terms } = license
  const titles = file_ids.map((id) => names.get(id)).filter(Boolean)
  return (
    <details className="group ps-8">
      <summary className="inline-flex min-h-8 items-center gap-1 text-muted text-sm hover:text-text">
        <Trans>Terms and files</Trans>
        <span className="transition-transform duration-150 group-open:rotate-180">
          <Icon name="chevron" size={14} />
        </span>
        <span className="sr-only">{license.name}</span>
      </summary>
      <div className="wrap-anywhere grid gap-2 pt-1 pb-2 text-sm">
        <p className="whitespace-pre-line" dir="auto">
          {terms || <Trans>The seller wrote no terms for it.</Trans>}
        </p>
        <p className="text-muted">
          {file_ids.length === 0 ? (
            <Trans>Gives all files.</Trans>
          ) : titles.length === file_ids.length ? (
            <Trans>Gives {titles.join(", ")}</Trans>
          ) : (
            <Plural value={file_ids.length} one="Gives # file." other="Gives # files." />
          )}
        </p>
      </div>
    </details>
  )
}

export function LicenseChoice({ licenses, currency, chosen, owned, names, onChoose }: Props): ReactNode {
  const { t } = useLingui()
  const group = useId()
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-2 font-semibold text-sm">{t`Licence`}</legend>
      {licenses.map((license) => (
        <div
          key={license.id}
          className={cx(
            "rounded-lg px-3 py-1 ring-1 transition-colors duration-150",
            license.id === chosen ? "bg-accent-soft ring-accent" : "ring-edge",
          )}
        >
          <label className="flex min-h-11 cursor-pointer items-center gap-3">
            <input
              type="radio"
              name={group}
              className="size-5 shrink-0 accent-accent"
              checked={license.id === chosen}
              onChange={() => onChoose(license.id)}
            />
            <span className="wrap-anywhere flex min-w-0 flex-1 flex-wrap items-center gap-x-2" dir="auto">
              <span className="font-semibold">{license.name}</span>
              {license.exclusive ? (
                <span className="whitespace-nowrap rounded-full bg-quiet px-2 font-semibold text-xs">
                  <Trans>Exclusive</Trans>
                </span>
              ) : null}
              {owned.includes(license.id) ? (
                <span className="whitespace-nowrap rounded-full bg-quiet px-2 text-accent text-xs">
                  <Trans>Yours</Trans>
                </span>
              ) : null}
            </span>
            <span className="tabular whitespace-nowrap font-semibold">
              {license.price_cents === 0 ? <Free /> : money(license.price_cents, currency)}
            </span>
          </label>
          <Details license={license} names={names} />
        </div>
      ))}
    </fieldset>
  )
}
