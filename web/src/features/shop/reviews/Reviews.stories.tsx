// What buyers say, and how one of them says it: written, refused, changed, taken away.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { http } from "msw"
import { expect, userEvent, waitFor, within } from "storybook/test"
import { session } from "../../../lib/session"
import type { Review } from "../../../lib/types"
import { aUser } from "../../../testing/fixtures"
import { answer, fail, never, ok, withApi } from "../../../testing/handlers"
import { aReview, aReviewPage, aShopProduct, aStanding, myReview, noReviews } from "../../../testing/shop"
import { Reviews } from "./Reviews"

const LIST = "/marketplace/products/:id/reviews"
const STANDING = "/marketplace/products/:id/standing"

/** A server that knows one review of mine, and may refuse to take it. */
let mine: Review | null = null
let bought = true
const buyer = (write: () => Response | Promise<Response>) =>
  withApi(
    answer("get", STANDING, () => ok(aStanding({ is_owned: true, can_review: bought && !mine, review: mine }))),
    answer("post", LIST, write),
    answer("put", `${LIST}/:review`, () => {
      mine = myReview({ rating: 2, comment: "Changed my mind.", updated_at: "2026-03-01T10:00:00Z" })
      return ok(mine)
    }),
    answer("delete", `${LIST}/:review`, () => {
      mine = null
      return ok({})
    }),
  )

const meta = {
  title: "Shop/Reviews",
  component: Reviews,
  args: { product: aShopProduct() },
  decorators: [
    (Story) => (
      <div className="p-4">
        <Story />
      </div>
    ),
  ],
  beforeEach: () => {
    mine = null
    bought = true
    session.adopt({ user: aUser, access_token: "not-a-token" })
  },
} satisfies Meta<typeof Reviews>

export default meta
type Story = StoryObj<typeof meta>
type Canvas = ReturnType<typeof within>

async function write(canvas: Canvas): Promise<void> {
  await userEvent.click(await canvas.findByRole("radio", { name: "5: Great" }))
  await userEvent.type(canvas.getByLabelText("Your words"), "On repeat since Friday.")
  await userEvent.click(canvas.getByRole("button", { name: "Send review" }))
}

export const Default: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("31 reviews")).toBeVisible()
    await expect(canvas.getByText("22")).toBeVisible()
    await expect(canvas.getAllByRole("article")).toHaveLength(3)
    await expect(canvas.queryByRole("radio")).toBeNull()
  },
}

/** Shown at once as being sent, then as written. */
export const Writes: Story = {
  parameters: buyer(async () => {
    await new Promise((done) => setTimeout(done, 300))
    mine = myReview({ rating: 5, comment: "On repeat since Friday." })
    return ok(mine, 201)
  }),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Send review" }))
    await expect(canvas.getByText("Choose one to five stars.")).toBeVisible()
    await expect(canvas.getByText("Write a few words.")).toBeVisible()
    await write(canvas)
    await expect(await canvas.findByText("Sending…")).toBeVisible()
    const own = within(canvas.getByRole("region", { name: "Your review" }))
    await expect(own.getByText("On repeat since Friday.")).toBeVisible()
    await expect(await own.findByRole("button", { name: "Change" })).toBeVisible()
  },
}

/** The text stays when it could not be sent. */
export const Fails: Story = {
  parameters: buyer(() => fail(503, { error: "Busy. Try again in a moment." })),
  play: async ({ canvas }) => {
    await write(canvas)
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Busy")
    await expect(canvas.getByLabelText("Your words")).toHaveValue("On repeat since Friday.")
    await expect(canvas.getByRole("radio", { name: "5: Great" })).toBeChecked()
  },
}

/** What was bought was given back meanwhile. */
export const PurchaseRequired: Story = {
  parameters: buyer(() => {
    bought = false
    return fail(403, { code: "purchase_required", error: "Only who bought this can review it." })
  }),
  play: async ({ canvas }) => {
    await write(canvas)
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Only who bought this can review it.")
    await expect(canvas.getByLabelText("Your words")).toHaveValue("On repeat since Friday.")
  },
}

