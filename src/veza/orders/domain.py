"""What an order is: its lines and shares, how the provider's word changes it, and what ends it. Pure.

    pending ──paid──▶ completed          pending ──provider: failed──▶ failed ──paid again──▶ completed
    pending | failed ──time──▶ expired   pending | failed ──buyer──▶ cancelled

Only the provider's word completes an order. Money that comes after its end completes it all the same, unless the
buyer had given it up or something in it is no longer to be had: then the money goes back.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from veza.kit.errors import Conflict, NotFound, Unavailable

RECONCILE = "orders.reconcile"
EXPIRE = "orders.expire"
CANCEL_PAYMENT = "orders.cancel_payment"
RETURN_PAYMENT = "orders.return_payment"


class OrderStatus(StrEnum):
    """Where an order is in its life."""

    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUND_PENDING = "refund_pending"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"

    @property
    def is_payable(self) -> bool:
        return self in {OrderStatus.PENDING, OrderStatus.FAILED}

    @property
    def is_paid(self) -> bool:
        """Whether it was completed once, whatever came after."""
        return self not in {OrderStatus.PENDING, OrderStatus.FAILED, OrderStatus.CANCELLED, OrderStatus.EXPIRED}


class EndedBy(StrEnum):
    """Who ended an order that was not paid."""

    BUYER = "buyer"
    TIME = "time"
    PROVIDER = "provider"


class PaymentStatus(StrEnum):
    """Where one attempt to pay is. `creating`: nobody knows yet whether the provider has it."""

    CREATING = "creating"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    CONFLICTED = "conflicted"

    @property
    def is_open(self) -> bool:
        """Whether it can still be paid."""
        return self in {PaymentStatus.CREATING, PaymentStatus.PENDING, PaymentStatus.FAILED}


@dataclass(frozen=True, slots=True)
class CartItem:
    """What a buyer asks for. Prices are never theirs to say."""

    product_id: UUID
    quantity: int
    license_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Billing:
    """Whom an invoice names; any of it may be empty."""

    name: str = ""
    address: str = ""
    country: str = ""
    vat_id: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order, frozen when it was placed. `fee_cents`: the platform's part of `total_cents`."""

    id: UUID
    product_id: UUID
    license_id: UUID | None
    seller_id: UUID
    title: str
    product_type: str
    license_name: str | None
    license_exclusive: bool
    license_terms: str | None
    quantity: int
    unit_price_cents: int
    total_cents: int
    fee_cents: int = 0
    refunded_cents: int = 0


@dataclass(frozen=True, slots=True)
class Payment:
    """What a buyer needs to pay. `client_secret` is a secret: never log or keep it."""

    id: str
    status: PaymentStatus
    client_secret: str | None
    checkout_url: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """A step of an order's timeline. `seller_id`: whose business it is besides the buyer's; None: everybody's."""

    kind: str
    at: datetime
    seller_id: UUID | None
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RefundPart:
    """What of a line goes back."""

    item_id: UUID
    amount_cents: int


@dataclass(frozen=True, slots=True)
class OrderRefund:
    """Money of an order that goes back, as the reader may see it. `details` None: not for them.

    `requested_by`: buyer, seller, admin or dispute; `actor_id` which person.
    """

    id: UUID
    status: str
    amount_cents: int
    currency: str
    reason: str
    details: str | None
    requested_by: str
    actor_id: UUID | None
    parts: tuple[RefundPart, ...]
    created_at: datetime
    settled_at: datetime | None
    credit_note_number: str | None = None


@dataclass(frozen=True, slots=True)
class OrderDispute:
    """What the buyer's bank and the provider say of an order's payment."""

    status: str
    amount_cents: int
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """An order. `payment` only while it can be paid; `lines` those that the reader may see."""

    id: UUID
    number: str
    buyer_id: UUID
    status: OrderStatus
    lines: tuple[Line, ...]
    total_cents: int
    refunded_cents: int
    currency: str
    billing: Billing
    expires_at: datetime
    created_at: datetime
    completed_at: datetime | None
    invoice_number: str | None = None
    payment: Payment | None = None
    timeline: tuple[Event, ...] = ()
    refunds: tuple[OrderRefund, ...] = ()
    dispute: OrderDispute | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What of an order is one seller's. `net_cents` + `fee_cents` = `gross_cents`."""

    seller_id: UUID
    gross_cents: int
    fee_cents: int

    @property
    def net_cents(self) -> int:
        return self.gross_cents - self.fee_cents


def with_details(
    order: Order,
    timeline: tuple[Event, ...],
    payment: Payment | None,
    refunds: tuple[OrderRefund, ...] = (),
    dispute: OrderDispute | None = None,
) -> Order:
    """An order with what only its own page shows."""
    return replace(order, timeline=timeline, payment=payment, refunds=refunds, dispute=dispute)


