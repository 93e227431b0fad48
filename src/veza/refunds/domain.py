"""Who may give back what of an order, whose cents go back, and what a dispute's words come to. Pure.

    completed | partially_refunded ──asked for──▶ refund_pending ──the provider's word──▶ refunded | partially_refunded
                                                                └──refused────────────▶ where it was
    disputed, above all of these, from its first word until it is over and what it cost is booked

Where an order stands is never remembered: it follows from what was given back and what is under way (`status_of`), so
that the words of the provider may come in any order.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from veza.kit.errors import Conflict, FieldProblem, Invalid
from veza.orders.cart import shares_of
from veza.orders.domain import Line, OrderStatus
from veza.ports.payments import DisputeState

SEND = "refunds.send"
RECONCILE = "refunds.reconcile"

BUYER_MAY_FOR = timedelta(days=14)
ITEMS_MAX = 50
REASON_MAX = 200
DETAILS_MAX = 2_000
DISPUTE_REASON = "Disputed with the buyer's bank"


class RefundStatus(StrEnum):
    """Where a refund is. Only the provider's word settles it."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RequestedBy(StrEnum):
    """Who wants the money back: a person, or a dispute that was lost."""

    BUYER = "buyer"
    SELLER = "seller"
    ADMIN = "admin"
    DISPUTE = "dispute"


@dataclass(frozen=True, slots=True)
class Part:
    """What of a line goes back."""

    item_id: UUID
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund as whoever asked for it sees it."""

    id: UUID
    status: RefundStatus
    amount_cents: int
    currency: str


@dataclass(frozen=True, slots=True)
class State:
    """What decides, beside its lines, what can be given back of an order. `completed_at` None: it is not paid."""

    completed_at: datetime | None
    is_refunding: bool
    is_disputed: bool


@dataclass(frozen=True, slots=True)
class RefundableLine:
    """A line that a caller may speak for. `refused`: why they cannot give it back now. `is_whole`: all or nothing."""

    item_id: UUID
    left_cents: int
    refused: Conflict | None
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Refundable:
    """What a caller may give back of an order now. `until`: when that ends, for a buyer."""

    lines: tuple[RefundableLine, ...]
    until: datetime | None
    refused: Conflict | None

    @property
    def total_cents(self) -> int:
        return sum(line.left_cents for line in self.lines if line.refused is None)


@dataclass(frozen=True, slots=True)
class Leg:
    """What of a refund is one seller's: `gross_cents` goes back, of which the platform bears `fee_cents`."""

    seller_id: UUID
    gross_cents: int
    fee_cents: int

    @property
    def net_cents(self) -> int:
        return self.gross_cents - self.fee_cents


# --- asking for a refund -----------------------------------------------------------------------------------------


def judge(
    state: State, lines: Sequence[Line], by: RequestedBy, downloaded: Collection[UUID], now: datetime
) -> Refundable:
    """What of `lines`, those that the caller may speak for, can be given back at `now`.

    A buyer gives something digital back whole or not at all: who kept it could have it for next to nothing.
    """
    until = None
    if by is RequestedBy.BUYER and state.completed_at is not None:
        until = state.completed_at + BUYER_MAY_FOR
    refused = _refuse_order(state, until, now)
    found = []
    for line in lines:
        why = refused
        if why is None and line.total_cents == line.refunded_cents:
            why = not_refundable()
        elif why is None and by is RequestedBy.BUYER and line.id in downloaded:
            why = already_downloaded()
        is_whole = by is RequestedBy.BUYER and line.product_type != "service"
        found.append(RefundableLine(line.id, line.total_cents - line.refunded_cents, why, is_whole))
    return Refundable(tuple(found), until, refused)


def _refuse_order(state: State, until: datetime | None, now: datetime) -> Conflict | None:
    if state.completed_at is None:
        return not_refundable()
    if state.is_disputed:
        return order_disputed()
    if state.is_refunding:
        return refund_in_progress()
    if until is not None and now >= until:
        return refund_too_late()
    return None


def allocate(found: Refundable, wanted: Sequence[Part] | None) -> tuple[Part, ...]:
    """What goes back of each line, each once. `wanted` None: everything that may.

    Raises `Invalid` (with the item's place), `Conflict`.
    """
    if wanted is not None:
        _require_lines(found, wanted)
    if found.refused is not None:
        raise found.refused
    if wanted is None:
        return _everything(found)
    lines = {line.item_id: line for line in found.lines}
    problems = []
    for place, part in enumerate(wanted):
        line = lines[part.item_id]
        if line.refused is not None and line.left_cents:
            raise line.refused
        if part.amount_cents > line.left_cents:
            raise refund_exceeds_payment()
        if line.is_whole and part.amount_cents < line.left_cents:
            message = f"must be {line.left_cents}: something digital is given back whole"
            problems.append(FieldProblem(f"items.{place}.amount_cents", message))
    if problems:
        raise Invalid("This cannot be given back in part.", *problems)
    return tuple(wanted)


def _require_lines(found: Refundable, wanted: Sequence[Part]) -> None:
    known = {line.item_id for line in found.lines}
    seen: set[UUID] = set()
    problems = [] if 1 <= len(wanted) <= ITEMS_MAX else [FieldProblem("items", f"must hold 1 to {ITEMS_MAX} items")]
    for place, part in enumerate(wanted[:ITEMS_MAX]):
        if part.item_id not in known:
            message = "is no line of this order that you may give back"
            problems.append(FieldProblem(f"items.{place}.item_id", message))
        elif part.item_id in seen:
            problems.append(FieldProblem(f"items.{place}.item_id", "stands here twice"))
        if part.amount_cents < 1:
            problems.append(FieldProblem(f"items.{place}.amount_cents", "must be at least 1"))
        seen.add(part.item_id)
    if problems:
        raise Invalid("These lines cannot be given back.", *problems)


