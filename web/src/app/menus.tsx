// What hangs in the header: appearance, language, account.
import { Trans, useLingui } from "@lingui/react/macro"
import { useQueryClient } from "@tanstack/react-query"
import { Link } from "@tanstack/react-router"
import type { ReactNode } from "react"
import { signOut } from "../features/auth/api"
import { activate, LANGUAGES } from "../lib/i18n"
import { useOwnProfile } from "../lib/ownProfile"
import { applyTheme, usePref } from "../lib/prefs"
import { useSession } from "../lib/useSession"
import { Avatar } from "../ui/Avatar"
import { buttonClass } from "../ui/Button"
import { Icon } from "../ui/icons"
import { Choice, MENU_ENTRY, Menu } from "./Menu"

export function SettingsMenu(): ReactNode {
  const { t } = useLingui()
  const [theme, setTheme] = usePref("theme")
  const [locale, setLocale] = usePref("locale")
  const themes = [
    ["system", t`As the system`, "system"],
    ["light", t`Light`, "sun"],
    ["dark", t`Dark`, "moon"],
  ] as const
  return (
    <Menu label={t`Appearance and language`} trigger={<Icon name="sun" />}>
      <p className="px-3 pt-2 pb-1 font-semibold text-muted text-xs">
        <Trans>Appearance</Trans>
      </p>
      {themes.map(([id, name, icon]) => (
        <Choice
          key={id}
          chosen={theme === id}
          onChoose={() => {
            setTheme(id)
            applyTheme(id)
          }}
        >
          <Icon name={icon} size={18} />
          {name}
        </Choice>
      ))}
      <p className="px-3 pt-3 pb-1 font-semibold text-muted text-xs">
        <Trans>Language</Trans>
      </p>
      {LANGUAGES.map(({ code, name }) => (
        <Choice
          key={code}
          chosen={locale === code}
          onChoose={() => {
            setLocale(code)
            void activate(code)
          }}
        >
          <span lang={code}>{name}</span>
        </Choice>
      ))}
    </Menu>
  )
}

export function AccountMenu({ onShortcuts }: { onShortcuts: () => void }): ReactNode {
  const { t } = useLingui()
  const { status, user } = useSession()
  const queries = useQueryClient()
  const picture = useOwnProfile().data?.avatar_url
  if (status === "starting") return <span className="size-11" />
  if (status === "out" || !user) {
    return (
      <Link to="/login" className={buttonClass("primary", "ms-1 whitespace-nowrap")}>
        <Trans>Sign in</Trans>
      </Link>
    )
  }
  const leave = async (): Promise<void> => {
    await signOut()
    queries.clear()
  }
  return (
    <Menu label={t`Account of ${user.username}`} trigger={<Avatar id={user.id} name={user.username} src={picture} />}>
      <p className="px-3 py-2">
        <span className="block font-semibold">{user.username}</span>
        <span className="block text-muted text-sm">{user.email}</span>
      </p>
      <Link to="/library" className={MENU_ENTRY}>
        <Icon name="library" size={18} />
        <Trans>Library</Trans>
      </Link>
      <Link to="/orders" className={MENU_ENTRY}>
        <Icon name="receipt" size={18} />
        <Trans>Orders</Trans>
      </Link>
      <Link to="/cart" className={MENU_ENTRY}>
        <Icon name="cart" size={18} />
        <Trans>Cart</Trans>
      </Link>
      <Link to="/studio" className={MENU_ENTRY}>
        <Icon name="studio" size={18} />
        <Trans>Studio</Trans>
      </Link>
      <Link to="/sell/products" className={MENU_ENTRY}>
        <Icon name="tag" size={18} />
        <Trans>My products</Trans>
      </Link>
      <Link to="/sell/money" className={MENU_ENTRY}>
        <Icon name="money" size={18} />
        <Trans>Money</Trans>
      </Link>
      <Link to="/settings/profile" className={MENU_ENTRY}>
        <Icon name="settings" size={18} />
        <Trans>Settings</Trans>
      </Link>
      {user.role === "admin" ? (
        <Link to="/admin" className={MENU_ENTRY}>
          <Icon name="list" size={18} />
          <Trans>Admin</Trans>
        </Link>
      ) : null}
      <button type="button" className={MENU_ENTRY} onClick={onShortcuts}>
        <Icon name="key" size={18} />
        <Trans>Keyboard shortcuts</Trans>
      </button>
      <button type="button" className={MENU_ENTRY} onClick={() => void leave()}>
        <Icon name="close" size={18} />
        <Trans>Sign out</Trans>
      </button>
    </Menu>
  )
}