/** Written on another device before: that one opens, with the new words in it. */
export const AlreadyReviewed: Story = {
  parameters: buyer(() => {
    mine = myReview()
    return fail(409, { code: "already_reviewed", error: "You have reviewed this already." })
  }),
  play: async ({ canvas }) => {
    await write(canvas)
    await expect(await canvas.findByRole("button", { name: "Save" })).toBeVisible()
    await expect(canvas.getByRole("alert")).toHaveTextContent("You can change that review")
    await expect(canvas.getByLabelText("Your words")).toHaveValue("On repeat since Friday.")
    await userEvent.click(canvas.getByRole("button", { name: "Cancel" }))
    await expect(canvas.getByRole("button", { name: "Change" })).toBeVisible()
  },
}

export const ChangesAndDeletes: Story = {
  parameters: buyer(() => ok(mine, 201)),
  beforeEach: () => {
    mine = myReview()
  },
  play: async ({ canvas }) => {
    const own = within(await canvas.findByRole("region", { name: "Your review" }))
    await userEvent.click(own.getByRole("button", { name: "Change" }))
    await userEvent.click(own.getByRole("radio", { name: "2: Weak" }))
    await userEvent.clear(own.getByLabelText("Your words"))
    await userEvent.type(own.getByLabelText("Your words"), "Changed my mind.")
    await userEvent.click(own.getByRole("button", { name: "Save" }))
    await expect(await own.findByText(/^changed/)).toBeVisible()
    await userEvent.click(own.getByRole("button", { name: "Delete my review" }))
    const dialog = within(await within(document.body).findByRole("alertdialog"))
    await userEvent.click(dialog.getByRole("button", { name: "Delete it" }))
    await expect(await canvas.findByText("You bought this. How is it?")).toBeVisible()
  },
}

export const More: Story = {
  parameters: withApi(
    http.get("/api/v1/marketplace/products/:id/reviews", ({ request }) => {
      const offset = Number(new URL(request.url).searchParams.get("offset"))
      const reviews = offset === 0 ? [aReview(1), aReview(2), aReview(3)] : [aReview(4)]
      return ok(aReviewPage({ reviews, total: 4, offset })) as never
    }),
  ),
  play: async ({ canvas }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "More reviews" }))
    await waitFor(() => expect(canvas.getAllByRole("article")).toHaveLength(4))
    await expect(canvas.queryByRole("button", { name: "More reviews" })).toBeNull()
  },
}

export const Empty: Story = {
  parameters: withApi(answer("get", LIST, () => ok(noReviews()))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("No reviews yet. Whoever buys this can write one.")).toBeVisible()
  },
}

/** Visitors read; nobody asks where they stand. */
export const Visitor: Story = {
  beforeEach: () => session.forget(),
  parameters: withApi(answer("get", STANDING, () => fail(401, { code: "unauthenticated" }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("31 reviews")).toBeVisible()
    await expect(canvas.queryByRole("alert")).toBeNull()
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", LIST, never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", LIST, () => fail(503, { error: "Busy." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Busy")
  },
}

export { ErrorStory as Error }

let shown = true

/** The staff delete what somebody else wrote, and are asked first. */
export const StaffDeletes: Story = {
  beforeEach: () => {
    shown = true
    session.adopt({ user: { ...aUser, role: "moderator" }, access_token: "not-a-token" })
  },
  parameters: withApi(
    answer("get", STANDING, () => ok(aStanding())),
    answer("get", LIST, () => ok(shown ? aReviewPage() : noReviews())),
    answer("delete", `${LIST}/:review`, () => {
      shown = false
      return ok({})
    }),
  ),
  play: async ({ canvas, canvasElement }) => {
    const [first] = await canvas.findAllByRole("button", { name: /^Delete the review of/ })
    await userEvent.click(first as HTMLElement)
    const dialog = within(await within(canvasElement.ownerDocument.body).findByRole("alertdialog"))
    await userEvent.click(dialog.getByRole("button", { name: "Delete it" }))
    await expect(await canvas.findByText(/No reviews yet/)).toBeVisible()
  },
}
