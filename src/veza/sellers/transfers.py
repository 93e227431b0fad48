"""Sending sellers their money: claim, call, outcome. The call is outside of any transaction and has the row's own key.

Whoever tries a transfer holds its claim; a worker that was paused while another took over says nothing when it comes
back, and what it sends has the same key, so the provider does it once. That a key is in use is written before the call:
who dies in it leaves word, and a day later, when the provider has forgotten the key, the transfer is looked for first.
"""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import msgspec
import structlog

from veza import metrics
from veza.audit.service import record
from veza.auth.domain import Principal
from veza.context import Context
from veza.db.pool import Tx
from veza.http.idempotency import Claim
from veza.kit.page import Page, PageRequest
from veza.ledger import service as ledger
from veza.ledger.domain import Kind, transfer_sent
from veza.ports.payouts import Payouts, SentTransfer, TransferRequest
from veza.ports.provider_errors import (
    InsufficientBalance,
    NotExecuted,
    OutcomeUnknown,
    ProviderError,
    RecipientGone,
    RecipientNotReady,
    Refused,
    Unauthorized,
)
from veza.sellers import debts, domain, reversal_queries, transfer_queries
from veza.sellers.domain import Failure, Transfer, TransferFilter, TransferStatus, transfer_key
from veza.sellers.service import find_account, lose_account, refresh_account, send_all
from veza.sellers.transfer_queries import ClaimedRow, TransferRow

log = structlog.get_logger()

_SWEPT = 500


@dataclass(frozen=True, slots=True)
class _Held:
    """A transfer and the claim by which it may be tried."""

    row: ClaimedRow
    claim: UUID


# --- trying ----------------------------------------------------------------------------------------------------


async def send_transfer(ctx: Context, transfer_id: UUID) -> None:
    """Try a transfer if it is due and nobody else does. How it ended is in its row; nothing is raised for that."""
    claim = uuid.uuid4()
    async with ctx.db.transaction() as tx:
        row = await transfer_queries.claim.find(tx, transfer_id, claim, domain.CLAIM_S, ctx.clock.now())
        row = None if row is None else await _without_debts(tx, ctx, row)
    if row is not None:
        await _try(ctx, _Held(row, claim))


