// The frame of every page: skip link, header, main, tabs on phones, and what floats above. Moves focus on navigation.
import { Trans, useLingui } from "@lingui/react/macro"
import { Link, Outlet, useRouter } from "@tanstack/react-router"
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useRef, useState } from "react"
import { CartLink } from "../features/cart/CartLink"
import { PlayerDock } from "../features/player/PlayerDock"
import { useSession } from "../lib/useSession"
import { Icon, type IconName, Mark } from "../ui/icons"
import { Toasts } from "../ui/toasts"
import { Banners } from "./Banners"
import { AccountMenu, SettingsMenu } from "./menus"
import { useShortcuts } from "./useShortcuts"

const KeyboardSheet = lazy(() => import("./KeyboardSheet").then((module) => ({ default: module.KeyboardSheet })))
const SignedOutDialog = lazy(() =>
  import("../features/auth/SignedOutDialog").then((module) => ({ default: module.SignedOutDialog })),
)

interface Place {
  to: "/" | "/shop" | "/live" | "/library" | "/studio"
  name: string
  icon: IconName
}

/** The library has a place among the tabs of phones; elsewhere it hangs in the account's menu. */
function usePlaces(tabs: boolean): Place[] {
  const { t } = useLingui()
  const library: Place = { to: "/library", name: t`Library`, icon: "library" }
  return [
    { to: "/", name: t`Home`, icon: "home" },
    { to: "/shop", name: t`Shop`, icon: "shop" },
    { to: "/live", name: t`Live`, icon: "live" },
    ...(tabs ? [library] : []),
    { to: "/studio", name: t`Studio`, icon: "studio" },
  ]
}

/** After a navigation focus goes to the new page, and its title is announced. */
function useArrival(main: React.RefObject<HTMLElement | null>): string {
  const router = useRouter()
  const [arrived, setArrived] = useState("")
  useEffect(
    () =>
      router.subscribe("onRendered", ({ fromLocation, pathChanged }) => {
        if (!(fromLocation && pathChanged)) return
        main.current?.focus({ preventScroll: true })
        setArrived(document.title)
      }),
    [router, main],
  )
  return arrived
}

function Header({ onShortcuts }: { onShortcuts: () => void }): ReactNode {
  const { t } = useLingui()
  const places = usePlaces(false)
  return (
    <header className="contents">
      <a
        href="#main"
        className="fixed start-3 top-3 z-50 -translate-y-20 rounded-lg bg-accent px-4 py-3 font-semibold text-on-accent focus:translate-y-0"
      >
        <Trans>Skip to content</Trans>
      </a>
      <div className="sticky top-0 z-20 bg-bg/95 backdrop-blur-sm">
        <div className="mx-auto flex h-16 max-w-6xl items-center gap-1 px-4 sm:px-6">
          <Link
            to="/"
            className="me-4 flex min-h-11 shrink-0 items-center gap-2 rounded-lg font-bold text-xl tracking-tight"
          >
            <Mark />
            Veza
          </Link>
          <nav aria-label={t`Main`} className="flex min-w-0 gap-1 tabbed:hidden">
            {places.map(({ to, name }) => (
              <Link
                key={to}
                to={to}
                activeOptions={{ exact: to === "/" }}
                className="inline-flex min-h-11 items-center rounded-lg px-3 font-medium text-muted hover:text-text aria-[current]:text-text"
              >
                {name}
              </Link>
            ))}
          </nav>
          <span className="flex-1" />
          <CartLink />
          <SettingsMenu />
          <AccountMenu onShortcuts={onShortcuts} />
        </div>
      </div>
      <Banners />
    </header>
  )
}

function Tabs(): ReactNode {
  const { t } = useLingui()
  return (
    <nav
      aria-label={t`Main`}
      className="fixed inset-x-0 bottom-0 z-20 hidden border-line border-t bg-bg pb-[env(safe-area-inset-bottom)] tabbed:flex"
    >
      {usePlaces(true).map(({ to, name, icon }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === "/" }}
          className="grid min-h-14 flex-1 place-items-center content-center gap-0.5 text-muted text-xs aria-[current]:font-semibold aria-[current]:text-accent"
        >
          <Icon name={icon} size={22} />
          {name}
        </Link>
      ))}
    </nav>
  )
}

export function Shell(): ReactNode {
  const main = useRef<HTMLElement>(null)
  const [sheet, setSheet] = useState(false)
  const [sheetUsed, setSheetUsed] = useState(false)
  const { status } = useSession()
  const arrived = useArrival(main)
  const openSheet = useCallback(() => {
    setSheetUsed(true)
    setSheet(true)
  }, [])
  useShortcuts(openSheet)
  return (
    <>
      <Header onShortcuts={openSheet} />
      <main
        ref={main}
        id="main"
        tabIndex={-1}
        className="min-h-[70dvh] [--header:4rem] pb-[calc(3rem+var(--player))] tabbed:pb-[calc(6rem+var(--player))]"
      >
        <Outlet />
      </main>
      <PlayerDock />
      <Tabs />
      <p aria-live="polite" className="sr-only">
        {arrived}
      </p>
      <Toasts />
      <Suspense>
        {sheetUsed ? <KeyboardSheet open={sheet} onClose={() => setSheet(false)} /> : null}
        {status === "expired" ? <SignedOutDialog /> : null}
      </Suspense>
    </>
  )
}
