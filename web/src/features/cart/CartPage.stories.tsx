// The cart: what stands in it, what stands in the way, and how it becomes one order whatever happens on the way.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { HttpResponse, http } from "msw"
import { expect, fn, userEvent, waitFor, within } from "storybook/test"
import { session } from "../../lib/session"
import type { NewOrder } from "../../lib/types"
import { aUser } from "../../testing/fixtures"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import {
  ALBUM,
  anOrder,
  anOrderItem,
  BEAT,
  CHECKOUT_URL,
  FREE,
  fillCart,
  lineOf,
  quoteOf,
  quoting,
  SERVICE,
  SONG,
} from "../../testing/orders"
import { ON_PHONE } from "../../testing/phone"
import { CartPage } from "./CartPage"

const ORDERS = "/marketplace/orders"
const leave = fn()
const config = (mode: string) =>
  answer("get", "/config", () => ok({ version: "0.0.0", currency: "EUR", payments: { mode } }))
const open = config("sandbox")

interface Sent {
  key: string | null
  body: NewOrder
}

const sent: Sent[] = []

/** A server that takes orders, at the price of its quote; `refuse` answers the n-th request (from 0) instead. */
const ordering = (refuse: (attempt: number) => Response | undefined = () => undefined) =>
  http.post("/api/v1/marketplace/orders", async ({ request }) => {
    const body = (await request.json()) as NewOrder
    sent.push({ key: request.headers.get("idempotency-key"), body })
    const { total_cents } = quoteOf(body.items)
    return (refuse(sent.length - 1) ?? ok(anOrder({ total_cents }), 201)) as never
  })

const meta = {
  title: "Pages/Cart",
  component: CartPage,
  args: { leave },
  parameters: withApi(open, ordering()),
  beforeEach: () => {
    sessionStorage.clear()
    sent.length = 0
    leave.mockClear()
    session.adopt({ user: aUser, access_token: "not-a-token" })
    fillCart(lineOf(ALBUM), lineOf(BEAT), lineOf(SONG), lineOf(SERVICE, { quantity: 2 }))
  },
} satisfies Meta<typeof CartPage>

export default meta
type Story = StoryObj<typeof meta>
type Canvas = Parameters<NonNullable<Story["play"]>>[0]["canvas"]

const pay = (canvas: Canvas): Promise<HTMLElement> => canvas.findByRole("button", { name: /^Pay/ })
const tickAll = async (canvas: Canvas): Promise<void> => {
  for (const box of await canvas.findAllByRole("checkbox")) await userEvent.click(box)
}

/** By seller, with what one agrees to before it can be paid; then straight to the provider's page. */
export const Default: Story = {
  play: async ({ canvas }) => {
    const sellers = await canvas.findAllByRole("region", { name: /djamilah|the_hollow_trio/ })
    await expect(sellers).toHaveLength(2)
    await expect(canvas.getByText("€275.50")).toBeVisible()
    await expect(document.title).toBe("Cart · Veza")
    await userEvent.click(await pay(canvas))
    await expect(sent).toHaveLength(0)
    await expect(canvas.getAllByText("Tick this box to go on.")).toHaveLength(2)
    await expect(canvas.getAllByRole("checkbox")[0]).toHaveFocus()
    await tickAll(canvas)
    await userEvent.click(await pay(canvas))
    await waitFor(() => expect(leave).toHaveBeenCalledWith(CHECKOUT_URL))
    await expect(sent[0]?.key).toMatch(/^[0-9a-f]{32}$/)
    await expect(sent[0]?.body.billing).toBeNull()
    await expect(localStorage.getItem("veza.cart")).toBe("[]")
    await expect(sessionStorage.getItem("veza.order_attempts")).toBe("[]")
  },
}

/** As it stands, before anybody did anything. */
export const Calm: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("€275.50")).toBeVisible()
  },
}

