// A story on a phone: 360 px wide, as the smallest that counts.
export const ON_PHONE = {
  parameters: {
    viewport: { options: { phone: { name: "Phone", styles: { width: "360px", height: "740px" }, type: "mobile" } } },
  },
  globals: { viewport: { value: "phone", isRotated: false } },
} as const
