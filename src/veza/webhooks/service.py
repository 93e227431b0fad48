"""The inbox of the providers' events: believed by signature, stored once, answered at once, applied by the worker.

An event is one row for ever, however often it is delivered; what it does is decided by the slice that it is about.
"""

import hashlib
from collections.abc import Mapping
from uuid import UUID

import structlog

from veza import metrics
from veza.audit.service import record
from veza.context import Context
from veza.db.pool import Tx
from veza.http.rate_limit import RateLimits, Rule
from veza.jobs.queue import defer
from veza.jobs.worker import GiveUp
from veza.kit.errors import TooMany
from veza.kit.ids import new_id
from veza.orders import settlement as orders
from veza.orders.settlement import Applied, Outcome
from veza.ports.payments import PaymentEvent, Payments
from veza.ports.payouts import PayoutEvent, Payouts
from veza.ports.provider_errors import BadSignature, NotConfigured, Unreadable
from veza.refunds import disputes, settlement
from veza.sellers.reversals import is_ours
from veza.sellers.service import refresh_account
from veza.webhooks import domain, queries
from veza.webhooks.domain import EventStatus, Provider
from veza.webhooks.queries import EventRow

log = structlog.get_logger()

_FORGERIES = Rule("forged_events", 10, 60)
"""Forged events that are written down, per provider and minute; all are counted."""
_KIND_MAX = 100


async def receive(ctx: Context, provider: Provider, body: bytes, headers: Mapping[str, str]) -> None:
    """Take an event in. Again, it is only counted.

    Raises `NotFound` when no secret is set, `Unauthenticated` (`bad_signature`).
    """
    port = _port(ctx, provider)
    try:
        port.verify_event(body, headers)
    except NotConfigured:
        raise domain.not_configured() from None
    except BadSignature:
        metrics.webhook_events.labels(provider, "forged").inc()
        await _note_forgery(ctx, provider)
        raise domain.bad_signature() from None
    status, note = EventStatus.RECEIVED, None
    try:
        found: PaymentEvent | PayoutEvent = port.parse_event(body)
        event_id, kind = found.event_id, found.kind[:_KIND_MAX]
    except Unreadable:
        event_id, kind = hashlib.sha256(body).hexdigest(), ""
        status, note = EventStatus.FLAGGED, "unreadable"
    async with ctx.db.transaction() as tx:
        row = await queries.receive.find(tx, new_id(), provider, event_id, kind, body, status, note)
        assert row is not None
        if row.deliveries == 1 and status is EventStatus.RECEIVED:
            await defer(tx, domain.APPLY, {"id": str(row.id)}, unique_key=f"event:{row.id}")
    metrics.webhook_events.labels(provider, "received" if row.deliveries == 1 else "repeated").inc()


async def apply_event(ctx: Context, event_id: UUID) -> None:
    """Let an event have its effect, once. Raises `GiveUp` when it never can."""
    async with ctx.db.connection() as connection:
        event = await queries.event.find(connection, event_id)
    if event is None or event.status != EventStatus.RECEIVED or event.body is None:
        return
    port = _port(ctx, Provider(event.provider))
    try:
        found = port.parse_event(event.body)
    except Unreadable:
        raise GiveUp("an event that was readable is not") from None
    if isinstance(found, PayoutEvent):
        await _apply_payout_event(ctx, event, found)
    else:
        await _apply_payment_event(ctx, event, found)


async def _apply_payment_event(ctx: Context, event: EventRow, found: PaymentEvent) -> None:
    if found.dispute is not None:
        await disputes.prepare_dispute(ctx, found.dispute)
    async with ctx.db.transaction() as tx:
        if not await _is_open(tx, event):
            return
        if found.payment is not None:
            applied = await orders.apply_payment(ctx, tx, found.payment)
        elif found.refund is not None:
            applied = await settlement.apply_refund(ctx, tx, found.refund)
        elif found.dispute is not None:
            applied = await disputes.apply_dispute(ctx, tx, found.dispute)
        elif found.subject in {"payment", "refund", "dispute"}:
            applied = Applied(Outcome.FLAGGED, "incomplete")
        else:
            applied = Applied(Outcome.IGNORED, "not for us")
        await _handled(tx, event, applied)


async def _apply_payout_event(ctx: Context, event: EventRow, found: PayoutEvent) -> None:
    """What an event says of an account may be old: the provider is asked how it stands."""
    applied = Applied(Outcome.IGNORED, "not for us")
    if found.account_id is not None and found.kind.startswith(("account.", "capability.")):
        known = await refresh_account(ctx, found.account_id)
        applied = Applied(Outcome.APPLIED) if known else Applied(Outcome.IGNORED, "unknown account")
    if found.kind == "transfer.reversed":
        applied = await _judge_reversal(ctx, found)
    async with ctx.db.transaction() as tx:
        if await _is_open(tx, event):
            if applied.outcome is Outcome.FLAGGED:
                await _flag(tx, found, applied)
            await _handled(tx, event, applied)


async def _flag(tx: Tx, found: PayoutEvent, applied: Applied) -> None:
    note = applied.note or ""
    subject = found.event_id if found.transfer is None else found.transfer.provider_id
    await record(tx, "webhook.flagged", subject=("transfer", subject), details={"reason": note})
    metrics.provider_words_flagged.labels(note).inc()
    log.error("provider_word_flagged", reason=note, subject=subject)


async def _judge_reversal(ctx: Context, found: PayoutEvent) -> Applied:
    """Money of a transfer came back. What we asked for is known by its answer; by anybody else, a person must look."""
    if found.transfer is None:
        return Applied(Outcome.IGNORED, "not for us")
    match await is_ours(ctx, found.transfer):
        case None:
            return Applied(Outcome.IGNORED, "unknown transfer")
        case True:
            return Applied(Outcome.APPLIED)
        case False:
            return Applied(Outcome.FLAGGED, "strange_reversal")


async def replay(tx: Tx, event_id: UUID) -> bool:
    """Let an event be applied anew, whatever became of it. Answers False when its body is no longer kept."""
    if await queries.event.find(tx, event_id) is None:
        raise domain.event_not_found()
    if not await queries.reopen.run(tx, event_id):
        return False
    await defer(tx, domain.APPLY, {"id": str(event_id)}, unique_key=f"event:{event_id}")
    return True


async def forget_bodies(ctx: Context) -> int:
    """Forget what old events said; that they came stays known. Answers how many."""
    async with ctx.db.connection() as connection:
        return await queries.forget_bodies.run(connection, domain.BODY_KEPT_DAYS)


async def _is_open(tx: Tx, event: EventRow) -> bool:
    now = await queries.lock_event.find(tx, event.id)
    return now is not None and now.status == EventStatus.RECEIVED


async def _handled(tx: Tx, event: EventRow, applied: Applied) -> None:
    await queries.handled.run(tx, event.id, applied.outcome, applied.note)
    metrics.webhook_events.labels(event.provider, applied.outcome).inc()


def _port(ctx: Context, provider: Provider) -> Payments | Payouts:
    port = ctx.payments if provider is Provider.HYPERSWITCH else ctx.payouts
    if port is None:
        raise domain.not_configured()
    return port


async def _note_forgery(ctx: Context, provider: Provider) -> None:
    log.warning("webhook_forged", provider=provider)
    try:
        await RateLimits(ctx.db).hit(_FORGERIES, provider)
    except TooMany:
        return
    async with ctx.db.transaction() as tx:
        await record(tx, "webhook.forged", subject=("provider", provider))
