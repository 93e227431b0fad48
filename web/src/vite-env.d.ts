// Module shapes that ship without types of their own.
/// <reference types="vite/client" />

declare module "*.po" {
  import type { Messages } from "@lingui/core"
  export const messages: Messages
}

declare module "hls.js/light" {
  export * from "hls.js"
  export { default } from "hls.js"
}

declare module "*.css"
