// The player in each of its states, on an engine without a network.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent, waitFor } from "storybook/test"
import { fakeEngine } from "../../../testing/fakeEngine"
import { aDraft, anEnded, anInterrupted, aStream } from "../../../testing/fixtures"
import { LiveViewPlayer } from "./LiveViewPlayer"

const playing = fakeEngine()
const late = fakeEngine({ latencyS: 15.2 })
const silent = fakeEngine({ silent: true })
const offline = fakeEngine({ trouble: "network" })
const unsupported = fakeEngine({ trouble: "unsupported" })
const sound = fakeEngine({ audioOnly: true })

const meta = {
  title: "Live/LiveViewPlayer",
  component: LiveViewPlayer,
  args: { stream: aStream(), engine: playing },
  decorators: [
    (Story) => (
      <div className="mx-auto max-w-4xl p-4">
        <Story />
      </div>
    ),
  ],
} satisfies Meta<typeof LiveViewPlayer>

export default meta
type Story = StoryObj<typeof meta>

type Canvas = Parameters<NonNullable<Story["play"]>>[0]["canvas"]
const reaches = (canvas: Canvas, state: string) =>
  waitFor(() => expect(canvas.getByRole("region", { name: "Player" })).toHaveAttribute("data-state", state))

export const Default: Story = {
  play: async ({ canvas }) => {
    await reaches(canvas, "playing")
    const player = canvas.getByRole("region", { name: "Player" })
    await waitFor(() => expect(player).toHaveAttribute("data-latency-s", "1.2"))
    await expect(canvas.getByRole("button", { name: "Live" })).toHaveAttribute("aria-disabled", "true")
    await waitFor(() => expect(player.querySelector("[data-viewers]")).toHaveAttribute("data-viewers", "128"))
  },
}

export const Behind: Story = {
  args: { engine: late },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("button", { name: /Go to live, 14 s behind/ })).toBeEnabled()
  },
}

export const Paused: Story = {
  play: async ({ canvas }) => {
    await reaches(canvas, "playing")
    const [surface] = canvas.getAllByRole("button", { name: "Pause" })
    surface?.focus()
    await userEvent.keyboard("k")
    await reaches(canvas, "paused")
    await userEvent.keyboard("k")
    await reaches(canvas, "playing")
    await userEvent.keyboard("k")
    await reaches(canvas, "paused")
  },
}

/** Letters act only while they are switched on; keys and slider change the volume. */
export const Keys: Story = {
  play: async ({ canvas, canvasElement }) => {
    await reaches(canvas, "playing")
    const video = canvasElement.querySelector("video")
    canvas.getAllByRole("button", { name: "Pause" })[0]?.focus()
    await userEvent.keyboard("m")
    await waitFor(() => expect(video?.muted).toBe(true))
    localStorage.setItem("veza.shortcuts", "off")
    globalThis.dispatchEvent(new Event("storage"))
    await userEvent.keyboard("m")
    await expect(video?.muted).toBe(true)
    await userEvent.keyboard("{ArrowUp}")
    await waitFor(() => expect(video?.muted).toBe(false))
    await expect(canvas.getByRole("slider", { name: "Volume" })).toHaveAttribute("aria-valuetext", "100 percent")
  },
}

export const Loading: Story = {
  args: { engine: silent },
  play: async ({ canvas }) => {
    await reaches(canvas, "loading")
    await expect(await canvas.findByText("Connecting")).toBeVisible()
  },
}

export const WaitingToStart: Story = {
  args: { stream: aDraft() },
  play: async ({ canvas }) => {
    await reaches(canvas, "waiting")
    await expect(canvas.getByText("Not on air yet")).toBeVisible()
  },
}

/** Opened while the host is away: no frame was ever shown, so the cover stands behind the message. */
export const Interrupted: Story = {
  args: { stream: anInterrupted(), engine: silent },
  play: async ({ canvas, canvasElement }) => {
    await reaches(canvas, "interrupted")
    await expect(canvasElement.querySelector(".cover-art, img")).toBeVisible()
  },
}

export const NetworkLost: Story = {
  args: { engine: offline },
  play: async ({ canvas }) => {
    await reaches(canvas, "interrupted")
    await expect(canvas.getByText("The connection to the host dropped")).toBeVisible()
  },
}

export const Buffering: Story = {
  play: async ({ canvas, canvasElement }) => {
    await reaches(canvas, "playing")
    canvasElement.querySelector("video")?.dispatchEvent(new Event("waiting"))
    await reaches(canvas, "buffering")
  },
}

export const Ended: Story = {
  args: { stream: anEnded() },
  play: async ({ canvas }) => {
    await reaches(canvas, "ended")
    await expect(canvas.getByText("This broadcast has ended")).toBeVisible()
  },
}

export const Unsupported: Story = {
  args: { engine: unsupported },
  play: async ({ canvas }) => {
    await reaches(canvas, "error")
    await expect(canvas.getByRole("button", { name: "Try again" })).toBeVisible()
  },
}

const refusing = (allowMuted: boolean) =>
  function play(this: HTMLMediaElement): Promise<void> {
    return this.muted && allowMuted
      ? realPlay.call(this)
      : Promise.reject(new DOMException("no gesture", "NotAllowedError"))
  }
const realPlay = HTMLMediaElement.prototype.play

const withPolicy = (allowMuted: boolean) => () => {
  HTMLMediaElement.prototype.play = refusing(allowMuted)
  return () => {
    HTMLMediaElement.prototype.play = realPlay
  }
}

export const AutoplayBlocked: Story = {
  beforeEach: withPolicy(false),
  play: async ({ canvas }) => {
    await reaches(canvas, "blocked")
  },
}

export const MutedByTheBrowser: Story = {
  beforeEach: withPolicy(true),
  play: async ({ canvas, canvasElement }) => {
    await userEvent.click(await canvas.findByRole("button", { name: "Turn on sound" }))
    await waitFor(() => expect(canvasElement.querySelector("video")?.muted).toBe(false))
    await expect(canvas.queryByRole("button", { name: "Turn on sound" })).toBeNull()
  },
}

export const AudioOnly: Story = {
  args: { stream: aStream({ audio_only: true }), engine: sound },
  play: async ({ canvas, canvasElement }) => {
    await reaches(canvas, "playing")
    await expect(canvasElement.querySelector("canvas")).toBeVisible()
    await expect(canvas.queryByRole("button", { name: "Picture in picture" })).toBeNull()
  },
}
