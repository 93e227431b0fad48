// The names the app uses for the API's shapes. Everything here is derived from schema.gen.ts; no shape is written by hand.
import type { components, paths } from "../schema.gen"

type Answer<P extends keyof paths, M extends "get" | "post" | "put", S extends number> =
  paths[P] extends Record<M, { responses: Record<S, { content: { "application/json": { data: infer D } } }> }>
    ? D
    : never

export type AuthResult = Answer<"/api/v1/auth/login", "post", 200>
export type User = AuthResult["user"]
export type Session = Answer<"/api/v1/auth/sessions", "get", 200>["sessions"][number]
export type Stream = Answer<"/api/v1/live/streams/{stream_id}", "get", 200>
export type StreamStatus = Stream["status"]
export type StreamKey = Answer<"/api/v1/live/streams/me/key", "get", 200>
export type Profile = Answer<"/api/v1/users/{username}", "get", 200>

type InRoom<Part extends "settings" | "bans" | "audit" | "members"> = Answer<
  `/api/v1/live/streams/{stream_id}/chat/${Part}`,
  "get",
  200
>
export type ChatSettings = InRoom<"settings">
export type Sanction = InRoom<"bans">["bans"][number]
export type AuditEntry = InRoom<"audit">["entries"][number]
export type Member = InRoom<"members">["members"][number]
export type Followed = Answer<"/api/v1/users/{username}/follow", "put", 200>

/** What its seller knows of a product, and what everybody knows. */
export type OwnProduct = components["schemas"]["OwnProductView"]
export type PublicProduct = components["schemas"]["ProductView"]
export type ProductFile = components["schemas"]["FileView"]
export type License = PublicProduct["licenses"][number]
export type ProductType = PublicProduct["type"]
export type ProductPage = components["schemas"]["ProductsView"]
export type Review = components["schemas"]["ReviewView"]
export type ReviewPage = components["schemas"]["ReviewsView"]
export type Standing = components["schemas"]["StandingView"]
export type LibraryItem = components["schemas"]["LibraryItemView"]

/** What is asked for is sent whole: nothing is left to the server's defaults. */
export type CartItem = Required<components["schemas"]["CartItemBody"]>
export type Billing = Required<components["schemas"]["BillingBody"]>
export type NewOrder = Required<components["schemas"]["NewOrder"]> & { items: CartItem[]; billing: Billing | null }
export type Quote = components["schemas"]["QuoteView"]
export type QuoteItem = components["schemas"]["QuoteItemView"]
export type Order = components["schemas"]["OrderView"]
export type OrderItem = components["schemas"]["OrderItemView"]
export type OrderSummary = components["schemas"]["OrderSummaryView"]
export type OrderPage = components["schemas"]["OrdersView"]
export type OrderRefund = Order["refunds"][number]
export type Dispute = NonNullable<Order["dispute"]>
export type Refundable = components["schemas"]["RefundableView"]
export type Refund = components["schemas"]["RefundView"]
export type NewRefund = Required<components["schemas"]["RefundBody"]>
export type TimelineEvent = components["schemas"]["TimelineEventView"]

export type StreamHealth = components["schemas"]["StreamHealthView"]
export type Recording = components["schemas"]["RecordingView"]
export type Said = components["schemas"]["MessageFrame"]
