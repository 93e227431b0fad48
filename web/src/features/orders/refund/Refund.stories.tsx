// Asking for money back, as a buyer, a seller and an admin: what can go back, what is in the way, what the server says.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { HttpResponse, http } from "msw"
import { expect, fn, userEvent, waitFor, within } from "storybook/test"
import { session } from "../../../lib/session"
import type { OrderItem, User } from "../../../lib/types"
import { aUser } from "../../../testing/fixtures"
import { IN_FRENCH } from "../../../testing/french"
import { answer, fail, never, ok, withApi } from "../../../testing/handlers"
import { ALBUM, anInitiated, anOrder, anOrderItem, aRefundable, BEAT, SERVICE, SONG } from "../../../testing/orders"
import { ON_PHONE } from "../../../testing/phone"
import { RefundButton } from "./RefundButton"

const REFUND = "/marketplace/orders/:id/refund"
const ITEMS = [
  anOrderItem(1, ALBUM),
  anOrderItem(2, SERVICE, { quantity: 2, seller_username: "studio_k", seller_id: "another" }),
  anOrderItem(3, SONG),
]
const DOWNLOADED = { code: "already_downloaded", message: "This was downloaded already." }
const asked = fn()

/** What was asked for, under which key; answered with its sum. */
const asking = http.post(`/api/v1${REFUND}`, async ({ request }) => {
  const body = (await request.json()) as { items: { amount_cents: number }[] }
  asked(body, request.headers.get("idempotency-key"))
  return ok(anInitiated(body.items.reduce((sum, { amount_cents }) => sum + amount_cents, 0)))
})

const offering = (items: readonly OrderItem[], ...refused: Parameters<typeof aRefundable>[1][]) =>
  answer("get", REFUND, () => ok(aRefundable(items, refused[0])))

const signIn = (change: Partial<User> = {}): void =>
  session.adopt({ user: { ...aUser, ...change }, access_token: "not-a-token" })

const meta = {
  title: "Orders/Refund",
  component: RefundButton,
  args: { order: anOrder({ status: "completed", items: ITEMS }) },
  parameters: withApi(asking, offering(ITEMS)),
  beforeEach: () => {
    asked.mockClear()
    signIn()
  },
} satisfies Meta<typeof RefundButton>

export default meta
type Story = StoryObj<typeof meta>
type Canvas = Parameters<NonNullable<Story["play"]>>[0]["canvas"]

async function opened(canvas: Canvas, name = "Ask for a refund") {
  await userEvent.click(await canvas.findByRole("button", { name }))
  return within(await within(document.body).findByRole("dialog", { name }))
}

/** Line by line: what is digital whole, a service in part. The button says what is asked for, and so does the request. */
export const Default: Story = {
  play: async ({ canvas }) => {
    const dialog = await opened(canvas)
    const album = await dialog.findByRole("checkbox", { name: /Night drive/ })
    await expect(album).not.toBeChecked()
    await userEvent.click(album)
    await expect(dialog.queryByLabelText(/Amount/)).toBeNull()
    await userEvent.click(dialog.getByRole("checkbox", { name: new RegExp(SERVICE.title) }))
    const amount = dialog.getByLabelText("Amount in EUR (€)")
    await expect(amount).toHaveValue("240.00")
    await userEvent.clear(amount)
    await userEvent.type(amount, "20,5")
    await userEvent.selectOptions(dialog.getByLabelText("Why"), "Not as described")
    await expect(dialog.getByText("€29.50")).toBeVisible()
    await userEvent.click(dialog.getByRole("button", { name: "Ask for €29.50 back" }))
    await expect(await within(document.body).findByText("You asked for €29.50 back.")).toBeVisible()
    await expect(asked).toHaveBeenCalledWith(
      {
        items: [
          { item_id: ITEMS[0]?.id, amount_cents: 900 },
          { item_id: ITEMS[1]?.id, amount_cents: 2050 },
        ],
        reason: "Not as described",
        details: "",
      },
      expect.stringMatching(/^[0-9a-f]{32}$/),
    )
    await waitFor(() => expect(within(document.body).queryByRole("dialog")).toBeNull())
  },
}

