// All transfers, and the one act that moves money: trying again.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { http } from "msw"
import { expect, fn, userEvent, waitFor, within } from "storybook/test"
import { adminHandlers, allTransfers, asAdmin } from "../../testing/admin"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { pageOf, someTransfersBack } from "../../testing/money"
import { ON_PHONE } from "../../testing/phone"
import { TransfersPage } from "./TransfersPage"

const meta = {
  title: "Admin/Transfers",
  component: TransfersPage,
  args: { filter: {}, onFilter: fn() },
  parameters: { ...withApi(...adminHandlers), at: "/admin/transfers" },
  beforeEach: asAdmin,
} satisfies Meta<typeof TransfersPage>

export default meta
type Story = StoryObj<typeof meta>

const FILTER = { status: "failed", seller_id: "0190a000-0000-7000-8000-000000000007" } as const

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("7 transfers")).toBeVisible()
    await expect(canvas.getAllByRole("button", { name: /^Retry/ })).toHaveLength(2)
    await userEvent.click(canvas.getByRole("button", { name: "More: VZ-001204, nova" }))
    await expect(canvas.getByText("tr_false_4")).toBeVisible()
  },
}

/** What refunds took back, and what was kept back for a seller's debt. */
export const TakenBack: Story = {
  parameters: withApi(
    answer("get", "/admin/transfers", () => pageOf("transfers", someTransfersBack())),
    ...adminHandlers,
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("6 transfers")).toBeVisible()
    await expect(within(canvas.getByRole("row", { name: /VZ-001214/ })).getByText("Being taken back")).toBeVisible()
    await expect(canvas.getByText("-€8.10 taken back")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "More: VZ-001211, nova" }))
    await expect(canvas.getByText("Kept back for a debt")).toBeVisible()
    await expect(canvas.getByText("€13.50")).toBeVisible()
    await expect(canvas.queryByRole("button", { name: /^Retry/ })).toBeNull()
  },
}

const tried = fn()
const retried = (status: string) =>
  http.post("/api/v1/admin/transfers/:id/retry", ({ request }) => {
    tried(request.headers.get("idempotency-key"))
    return ok({ id: allTransfers()[1]?.id, status, retry_count: 3 }) as never
  })

async function ask(canvas: ReturnType<typeof within>): Promise<ReturnType<typeof within>> {
  await userEvent.click(await canvas.findByRole("button", { name: "Retry VZ-001206" }))
  const dialog = within(await within(document.body).findByRole("alertdialog"))
  await waitFor(() => expect(dialog.getByRole("button", { name: "Not now" })).toHaveFocus())
  return dialog
}

/** It asks first, a double click asks once, and the provider's word is said. */
export const Retried: Story = {
  parameters: withApi(retried("completed"), ...adminHandlers),
  beforeEach: () => void tried.mockClear(),
  play: async ({ canvas }) => {
    const dialog = await ask(canvas)
    await expect(tried).not.toHaveBeenCalled()
    await userEvent.dblClick(dialog.getByRole("button", { name: "Send €8.10" }))
    await expect(await within(document.body).findByText("VZ-001206: sent.")).toBeVisible()
    await expect(tried).toHaveBeenCalledTimes(1)
    await expect(tried).toHaveBeenCalledWith(expect.stringMatching(/^[0-9a-f]{32}$/))
  },
}

/** The provider said no again: that is no success, and is not shown as one. */
export const FailedAgain: Story = {
  parameters: withApi(retried("failed"), ...adminHandlers),
  play: async ({ canvas }) => {
    const dialog = await ask(canvas)
    await userEvent.click(dialog.getByRole("button", { name: "Send €8.10" }))
    await expect(await within(document.body).findByText(/VZ-001206: not sent. It failed again/)).toBeVisible()
  },
}

/** Somebody else was faster. */
export const NotRetryable: Story = {
  parameters: withApi(
    answer("post", "/admin/transfers/:id/retry", () =>
      fail(409, { code: "not_retryable", error: "This transfer is not one that failed." }),
    ),
    ...adminHandlers,
  ),
  play: async ({ canvas }) => {
    const dialog = await ask(canvas)
    await userEvent.click(dialog.getByRole("button", { name: "Send €8.10" }))
    await expect(await dialog.findByRole("alert")).toHaveTextContent("not one that failed")
  },
}

let isLost = true