async def retry_transfer(ctx: Context, admin: Principal, transfer_id: UUID, key: Claim | None = None) -> Transfer:
    """Try a failed transfer now, and answer how it is after that. Of two at once one tries.

    `key` is bound before the try: whatever dies in it, a repeat answers how the transfer is.

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
        if key is not None:
            await key.finish(tx, transfer_id)
        row = await _without_debts(tx, ctx, row)
    if row is not None:
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


async def _without_debts(tx: Tx, ctx: Context, row: ClaimedRow) -> ClaimedRow | None:
    """The transfer, less what its seller owes; None when nothing is left. What may have been sent stays as it was.

    Refunds that came while somebody held it who then died before the call wait for it no longer: it was not sent.
    """
    if row.unknown_since is not None:
        return row
    now = ctx.clock.now()
    left_cents = row.amount_cents - await debts.was_not_sent(tx, row, now)
    if left_cents:
        left_cents -= await debts.keep_back(
            tx,
            row.id,
            seller_id=row.seller_id,
            order_id=row.order_id,
            free_cents=left_cents,
            currency=row.currency,
            now=now,
        )
    return msgspec.structs.replace(row, amount_cents=left_cents) if left_cents else None


async def _try(ctx: Context, held: _Held) -> None:
    account_id = held.row.account_id
    if account_id is None:
        account = await find_account(ctx, held.row.seller_id)
        account_id = account.account_id if account.can_receive else None
    if account_id is None or ctx.payouts is None:
        # What may have been sent stays unknown while there is nobody to ask.
        failure = Failure.PARK if held.row.unknown_since is None else Failure.NOT_OURS
        await _failed(ctx, held, failure, "seller_not_ready", "the seller's account cannot receive transfers")
        return
    try:
        sent = await _send(ctx, ctx.payouts, held, account_id)
    except ProviderError as error:
        await _refused(ctx, ctx.payouts, held, account_id, error)
    else:
        if sent is not None:
            await _sent(ctx, held, sent)


async def _send(ctx: Context, payouts: Payouts, held: _Held, account_id: str) -> SentTransfer | None:
    """Look first where a new key could double what an old one did, then send. None: another took over meanwhile.

    Raises `ProviderError`.
    """
    row, group = held.row, group_of(held.row.order_id)
    now = domain.next_try(row.generation, row.unknown_since, ctx.clock.now())
    if now.must_look:
        found = await _find(payouts, row)
        if found is not None:
            return found
    async with ctx.db.connection() as connection:
        begun = (account_id, now.generation, ctx.clock.now(), domain.CLAIM_S)
        if not await transfer_queries.begin_call.run(connection, row.id, held.claim, *begun):
            return None
    return await payouts.transfer(
        TransferRequest(
            key=transfer_key(row.id, now.generation),
            transfer_id=row.id,
            order_id=row.order_id,
            seller_id=row.seller_id,
            account_id=account_id,
            amount_cents=row.amount_cents,
            currency=row.currency,
            group=group,
        )
    )


async def _find(payouts: Payouts, row: ClaimedRow) -> SentTransfer | None:
    made = await payouts.find_transfers(group_of(row.order_id))
    return next((found for found in made if found.transfer_id == row.id), None)


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
            tx, row.id, held.claim, sent.provider_id, ctx.clock.now(), retry_count, sent.account_id
        )
        if not done:  # another took over; what was sent has one key, and they will hear of it
            return
        postings = transfer_sent(row.seller_id, row.amount_cents)
        await ledger.book(tx, Kind.TRANSFER_SENT, row.id, postings, currency=row.currency, order_id=row.order_id)
        await debts.was_sent(tx, row.id)
    metrics.transfers_tried.labels("completed").inc()
    log.info("transfer_completed", transfer_id=str(row.id), amount_cents=row.amount_cents)


async def _refused(ctx: Context, payouts: Payouts, held: _Held, account_id: str, error: ProviderError) -> None:
    if held.row.unknown_since is not None and isinstance(error, Refused) and not isinstance(error, Unauthorized):
        # An earlier try may have had its effect though this one was refused: only then it is known that none had.
        try:
            found = await _find(payouts, held.row)
        except ProviderError as unclear:
            await _failed(ctx, held, Failure.SAME_KEY, unclear.code, str(unclear))
            return
        if found is not None:
            await _sent(ctx, held, found)
            return
    failure = _failure_of(error)
    if isinstance(error, RecipientGone):
        async with ctx.db.transaction() as tx:
            await lose_account(tx, account_id)
    if isinstance(error, RecipientNotReady) and await _seems_ready(ctx, held.row.seller_id, account_id):
        failure = Failure.NEW_KEY  # nobody would be told when that changes
    if isinstance(error, InsufficientBalance):
        log.error("platform_balance_short", transfer_id=str(held.row.id), amount_cents=held.row.amount_cents)
    await _failed(ctx, held, failure, error.code, str(error))


async def _seems_ready(ctx: Context, seller_id: UUID, account_id: str) -> bool:
    """Whether the account that was refused still counts as ready, after asking how it stands."""
    try:
        await refresh_account(ctx, account_id)
    except ProviderError as error:
        log.warning("account_not_refreshed", code=error.code)
    now = await find_account(ctx, seller_id)
    return now.can_receive and now.account_id == account_id


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


async def _failed(ctx: Context, held: _Held, failure: Failure, code: str, sentence: str) -> None:
    row, settings = held.row, ctx.settings
    after = domain.after_failure(
        failure,
        retry_count=row.retry_count,
        tries=settings.transfer_tries,
        base_s=settings.transfer_retry_base_s,
    )
    async with ctx.db.transaction() as tx:
        done = await transfer_queries.not_completed.run(
            tx,
            row.id,
            held.claim,
            after.status,
            after.retry_count,
            int(after.needs_new_key),
            None if after.wait_s is None else ctx.clock.now() + timedelta(seconds=after.wait_s),
            code,
            sentence[:500],
        )
        if not done:  # another took over, and says how it ends
            return
        if after.status is TransferStatus.PERMANENTLY_FAILED:
            await record(tx, "transfer.gave_up", subject=("transfer", row.id), details={"code": code})
        now = await reversal_queries.lock_transfer.find(tx, row.order_id, row.seller_id)
        if now is not None and not now.is_under_way:
            await debts.was_not_sent(tx, now, ctx.clock.now())
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


async def stream_transfers(
    ctx: Context, wanted: TransferFilter, *, per_page: int = 500
) -> AsyncIterator[list[Transfer]]:
    """All of them in pages, the newest first, each once; what is made meanwhile is newer than where it began."""
    chosen = (wanted.status, wanted.seller_id, wanted.since, wanted.until)
    last: UUID | None = None
    while True:
        async with ctx.db.connection() as connection:
            rows = await transfer_queries.listed_before.list(connection, *chosen, last, per_page)
        if not rows:
            return
        yield [_transfer(row) for row in rows]
        last = rows[-1].id


def _transfer(row: TransferRow) -> Transfer:
    values = {name: getattr(row, name) for name in TransferRow.__struct_fields__}
    return Transfer(**{**values, "status": TransferStatus(row.status)})