/** Nothing is sent before a line, a reason and an amount that can be had are there. */
export const Incomplete: Story = {
  play: async ({ canvas }) => {
    const dialog = await opened(canvas)
    await userEvent.click(await dialog.findByRole("button", { name: "Ask for a refund" }))
    await expect(await dialog.findByText("Say why.")).toBeVisible()
    await userEvent.selectOptions(dialog.getByLabelText("Why"), "Another reason")
    await userEvent.type(dialog.getByLabelText("Which reason"), "Wrong key")
    await userEvent.click(dialog.getByRole("button", { name: "Ask for a refund" }))
    await expect(await dialog.findByRole("alert")).toHaveTextContent("Choose what goes back.")
    await userEvent.click(dialog.getByRole("checkbox", { name: new RegExp(SERVICE.title) }))
    await userEvent.clear(dialog.getByLabelText(/Amount/))
    await userEvent.type(dialog.getByLabelText(/Amount/), "240.01")
    await userEvent.click(dialog.getByRole("button", { name: "Ask for a refund" }))
    await expect(await dialog.findByText("Type an amount, up to €240.00.")).toBeVisible()
    await expect(asked).not.toHaveBeenCalled()
  },
}

/** One line is in the way of nothing else: it says why it stays. A line that is alone is chosen already. */
export const OneDownloaded: Story = {
  parameters: withApi(asking, offering(ITEMS, { 0: DOWNLOADED, 2: DOWNLOADED })),
  play: async ({ canvas }) => {
    const dialog = await opened(canvas)
    await expect(await dialog.findByRole("checkbox", { name: /Night drive/ })).toBeDisabled()
    await expect(dialog.getAllByText(/You downloaded this already/)).toHaveLength(2)
    await expect(dialog.getByRole("checkbox", { name: new RegExp(SERVICE.title) })).toBeChecked()
    await expect(dialog.getByRole("button", { name: "Ask for €240.00 back" })).toBeVisible()
  },
}

const nothing = (code: string): Story["parameters"] =>
  withApi(offering(ITEMS, { 0: { code, message: "." }, 1: { code, message: "." }, 2: { code, message: "." } }))

const says = (words: RegExp, code: string): Story => ({
  parameters: nothing(code) ?? {},
  play: async ({ canvas }) => {
    const dialog = await opened(canvas)
    await expect(await dialog.findByText(words)).toBeVisible()
    await userEvent.click(dialog.getByRole("button", { name: "Close" }))
    await waitFor(() => expect(within(document.body).queryByRole("dialog")).toBeNull())
    await waitFor(() => expect(canvas.getByRole("button", { name: "Ask for a refund" })).toHaveFocus())
  },
})

export const TooLate: Story = says(/The 14 days .* are over/, "refund_too_late")
export const UnderWay: Story = says(/A refund of this order is on its way/, "refund_in_progress")
export const Disputed: Story = says(/Your bank looks into this payment/, "order_disputed")
export const AllWentBack: Story = says(/Nothing is left of this/, "not_refundable")

const refusing = (status: number, code: string, fields?: { field: string; message: string }[]): Story["parameters"] =>
  withApi(
    answer("post", REFUND, () => fail(status, { code, error: `(${code})`, ...(fields ? { fields } : {}) })),
    offering([anOrderItem(2, SERVICE)]),
  )

const refused = (words: RegExp, ...why: Parameters<typeof refusing>): Story => ({
  args: { order: anOrder({ status: "completed", items: [anOrderItem(2, SERVICE)] }) },
  parameters: refusing(...why) ?? {},
  play: async ({ canvas }) => {
    const dialog = await opened(canvas)
    await userEvent.selectOptions(await dialog.findByLabelText("Why"), "Bought twice")
    await userEvent.click(dialog.getByRole("button", { name: "Ask for €120.00 back" }))
    await expect(await dialog.findByText(words)).toBeVisible()
    await expect(dialog.getByRole("button", { name: "Ask for €120.00 back" })).toBeEnabled()
  },
})

