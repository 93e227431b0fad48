// The whole app in its shell: routes, guard, keyboard, banners. Here the landmarks are checked, too.

import type { Meta, StoryObj } from "@storybook/react-vite"
import { createMemoryHistory } from "@tanstack/react-router"
import { type ReactNode, useState } from "react"
import { expect, userEvent, waitFor, within } from "storybook/test"
import { activate } from "../lib/i18n"
import { player } from "../lib/player"
import { session } from "../lib/session"
import { adminHandlers, asAdmin } from "../testing/admin"
import { aUser } from "../testing/fixtures"
import { IN_FRENCH } from "../testing/french"
import { answer, ok, withApi } from "../testing/handlers"
import { moneyHandlers } from "../testing/money"
import { ALBUM, anOrder, anOrderItem, FREE, fillCart, lineOf, SERVICE, SONG } from "../testing/orders"
import { ON_PHONE } from "../testing/phone"
import { testQueries } from "../testing/Surroundings"
import { aStanding } from "../testing/shop"
import { App } from "./App"
import { createAppRouter } from "./router"

function Whole({ path }: { path: string }): ReactNode {
  const [queries] = useState(testQueries)
  const [router] = useState(() => createAppRouter(queries, createMemoryHistory({ initialEntries: [path] })))
  return <App queries={queries} router={router} />
}

const SANDBOX = answer("get", "/config", () => ok({ version: "0", currency: "EUR", payments: { mode: "sandbox" } }))
const signIn = (): void => session.adopt({ user: aUser, access_token: "not-a-token" })

const meta = {
  title: "Pages/Shell",
  component: Whole,
  args: { path: "/" },
  parameters: {
    a11y: {
      config: {
        rules: [
          { id: "region", enabled: true },
          { id: "landmark-one-main", enabled: true },
        ],
      },
    },
  },
} satisfies Meta<typeof Whole>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("heading", { level: 1 })).toBeVisible()
    await expect(await canvas.findByRole("link", { name: /Late night modular/ })).toBeVisible()
  },
}

/** A navigation moves focus to the page and says its title. */
export const Navigates: Story = {
  play: async ({ canvas }) => {
    const [link] = await canvas.findAllByRole("link", { name: "Live" })
    if (link) await userEvent.click(link)
    await expect(await canvas.findByRole("heading", { level: 1, name: "Live" })).toBeVisible()
    await waitFor(() => expect(canvas.getByRole("main")).toHaveFocus())
  },
}

/** `g l` goes to the directory, `?` opens the sheet; neither when switched off. */
export const Shortcuts: Story = {
  play: async ({ canvas }) => {
    await canvas.findByRole("heading", { level: 1 })
    await userEvent.keyboard("gl")
    await expect(await canvas.findByRole("heading", { level: 1, name: "Live" })).toBeVisible()
    await userEvent.keyboard("?")
    const sheet = within(await within(document.body).findByRole("dialog"))
    await userEvent.click(sheet.getByRole("checkbox"))
    await userEvent.keyboard("{Escape}")
    await waitFor(() => expect(within(document.body).queryByRole("dialog")).toBeNull())
    await userEvent.keyboard("gh")
    await expect(canvas.getByRole("heading", { level: 1, name: "Live" })).toBeVisible()
  },
}

/** A preview goes on while pages change; `/` leads to the search. */
export const Listens: Story = {
  args: { path: "/shop" },
  beforeEach: () => player.close,
  play: async ({ canvas }) => {
    await expect(canvas.queryByRole("complementary")).toBeNull()
    await userEvent.click(await canvas.findByRole("button", { name: "Play Night drive" }))
    const bar = within(await canvas.findByRole("complementary", { name: "Player" }))
    await waitFor(() => expect(player.get().phase).toBe("playing"))
    await userEvent.keyboard("/")
    await waitFor(() => expect(canvas.getByRole("searchbox")).toHaveFocus())
    await userEvent.click(bar.getByRole("link", { name: "Night drive" }))
    await expect(await canvas.findByRole("heading", { level: 1, name: "Night drive" })).toBeVisible()
    await waitFor(() => expect(canvas.getByRole("main")).toHaveFocus())
    await expect(player.get().phase).toBe("playing")
    await userEvent.keyboard("gp")
    await expect(await canvas.findByRole("heading", { level: 1, name: "Shop" })).toBeVisible()
    await expect(await canvas.findByRole("button", { name: "Pause Night drive" })).toBeVisible()
  },
}