/** The answer was lost: asking again goes on with the same key, so that money moves once. */
export const AnswerLost: Story = {
  parameters: withApi(
    http.post("/api/v1/admin/transfers/:id/retry", ({ request }) => {
      tried(request.headers.get("idempotency-key"))
      if (!isLost) return ok({ id: allTransfers()[1]?.id, status: "completed", retry_count: 3 }) as never
      isLost = false
      return Response.error() as never
    }),
    ...adminHandlers,
  ),
  beforeEach: () => {
    isLost = true
    tried.mockClear()
  },
  play: async ({ canvas }) => {
    const dialog = await ask(canvas)
    await userEvent.click(dialog.getByRole("button", { name: "Send €8.10" }))
    await expect(await dialog.findByRole("alert")).toHaveTextContent("could not be reached")
    await userEvent.click(dialog.getByRole("button", { name: "Send €8.10" }))
    await waitFor(() => expect(within(document.body).queryByRole("alertdialog")).toBeNull())
    await expect(tried).toHaveBeenCalledTimes(2)
    await expect(tried.mock.calls[0]).toEqual(tried.mock.calls[1])
  },
}

let isFaster = false

/** Somebody else was faster, and the list would no longer show the row: what went wrong is read first. */
export const GoneMeanwhile: Story = {
  args: { filter: { status: "failed" } },
  parameters: withApi(
    answer("get", "/admin/transfers", () => pageOf("transfers", isFaster ? [] : allTransfers().slice(1, 2))),
    answer("post", "/admin/transfers/:id/retry", () => {
      isFaster = true
      return fail(409, { code: "not_retryable", error: "This transfer is not one that failed." })
    }),
    ...adminHandlers,
  ),
  beforeEach: () => {
    isFaster = false
  },
  play: async ({ canvas }) => {
    const dialog = await ask(canvas)
    await userEvent.click(dialog.getByRole("button", { name: "Send €8.10" }))
    await expect(await dialog.findByRole("alert")).toHaveTextContent("not one that failed")
    await userEvent.click(dialog.getByRole("button", { name: "Not now" }))
    await expect(await canvas.findByText("Nothing here matches")).toBeVisible()
  },
}

let isSent = false

/** After it was sent the button keeps its place and the focus, and can no longer be used. */
export const KeepsFocus: Story = {
  parameters: withApi(
    answer("get", "/admin/transfers", () =>
      pageOf(
        "transfers",
        allTransfers().map((one, index) => (index === 1 && isSent ? { ...one, status: "completed" } : one)),
      ),
    ),
    answer("post", "/admin/transfers/:id/retry", () => {
      isSent = true
      return ok({ id: allTransfers()[1]?.id, status: "completed", retry_count: 3 })
    }),
    ...adminHandlers,
  ),
  beforeEach: () => {
    isSent = false
  },
  play: async ({ canvas }) => {
    const dialog = await ask(canvas)
    await userEvent.click(dialog.getByRole("button", { name: "Send €8.10" }))
    const button = await canvas.findByRole("button", { name: "Retry VZ-001206" })
    await waitFor(() => expect(button).toHaveAttribute("aria-disabled", "true"))
    await waitFor(() => expect(button).toHaveFocus())
  },
}

/** While the provider is asked, the question stays: its answer is said in it. */
export const Waiting: Story = {
  parameters: withApi(answer("post", "/admin/transfers/:id/retry", never), ...adminHandlers),
  play: async ({ canvas }) => {
    const dialog = await ask(canvas)
    const send = dialog.getByRole("button", { name: "Send €8.10" })
    await userEvent.click(send)
    await waitFor(() => expect(send).toHaveAttribute("aria-busy", "true"))
    await userEvent.keyboard("{Escape}")
    await expect(send).toBeVisible()
  },
}

export const Filtered: Story = {
  args: { filter: FILTER },
  play: async ({ canvas, args }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "No longer only: Sold by" }))
    await expect(args.onFilter).toHaveBeenCalledWith({ status: "failed", seller_id: undefined })
    await userEvent.type(canvas.getByLabelText("From"), "2026-02-01")
    await expect(args.onFilter).toHaveBeenLastCalledWith({ ...FILTER, from: "2026-02-01", to: undefined })
  },
}

export const Phone: Story = {
  ...ON_PHONE,
  parameters: { ...ON_PHONE.parameters, ...withApi(...adminHandlers) },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "More: VZ-001206, nova" }))
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

export const Empty: Story = {
  parameters: withApi(
    answer("get", "/admin/transfers", () => pageOf("transfers", [])),
    ...adminHandlers,
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("No transfers yet")).toBeVisible()
  },
}

export const NothingFound: Story = {
  args: { filter: FILTER },
  parameters: withApi(
    answer("get", "/admin/transfers", () => pageOf("transfers", [])),
    ...adminHandlers,
  ),
  play: async ({ canvas, args }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Show all" }))
    await expect(args.onFilter).toHaveBeenCalledWith({})
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", "/admin/transfers", never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", "/admin/transfers", () => fail(503, { error: "Try again in a moment." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("req_0000example")
  },
}

export { ErrorStory as Error }