/** What was so when the question opened need not be so when it is answered. */
export const TooMuch: Story = refused(/more than is left/, 409, "refund_exceeds_payment")
export const FasterElsewhere: Story = refused(/A refund of this order is on its way/, 409, "refund_in_progress")
export const Forbidden: Story = refused(/\(something_new\)/, 409, "something_new")
export const InvalidAmount: Story = refused(/must be 12000/, 400, "validation_error", [
  { field: "items.0.amount_cents", message: "must be 12000" },
])

let isTaken = false

/** Somebody was faster with a part of it: the lines say what is left, and that can be asked for. */
export const LessIsLeft: Story = {
  args: { order: anOrder({ status: "completed", items: ITEMS }) },
  parameters: withApi(
    answer("post", REFUND, () => {
      isTaken = true
      return fail(409, { code: "refund_exceeds_payment", error: "Too much." })
    }),
    answer("get", REFUND, () =>
      ok(
        isTaken
          ? aRefundable([
              { ...anOrderItem(1, ALBUM), refunded_cents: 900 },
              { ...anOrderItem(2, SERVICE, { quantity: 2 }), refunded_cents: 20_000 },
              anOrderItem(3, SONG),
            ])
          : aRefundable(ITEMS),
      ),
    ),
  ),
  beforeEach: () => {
    isTaken = false
  },
  play: async ({ canvas }) => {
    const dialog = await opened(canvas)
    await userEvent.click(await dialog.findByRole("checkbox", { name: /Night drive/ }))
    await userEvent.click(dialog.getByRole("checkbox", { name: new RegExp(SERVICE.title) }))
    await userEvent.selectOptions(dialog.getByLabelText("Why"), "Bought twice")
    await userEvent.click(dialog.getByRole("button", { name: "Ask for €249.00 back" }))
    await expect(await dialog.findByText("Up to €40.00.")).toBeVisible()
    await expect(dialog.getByRole("alert")).toHaveTextContent("look at the amounts again")
    await expect(dialog.getByRole("checkbox", { name: /Night drive/ })).toBeDisabled()
    await userEvent.clear(dialog.getByLabelText(/Amount/))
    await userEvent.type(dialog.getByLabelText(/Amount/), "40")
    await expect(dialog.getByRole("button", { name: "Ask for €40.00 back" })).toBeVisible()
  },
}

const keys = fn()

/** No answer: asking again is safe, since it is the same wish under the same key. */
export const Unreachable: Story = {
  args: { order: anOrder({ status: "completed", items: [anOrderItem(2, SERVICE)] }) },
  parameters: withApi(
    http.post(`/api/v1${REFUND}`, ({ request }) => {
      keys(request.headers.get("idempotency-key"))
      return keys.mock.calls.length === 1 ? HttpResponse.error() : ok(anInitiated(12_000))
    }),
    offering([anOrderItem(2, SERVICE)]),
  ),
  beforeEach: () => {
    keys.mockClear()
  },
  play: async ({ canvas }) => {
    const dialog = await opened(canvas)
    await userEvent.selectOptions(await dialog.findByLabelText("Why"), "Bought twice")
    await userEvent.click(dialog.getByRole("button", { name: "Ask for €120.00 back" }))
    await expect(await dialog.findByRole("alert")).toHaveTextContent("it is done once, however often you ask")
    await userEvent.click(dialog.getByRole("button", { name: "Ask for €120.00 back" }))
    await expect(await within(document.body).findByText("You asked for €120.00 back.")).toBeVisible()
    await expect(keys.mock.calls[0]?.[0]).toBe(keys.mock.calls[1]?.[0])
  },
}

/** Once it was asked for, the question stays until its answer is there. */
export const Asking: Story = {
  parameters: withApi(answer("post", REFUND, never), offering(ITEMS.slice(1, 2))),
  play: async ({ canvas }) => {
    const dialog = await opened(canvas)
    await userEvent.selectOptions(await dialog.findByLabelText("Why"), "Bought twice")
    await userEvent.click(dialog.getByRole("button", { name: "Ask for €240.00 back" }))
    await expect(dialog.getByRole("button", { name: "Ask for €240.00 back" })).toHaveAttribute("aria-busy", "true")
    await userEvent.keyboard("{Escape}")
    await expect(within(document.body).getByRole("dialog")).toBeVisible()
  },
}

