// Transfers to a seller: every state of one, the sale inside, and the file for the books.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { HttpResponse, http } from "msw"
import { expect, fn, userEvent, waitFor, within } from "storybook/test"
import { IN_FRENCH } from "../../testing/french"
import { answer, fail, never, withApi } from "../../testing/handlers"
import { aTransfer, moneyHandlers, pageOf, someTransfers, someTransfersBack } from "../../testing/money"
import { ON_PHONE } from "../../testing/phone"
import { signedIn } from "../../testing/selling"
import { TransfersPage } from "./TransfersPage"

type Handler = (typeof moneyHandlers)[number]
const withMoney = (...own: Handler[]) => withApi(...own, ...moneyHandlers)
const LIST = "/sell/transfers"

const meta = {
  title: "Money/Transfers",
  component: TransfersPage,
  args: { filter: {}, onFilter: fn() },
  parameters: { ...withMoney(), at: "/sell/transfers" },
  beforeEach: signedIn,
} satisfies Meta<typeof TransfersPage>

export default meta
type Story = StoryObj<typeof meta>

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("7 transfers")).toBeVisible()
    await expect(canvas.getByText(/^Failed, next try/)).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Sale: VZ-001204" }))
    await expect(await canvas.findByText("Concrete garden")).toBeVisible()
    await expect(canvas.getByRole("button", { name: "Sale: VZ-001204", expanded: true })).toBeVisible()
  },
}

/** What refunds took back of what was sent, and what was kept back for what one owed. */
export const TakenBack: Story = {
  parameters: withMoney(answer("get", LIST, () => pageOf("transfers", someTransfersBack()))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("6 transfers")).toBeVisible()
    const row = within(canvas.getByRole("row", { name: /VZ-001210/ }))
    await expect(row.getByText("Partly taken back")).toBeVisible()
    await expect(row.getByText("-€4.05 taken back")).toBeVisible()
    await expect(row.getByText("-€0.05 kept back")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Sale: VZ-001210" }))
    await expect(await canvas.findByText("Kept back for what you owed")).toBeVisible()
    await expect(canvas.getByText("Taken back from your account")).toBeVisible()
  },
}

export const TakenBackOnPhone: Story = {
  ...ON_PHONE,
  ...IN_FRENCH,
  parameters: {
    ...ON_PHONE.parameters,
    ...withMoney(answer("get", LIST, () => pageOf("transfers", someTransfersBack()))),
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("6 virements")).toBeVisible()
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

/** Status and days narrow the list; both stand in the address. */
export const Filtered: Story = {
  args: { filter: { status: "failed", from: "2026-02-01" } },
  play: async ({ canvas, args }) => {
    await expect(await canvas.findByLabelText("Status")).toHaveValue("failed")
    await userEvent.selectOptions(canvas.getByLabelText("Status"), "completed")
    await expect(args.onFilter).toHaveBeenCalledWith({ status: "completed", from: "2026-02-01" })
    await userEvent.type(canvas.getByLabelText("Until"), "2026-02-28")
    await expect(args.onFilter).toHaveBeenLastCalledWith({ status: "failed", from: "2026-02-01", to: "2026-02-28" })
  },
}

const asked = fn()
const saved = fn()

/** The file is fetched with the same filter and the session's right, and named after what is in it. */
export const Csv: Story = {
  args: { filter: { status: "failed", from: "2026-02-01", to: "2026-02-28" } },
  parameters: withMoney(
    http.get("/api/v1/sell/transfers.csv", ({ request }) => {
      asked(new URL(request.url).search, request.headers.get("authorization"))
      return HttpResponse.text("id,amount_cents\n", { headers: { "content-type": "text/csv" } })
    }),
  ),
  beforeEach: () => {
    const { click } = HTMLAnchorElement.prototype
    HTMLAnchorElement.prototype.click = function save() {
      saved(this.download)
    }
    return () => {
      HTMLAnchorElement.prototype.click = click
    }
  },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Download as CSV" }))
    await waitFor(() => expect(saved).toHaveBeenCalledWith("veza-transfers-failed-2026-02-01-2026-02-28.csv"))
    await expect(asked).toHaveBeenCalledWith(
      expect.stringMatching(/^\?status=failed&from=2026-0.*&to=2026-0.*999Z$/),
      "Bearer not-a-token",
    )
  },
}

export const CsvFailed: Story = {
  parameters: withMoney(answer("get", "/sell/transfers.csv", () => fail(503, { error: "Try again in a moment." }))),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Download as CSV" }))
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Try again in a moment.")
  },
}

export const SaleUnreadable: Story = {
  parameters: withMoney(answer("get", "/marketplace/orders/:id", () => fail(500))),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Sale: VZ-001204" }))
    await expect(await canvas.findByText("The sale could not be read")).toBeVisible()
  },
}

export const More: Story = {
  parameters: withMoney(
    http.get("/api/v1/sell/transfers", ({ request }) => {
      const offset = Number(new URL(request.url).searchParams.get("offset"))
      return pageOf("transfers", [aTransfer(offset + 1)], 2, offset) as never
    }),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Load more" }))
    await waitFor(() => expect(canvas.getAllByText(/^VZ-/)).toHaveLength(2))
    await expect(canvas.queryByRole("button", { name: "Load more" })).toBeNull()
  },
}

/** A state that this page does not know yet keeps the server's word for it. */
export const NewerServer: Story = {
  parameters: withMoney(answer("get", LIST, () => pageOf("transfers", [aTransfer(1, { status: "held_back" })]))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("held back")).toBeVisible()
  },
}

export const Phone: Story = {
  ...ON_PHONE,
  parameters: { ...ON_PHONE.parameters, ...withMoney() },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Sale: VZ-001207" }))
    await canvas.findByText("Concrete garden")
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

export const Empty: Story = {
  parameters: withMoney(answer("get", LIST, () => pageOf("transfers", []))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("No transfers yet")).toBeVisible()
  },
}

export const NothingFound: Story = {
  args: { filter: { status: "reversed" } },
  parameters: withMoney(answer("get", LIST, () => pageOf("transfers", someTransfers().slice(0, 0)))),
  play: async ({ canvas, args }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Show all transfers" }))
    await expect(args.onFilter).toHaveBeenCalledWith({})
  },
}

export const Loading: Story = {
  parameters: withMoney(answer("get", LIST, never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withMoney(answer("get", LIST, () => fail(503, { error: "Try again in a moment." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("req_0000example")
  },
}

export { ErrorStory as Error }
