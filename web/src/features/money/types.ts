// The names this feature uses for the API's shapes.
import type { components } from "../../schema.gen"

type Schemas = components["schemas"]

export type Balance = Schemas["BalanceView"]
export type Connection = Schemas["ConnectionView"]
export type Stats = Schemas["StatsView"]
export type StatsDay = Schemas["DayView"]
export type Transfer = Schemas["TransferView"]
export type Sale = Schemas["SaleView"]
export type Order = Schemas["OrderView"]
export type OrderItem = Schemas["OrderItemView"]
