"""Bodies of the routes of orders."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from veza.http.envelope import Body
from veza.orders.cart import ITEMS_MAX, QUANTITY_MAX

Quantity = Annotated[int, msgspec.Meta(ge=1, le=QUANTITY_MAX)]
Country = Annotated[str, msgspec.Meta(pattern="^([A-Z]{2})?$")]


class CartItemBody(Body, frozen=True, kw_only=True):
    """One thing to buy. `license_id` where the product has licences."""

    product_id: UUID
    quantity: Quantity = 1
    license_id: UUID | None = None


class BillingBody(Body, frozen=True, kw_only=True):
    """Whom the invoice names. `country`: two letters of ISO 3166-1."""

    name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    address: Annotated[str, msgspec.Meta(max_length=500)] = ""
    country: Country = ""
    vat_id: Annotated[str, msgspec.Meta(max_length=32)] = ""


class NewOrder(Body, frozen=True, kw_only=True):
    """Body of POST /marketplace/orders."""

    items: Annotated[list[CartItemBody], msgspec.Meta(min_length=1, max_length=ITEMS_MAX)]
    payment_method: Literal["card"] = "card"
    billing: BillingBody | None = None


class CartBody(Body, frozen=True, kw_only=True):
    """Body of POST /marketplace/orders/quote."""

    items: Annotated[list[CartItemBody], msgspec.Meta(min_length=1, max_length=ITEMS_MAX)]


class QuoteProblemView(msgspec.Struct, frozen=True):
    """Why an item cannot be bought now.

    `code`: unavailable, license_required, quantity, own_product, sold_out or already_owned.
    """

    code: str
    message: str


class QuoteItemView(msgspec.Struct, frozen=True):
    """An item of a cart as it would be sold now; what is unknown of a product that is gone is null."""

    product_id: UUID
    license_id: UUID | None
    quantity: int
    title: str | None
    type: str | None
    seller_id: UUID | None
    seller_username: str | None
    cover_url: str | None
    license_name: str | None
    unit_price_cents: int | None
    total_cents: int | None
    problem: QuoteProblemView | None


class QuoteView(msgspec.Struct, frozen=True):
    """What a cart costs now. `total_cents`: of the items without a problem."""

    items: list[QuoteItemView]
    total_cents: int
    currency: str


class LineLicenseView(msgspec.Struct, frozen=True):
    """The licence that was bought, with its terms as they were then."""

    id: UUID | None
    name: str
    exclusive: bool
    terms: str


class OrderItemView(msgspec.Struct, frozen=True):
    """A line of an order."""

    id: UUID
    product_id: UUID
    title: str
    type: str
    seller_id: UUID
    seller_username: str
    license: LineLicenseView | None
    quantity: int
    unit_price_cents: int
    total_cents: int
    refunded_cents: int


class PaymentView(msgspec.Struct, frozen=True):
    """How to pay. `checkout_url`: the provider's hosted page. Both null while the provider has not answered yet."""

    id: str
    client_secret: str | None
    status: str
    checkout_url: str | None


class TimelineEventView(msgspec.Struct, frozen=True):
    """A step of an order.

    `kind`: placed, payment_failed, payment_reopened, completed, cancelled, expired, payment_returning,
    payment_returned, return_failed, refund_requested, refund_succeeded, refund_failed, dispute_opened, dispute_won or
    dispute_lost.
    """

    kind: str
    created_at: datetime
    details: dict[str, Any]


class RefundedItemView(msgspec.Struct, frozen=True):
    """What of a line goes back."""

    item_id: UUID
    amount_cents: int


class OrderRefundView(msgspec.Struct, frozen=True):
    """Money of an order that goes back.

    `status`: pending, succeeded or failed; `requested_by`: buyer, seller, admin or dispute. A seller sees of it what is
    theirs, and `details` only where they wrote them.
    """

    id: UUID
    status: str
    amount_cents: int
    currency: str
    reason: str
    details: str | None
    requested_by: str
    items: list[RefundedItemView]
    credit_note_number: str | None
    created_at: datetime
    settled_at: datetime | None


class OrderDisputeView(msgspec.Struct, frozen=True):
    """A dispute about the payment. `status`: opened, challenged, cancelled, won, expired, accepted or lost."""

    status: str
    amount_cents: int
    opened_at: datetime


class OrderView(msgspec.Struct, frozen=True):
    """An order (api.md, orders).

    A seller sees their own lines only, and no `billing`; `payment` only while it can still be paid, and only for the
    buyer; `invoice_number` once it is completed, and not for a seller. `total_cents` is the whole order's, `items` add
    up to what you may see.
    """

    id: UUID
    number: str
    buyer_id: UUID
    buyer_username: str
    status: str
    items: list[OrderItemView]
    total_cents: int
    refunded_cents: int
    currency: str
    refunds: list[OrderRefundView]
    invoice_number: str | None
    dispute: OrderDisputeView | None
    payment: PaymentView | None
    billing: BillingBody | None
    timeline: list[TimelineEventView]
    expires_at: datetime | None
    created_at: datetime
    completed_at: datetime | None


class FileLinkView(msgspec.Struct, frozen=True):
    """A file, and where it can be had for a while."""

    filename: str
    url: str


class DownloadsView(msgspec.Struct, frozen=True):
    """What a line gives. `url`: of the first of `files`."""

    url: str
    expires_at: datetime
    files: list[FileLinkView]


class OrderSummaryView(msgspec.Struct, frozen=True):
    """An order in a list: without its payment and timeline."""

    id: UUID
    number: str
    buyer_id: UUID
    buyer_username: str
    status: str
    items: list[OrderItemView]
    total_cents: int
    refunded_cents: int
    currency: str
    created_at: datetime
    completed_at: datetime | None


class OrdersView(msgspec.Struct, frozen=True):
    """A page of orders, the newest first."""

    orders: list[OrderSummaryView]
    total: int
    limit: int
    offset: int


class SaleView(msgspec.Struct, frozen=True):
    """What of an order is the caller's as its seller: own lines, and what they earn of them."""

    id: UUID
    number: str
    buyer_id: UUID
    buyer_username: str
    status: str
    items: list[OrderItemView]
    gross_cents: int
    fee_cents: int
    net_cents: int
    refunded_cents: int
    currency: str
    created_at: datetime
    completed_at: datetime | None


class SalesView(msgspec.Struct, frozen=True):
    """A page of sales, the newest first."""

    orders: list[SaleView]
    total: int
    limit: int
    offset: int
