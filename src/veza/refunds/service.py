"""Use cases of refunds: what somebody may give back of an order, and asking for it.

A refund is written before the provider hears of it, with the id that it will have there: whatever dies in between,
sending it again is sending the same one. What the provider says is `settlement.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from veza.audit.service import record
from veza.auth.domain import Principal, Role
from veza.context import Context
from veza.db.pool import Connection
from veza.entitlements.service import downloaded_lines, lock_downloads
from veza.http.idempotency import Claim
from veza.jobs.queue import defer
from veza.kit.ids import id_for_provider, new_id
from veza.orders import refunding
from veza.orders.domain import Line, OrderStatus, order_not_found
from veza.orders.queries import OrderRow
from veza.refunds import domain, queries, settlement
from veza.refunds.domain import Part, Refund, Refundable, RefundStatus, RequestedBy, State

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants back. `parts` None: everything that they may."""

    reason: str
    details: str
    parts: tuple[Part, ...] | None


async def refundable(ctx: Context, caller: Principal, order_id: UUID) -> tuple[Refundable, str]:
    """What the caller may give back of an order now, and its currency. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        order = await refunding.find_order(connection, order_id)
        if order is None:
            raise order_not_found()
        by, lines = _standing(order, await refunding.lines_of(connection, order_id), caller)
        downloaded = _among(lines, await downloaded_lines(connection, order_id))
        state = await _state(connection, order)
    return domain.judge(state, lines, by, downloaded, ctx.clock.now()), order.currency


async def refund(ctx: Context, caller: Principal, order_id: UUID, wish: Wish, claim: Claim | None) -> Refund:
    """Ask for money back. Again with the same claim, it is the same refund, as it stands now.

    Raises `NotFound`, `Invalid` (with the item's place), `Conflict` (`already_downloaded`, `refund_too_late`,
    `refund_exceeds_payment`, `refund_in_progress`, `not_refundable`, `order_disputed`).
    """
    if claim is not None and claim.resource_id is not None:
        return await _known(ctx, claim.resource_id)
    async with ctx.db.transaction() as tx:
        order = await refunding.lock_order(tx, order_id)
        if order is None:
            raise order_not_found()
        by, lines = _standing(order, await refunding.lines_of(tx, order_id), caller)
        downloaded = _among(lines, await lock_downloads(tx, order_id))
        found = domain.judge(await _state(tx, order), lines, by, downloaded, ctx.clock.now())
        parts = domain.allocate(found, wish.parts)
        payment = await refunding.paid_payment(tx, order_id)
        if payment is None:
            raise domain.not_refundable()
        refund_id = new_id()
        await settlement.insert(
            tx,
            refund_id,
            order_id=order_id,
            payment_id=payment.id,
            by=by,
            parts=parts,
            currency=order.currency,
            reason=wish.reason,
            details=wish.details,
            now=ctx.clock.now(),
            provider_refund_id=id_for_provider("ref_", refund_id),
            actor_id=caller.user_id,
        )
        amount_cents = sum(part.amount_cents for part in parts)
        details = {"refund_id": str(refund_id), "amount_cents": amount_cents}
        await refunding.add_event(tx, order_id, "refund_requested", details)
        if by is RequestedBy.ADMIN:
            await record(tx, "refund.requested", subject=("order", order_id), actor_id=caller.user_id, details=details)
        await settlement.restate(tx, order_id)
        await defer(tx, domain.SEND, {"id": str(refund_id)}, unique_key=f"refund:{refund_id}")
        if claim is not None:
            await claim.finish(tx, refund_id)
    log.info("refund_requested", refund_id=str(refund_id), order_id=str(order_id), by=by, amount_cents=amount_cents)
    return Refund(refund_id, RefundStatus.PENDING, amount_cents, order.currency)


def _standing(order: OrderRow, lines: Sequence[Line], caller: Principal) -> tuple[RequestedBy, Sequence[Line]]:
    """As whom somebody speaks for which lines. Raises `NotFound` for who has nothing to do with the order."""
    if caller.role is Role.ADMIN:
        return RequestedBy.ADMIN, lines
    if order.buyer_id == caller.user_id:
        return RequestedBy.BUYER, lines
    own = [line for line in lines if line.seller_id == caller.user_id]
    if not own or not OrderStatus(order.status).is_paid:
        raise order_not_found()
    return RequestedBy.SELLER, own


async def _state(connection: Connection, order: OrderRow) -> State:
    now = await queries.under_way.find(connection, order.id)
    assert now is not None
    return State(order.completed_at, is_refunding=now.is_refunding, is_disputed=now.is_disputed)


def _among(lines: Sequence[Line], downloaded: set[tuple[UUID, UUID | None]]) -> set[UUID]:
    return {line.id for line in lines if (line.product_id, line.license_id) in downloaded}


async def _known(ctx: Context, refund_id: UUID) -> Refund:
    async with ctx.db.connection() as connection:
        row = await queries.refund.find(connection, refund_id)
    assert row is not None
    return Refund(row.id, RefundStatus(row.status), row.amount_cents, row.currency)
