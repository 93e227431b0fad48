"""Sending sellers their money: claim, call, outcome. The call is outside of any transaction and has the row's own key.

Whoever tries a transfer holds its claim; a worker that was paused while another took over says nothing when it comes
back, and what it sends has the same key, so the provider does it once.
"""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import msgspec
import structlog

from veza import metrics
from veza.audit.service import record
from veza.auth.domain import Principal
from veza.context import Context
from veza.kit.page import Page, PageRequest
from veza.ledger import service as ledger
from veza.ledger.domain import Kind, transfer_sent
from veza.ports.payouts import SentTransfer, TransferRequest
from veza.ports.provider_errors import (
    InsufficientBalance,
    NotExecuted,
    OutcomeUnknown,
    ProviderError,
    RecipientGone,
    RecipientNotReady,
    Unauthorized,
)
from veza.sellers import domain, queries, transfer_queries
from veza.sellers.domain import Failure, Transfer, TransferFilter, TransferStatus, transfer_key
from veza.sellers.service import lose_account, refresh_account, send_all
from veza.sellers.transfer_queries import ClaimedRow, TransferRow

log = structlog.get_logger()

_SWEPT = 500
_CSV_PAGE = 500


@dataclass(frozen=True, slots=True)
class _Held:
    """A transfer and the claim by which it may be tried."""

    row: ClaimedRow
    claim: UUID


# --- trying ----------------------------------------------------------------------------------------------------


async def send_transfer(ctx: Context, transfer_id: UUID) -> None:
    """Try a transfer if it is due and nobody else does. How it ended is in its row; nothing is raised for that."""
    claim = uuid.uuid4()
    async with ctx.db.connection() as connection:
        row = await transfer_queries.claim.find(connection, transfer_id, claim, domain.CLAIM_S, ctx.clock.now())
    if row is not None:
        await _try(ctx, _Held(row, claim))


async def retry_transfer(ctx: Context, admin: Principal, transfer_id: UUID) -> Transfer:
    """Try a failed transfer now, and answer how it is after that. Of two at once one tries.

    Raises `NotFound`, `Conflict` (`not_retryable`).
    """
    claim = uuid.uuid4()
    async with ctx.db.transaction() as tx:
        row = await transfer_queries.claim_by_hand.find(tx, transfer_id, claim, domain.CLAIM_S)
        if row is None:
            if await transfer_queries.transfer.find(tx, transfer_id) is None:
                raise domain.transfer_not_found()
            raise domain.not_retryable()
        await record(tx, "transfer.retried", subject=("transfer", transfer_id), actor_id=admin.user_id)
    await _try(ctx, _Held(row, claim))
    return await get_transfer(ctx, transfer_id)


async def sweep(ctx: Context) -> int:
    """Have every transfer tried that is due, was left by who tried it, or waits for somebody who is ready."""
    if ctx.payouts is None:
        return 0
    async with ctx.db.transaction() as tx:
        found = await transfer_queries.forgotten_waiting.list(tx, _SWEPT)
        found += await transfer_queries.due.list(tx, ctx.clock.now(), _SWEPT)
        await send_all(tx, found)
    return len(found)


async def _try(ctx: Context, held: _Held) -> None:
    row = held.row
    async with ctx.db.transaction() as tx:
        account = await queries.account.find(tx, row.seller_id)
        account_id = row.account_id or (account.account_id if account is not None and account.can_receive else None)
        if account_id is not None and row.account_id is None:
            await transfer_queries.pin_account.run(tx, row.id, held.claim, account_id)
    if account_id is None or ctx.payouts is None:
        await _failed(ctx, held, Failure.PARK, "seller_not_ready", "the seller's account cannot receive transfers")
        return
    try:
        sent = await _send(ctx, replace(held, row=msgspec.structs.replace(row, account_id=account_id)))
    except ProviderError as error:
        await _refused(ctx, held, account_id, error)
    else:
        await _sent(ctx, held, sent)


async def _send(ctx: Context, held: _Held) -> SentTransfer:
    """Look first where a new key could double what an old one did, then send. Raises `ProviderError`."""
    assert ctx.payouts is not None
    row = held.row
    assert row.account_id is not None
    group = group_of(row.order_id)
    is_old = row.unknown_since is not None and ctx.clock.now() - row.unknown_since > domain.KEY_LIVES
    if row.generation > 1 or is_old:
        for found in await ctx.payouts.find_transfers(group):
            if found.transfer_id == row.id:
                return found
    generation = row.generation
    if is_old:  # the provider has forgotten the key by now, and the transfer is not there
        generation += 1
        async with ctx.db.connection() as connection:
            await transfer_queries.renew_key.run(connection, row.id, held.claim, generation)
    return await ctx.payouts.transfer(
        TransferRequest(
            key=transfer_key(row.id, generation),
            transfer_id=row.id,
            order_id=row.order_id,
            seller_id=row.seller_id,
            account_id=row.account_id,
            amount_cents=row.amount_cents,
            currency=row.currency,
            group=group,
        )
    )


