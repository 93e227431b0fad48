// One's own profile: as it stands, changed, refused, and its picture on the way.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { http } from "msw"
import { expect, fn, userEvent, waitFor } from "storybook/test"
import { aProfile } from "../../testing/fixtures"
import { answer, fail, never, ok, withApi } from "../../testing/handlers"
import { aCover, aPicture, signedIn } from "../../testing/selling"
import { EditProfilePage } from "./EditProfilePage"

const meta = {
  title: "Pages/Edit profile",
  component: EditProfilePage,
  beforeEach: signedIn,
  parameters: { at: "/settings/profile" },
} satisfies Meta<typeof EditProfilePage>

export default meta
type Story = StoryObj<typeof meta>

const mine = (change: Parameters<typeof aProfile>[0] = {}) => answer("get", "/users/:name", () => ok(aProfile(change)))

const choosePicture = async (root: HTMLElement, file: File): Promise<void> => {
  await waitFor(() => expect(root.querySelector('input[type="file"]')).not.toBeNull())
  const input = root.querySelector<HTMLInputElement>('input[type="file"]')
  if (input) await userEvent.upload(input, file, { applyAccept: false })
}

export const Default: Story = {
  parameters: withApi(mine({ avatar_url: aCover(320) })),
  play: async ({ canvas }) => {
    await expect(await canvas.findByLabelText("Name shown")).toHaveValue("Nova")
    await expect(canvas.getByText("Saved")).toBeVisible()
    await expect(canvas.getByRole("link", { name: "Public page" })).toHaveAttribute("href", "/u/nova")
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", "/users/:name", never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", "/users/:name", () => fail(503, { error: "Try again in a moment." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Try again in a moment.")
  },
}

export { ErrorStory as Error }

const sent = fn()
/** Addresses get their scheme, empty lines are not sent. */
export const Saved: Story = {
  parameters: withApi(
    mine(),
    http.put("/api/v1/users/me", async ({ request }) => {
      sent(await request.json())
      return ok(aProfile({ links: ["https://nova.example/music", "https://label.example"] }))
    }),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Add a link" }))
    await expect(await canvas.findByLabelText("Link 2")).toHaveFocus()
    await userEvent.type(canvas.getByLabelText("Link 2"), "label.example")
    await userEvent.click(canvas.getByRole("button", { name: "Add a link" }))
    await expect(canvas.getByText("Unsaved changes")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Save" }))
    await expect(await canvas.findByText("Saved")).toBeVisible()
    await expect(sent).toHaveBeenCalledWith(
      expect.objectContaining({ links: ["https://nova.example/music", "https://label.example"] }),
    )
    await expect(canvas.queryByLabelText("Link 3")).toBeNull()
  },
}

export const Unsaved: Story = {
  parameters: withApi(mine()),
  play: async ({ canvas }) => {
    await userEvent.type(await canvas.findByLabelText("About you"), " And more.")
    await expect(canvas.getByText("Unsaved changes")).toBeVisible()
    await expect(canvas.getByRole("button", { name: "Discard" })).toBeVisible()
  },
}

/** What is wrong is said beside it: here at once, and by the server. */
export const Refused: Story = {
  parameters: withApi(
    mine(),
    answer("put", "/users/me", () =>
      fail(400, {
        code: "validation_error",
        error: "Some fields are not right.",
        fields: [{ field: "links.0", message: "must be a web address of at most 200 characters" }],
      }),
    ),
  ),
  play: async ({ canvas }) => {
    const link = await canvas.findByLabelText("Link 1")
    await userEvent.clear(link)
    await userEvent.type(link, "not an address")
    await userEvent.click(canvas.getByRole("button", { name: "Save" }))
    await expect(await canvas.findByText("Type a web address, such as https://example.com.")).toBeVisible()
    await userEvent.clear(link)
    await userEvent.type(link, "https://nova.example")
    await userEvent.click(canvas.getByRole("button", { name: "Save" }))
    await expect(await canvas.findByText("must be a web address of at most 200 characters")).toBeVisible()
    await waitFor(() => expect(link).toHaveFocus())
  },
}

/** The picture is shown while it is still on its way. */
export const PictureOnItsWay: Story = {
  parameters: withApi(mine(), answer("put", "/users/me/avatar", never)),
  play: async ({ canvas, canvasElement }) => {
    await choosePicture(canvasElement, await aPicture())
    await expect(await canvas.findByRole("progressbar", { name: "Sending the picture" })).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Cancel" }))
    await expect(await canvas.findByText("Choose or drop a picture")).toBeVisible()
  },
}

export const PictureRefused: Story = {
  parameters: withApi(
    mine(),
    answer("put", "/users/me/avatar", () =>
      fail(415, { code: "unreadable_image", error: "This picture cannot be read. It may be damaged." }),
    ),
  ),
  play: async ({ canvas, canvasElement }) => {
    await choosePicture(canvasElement, await aPicture())
    await expect(await canvas.findByRole("alert")).toHaveTextContent("It may be damaged.")
    await expect(canvas.getByRole("button", { name: "Send again" })).toBeVisible()
  },
}

export const PictureReplaced: Story = {
  parameters: withApi(
    mine(),
    answer("put", "/users/me/avatar", () => ok(aProfile({ avatar_url: aCover(20) }))),
    answer("delete", "/users/me/avatar", () => ok(aProfile())),
  ),
  play: async ({ canvas, canvasElement }) => {
    await choosePicture(canvasElement, await aPicture())
    await userEvent.click(await canvas.findByRole("button", { name: "Remove" }))
    await expect(await canvas.findByText("Choose or drop a picture")).toBeVisible()
  },
}
