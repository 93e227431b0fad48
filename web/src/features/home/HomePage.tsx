// The first page: what this is, who is live now, what to do next. Who is live and what is new to buy come
// from outside, as slots.
import { Trans, useLingui } from "@lingui/react/macro"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { useSession } from "../../lib/useSession"
import { buttonClass } from "../../ui/Button"
import { useTitle } from "../../ui/Page"

function Actions(): ReactNode {
  const { status } = useSession()
  const signedIn = status === "in" || status === "expired"
  return (
    <div className="flex flex-wrap gap-3">
      {signedIn ? (
        <Link to="/studio" className={buttonClass("primary", "px-6")}>
          <Trans>Go live</Trans>
        </Link>
      ) : (
        <Link to="/register" className={buttonClass("primary", "px-6")}>
          <Trans>Create an account</Trans>
        </Link>
      )}
      <Link to="/live" className={buttonClass("quiet", "px-6")}>
        <Trans>See who is live</Trans>
      </Link>
    </div>
  )
}

export function HomePage({ live, shop }: { live: ReactNode; shop?: ReactNode }): ReactNode {
  const { t } = useLingui()
  useTitle(t`Home`)
  return (
    <div className="mx-auto grid w-full max-w-6xl gap-14 px-4 py-10 sm:px-6 sm:py-16">
      <section className="grid max-w-3xl gap-6">
        <h1 className="text-balance font-bold text-4xl leading-[1.08] tracking-tight sm:text-6xl">
          <Trans>Your music, live, from a server of your own.</Trans>
        </h1>
        <p className="max-w-xl text-lg text-muted sm:text-xl">
          <Trans>
            Play a set and be heard two seconds later. No middleman, no feed: you and whoever came to listen.
          </Trans>
        </p>
        <Actions />
      </section>
      {live}
      {shop}
    </div>
  )
}