/** Out of the cart, and back to where it stood. Focus goes with it. */
export const RemovedAndBack: Story = {
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: `Remove ${BEAT.title}` }))
    const undo = await canvas.findByRole("button", { name: "Undo" })
    await waitFor(() => expect(undo).toHaveFocus())
    await expect(await canvas.findByText("€250.50")).toBeVisible()
    await userEvent.click(undo)
    await expect(await canvas.findByText("€275.50")).toBeVisible()
    const titles = canvas.getAllByRole("heading", { level: 3 }).map(({ textContent }) => textContent)
    await expect(titles.slice(0, 2)).toEqual([ALBUM.title, BEAT.title])
  },
}

/** Only services are ordered more than once. */
export const Quantity: Story = {
  play: async ({ canvas }) => {
    const field = await canvas.findByRole("spinbutton")
    await expect(field).toHaveValue(2)
    await userEvent.clear(field)
    await userEvent.type(field, "3")
    await expect(await canvas.findByText("€395.50")).toBeVisible()
    await userEvent.clear(field)
    await userEvent.tab()
    await waitFor(() => expect(field).toHaveValue(3))
  },
}

const PROBLEMS: Record<string, string> = {
  [ALBUM.id]: "already_owned",
  [SONG.id]: "unavailable",
  [FREE.id]: "own_product",
}

/** Each thing that stands in the way, with the click that mends it. */
export const Problems: Story = {
  beforeEach: () =>
    fillCart(
      lineOf(ALBUM),
      lineOf(BEAT, { license_id: null }),
      lineOf(SONG),
      lineOf(FREE),
      lineOf(SERVICE, { quantity: 2 }),
    ),
  parameters: withApi(
    open,
    ordering(),
    answer("get", "/marketplace/products/:id", () => ok(BEAT)),
    quoting(({ product_id, license_id, quantity }) => {
      const needsLicense = product_id === BEAT.id && license_id === null
      const isTooMany = product_id === SERVICE.id && quantity > 1
      const code = PROBLEMS[product_id] ?? (needsLicense ? "license_required" : isTooMany ? "quantity" : null)
      return code ? { problem: { code, message: "" }, total_cents: null, unit_price_cents: null } : {}
    }),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("You own this already.")).toBeVisible()
    await userEvent.click(await pay(canvas))
    await waitFor(() => expect(document.activeElement).toHaveAttribute("data-problem", "already_owned"))
    await userEvent.click(await canvas.findByRole("button", { name: /WAV lease/ }))
    await expect(await canvas.findByText("WAV lease")).toBeVisible()
    await userEvent.click(await canvas.findByRole("button", { name: "Make it one" }))
    await waitFor(() => expect(canvas.queryByText("Of this you need one only.")).toBeNull())
    await expect(canvas.getByText("3 works in your cart cannot be bought.")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Take them out" }))
    await expect(await canvas.findByText("3 works are out of your cart.")).toBeVisible()
    await expect(await canvas.findByRole("button", { name: "Pay €169.00" })).toBeVisible()
    await expect(sent).toHaveLength(0)
  },
}

export const ProblemsShown: Story = {
  ...Problems,
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("You own this already.")).toBeVisible()
    await expect(await canvas.findByRole("button", { name: /WAV lease/ })).toBeVisible()
  },
}

/** The provider does not answer: the order is kept, and the same key goes on with it. */
export const ProviderAway: Story = {
  parameters: withApi(
    open,
    ordering((attempt) => (attempt === 0 ? fail(503, { code: "provider_unavailable", error: "Away." }) : undefined)),
  ),
  play: async ({ canvas }) => {
    await tickAll(canvas)
    await userEvent.click(await pay(canvas))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Your order is kept")
    await expect(JSON.parse(localStorage.getItem("veza.cart") ?? "[]")).toHaveLength(4)
    await userEvent.click(canvas.getByRole("button", { name: "Try again: pay €275.50" }))
    await waitFor(() => expect(leave).toHaveBeenCalledWith(CHECKOUT_URL))
    await expect(sent[1]?.key).toBe(sent[0]?.key)
    await expect(sent[1]?.body).toEqual(sent[0]?.body)
  },
}

