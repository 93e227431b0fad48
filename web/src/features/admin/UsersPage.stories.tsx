// Accounts, and what an admin may do to them.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { http } from "msw"
import { expect, fn, userEvent, within } from "storybook/test"
import { adminHandlers, asAdmin } from "../../testing/admin"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { pageOf } from "../../testing/money"
import { ON_PHONE } from "../../testing/phone"
import { UsersPage } from "./UsersPage"

const meta = {
  title: "Admin/People",
  component: UsersPage,
  args: { filter: {}, onFilter: fn() },
  parameters: { ...withApi(...adminHandlers), at: "/admin/users" },
  beforeEach: asAdmin,
} satisfies Meta<typeof UsersPage>

export default meta
type Story = StoryObj<typeof meta>

const FILTER = { role: "moderator" } as const
const question = async () => within(await within(document.body).findByRole("alertdialog"))

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("5 accounts")).toBeVisible()
    await expect(canvas.queryByRole("button", { name: "Suspend nova" })).toBeNull()
    await userEvent.click(canvas.getByRole("button", { name: "More: djamilah" }))
    await expect(canvas.getByRole("link", { name: "What they sold" })).toHaveAttribute(
      "href",
      "/admin/orders?seller_id=0190a000-0000-7000-8000-000000000021",
    )
    await userEvent.click(canvas.getByRole("button", { name: "More: reverb_talk" }))
    await expect(await canvas.findByText("Sold somebody else’s songs.")).toBeVisible()
  },
}

const sent = fn()
const hears = (method: "put" | "post", path: string) =>
  http[method](`/api/v1/admin/users/:id/${path}`, async ({ request }) => {
    sent(await request.json().catch(() => null))
    return ok({}) as never
  })

/** Nothing happens without a reason. */
export const Suspended: Story = {
  parameters: withApi(hears("post", "suspend"), ...adminHandlers),
  beforeEach: () => void sent.mockClear(),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Suspend ines" }))
    const dialog = await question()
    await userEvent.click(dialog.getByRole("button", { name: "Suspend" }))
    await expect(await dialog.findByText("Write why.")).toBeVisible()
    await expect(sent).not.toHaveBeenCalled()
    await userEvent.type(dialog.getByLabelText("Reason"), "Sold somebody else's songs.")
    await userEvent.click(dialog.getByRole("button", { name: "Suspend" }))
    await expect(await within(document.body).findByText("ines is suspended.")).toBeVisible()
    await expect(sent).toHaveBeenCalledWith({ reason: "Sold somebody else's songs." })
  },
}

export const Reinstated: Story = {
  parameters: withApi(hears("post", "reinstate"), ...adminHandlers),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Reinstate reverb_talk" }))
    const dialog = await question()
    await userEvent.click(dialog.getByRole("button", { name: "Reinstate" }))
    await expect(await within(document.body).findByText("reverb_talk can sign in again.")).toBeVisible()
  },
}

export const RoleChanged: Story = {
  parameters: withApi(hears("put", "role"), ...adminHandlers),
  beforeEach: () => void sent.mockClear(),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Role of ines" }))
    const dialog = await question()
    await userEvent.selectOptions(dialog.getByLabelText("Role"), "Moderator")
    await userEvent.click(dialog.getByRole("button", { name: "Change" }))
    await expect(await within(document.body).findByText("Role of ines: Moderator.")).toBeVisible()
    await expect(sent).toHaveBeenCalledWith({ role: "moderator" })
  },
}

export const LastAdmin: Story = {
  parameters: withApi(
    answer("put", "/admin/users/:id/role", () =>
      fail(409, { code: "last_admin", error: "Somebody must stay an admin." }),
    ),
    ...adminHandlers,
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Role of ines" }))
    const dialog = await question()
    await userEvent.selectOptions(dialog.getByLabelText("Role"), "Moderator")
    await userEvent.click(dialog.getByRole("button", { name: "Change" }))
    await expect(await dialog.findByRole("alert")).toHaveTextContent("Somebody must stay an admin.")
  },
}

const asked = fn()

export const Filtered: Story = {
  args: { filter: { role: "moderator", suspended: "false" } },
  parameters: withApi(
    http.get("/api/v1/admin/users", ({ request }) => {
      asked(new URL(request.url).search)
      return pageOf("users", []) as never
    }),
  ),
  play: async ({ canvas, args }) => {
    await canvas.findByText("Nothing here matches")
    await expect(asked).toHaveBeenCalledWith("?role=moderator&suspended=false&limit=50&offset=0")
    await userEvent.selectOptions(canvas.getByLabelText("Access"), "Suspended")
    await expect(args.onFilter).toHaveBeenCalledWith({ role: "moderator", suspended: "true" })
  },
}

export const Phone: Story = {
  ...ON_PHONE,
  parameters: { ...ON_PHONE.parameters, ...withApi(...adminHandlers) },
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "More: djamilah" }))
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

export const Empty: Story = {
  parameters: withApi(
    answer("get", "/admin/users", () => pageOf("users", [])),
    ...adminHandlers,
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Nothing here matches")).toBeVisible()
  },
}

export const NothingFound: Story = {
  args: { filter: FILTER },
  parameters: withApi(
    answer("get", "/admin/users", () => pageOf("users", [])),
    ...adminHandlers,
  ),
  play: async ({ canvas, args }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Show all" }))
    await expect(args.onFilter).toHaveBeenCalledWith({})
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", "/admin/users", never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", "/admin/users", () => fail(503, { error: "Try again in a moment." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("req_0000example")
  },
}

export { ErrorStory as Error }
