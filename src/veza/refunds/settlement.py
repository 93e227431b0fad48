"""What the provider says of a refund becomes what it means: every leg in one transaction, in whatever order words come.

The books, each seller's share, who owns what, the order, the mails and the paper move together or not at all. Nobody
calls the provider from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from veza import metrics
from veza.audit.service import record
from veza.context import Context
from veza.db.pool import Tx
from veza.entitlements import service as entitlements
from veza.invoices.domain import CreditedLine
from veza.invoices.service import issue_credit_note
from veza.kit.ids import new_id
from veza.ledger import service as ledger
from veza.ledger.domain import GivenBack, Kind, refund_settled
from veza.orders import refunding, settlement as orders
from veza.orders.domain import Line
from veza.orders.queries import OrderRow
from veza.orders.settlement import Applied, Outcome, flag
from veza.ports import payments as port
from veza.refunds import domain, notices, queries
from veza.refunds.domain import Part, RefundStatus, RequestedBy
from veza.refunds.queries import DisputeRow, RefundRow
from veza.sellers.reversals import take_back

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Settled:
    """A refund that succeeded in this transaction."""

    refund_id: UUID
    parts: tuple[Part, ...]


async def apply_refund(ctx: Context, tx: Tx, word: port.Refund) -> Applied:
    """Take the provider's word about money that goes back. Any number of times, in any order: the end is the same."""
    found = await queries.by_provider_id.find(tx, word.refund_id)
    if found is None:
        return await orders.apply_return(ctx, tx, word)
    order = await refunding.lock_order(tx, found.order_id)
    held = await queries.refund.find(tx, found.id)
    assert order is not None
    assert held is not None
    note = await _doubt(tx, held, word)
    if note is not None:
        return await flag(tx, note, word.refund_id)
    if word.state is port.RefundState.PENDING or word.state == held.status:
        return Applied(Outcome.IGNORED, "nothing new")
    if word.state is port.RefundState.FAILED:
        await fail(ctx, tx, order, held, word.error_code)
        await finish(ctx, tx, order.id)
    else:
        await finish(ctx, tx, order.id, await _give_back(ctx, tx, order, held))
    return Applied(Outcome.APPLIED)


async def _doubt(tx: Tx, held: RefundRow, word: port.Refund) -> str | None:
    """Why a word about this refund cannot be followed; None when it can. That it succeeded sticks."""
    told = (word.payment_id, word.amount_cents, word.currency)
    if told != (held.provider_payment_id, held.amount_cents, held.currency):
        return "amount_mismatch"
    if held.status == RefundStatus.SUCCEEDED and word.state is port.RefundState.FAILED:
        return "refund_failed_late"  # its legs are not taken back by themselves
    is_late = held.status == RefundStatus.FAILED and word.state is port.RefundState.SUCCEEDED
    return "refund_succeeded_late" if is_late and not await _still_fits(tx, held) else None


async def _still_fits(tx: Tx, refund: RefundRow) -> bool:
    """Whether a refund that counted as failed is still to be had, beside what has begun since."""
    other = await queries.pending_of_order.find(tx, refund.order_id)
    begun = [] if other is None else await queries.parts.list(tx, other.id)
    reserved = {part.item_id: part.amount_cents for part in begun}
    return domain.fits(await refunding.lines_of(tx, refund.order_id), await _parts(tx, refund.id), reserved)


async def fail(ctx: Context, tx: Tx, order: OrderRow, refund: RefundRow, code: str | None) -> None:
    """A refund will not be: everything is as before, and whoever waits for it is told. `finish` must follow."""
    if refund.status == RefundStatus.PENDING:
        await queries.settle.run(tx, refund.id, RefundStatus.FAILED, code, ctx.clock.now())
    details = {"refund_id": str(refund.id), "amount_cents": refund.amount_cents}
    await refunding.add_event(tx, order.id, "refund_failed", details)
    await record(tx, "refund.failed", subject=("order", order.id), details={**details, "code": code})
    await notices.tell_failed(tx, order, refund)
    metrics.refunds_settled.labels(RefundStatus.FAILED).inc()
    log.error("refund_failed", refund_id=str(refund.id), order_id=str(order.id), code=code)


async def _give_back(ctx: Context, tx: Tx, order: OrderRow, refund: RefundRow) -> _Settled:
    """All that follows from money that went back, except where the order stands now and its paper (`finish`)."""
    lines = await refunding.lines_of(tx, order.id)
    parts = await _parts(tx, refund.id)
    legs = domain.legs_of(lines, parts)
    given = [await _take_from(ctx, tx, refund, leg) for leg in legs]
    await ledger.book(
        tx, Kind.REFUND_SETTLED, refund.id, refund_settled(given), currency=refund.currency, order_id=order.id
    )
    cents = {part.item_id: part.amount_cents for part in parts}
    await refunding.add_refunded(tx, order.id, cents)
    emptied = domain.emptied_by(lines, parts)
    await entitlements.revoke_lines(tx, order.id, _keys(emptied))
    await queries.settle.run(tx, refund.id, RefundStatus.SUCCEEDED, None, ctx.clock.now())
    details = {"refund_id": str(refund.id), "amount_cents": refund.amount_cents}
    await refunding.add_event(tx, order.id, "refund_succeeded", details)
    touched = [line for line in lines if line.id in cents]
    await notices.tell_succeeded(tx, order, refund, [(line, cents[line.id]) for line in touched], legs)
    metrics.refunds_settled.labels(RefundStatus.SUCCEEDED).inc()
    log.info("refund_succeeded", refund_id=str(refund.id), order_id=str(order.id), amount_cents=refund.amount_cents)
    return _Settled(refund.id, parts)