def _everything(found: Refundable) -> tuple[Part, ...]:
    parts = tuple(Part(line.item_id, line.left_cents) for line in found.lines if line.refused is None)
    if parts:
        return parts
    codes = {line.refused.code for line in found.lines if line.refused is not None}
    raise already_downloaded() if already_downloaded().code in codes else not_refundable()


# --- what goes back ----------------------------------------------------------------------------------------------


def fee_back_cents(fee_cents: int, gross_cents: int, refunded_cents: int) -> int:
    """What of a seller's fee belongs to `refunded_cents` of their gross, half up: all of it for all of that."""
    return (2 * fee_cents * refunded_cents + gross_cents) // (2 * gross_cents)


def legs_of(lines: Sequence[Line], parts: Iterable[Part]) -> tuple[Leg, ...]:
    """Whose share goes back with `parts`, by seller id. `lines`: all of the order, as they are before.

    Fees go back cumulatively: less what went back before, so that the last cent of a seller's gross meets the last of
    their fee and of their net, whatever the steps were.
    """
    now = {part.item_id: part.amount_cents for part in parts}
    before: dict[UUID, int] = {}
    more: dict[UUID, int] = {}
    for line in lines:
        before[line.seller_id] = before.get(line.seller_id, 0) + line.refunded_cents
        more[line.seller_id] = more.get(line.seller_id, 0) + now.get(line.id, 0)
    legs = []
    for share in sorted(shares_of(lines), key=lambda share: share.seller_id):
        seller_id = share.seller_id
        if more[seller_id]:
            after = fee_back_cents(share.fee_cents, share.gross_cents, before[seller_id] + more[seller_id])
            fee_now = after - fee_back_cents(share.fee_cents, share.gross_cents, before[seller_id])
            legs.append(Leg(seller_id, more[seller_id], fee_now))
    return tuple(legs)


def emptied_by(lines: Iterable[Line], parts: Iterable[Part]) -> tuple[Line, ...]:
    """The lines of which nothing is left once `parts` went back."""
    now = {part.item_id: part.amount_cents for part in parts}
    return tuple(line for line in lines if line.id in now and line.refunded_cents + now[line.id] == line.total_cents)


def fits(lines: Iterable[Line], parts: Iterable[Part], reserved: Mapping[UUID, int]) -> bool:
    """Whether `parts` are still there beside what is reserved of each line."""
    left = {line.id: line.total_cents - line.refunded_cents - reserved.get(line.id, 0) for line in lines}
    return all(part.amount_cents <= left.get(part.item_id, 0) for part in parts)


def spread(lines: Iterable[Line], amount_cents: int) -> tuple[Part, ...]:
    """Up to `amount_cents` over what is left of the lines, in their order: a dispute names no line."""
    parts = []
    for line in lines:
        now_cents = min(amount_cents, line.total_cents - line.refunded_cents)
        if now_cents:
            parts.append(Part(line.id, now_cents))
            amount_cents -= now_cents
    return tuple(parts)


def status_of(total_cents: int, refunded_cents: int, *, is_refunding: bool, is_disputed: bool) -> OrderStatus:
    """Where a paid order stands."""
    if is_disputed:
        return OrderStatus.DISPUTED
    if is_refunding:
        return OrderStatus.REFUND_PENDING
    if not refunded_cents:
        return OrderStatus.COMPLETED
    return OrderStatus.REFUNDED if refunded_cents == total_cents else OrderStatus.PARTIALLY_REFUNDED


# --- disputes ----------------------------------------------------------------------------------------------------

_RANK = {
    DisputeState.OPENED: 0,
    DisputeState.CHALLENGED: 1,
    DisputeState.CANCELLED: 2,
    DisputeState.WON: 3,
    DisputeState.EXPIRED: 4,
    DisputeState.ACCEPTED: 5,
    DisputeState.LOST: 6,
}
OPEN = frozenset({DisputeState.OPENED, DisputeState.CHALLENGED})
COSTLY = frozenset({DisputeState.EXPIRED, DisputeState.ACCEPTED, DisputeState.LOST})
"""Ends after which the money is gone."""


def judge_dispute(held: DisputeState, word: DisputeState) -> DisputeState:
    """What a dispute is once this word counts: an end sticks, and the one that costs sticks to the other.

    So the order in which words come means nothing; what was given back cannot be taken again.
    """
    return max(held, word, key=_RANK.__getitem__)


# --- errors ------------------------------------------------------------------------------------------------------


def already_downloaded() -> Conflict:
    sentence = "This was downloaded already. Ask its seller or this site's staff for your money back."
    return Conflict(sentence, code="already_downloaded")


def refund_too_late() -> Conflict:
    sentence = f"A purchase can be given back for {BUYER_MAY_FOR.days} days. Ask its seller or this site's staff."
    return Conflict(sentence, code="refund_too_late")


def refund_exceeds_payment() -> Conflict:
    return Conflict("That is more than is left of what was paid.", code="refund_exceeds_payment")


def refund_in_progress() -> Conflict:
    return Conflict("A refund of this order is under way. Wait until it is through.", code="refund_in_progress")


def not_refundable() -> Conflict:
    return Conflict("There is nothing here that could be given back.", code="not_refundable")


def order_disputed() -> Conflict:
    sentence = "This payment is disputed with the buyer's bank, which decides where the money goes."
    return Conflict(sentence, code="order_disputed")
