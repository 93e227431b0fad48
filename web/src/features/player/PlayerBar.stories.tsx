// The bar that stays, in all its states. The sounds are made on the page.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent, waitFor, within } from "storybook/test"
import { type Preview, player } from "../../lib/player"
import { readPref } from "../../lib/prefs"
import { someShopProducts, tone } from "../../testing/shop"
import { PlayerDock } from "./PlayerDock"

const previews = (): Preview[] =>
  someShopProducts()
    .slice(0, 4)
    .map((product, index) => ({
      key: product.id,
      productId: product.id,
      title: product.title,
      artist: product.seller.username,
      coverUrl: product.cover_small_url,
      src: tone(index + 1),
      seconds: 30,
    }))

const broken = (preview: Preview): Preview => ({ ...preview, src: "data:audio/wav;base64,AAAA" })

const meta = {
  title: "Player/Bar",
  component: PlayerDock,
  decorators: [
    (Story) => (
      <div className="h-80">
        <Story />
      </div>
    ),
  ],
  beforeEach: () => {
    player.close()
    player.playFrom(previews(), 0)
    return player.close
  },
} satisfies Meta<typeof PlayerDock>

export default meta
type Story = StoryObj<typeof meta>

const bar = async (canvas: ReturnType<typeof within>) =>
  within(await canvas.findByRole("complementary", { name: "Player" }))
const audioOf = (element: HTMLElement): HTMLAudioElement => {
  const audio = element.querySelector("audio")
  if (!audio) throw new Error("no audio")
  return audio
}

export const Playing: Story = {
  play: async ({ canvas }) => {
    const inside = await bar(canvas)
    await expect(await inside.findByRole("button", { name: "Pause" })).toBeVisible()
    await expect(inside.getByRole("link", { name: "Night drive" })).toHaveAttribute(
      "href",
      expect.stringContaining("/products/"),
    )
    await expect(await inside.findByText(/30 s preview/)).toBeVisible()
    await waitFor(() => expect(navigator.mediaSession.metadata?.title).toBe("Night drive"))
    await waitFor(() => expect(player.get().phase).toBe("playing"))
  },
}

/** Nothing is there until something is played. */
export const Nothing: Story = {
  beforeEach: () => player.close(),
  play: async ({ canvas }) => {
    await expect(canvas.queryByRole("complementary")).toBeNull()
  },
}

export const Paused: Story = {
  play: async ({ canvas }) => {
    const inside = await bar(canvas)
    await userEvent.click(await inside.findByRole("button", { name: "Pause" }))
    await userEvent.click(await inside.findByRole("button", { name: "Play" }))
    await userEvent.click(await inside.findByRole("button", { name: "Pause" }))
    await expect(player.get().phase).toBe("paused")
  },
}

/** Arrows move by five seconds, Page keys by a tenth, Home and End to the ends. */
export const Slider: Story = {
  play: async ({ canvas }) => {
    const inside = await bar(canvas)
    await waitFor(() => expect(player.get().phase).toBe("playing"))
    player.pause()
    player.seek(0)
    const slider = inside.getByRole("slider", { name: "Position in the preview" })
    slider.focus()
    await userEvent.keyboard("{ArrowRight}")
    await waitFor(() => expect(slider).toHaveAttribute("aria-valuetext", "0:05 of 0:30"))
    await userEvent.keyboard("{PageUp}")
    await waitFor(() => expect(slider).toHaveAttribute("aria-valuetext", "0:08 of 0:30"))
    await userEvent.keyboard("{End}{ArrowLeft}")
    await waitFor(() => expect(slider).toHaveAttribute("aria-valuetext", "0:25 of 0:30"))
    await userEvent.keyboard("{Home}")
    await waitFor(() => expect(slider).toHaveAttribute("aria-valuetext", "0:00 of 0:30"))
  },
}

/** Letters act while focus is inside, and not when they are switched off. */
export const Letters: Story = {
  play: async ({ canvas }) => {
    const inside = await bar(canvas)
    await waitFor(() => expect(player.get().phase).toBe("playing"))
    await userEvent.keyboard("k")
    await expect(player.get().phase).toBe("playing")
    inside.getByRole("button", { name: "Up next" }).focus()
    await userEvent.keyboard("k")
    await waitFor(() => expect(player.get().phase).toBe("paused"))
    await userEvent.keyboard("m")
    await expect(readPref("muted")).toBe(true)
    await userEvent.keyboard("m")
    localStorage.setItem("veza.shortcuts", "off")
    await userEvent.keyboard("k")
    await expect(player.get().phase).toBe("paused")
  },
}

export const Queue: Story = {
  play: async ({ canvas }) => {
    const inside = await bar(canvas)
    await userEvent.click(inside.getByRole("button", { name: "Next" }))
    await expect(await inside.findByRole("link", { name: "Concrete garden" })).toBeVisible()
    await userEvent.click(inside.getByRole("button", { name: "Up next" }))
    const list = within(await within(document.body).findByRole("dialog", { name: "Up next" }))
    await expect(list.getAllByRole("listitem")).toHaveLength(4)
    await userEvent.click(list.getByRole("button", { name: "Remove Night drive" }))
    await waitFor(() => expect(list.getAllByRole("listitem")).toHaveLength(3))
    await userEvent.click(list.getByRole("button", { name: /^Tape loops/ }))
    await waitFor(() => expect(player.current()?.title).toBe("Tape loops, volume two"))
  },
}

export const Buffering: Story = {
  play: async ({ canvas, canvasElement }) => {
    const inside = await bar(canvas)
    await waitFor(() => expect(player.get().phase).toBe("playing"))
    audioOf(canvasElement).dispatchEvent(new Event("waiting"))
    await waitFor(() => expect(inside.getByRole("button", { name: "Pause" })).toHaveAttribute("aria-busy", "true"))
  },
}

/** What cannot be played is skipped, with its name. */
export const Skips: Story = {
  beforeEach: () => {
    const [first, ...rest] = previews()
    if (first) player.playFrom([broken(first), ...rest], 0)
  },
  play: async ({ canvas }) => {
    const inside = await bar(canvas)
    await expect(await inside.findByText("Skipped “Night drive”: it could not be played.")).toBeVisible()
    await expect(await inside.findByRole("link", { name: "Concrete garden" })).toBeVisible()
  },
}

export const Failed: Story = {
  beforeEach: () => player.playFrom(previews().slice(0, 1).map(broken), 0),
  play: async ({ canvas }) => {
    const inside = await bar(canvas)
    await expect(await inside.findByText("“Night drive” could not be played.")).toBeVisible()
    await expect(inside.getByRole("button", { name: "Play" })).toBeVisible()
  },
}

/** A browser that wants a gesture first. */
export const Blocked: Story = {
  beforeEach: () => {
    const { play } = HTMLMediaElement.prototype
    HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException("No.", "NotAllowedError"))
    return () => {
      HTMLMediaElement.prototype.play = play
    }
  },
  play: async ({ canvas }) => {
    const inside = await bar(canvas)
    await expect(await inside.findByText("Your browser wants you to press play.")).toBeVisible()
  },
}

export const Closes: Story = {
  play: async ({ canvas }) => {
    const inside = await bar(canvas)
    await userEvent.click(inside.getByRole("button", { name: "Close the player" }))
    await waitFor(() => expect(canvas.queryByRole("complementary")).toBeNull())
    await waitFor(() => expect(navigator.mediaSession.metadata).toBeNull())
  },
}