async def _take_from(ctx: Context, tx: Tx, refund: RefundRow, leg: domain.Leg) -> GivenBack:
    if not leg.net_cents:
        return GivenBack(leg.seller_id, 0, 0, leg.fee_cents)
    taken = await take_back(
        tx,
        ctx,
        refund_id=refund.id,
        order_id=refund.order_id,
        seller_id=leg.seller_id,
        amount_cents=leg.net_cents,
        currency=refund.currency,
    )
    return GivenBack(leg.seller_id, taken.from_payable_cents, taken.from_debt_cents, leg.fee_cents)


# --- where the order stands --------------------------------------------------------------------------------------


async def finish(ctx: Context, tx: Tx, order_id: UUID, *settled: _Settled) -> None:
    """After every change, with the order locked: what waited for it, where the order stands now, the paper at last."""
    done = [*settled, *await _take_losses(ctx, tx, order_id)]
    await restate(tx, order_id)
    for refund in done:
        await _issue_paper(ctx, tx, order_id, refund)


async def restate(tx: Tx, order_id: UUID) -> None:
    """Where the order stands, and what of it can be downloaded, by what is under way now."""
    order = await refunding.find_order(tx, order_id)
    now = await queries.under_way.find(tx, order_id)
    assert order is not None
    assert now is not None
    status = domain.status_of(
        order.total_cents, order.refunded_cents, is_refunding=now.is_refunding, is_disputed=now.is_disputed
    )
    await refunding.restate(tx, order, status)
    lines = await refunding.lines_of(tx, order_id)
    pending = await queries.pending_of_order.find(tx, order_id)
    leaving = () if pending is None else domain.emptied_by(lines, await _parts(tx, pending.id))
    await entitlements.suspend_lines(tx, order_id, _keys(lines if now.is_disputed else leaving))


async def _take_losses(ctx: Context, tx: Tx, order_id: UUID) -> list[_Settled]:
    """Book what lost disputes cost, once no refund is under way: so it makes no difference which of them came first."""
    if await queries.pending_of_order.find(tx, order_id) is not None:
        return []
    settled = []
    for dispute in await queries.losses_to_take.list(tx, order_id):
        parts = domain.spread(await refunding.lines_of(tx, order_id), dispute.amount_cents)
        taken_cents = sum(part.amount_cents for part in parts)
        if parts:
            settled.append(await _take_loss(ctx, tx, dispute, parts))
        now = ctx.clock.now()
        await queries.dispute_taken.run(tx, dispute.id, taken_cents, now)
        if taken_cents < dispute.amount_cents:  # the buyer has it twice: by a refund, and by their bank
            await flag(tx, "dispute_exceeds_payment", str(dispute.id))
    return settled


async def _take_loss(ctx: Context, tx: Tx, dispute: DisputeRow, parts: tuple[Part, ...]) -> _Settled:
    refund_id, now = new_id(), ctx.clock.now()
    await insert(
        tx,
        refund_id,
        order_id=dispute.order_id,
        payment_id=dispute.payment_id,
        by=RequestedBy.DISPUTE,
        parts=parts,
        currency=dispute.currency,
        reason=domain.DISPUTE_REASON,
        now=now,
        dispute_id=dispute.id,
    )
    order, refund = await refunding.find_order(tx, dispute.order_id), await queries.refund.find(tx, refund_id)
    assert order is not None
    assert refund is not None
    return await _give_back(ctx, tx, order, refund)


async def insert(
    tx: Tx,
    refund_id: UUID,
    *,
    order_id: UUID,
    payment_id: UUID,
    by: RequestedBy,
    parts: Sequence[Part],
    currency: str,
    reason: str,
    now: datetime,
    details: str = "",
    provider_refund_id: str | None = None,
    dispute_id: UUID | None = None,
    actor_id: UUID | None = None,
) -> None:
    """Write a refund down, under way. The order is locked."""
    amount_cents = sum(part.amount_cents for part in parts)
    await queries.insert.run(
        tx, refund_id, order_id, payment_id, provider_refund_id, dispute_id, by, actor_id, amount_cents, currency,
        reason, details, now,
    )  # fmt: skip
    ids, cents = [part.item_id for part in parts], [part.amount_cents for part in parts]
    await queries.insert_items.run(tx, refund_id, ids, cents)
    metrics.refunds_requested.labels(by).inc()


async def _issue_paper(ctx: Context, tx: Tx, order_id: UUID, refund: _Settled) -> None:
    """The credit note of a refund. Last: from here to the commit nobody else gets a number."""
    lines = [CreditedLine(part.item_id, part.amount_cents) for part in refund.parts]
    await issue_credit_note(tx, ctx, order_id=order_id, refund_id=refund.refund_id, lines=lines, now=ctx.clock.now())


async def _parts(tx: Tx, refund_id: UUID) -> tuple[Part, ...]:
    return tuple(Part(row.item_id, row.amount_cents) for row in await queries.parts.list(tx, refund_id))


def _keys(lines: Sequence[Line]) -> list[tuple[UUID, UUID | None]]:
    return [(line.product_id, line.license_id) for line in lines]