/** The answer was lost: the next press goes on with the same order. */
export const AnswerLost: Story = {
  parameters: withApi(
    open,
    ordering((attempt) => (attempt === 0 ? HttpResponse.error() : undefined)),
  ),
  play: async ({ canvas }) => {
    await tickAll(canvas)
    await userEvent.click(await pay(canvas))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("nothing is ordered twice")
    await userEvent.click(await pay(canvas))
    await waitFor(() => expect(leave).toHaveBeenCalledWith(CHECKOUT_URL))
    await expect(sent[1]?.key).toBe(sent[0]?.key)
  },
}

const KEPT_KEY = "0123456789abcdef0123456789abcdef"

/** After a reload: what was begun goes on, with its billing details, its key, and what was agreed to. */
export const Resumed: Story = {
  beforeEach: () => {
    fillCart(lineOf(ALBUM))
    const body: NewOrder = {
      items: [{ product_id: ALBUM.id, quantity: 1, license_id: null }],
      payment_method: "card",
      billing: { name: "Nova", address: "", country: "FR", vat_id: "" },
    }
    const attempt = { key: KEPT_KEY, user_id: aUser.id, body, began_ms: Date.now() }
    sessionStorage.setItem("veza.order_attempts", JSON.stringify([attempt]))
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/The button goes on from there/)).toBeVisible()
    await expect(canvas.getByLabelText("Country")).toHaveDisplayValue("France")
    await userEvent.click(await pay(canvas))
    await waitFor(() => expect(leave).toHaveBeenCalledWith(CHECKOUT_URL))
    await expect(sent[0]?.key).toBe(KEPT_KEY)
  },
}

/** The first request still runs: it is asked for again until it has an answer. */
export const StillRunning: Story = {
  beforeEach: () => fillCart(lineOf(ALBUM)),
  parameters: withApi(
    open,
    ordering((attempt) => (attempt === 0 ? fail(409, { code: "idempotency_in_progress" }) : undefined)),
  ),
  play: async ({ canvas }) => {
    await tickAll(canvas)
    await userEvent.click(await pay(canvas))
    await expect(await canvas.findByRole("button", { name: "Placing your order…" })).toHaveAttribute(
      "aria-busy",
      "true",
    )
    await waitFor(() => expect(leave).toHaveBeenCalledWith(CHECKOUT_URL))
    await expect(sent.map(({ key }) => key)).toEqual([sent[0]?.key, sent[0]?.key])
  },
}

/** What the server refuses stands at its line; the next try is another attempt. */
export const Refused: Story = {
  parameters: withApi(
    open,
    ordering((attempt) =>
      attempt === 0
        ? fail(400, {
            code: "validation_error",
            error: "Some items cannot be ordered.",
            fields: [{ field: "items.2", message: "This is not on sale." }],
          })
        : undefined,
    ),
  ),
  play: async ({ canvas }) => {
    await tickAll(canvas)
    await userEvent.click(await pay(canvas))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Some items cannot be ordered.")
    const trio = within(canvas.getByRole("region", { name: "the_hollow_trio" }))
    await expect(trio.getByText("This is not on sale.")).toBeVisible()
    await expect(sessionStorage.getItem("veza.order_attempts")).toBe("[]")
    await userEvent.click(trio.getByRole("button", { name: "Take it out" }))
    await userEvent.click(await canvas.findByRole("button", { name: "Pay €274.00" }))
    await waitFor(() => expect(leave).toHaveBeenCalled())
    await expect(sent[1]?.key).not.toBe(sent[0]?.key)
  },
}

