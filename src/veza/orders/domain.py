"""What an order is: its lines and shares, how the provider's word changes it, and what ends it. Pure.

    pending ──paid──▶ completed          pending ──provider: failed──▶ failed ──paid again──▶ completed
    pending | failed ──time──▶ expired   pending | failed ──buyer──▶ cancelled

Only the provider's word completes an order. Money that comes after its end completes it all the same, unless the
buyer had given it up or something in it is no longer to be had: then the money goes back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from veza.kit.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound, Unavailable
from veza.kit.ids import new_id
from veza.kit.money import fee_of, split_by_largest_remainder
from veza.products.domain import License, Product, ProductStatus

ITEMS_MAX = 50
QUANTITY_MAX = 99
TOTAL_MAX_CENTS = 10_000_000

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
    payment: Payment | None = None
    timeline: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """What of an order is one seller's. `net_cents` + `fee_cents` = `gross_cents`."""

    seller_id: UUID
    gross_cents: int
    fee_cents: int

    @property
    def net_cents(self) -> int:
        return self.gross_cents - self.fee_cents


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an item cannot be bought now. `index`: its place in the cart."""

    index: int
    code: str
    message: str


# --- placing ---------------------------------------------------------------------------------------------------


def find_problem(
    index: int, item: CartItem, product: Product | None, buyer_id: UUID, *, owned: Iterable[UUID | None], taken: bool
) -> Problem | None:
    """Why this item cannot be bought, or None.

    Args:
        index: its place in the cart.
        item: what is asked for.
        product: what there is; None when there is none.
        buyer_id: who asks.
        owned: with which licences (None: without) the buyer owns the product.
        taken: the licence is exclusive, and held or sold.
    """
    found = None
    if product is not None and product.seller_id == buyer_id:
        found = "own_product"
    elif taken:
        found = "sold_out"
    elif product is None or product.status is not ProductStatus.PUBLISHED:
        found = "unavailable"
    elif item.license_id is None and product.licenses:
        found = "license_required"
    elif item.license_id is not None and find_license(product, item.license_id) is None:
        found = "unavailable"
    elif item.quantity > 1 and product.details.type.is_digital:
        found = "quantity"
    elif product.details.type.is_digital and item.license_id in set(owned):
        found = "already_owned"
    return None if found is None else Problem(index, found, _SENTENCES[found])


_SENTENCES = {
    "own_product": "This is your own product.",
    "sold_out": "This exclusive licence is sold.",
    "unavailable": "This is not on sale.",
    "license_required": "Choose one of its licences.",
    "quantity": "One of it is all that one needs: the quantity must be 1.",
    "already_owned": "You own this already.",
}


def find_license(product: Product, license_id: UUID | None) -> License | None:
    """The licence of this id that the product offers."""
    return next((found for found in product.licenses if found.id == license_id), None)


def draft_line(item: CartItem, product: Product) -> Line:
    """The line of an item that has no problem: title, price, seller and terms as they are now."""
    chosen = find_license(product, item.license_id)
    unit_price_cents = product.details.price_cents if chosen is None else chosen.price_cents
    return Line(
        id=new_id(),
        product_id=product.id,
        license_id=item.license_id,
        seller_id=product.seller_id,
        title=product.details.title,
        product_type=product.details.type,
        license_name=None if chosen is None else chosen.name,
        license_exclusive=chosen is not None and chosen.exclusive,
        license_terms=None if chosen is None else chosen.terms,
        quantity=item.quantity,
        unit_price_cents=unit_price_cents,
        total_cents=unit_price_cents * item.quantity,
    )


def with_fees(lines: Sequence[Line], rate_bps: int) -> tuple[Line, ...]:
    """Lines with the platform's share: of each seller's sum, half up, split over their lines by largest remainder."""
    fees: dict[UUID, int] = {}
    for seller_id in dict.fromkeys(line.seller_id for line in lines):
        own = [line for line in lines if line.seller_id == seller_id]
        totals = [line.total_cents for line in own]
        parts = split_by_largest_remainder(fee_of(sum(totals), rate_bps), totals)
        fees.update({line.id: part for line, part in zip(own, parts, strict=True)})
    return tuple(replace(line, fee_cents=fees[line.id]) for line in lines)


def shares_of(lines: Iterable[Line]) -> tuple[Share, ...]:
    """What is each seller's, in the order of the lines; who is owed nothing is left out."""
    gross: dict[UUID, int] = {}
    fees: dict[UUID, int] = {}
    for line in lines:
        gross[line.seller_id] = gross.get(line.seller_id, 0) + line.total_cents
        fees[line.seller_id] = fees.get(line.seller_id, 0) + line.fee_cents
    return tuple(Share(seller_id, gross[seller_id], fees[seller_id]) for seller_id in gross if gross[seller_id])


def require_total(total_cents: int) -> None:
    """Raise `Invalid` for a sum that no provider takes. Nothing at all is fine: it is free."""
    if total_cents > TOTAL_MAX_CENTS:
        raise Invalid("This cart is worth too much for one order.", FieldProblem("items", "buy them in several orders"))


def with_details(order: Order, timeline: tuple[Event, ...], payment: Payment | None) -> Order:
    """An order with what only its own page shows."""
    return replace(order, timeline=timeline, payment=payment)


def only_lines(order: Order, lines: tuple[Line, ...]) -> Order:
    """An order as a seller sees it: their own lines, and not whom the invoice names."""
    return replace(order, lines=lines, billing=Billing())


def parse_cart(items: Sequence[CartItem]) -> tuple[CartItem, ...]:
    """The items, checked for what no look at the database is needed. Raises `Invalid`."""
    problems: list[FieldProblem] = []
    if not 1 <= len(items) <= ITEMS_MAX:
        problems.append(FieldProblem("items", f"must hold 1 to {ITEMS_MAX} items"))
    seen: set[tuple[UUID, UUID | None]] = set()
    for index, item in enumerate(items[:ITEMS_MAX]):
        if not 1 <= item.quantity <= QUANTITY_MAX:
            problems.append(FieldProblem(f"items.{index}.quantity", f"must be between 1 and {QUANTITY_MAX}"))
        if (item.product_id, item.license_id) in seen:
            problems.append(FieldProblem(f"items.{index}", "stands in the cart twice: raise its quantity instead"))
        seen.add((item.product_id, item.license_id))
    if problems:
        raise Invalid("Some items cannot be ordered.", *problems)
    return tuple(items)


def refuse(problems: Sequence[Problem]) -> Exception:
    """The error of what stands in the way: the gravest kind decides, and every item is named."""
    by_code = {problem.code: problem for problem in problems}
    if "own_product" in by_code:
        return Forbidden("You cannot buy what you sell.", code="own_product")
    fields = [FieldProblem(f"items.{problem.index}", problem.message) for problem in problems]
    if any(problem.code in {"unavailable", "license_required", "quantity"} for problem in problems):
        return Invalid("Some items cannot be ordered.", *fields)
    if "sold_out" in by_code:
        return Conflict("An exclusive licence in your cart is sold.", code="sold_out")
    return Conflict("You own something in your cart already.", code="already_owned")


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