/** Five tabs fit at 360 px, and the bar stands above them. */
export const ListensOnPhone: Story = {
  ...ON_PHONE,
  args: { path: "/shop" },
  beforeEach: () => player.close,
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Play Night drive" }))
    const bar = await canvas.findByRole("complementary", { name: "Player" })
    const tab = canvas.getByRole("link", { name: "Library" })
    await waitFor(() => expect(bar.getBoundingClientRect().bottom).toBeLessThanOrEqual(tab.getBoundingClientRect().top))
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

/** Into the cart from a product's page; the header counts, and `g c` leads there. */
export const Buys: Story = {
  args: { path: `/products/${ALBUM.id}` },
  beforeEach: signIn,
  parameters: withApi(SANDBOX),
  play: async ({ canvas }) => {
    const [add] = await canvas.findAllByRole("button", { name: "Add to cart" })
    if (add) await userEvent.click(add)
    const cart = await canvas.findByRole("link", { name: "Cart, 1 item" })
    await expect(canvas.getAllByRole("link", { name: "In your cart" })[0]).toBeVisible()
    await userEvent.click(cart)
    await expect(await canvas.findByRole("heading", { level: 1, name: "Cart" })).toBeVisible()
    await expect(await canvas.findByRole("button", { name: "Pay €9.00" })).toBeVisible()
  },
}

let isOwned = false

/** What is free is mine at once: its order opens, and its page and the library know without a reload. */
export const GetsFree: Story = {
  args: { path: `/products/${FREE.id}` },
  beforeEach: () => {
    isOwned = false
    signIn()
  },
  parameters: withApi(
    answer("get", "/marketplace/products/:id/standing", () => ok(aStanding({ is_owned: isOwned }))),
    answer("get", "/marketplace/products/:id", () => ok(FREE)),
    answer("post", "/marketplace/orders", () => {
      isOwned = true
      return ok(anOrder({ status: "completed", items: [anOrderItem(1, FREE)] }), 201)
    }),
    answer("get", "/marketplace/orders/:id", () => ok(anOrder({ status: "completed", items: [anOrderItem(1, FREE)] }))),
  ),
  play: async ({ canvas }) => {
    const [get] = await canvas.findAllByRole("button", { name: "Get it free" })
    if (get) await userEvent.click(get)
    await expect(await canvas.findByRole("heading", { level: 1, name: "Order V26-000128" })).toBeVisible()
    await userEvent.click(canvas.getByRole("link", { name: FREE.title }))
    await expect((await canvas.findAllByRole("link", { name: /In your library|Download/ }))[0]).toBeVisible()
  },
}

/** The provider's page sends the browser here. Signed out meanwhile: one signs in and comes back to the same address. */
export const ReturnsFromPaying: Story = {
  args: { path: `/orders/${anOrder().id}?payment_id=pay_0000example&status=succeeded` },
  play: async ({ canvas }) => {
    await userEvent.type(await canvas.findByLabelText("E-mail"), "nova@example.com")
    await userEvent.type(canvas.getByLabelText("Password"), "a long false password")
    const last = canvas.getAllByRole("button", { name: "Sign in" }).at(-1)
    if (last) await userEvent.click(last)
    await expect(await canvas.findByText("Waiting for the provider’s word")).toBeVisible()
  },
}

/** Header and cart at 360 px. */
export const CartOnPhone: Story = {
  ...ON_PHONE,
  args: { path: "/cart" },
  parameters: { ...ON_PHONE.parameters, ...withApi(SANDBOX) },
  beforeEach: () => {
    signIn()
    fillCart(lineOf(ALBUM), lineOf(SONG), lineOf(SERVICE))
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("link", { name: "Cart, 3 items" })).toBeVisible()
    await expect(await canvas.findByRole("button", { name: "Pay €130.50" })).toBeVisible()
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

export const ProductOnPhone: Story = {
  ...ON_PHONE,
  args: { path: "/products/0190f000-0000-7000-8000-000000000001" },
  beforeEach: () => player.close,
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Play Harbour, 4 a.m." }))
    await canvas.findByRole("complementary", { name: "Player" })
    await expect(canvas.getByRole("button", { name: "Buy: not open yet" })).toBeVisible()
  },
}

/** A visitor who asks for a page of their own signs in and comes back to it. */
export const GuardedPage: Story = {
  args: { path: "/settings/sessions" },
  play: async ({ canvas }) => {
    const trouble: string[] = []
    const onError = (event: ErrorEvent): void => void trouble.push(event.message)
    globalThis.addEventListener("error", onError)
    await userEvent.type(await canvas.findByLabelText("E-mail"), "nova@example.com")
    await userEvent.type(canvas.getByLabelText("Password"), "a long false password")
    const forms = canvas.getAllByRole("button", { name: "Sign in" })
    const last = forms.at(-1)
    if (last) await userEvent.click(last)
    await expect(await canvas.findByRole("heading", { level: 1, name: "Sessions" })).toBeVisible()
    globalThis.removeEventListener("error", onError)
    await expect(trouble).toEqual([])
  },
}

export const NotFound: Story = {
  args: { path: "/nowhere" },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("heading", { name: "There is nothing here" })).toBeVisible()
  },
}

export const Menus: Story = {
  beforeEach: signIn,
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Account of nova" }))
    await expect(await canvas.findByRole("button", { name: "Sign out" })).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Sign out" }))
    await expect(await canvas.findByRole("link", { name: "Sign in" })).toBeVisible()
  },
}

