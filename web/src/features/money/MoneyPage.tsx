// A seller's money at a glance: the balance, the account it goes to, and what was earned.
import { useLingui } from "@lingui/react/macro"
import { type ReactNode, useEffect, useState } from "react"
import { type Leave, leaveFor } from "../../lib/leave"
import { BalanceCard } from "./BalanceCard"
import { Earnings } from "./Earnings"
import type { MoneySearch } from "./filter"
import { MoneyFrame } from "./MoneyFrame"
import { OnboardingCard } from "./OnboardingCard"
import { CameBack, LinkRanOut } from "./Returned"

interface Props {
  search: MoneySearch
  onSearch: (search: MoneySearch) => void
  leave?: Leave
}

export function MoneyPage({ search, onSearch, leave = leaveFor }: Props): ReactNode {
  const { t } = useLingui()
  const { days, onboarding } = search
  // How one arrived is taken from the address once: a reload shall not go to the provider again.
  const [arrived] = useState(onboarding)
  useEffect(() => {
    if (onboarding) onSearch(days ? { days } : {})
  }, [onboarding, days, onSearch])
  return (
    <MoneyFrame title={t`Money`} lead={t`What you earned, and where it is.`}>
      <div className="grid gap-4">
        {arrived === "return" ? <CameBack /> : null}
        {arrived === "refresh" ? <LinkRanOut leave={leave} /> : null}
        <div className="grid gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <BalanceCard />
          <OnboardingCard leave={leave} />
        </div>
        <Earnings days={days ?? 30} onDays={(next) => onSearch({ days: next })} />
      </div>
    </MoneyFrame>
  )
}