/** A seller gives back of their own lines, any part of them. */
export const AsSeller: Story = {
  args: { order: anOrder({ status: "completed", items: [anOrderItem(1, ALBUM), anOrderItem(2, BEAT)] }) },
  beforeEach: () => signIn({ id: ALBUM.seller.id, username: ALBUM.seller.username }),
  parameters: withApi(asking, offering([anOrderItem(1, ALBUM), anOrderItem(2, BEAT)])),
  play: async ({ canvas }) => {
    const dialog = await opened(canvas, "Give money back")
    await userEvent.click(await dialog.findByRole("checkbox", { name: /Night drive/ }))
    await userEvent.clear(dialog.getByLabelText(/Amount/))
    await userEvent.type(dialog.getByLabelText(/Amount/), "3")
    await userEvent.selectOptions(dialog.getByLabelText("Why"), "Goodwill")
    await expect(dialog.getByText(/Your share of it is taken back/)).toBeVisible()
    await userEvent.click(dialog.getByRole("button", { name: "Give €3.00 back" }))
    await expect(await within(document.body).findByText("€3.00 are on their way back.")).toBeVisible()
  },
}

/** An admin gives back any part of any line, of several sellers at once. */
export const AsAdmin: Story = {
  beforeEach: () => signIn({ id: "another", username: "root", role: "admin" }),
  play: async ({ canvas }) => {
    const dialog = await opened(canvas, "Give money back")
    await expect(await dialog.findByText(/The sellers’ shares of it are taken back/)).toBeVisible()
    await expect(dialog.getByText("Order V26-000128, bought by nova")).toBeVisible()
    for (const box of dialog.getAllByRole("checkbox")) await userEvent.click(box)
    const [album] = dialog.getAllByLabelText(/Amount/)
    if (!album) throw new Error("no amount")
    await userEvent.clear(album)
    await userEvent.type(album, "0.01")
    await userEvent.selectOptions(dialog.getByLabelText("Why"), "Another reason")
    await userEvent.type(dialog.getByLabelText("Which reason"), "  Both asked for it ")
    await userEvent.type(dialog.getByLabelText("More about it, if you like"), "By phone.")
    await userEvent.click(dialog.getByRole("button", { name: "Give €241.51 back" }))
    await waitFor(() => expect(asked).toHaveBeenCalledTimes(1))
    await expect(asked.mock.calls[0]?.[0]).toEqual({
      items: [
        { item_id: ITEMS[0]?.id, amount_cents: 1 },
        { item_id: ITEMS[1]?.id, amount_cents: 24_000 },
        { item_id: ITEMS[2]?.id, amount_cents: 150 },
      ],
      reason: "Both asked for it",
      details: "By phone.",
    })
  },
}

const LONG =
  "A title that goes on for much longer than anybody would print on a record sleeve, and then_some_without_a_space"

/** Long names, several sellers, in another language, on a phone. */
export const FrenchOnPhone: Story = {
  ...ON_PHONE,
  ...IN_FRENCH,
  args: {
    order: anOrder({
      status: "completed",
      items: [
        anOrderItem(1, ALBUM, { title: LONG, seller_username: "a_name_of_thirty_characters_30" }),
        ...ITEMS.slice(1),
      ],
    }),
  },
  parameters: { ...ON_PHONE.parameters, ...withApi(asking, offering(ITEMS)) },
  play: async ({ canvas }) => {
    const dialog = await opened(canvas, "Demander un remboursement")
    await userEvent.click(await dialog.findByRole("checkbox", { name: new RegExp(LONG) }))
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
    const popup = within(document.body).getByRole("dialog")
    await expect(popup.scrollWidth).toBeLessThanOrEqual(popup.clientWidth)
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", REFUND, never)),
  play: async ({ canvas }) => {
    const dialog = await opened(canvas)
    await expect(await dialog.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", REFUND, () => fail(503, { error: "Busy." }))),
  play: async ({ canvas }) => {
    const dialog = await opened(canvas)
    await expect(await dialog.findByRole("alert")).toHaveTextContent("Busy")
  },
}

export { ErrorStory as Error }