export const BillingRefused: Story = {
  parameters: withApi(
    open,
    ordering(() =>
      fail(400, {
        code: "validation_error",
        error: "Invalid.",
        fields: [{ field: "billing.vat_id", message: "must be a VAT id" }],
      }),
    ),
  ),
  play: async ({ canvas }) => {
    await tickAll(canvas)
    await userEvent.click(canvas.getByText("Billing details"))
    await userEvent.type(canvas.getByLabelText("VAT id"), " FR00 ")
    await userEvent.click(await pay(canvas))
    await expect(await canvas.findByText("must be a VAT id")).toBeVisible()
    await expect(canvas.getByLabelText("VAT id")).toHaveAttribute("aria-invalid", "true")
    await expect(sent[0]?.body.billing).toEqual({ name: "", address: "", country: "", vat_id: "FR00" })
  },
}

/** The price changed since it was shown: it is shown before it is paid. */
export const Dearer: Story = {
  beforeEach: () => fillCart(lineOf(ALBUM)),
  parameters: withApi(
    open,
    answer("post", ORDERS, () => ok(anOrder({ items: [anOrderItem(1, ALBUM, { total_cents: 1100 })] }), 201)),
  ),
  play: async ({ canvas }) => {
    await tickAll(canvas)
    await userEvent.click(await pay(canvas))
    await expect(await canvas.findByText(/it is €11.00 now/)).toBeVisible()
    await expect(leave).not.toHaveBeenCalled()
  },
}

/** Nothing to pay: no provider, no word of one. */
export const FreeOnly: Story = {
  beforeEach: () => fillCart(lineOf(FREE)),
  parameters: withApi(
    open,
    answer("post", ORDERS, () => ok(anOrder({ status: "completed", items: [anOrderItem(1, FREE)] }), 201)),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("button", { name: "Get it free" })).toBeVisible()
    await expect(canvas.queryByText(/payment provider/)).toBeNull()
    await tickAll(canvas)
    await userEvent.click(canvas.getByRole("button", { name: "Get it free" }))
    await waitFor(() => expect(localStorage.getItem("veza.cart")).toBe("[]"))
    await expect(leave).not.toHaveBeenCalled()
  },
}

/** The cart is there without an account; paying asks for one and comes back. */
export const SignedOut: Story = {
  beforeEach: () => {
    session.forget()
    fillCart(lineOf(ALBUM))
  },
  parameters: withApi(
    open,
    answer("get", "/marketplace/products/:id", () => ok(ALBUM)),
  ),
  play: async ({ canvas }) => {
    await waitFor(() => expect(session.get().status).toBe("out"))
    await expect(await canvas.findByRole("link", { name: "Sign in to buy" })).toHaveAttribute(
      "href",
      "/login?next=%2Fcart",
    )
    await expect(canvas.getByText(ALBUM.title)).toBeVisible()
  },
}

/** The server takes no payments: the cart stays, and says so. */
export const Closed: Story = {
  parameters: withApi(config("disabled")),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/takes no payments yet/)).toBeVisible()
    await expect(canvas.queryByRole("button", { name: /Pay/ })).toBeNull()
  },
}

/** Another tab put something in: this one shows it. */
export const OtherTab: Story = {
  beforeEach: () => fillCart(lineOf(ALBUM)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("1 work, VAT included")).toBeVisible()
    fillCart(lineOf(ALBUM), lineOf(SONG))
    globalThis.dispatchEvent(new StorageEvent("storage", { key: "veza.cart" }))
    await expect(await canvas.findByText("2 works, VAT included")).toBeVisible()
  },
}

export const Phone: Story = {
  ...ON_PHONE,
  parameters: { ...ON_PHONE.parameters, ...withApi(open, ordering()) },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("€275.50")).toBeVisible()
    await userEvent.click(canvas.getByText("Billing details"))
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

export const Empty: Story = {
  beforeEach: () => fillCart(),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("link", { name: "Go to the shop" })).toHaveAttribute("href", "/shop")
  },
}

export const Loading: Story = {
  parameters: withApi(open, answer("post", `${ORDERS}/quote`, never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(
    open,
    answer("post", `${ORDERS}/quote`, () => fail(503, { error: "Busy." })),
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Busy")
    await expect(canvas.getByRole("button", { name: "Try again" })).toBeVisible()
  },
}

export { ErrorStory as Error }