/** Whoever is no admin finds no way to the admin's pages, and reads no more there than what right is missing. */
export const AdminDenied: Story = {
  args: { path: "/admin/users" },
  beforeEach: signIn,
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("heading", { level: 1, name: "This page is for admins" })).toBeVisible()
    await expect(canvas.queryByRole("navigation", { name: "Admin" })).toBeNull()
    await userEvent.click(await canvas.findByRole("button", { name: "Account of nova" }))
    await expect(canvas.queryByRole("link", { name: "Admin" })).toBeNull()
  },
}

/** Staff who must and have not: the way there, instead of pages that would refuse. */
export const TwoStepFirst: Story = {
  args: { path: "/admin/users" },
  parameters: withApi(
    answer("get", "/auth/totp", () => ok({ enabled: false, required: true, recovery_codes_left: 0 })),
    ...adminHandlers,
  ),
  beforeEach: asAdmin,
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("link", { name: "Turn it on" }))
    await expect(await canvas.findByRole("heading", { level: 1, name: "Two-step log-in" })).toBeVisible()
  },
}

/** An address that was not confirmed: said quietly, sent again, put away. */
export const NotConfirmed: Story = {
  beforeEach: () => session.adopt({ user: { ...aUser, email_verified: false }, access_token: "not-a-token" }),
  play: async ({ canvas }) => {
    const banner = within(await canvas.findByRole("region", { name: "Your e-mail address" }))
    await userEvent.click(banner.getByRole("button", { name: "Send it again" }))
    await expect(await banner.findByText(/A link is on its way to/)).toBeVisible()
    await userEvent.click(banner.getByRole("button", { name: "Put away" }))
    await expect(canvas.queryByRole("region", { name: "Your e-mail address" })).toBeNull()
  },
}

export const NotConfirmedOnPhone: Story = {
  ...ON_PHONE,
  ...IN_FRENCH,
  beforeEach: () => session.adopt({ user: { ...aUser, email_verified: false }, access_token: "not-a-token" }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("button", { name: "Renvoyer" })).toBeVisible()
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

/** The filter is the address's: a link narrows the list, and taking it away widens it. */
export const AdminOrders: Story = {
  args: { path: "/admin/orders?status=disputed&buyer_id=0190a000-0000-7000-8000-000000000021&from=yesterday" },
  parameters: withApi(...adminHandlers),
  beforeEach: asAdmin,
  play: async ({ canvas }) => {
    await expect(await canvas.findByLabelText("Status")).toHaveValue("disputed")
    await expect(canvas.getByLabelText("From")).toHaveValue("")
    await expect(canvas.getByRole("link", { name: "Orders", current: "page" })).toBeVisible()
    await userEvent.click(await canvas.findByRole("button", { name: "No longer only: Bought by" }))
    await waitFor(() => expect(canvas.queryByText("Bought by")).toBeNull())
    await expect(canvas.getByLabelText("Status")).toHaveValue("disputed")
  },
}

/** Back from the payout provider, signed in again by the cookie: the outcome stands there, and the address is clean. */
export const MoneyReturned: Story = {
  args: { path: "/sell/money?days=90&onboarding=return" },
  parameters: withApi(...moneyHandlers),
  beforeEach: signIn,
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/You are connected/)).toBeVisible()
    await expect(await canvas.findByRole("button", { name: "90 days", pressed: true })).toBeVisible()
  },
}

export const Theme: Story = {
  play: async ({ canvas }) => {
    const before = document.documentElement.dataset.theme
    await userEvent.click(await canvas.findByRole("button", { name: "Appearance and language" }))
    await userEvent.click(await canvas.findByRole("button", { name: before === "dark" ? "Light" : "Dark" }))
    await waitFor(() => expect(document.documentElement.dataset.theme).not.toBe(before))
    await expect(localStorage.getItem("veza.theme")).toBe(before === "dark" ? "light" : "dark")
  },
}

/** Texts a third longer must neither be cut nor push the page sideways, at 360 px. */
export const LongTexts: Story = {
  args: { path: "/live" },
  play: async ({ canvas }) => {
    await activate("pseudo")
    try {
      await canvas.findByRole("link", { name: /Late night modular/ })
      await waitFor(() => expect(canvas.getByRole("heading", { level: 1 })).not.toHaveTextContent("Live"))
      await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(globalThis.innerWidth)
    } finally {
      await activate("en")
    }
  },
}

export const French: Story = {
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Appearance and language" }))
    await userEvent.click(await canvas.findByRole("button", { name: "Français" }))
    await expect(await canvas.findByText("Votre musique, en direct, depuis votre propre serveur.")).toBeVisible()
    await expect(document.documentElement.lang).toBe("fr")
  },
}

export const Sandbox: Story = {
  parameters: withApi(answer("get", "/config", () => ok({ version: "0", payments: { mode: "sandbox" } }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Sandbox: no money moves.")).toBeVisible()
  },
}

export const Offline: Story = {
  play: async ({ canvas }) => {
    Object.defineProperty(navigator, "onLine", { configurable: true, get: () => false })
    try {
      globalThis.dispatchEvent(new Event("offline"))
      await expect(await canvas.findByText(/You are offline/)).toBeVisible()
    } finally {
      Reflect.deleteProperty(navigator, "onLine")
      globalThis.dispatchEvent(new Event("online"))
    }
  },
}