def only_lines(order: Order, lines: tuple[Line, ...]) -> Order:
    """An order as a seller sees it: their own lines, and not whom the invoice names."""
    return replace(order, lines=lines, billing=Billing())


def only_parts(refund: OrderRefund, item_ids: Collection[UUID], seller_id: UUID) -> OrderRefund | None:
    """A refund as a seller sees it: what of it is theirs, and what they wrote themselves. None: nothing is theirs."""
    own = tuple(part for part in refund.parts if part.item_id in item_ids)
    if not own:
        return None
    details = refund.details if refund.actor_id == seller_id else None
    return replace(refund, parts=own, amount_cents=sum(part.amount_cents for part in own), details=details)


def event_of_seller(event: Event, seller_id: UUID, refunds: Mapping[str, OrderRefund]) -> Event | None:
    """A step of the timeline as a seller sees it; of a refund their part. None: it is not for them."""
    if event.kind in _REFUND_EVENTS:
        refund = refunds.get(str(event.details.get("refund_id")))
        return (
            None if refund is None else replace(event, details={**event.details, "amount_cents": refund.amount_cents})
        )
    return event if event.kind in _EVERYBODYS_EVENTS or event.seller_id == seller_id else None


_REFUND_EVENTS = frozenset({"refund_requested", "refund_succeeded", "refund_failed"})
_EVERYBODYS_EVENTS = frozenset({"placed", "completed", "dispute_opened", "dispute_won", "dispute_lost"})


# --- the provider's word ---------------------------------------------------------------------------------------


class Verdict(StrEnum):
    """What money that came does to its order."""

    COMPLETE = "complete"
    RETURN = "return"


def judge_money(status: OrderStatus, ended_by: EndedBy | None, *, all_to_be_had: bool) -> Verdict:
    """What to do when a payment succeeded."""
    if status.is_paid or ended_by is EndedBy.BUYER or not all_to_be_had:
        return Verdict.RETURN
    return Verdict.COMPLETE


def judge_word(
    held: PaymentStatus, held_at: datetime | None, word: PaymentStatus, word_at: datetime | None
) -> PaymentStatus:
    """What a payment is once this word of the provider counts: success sticks, else the newer word wins.

    Words come late, twice and out of order; this makes their order meaningless.
    """
    if PaymentStatus.SUCCEEDED in {held, word}:
        return PaymentStatus.SUCCEEDED
    if held_at is not None and word_at is not None and word_at < held_at:
        return held
    if held is not PaymentStatus.CREATING and word_at == held_at and _RANK[word] < _RANK[held]:
        return held
    return word


_RANK = {
    PaymentStatus.CREATING: 0,
    PaymentStatus.PENDING: 1,
    PaymentStatus.FAILED: 2,
    PaymentStatus.EXPIRED: 3,
    PaymentStatus.CANCELLED: 4,
    PaymentStatus.CONFLICTED: 5,
    PaymentStatus.SUCCEEDED: 6,
}
"""Between words of the same moment the higher wins."""


def status_after(word: PaymentStatus) -> tuple[OrderStatus, EndedBy | None]:
    """What an unpaid order is when its newest payment stands so."""
    match word:
        case PaymentStatus.FAILED | PaymentStatus.CONFLICTED:
            return OrderStatus.FAILED, None
        case PaymentStatus.CANCELLED:
            return OrderStatus.CANCELLED, EndedBy.PROVIDER
        case PaymentStatus.EXPIRED:
            return OrderStatus.EXPIRED, EndedBy.PROVIDER
        case _:
            return OrderStatus.PENDING, None


# --- errors ----------------------------------------------------------------------------------------------------


def order_not_found() -> NotFound:
    return NotFound("There is no such order.")


def require_payable(status: OrderStatus) -> None:
    """Raise `Conflict` for an order that is paid, or that its buyer or the time ended."""
    if status.is_paid:
        raise already_paid()
    if not status.is_payable:
        raise not_payable()


def nothing_to_download() -> NotFound:
    return NotFound("There is nothing to download here.")


def not_payable() -> Conflict:
    return Conflict("This order can no longer be paid. Place a new one.", code="not_payable")


def already_paid() -> Conflict:
    return Conflict("This order is paid.", code="already_paid")


def not_cancellable() -> Conflict:
    return Conflict("Only an order that is not paid can be cancelled.", code="not_cancellable")


def payments_closed() -> Unavailable:
    return Unavailable("This server takes no payments yet.", retry_after_s=3600, code="payments_disabled")


def provider_away() -> Unavailable:
    return Unavailable(
        "The payment provider does not answer. Your order is kept: try again in a moment.",
        retry_after_s=5,
        code="provider_unavailable",
    )
