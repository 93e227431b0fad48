// Leaves the app for a page of somebody else's: the payment provider's. Only over HTTP(S), whatever the address says.

export type Leave = (url: string) => void

export const leaveFor: Leave = (url) => {
  if (/^https?:$/.test(new URL(url, globalThis.location.href).protocol)) globalThis.location.assign(url)
}
