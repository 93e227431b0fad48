// Two-step log-in, from off to on and back.
import type { Meta, StoryObj } from "@storybook/react-vite"
import { expect, userEvent, waitFor, within } from "storybook/test"
import { accountRoutes, aSecret, aTotp, someCodes, wrongCode, wrongPassword } from "../../../testing/account"
import { IN_FRENCH } from "../../../testing/french"
import { answer, fail, never, ok, withApi } from "../../../testing/handlers"
import { ON_PHONE } from "../../../testing/phone"
import { signedIn } from "../../../testing/selling"
import { TwoStepPage } from "./TwoStepPage"

const meta = {
  title: "Settings/Two-step log-in",
  component: TwoStepPage,
  beforeEach: signedIn,
  parameters: { ...withApi(...accountRoutes), at: "/settings/two-step" },
} satisfies Meta<typeof TwoStepPage>

export default meta
type Story = StoryObj<typeof meta>
type Canvas = Parameters<NonNullable<Story["play"]>>[0]["canvas"]

const isOn = (left = 10, required = false) =>
  withApi(
    answer("get", "/auth/totp", () => ok(aTotp({ enabled: true, recovery_codes_left: left, required }))),
    ...accountRoutes,
  )

async function begin(canvas: Canvas): Promise<void> {
  await userEvent.type(await canvas.findByLabelText("Password"), "a long false password")
  await userEvent.click(canvas.getByRole("button", { name: "Begin" }))
}

async function scan(canvas: Canvas): Promise<void> {
  await begin(canvas)
  await expect(await canvas.findByRole("img", { name: "QR code of the secret" })).toBeVisible()
  await userEvent.type(canvas.getByLabelText("Code of your app"), "123 456")
  await userEvent.click(canvas.getByRole("button", { name: "Turn it on" }))
}

let isEnabled = false

/** Password, secret, code, recovery codes: then it is on. */
export const Default: Story = {
  beforeEach: () => {
    isEnabled = false
  },
  parameters: withApi(
    answer("get", "/auth/totp", () => ok(aTotp({ enabled: isEnabled, recovery_codes_left: 10 }))),
    answer("post", "/auth/totp/enable", () => {
      isEnabled = true
      return ok({ recovery_codes: someCodes })
    }),
    ...accountRoutes,
  ),
  play: async ({ canvas }) => {
    await scan(canvas)
    await expect(await canvas.findByText("false-00007")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "Copy" }))
    await expect(await canvas.findByText("Copied")).toBeVisible()
    await userEvent.click(canvas.getByRole("button", { name: "I have kept them" }))
    await expect(await canvas.findByText("Two-step log-in is on.")).toBeVisible()
    await expect(canvas.queryByText("false-00007")).toBeNull()
  },
}

/** The secret as a picture and as text, in groups that can be read off. */
export const Secret: Story = {
  play: async ({ canvas }) => {
    await begin(canvas)
    await expect(await canvas.findByText("THIS ISNO TARE ALSE CRET ATAL L234 5ABC")).toBeVisible()
    await expect(canvas.getByRole("button", { name: "Copy the secret" })).toBeVisible()
    await expect(document.body.innerHTML).not.toContain(aSecret.otpauth_uri)
  },
}

export const Codes: Story = {
  ...ON_PHONE,
  play: async ({ canvas }) => {
    await scan(canvas)
    await expect(await canvas.findAllByText(/^false-/)).toHaveLength(10)
    await expect(canvas.getByRole("button", { name: "Print" })).toBeVisible()
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}

export const WrongPassword: Story = {
  parameters: withApi(answer("post", "/auth/totp/setup", wrongPassword), ...accountRoutes),
  play: async ({ canvas }) => {
    await begin(canvas)
    await expect(await canvas.findByText("This is not your password.")).toBeVisible()
  },
}

export const WrongCode: Story = {
  parameters: withApi(
    answer("post", "/auth/totp/enable", () =>
      fail(400, {
        code: "invalid_totp",
        error: "This code is not right. Look at the clock of your phone.",
        fields: [{ field: "code", message: "is not the code that the app shows now" }],
      }),
    ),
    ...accountRoutes,
  ),
  play: async ({ canvas }) => {
    await scan(canvas)
    await expect(await canvas.findByText(/Look at the clock of your phone/)).toBeVisible()
    await waitFor(() => expect(canvas.getByLabelText("Code of your app")).toHaveFocus())
  },
}

export const On: Story = {
  parameters: isOn(),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("10 recovery codes are left.")).toBeVisible()
    const again = within(canvas.getByRole("region", { name: "Make new recovery codes" }))
    await userEvent.type(again.getByLabelText("Password"), "a long false password")
    await userEvent.type(again.getByLabelText("Code of your app, or a recovery code"), "123456")
    await userEvent.click(again.getByRole("button", { name: "Make new recovery codes" }))
    await expect(await canvas.findByText("false-00000")).toBeVisible()
  },
}

/** The last ones: it is time for new ones. */
export const FewLeft: Story = {
  parameters: isOn(1),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("1 recovery code is left.")).toBeVisible()
  },
}

export const TurnsOff: Story = {
  parameters: isOn(),
  play: async ({ canvas }) => {
    const off = within(await canvas.findByRole("region", { name: "Turn it off" }))
    await userEvent.type(off.getByLabelText("Password"), "a long false password")
    await userEvent.type(off.getByLabelText("Code of your app, or a recovery code"), "123456")
    await userEvent.click(off.getByRole("button", { name: "Turn it off" }))
    await expect(await canvas.findByText("Two-step log-in is off.")).toBeVisible()
  },
}

export const NotTurnedOff: Story = {
  parameters: withApi(answer("post", "/auth/totp/disable", wrongCode), ...(isOn().msw.handlers as never[])),
  play: async ({ canvas }) => {
    const off = within(await canvas.findByRole("region", { name: "Turn it off" }))
    await userEvent.type(off.getByLabelText("Password"), "a long false password")
    await userEvent.type(off.getByLabelText("Code of your app, or a recovery code"), "123456")
    await userEvent.click(off.getByRole("button", { name: "Turn it off" }))
    await expect(await off.findByText(/This code is not right, or it was used already/)).toBeVisible()
  },
}

export const NeededByStaff: Story = {
  parameters: withApi(
    answer("get", "/auth/totp", () => ok(aTotp({ required: true }))),
    ...accountRoutes,
  ),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/Your rights wait until you have turned it on/)).toBeVisible()
  },
}

export const OnForStaff: Story = {
  parameters: isOn(10, true),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/it cannot be turned off/)).toBeVisible()
    await expect(canvas.queryByRole("button", { name: "Turn it off" })).toBeNull()
  },
}

export const Loading: Story = {
  parameters: withApi(answer("get", "/auth/totp", never)),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("status", { name: "Loading" })).toBeInTheDocument()
  },
}

const ErrorStory: Story = {
  parameters: withApi(answer("get", "/auth/totp", () => fail(503, { error: "Try again in a moment." }))),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole("alert")).toHaveTextContent("Try again in a moment.")
  },
}

export { ErrorStory as Error }

export const FrenchOnPhone: Story = {
  ...ON_PHONE,
  ...IN_FRENCH,
  parameters: { ...ON_PHONE.parameters, ...isOn() },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText("Il reste 10 codes de récupération.")).toBeVisible()
    await expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
  },
}