def group_of(order_id: UUID) -> str:
    """What joins the transfers of an order at the provider."""
    return f"order_{order_id}"


async def _sent(ctx: Context, held: _Held, sent: SentTransfer) -> None:
    row = held.row
    if (sent.amount_cents, sent.currency) != (row.amount_cents, row.currency):
        await _failed(ctx, held, Failure.GIVE_UP, "amount_mismatch", "the provider sent another amount: look at it")
        return
    retry_count = row.retry_count + 1 if row.retry_count else 0  # the try that succeeds counts, unless it is the first
    async with ctx.db.transaction() as tx:
        done = await transfer_queries.completed.run(
            tx, row.id, held.claim, sent.provider_id, ctx.clock.now(), retry_count
        )
        if not done:  # another took over; what was sent has one key, and they will hear of it
            return
        postings = transfer_sent(row.seller_id, row.amount_cents)
        await ledger.book(tx, Kind.TRANSFER_SENT, row.id, postings, currency=row.currency, order_id=row.order_id)
    metrics.transfers_tried.labels("completed").inc()
    log.info("transfer_completed", transfer_id=str(row.id), amount_cents=row.amount_cents)


async def _refused(ctx: Context, held: _Held, account_id: str, error: ProviderError) -> None:
    failure = _failure_of(error)
    if isinstance(error, RecipientGone):
        async with ctx.db.transaction() as tx:
            await lose_account(tx, account_id)
    if isinstance(error, RecipientNotReady):
        try:
            await refresh_account(ctx, account_id)
        except ProviderError as second:
            log.warning("account_not_refreshed", code=second.code)
    await _failed(ctx, held, failure, error.code, str(error), is_unknown=isinstance(error, OutcomeUnknown))


def _failure_of(error: ProviderError) -> Failure:
    match error:
        case OutcomeUnknown() | NotExecuted():
            return Failure.SAME_KEY
        case Unauthorized():
            return Failure.NOT_OURS
        case RecipientNotReady():
            return Failure.PARK
        case InsufficientBalance():
            return Failure.NEW_KEY
        case _:
            return Failure.GIVE_UP


async def _failed(
    ctx: Context, held: _Held, failure: Failure, code: str, sentence: str, *, is_unknown: bool = False
) -> None:
    row, settings, now = held.row, ctx.settings, ctx.clock.now()
    after = domain.after_failure(
        failure,
        retry_count=row.retry_count,
        tries=settings.transfer_tries,
        base_s=settings.transfer_retry_base_s,
    )
    async with ctx.db.transaction() as tx:
        await transfer_queries.not_completed.run(
            tx,
            row.id,
            held.claim,
            after.status,
            after.retry_count,
            int(after.needs_new_key),
            None if after.wait_s is None else now + timedelta(seconds=after.wait_s),
            code,
            sentence[:500],
            now if is_unknown else None,
        )
        if after.status is TransferStatus.PERMANENTLY_FAILED:
            await record(tx, "transfer.gave_up", subject=("transfer", row.id), details={"code": code})
    metrics.transfers_tried.labels(after.status).inc()
    write = log.error if after.status is TransferStatus.PERMANENTLY_FAILED else log.warning
    write("transfer_failed", transfer_id=str(row.id), code=code, status=after.status, retry_count=after.retry_count)


# --- reading ---------------------------------------------------------------------------------------------------


async def get_transfer(ctx: Context, transfer_id: UUID) -> Transfer:
    """A transfer. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        found = await transfer_queries.transfer.find(connection, transfer_id)
    if found is None:
        raise domain.transfer_not_found()
    return _transfer(found)


async def list_transfers(ctx: Context, wanted: TransferFilter, page: PageRequest) -> Page[Transfer]:
    """Transfers, the newest first."""
    chosen = (wanted.status, wanted.seller_id, wanted.since, wanted.until)
    async with ctx.db.connection() as connection:
        rows = await transfer_queries.listed.list(connection, *chosen, page.limit, page.offset)
        total = await transfer_queries.count.find(connection, *chosen) or 0
    return Page([_transfer(row) for row in rows], total, page.limit, page.offset)


async def stream_transfers(ctx: Context, wanted: TransferFilter) -> AsyncIterator[list[Transfer]]:
    """All of them in pages, the newest first; without what is made meanwhile."""
    async with ctx.db.connection() as connection:
        until = wanted.until or await transfer_queries.now.find(connection)
    offset = 0
    while True:
        async with ctx.db.connection() as connection:
            rows = await transfer_queries.listed.list(
                connection, wanted.status, wanted.seller_id, wanted.since, until, _CSV_PAGE, offset
            )
        if not rows:
            return
        yield [_transfer(row) for row in rows]
        offset += len(rows)


def _transfer(row: TransferRow) -> Transfer:
    values = {name: getattr(row, name) for name in TransferRow.__struct_fields__}
    return Transfer(**{**values, "status": TransferStatus(row.status)})
