"""Use cases of sellers at the payout provider: onboarding, what their account says, balance, what they sold.

Sending their money is `transfers.py`. At the end, the door for orders: a seller's share becomes a transfer in the
transaction that settles the order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import structlog

from veza.auth.domain import Principal, require_verified_email
from veza.auth.service import find_user
from veza.context import Context
from veza.db.pool import Connection, Tx
from veza.jobs.queue import defer
from veza.kit.ids import new_id
from veza.ledger import service as ledger
from veza.ports.payouts import Payouts, SellerAccount
from veza.ports.provider_errors import ProviderError, RecipientGone, Refused, Unauthorized
from veza.sellers import debts, domain, queries, transfer_queries
from veza.sellers.domain import Account, Onboarding, TransferStatus
from veza.sellers.queries import AccountRow
from veza.sellers.transfer_queries import DueRow

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Balance:
    """What a seller has at the provider, what is on its way there, and what they owe us, in minor units."""

    connected: bool
    available_cents: int
    pending_cents: int
    debt_cents: int
    onboarding: Onboarding


@dataclass(frozen=True, slots=True)
class Stats:
    """What somebody sold in some days, each of them, and their best products."""

    days: tuple[queries.DayRow, ...]
    top_products: tuple[queries.TopRow, ...]


# --- onboarding ------------------------------------------------------------------------------------------------


async def onboard(ctx: Context, seller: Principal) -> str:
    """A fresh address where the provider asks the seller who they are. A secret of theirs: never log or keep it.

    Raises `Forbidden`, `Conflict` (`payouts_disabled`), `Unavailable`.
    """
    require_verified_email(seller, required=ctx.settings.require_verified_email)
    payouts = _payouts(ctx)
    page = f"{ctx.settings.public_url}/sell/money?onboarding="
    try:
        account_id = await _account_id(ctx, payouts, seller.user_id)
        try:
            link = await payouts.onboarding_link(account_id, f"{page}refresh", f"{page}return")
        except RecipientGone:  # closed meanwhile: the next call opens a new one
            await _lose(ctx, account_id)
            raise
    except ProviderError as error:
        log.warning("onboarding_failed", seller_id=str(seller.user_id), code=error.code)
        raise domain.provider_away() from error
    return link.url


async def _account_id(ctx: Context, payouts: Payouts, seller_id: UUID) -> str:
    """The seller's account at the provider, made now if there is none: again with the same key it is the same one."""
    async with ctx.db.transaction() as tx:
        row = await queries.begin_account.find(tx, seller_id)
        user, asked_at = await find_user(tx, seller_id), await queries.clock.find(tx)
    assert row is not None
    assert user is not None
    if row.account_id is not None:
        return row.account_id
    try:
        made = await payouts.create_account(f"account:{seller_id}:{row.generation}", seller_id, user.email)
    except Refused as error:
        if not isinstance(error, Unauthorized):
            async with ctx.db.connection() as connection:  # the provider keeps the refusal under this key
                await queries.raise_generation.run(connection, seller_id, row.generation)
        raise
    async with ctx.db.transaction() as tx:
        await _set(tx, seller_id, made, asked_at)
        kept = await queries.account.find(tx, seller_id)
    return made.account_id if kept is None or kept.account_id is None else kept.account_id


async def refresh_own(ctx: Context, seller: Principal) -> Account:
    """Ask the provider how the caller's account stands. Raises `Unavailable`."""
    now = await find_account(ctx, seller.user_id)
    if now.account_id is None or ctx.payouts is None:
        return now
    try:
        await refresh_account(ctx, now.account_id)
    except ProviderError as error:
        raise domain.provider_away() from error
    return await find_account(ctx, seller.user_id)


async def refresh_account(ctx: Context, account_id: str) -> bool:
    """Ask the provider how an account stands, and let what waits for it go. Answers whether it is one of ours.

    Raises `ProviderError`.
    """
    async with ctx.db.connection() as connection:
        known = await queries.account_by_provider_id.find(connection, account_id)
        asked_at = await queries.clock.find(connection)
    if known is None or ctx.payouts is None:
        return False
    try:
        found = await ctx.payouts.account(account_id)
    except RecipientGone:
        await _lose(ctx, account_id)
        return True
    async with ctx.db.transaction() as tx:
        await _set(tx, known.user_id, found, asked_at)
    return True


async def _set(tx: Tx, seller_id: UUID, found: SellerAccount, asked_at: datetime | None) -> None:
    row = await queries.set_account.find(
        tx,
        seller_id,
        found.account_id,
        found.can_receive,
        found.payouts_enabled,
        found.details_submitted,
        found.disabled_reason,
        found.requirements_due,
        asked_at,
    )
    if row is not None and row.can_receive:
        await send_all(tx, await transfer_queries.wake_waiting.list(tx, seller_id))


async def _lose(ctx: Context, account_id: str) -> None:
    async with ctx.db.connection() as connection:
        await queries.lose_account.run(connection, account_id)
    log.error("seller_account_gone", account_id=account_id)


async def lose_account(tx: Tx, account_id: str) -> None:
    """The provider says that an account is closed or not ours: its seller must connect anew."""
    await queries.lose_account.run(tx, account_id)
    log.error("seller_account_gone", account_id=account_id)


async def find_account(ctx: Context, seller_id: UUID) -> Account:
    """A seller's account as we know it; an empty one for who never began."""
    async with ctx.db.connection() as connection:
        row = await queries.account.find(connection, seller_id)
    return Account(seller_id, None, False, False, None, 0, False) if row is None else _account(row)  # noqa: FBT003


# --- statements ------------------------------------------------------------------------------------------------


async def get_balance(ctx: Context, seller: Principal) -> Balance:
    """What the caller has, and what is on its way. Raises `Unavailable` when the provider does not answer."""
    async with ctx.db.connection() as connection:
        row = await queries.account.find(connection, seller.user_id)
        unsent_cents = await queries.unsent_cents.find(connection, seller.user_id) or 0
        debt_cents = await ledger.debt_of_seller(connection, seller.user_id, ctx.settings.currency)
    account = None if row is None else _account(row)
    if account is None or account.account_id is None or account.is_gone or ctx.payouts is None:
        onboarding = Onboarding.NONE if account is None else account.onboarding
        return _unconnected(unsent_cents, debt_cents, onboarding)
    try:
        found = await ctx.payouts.balance(account.account_id)
    except RecipientGone:
        await _lose(ctx, account.account_id)
        return _unconnected(unsent_cents, debt_cents, Onboarding.NONE)
    except ProviderError as error:
        raise domain.provider_away() from error
    return Balance(
        connected=account.can_receive,
        available_cents=found.available_cents,
        pending_cents=found.pending_cents + unsent_cents,
        debt_cents=debt_cents,
        onboarding=account.onboarding,
    )


def _unconnected(unsent_cents: int, debt_cents: int, onboarding: Onboarding) -> Balance:
    return Balance(
        connected=False,
        available_cents=0,
        pending_cents=unsent_cents,
        debt_cents=debt_cents,
        onboarding=onboarding,
    )


async def get_stats(ctx: Context, seller: Principal, days: int) -> Stats:
    """What the caller sold in the last `days` days (UTC, today is the last), also on those without a sale."""
    today = ctx.clock.now().date()
    first = today - timedelta(days=days - 1)
    since = datetime.combine(first, time(), ctx.clock.now().tzinfo)
    async with ctx.db.connection() as connection:
        sold = {row.day: row for row in await queries.sold_by_day.list(connection, seller.user_id, since)}
        top = await queries.top_products.list(connection, seller.user_id, since)
    every_day = (first + timedelta(days=number) for number in range(days))
    return Stats(tuple(sold.get(day) or _nothing_on(day) for day in every_day), tuple(top))


def _nothing_on(day: date) -> queries.DayRow:
    return queries.DayRow(day, 0, 0, 0, 0, 0)


# --- the door --------------------------------------------------------------------------------------------------


async def create_transfer(
    tx: Tx,
    ctx: Context,
    *,
    seller_id: UUID,
    order_id: UUID,
    amount_cents: int,
    platform_fee_cents: int,
    currency: str,
) -> None:
    """A seller's net share of an order, to be sent once their account can take it, less what they owe.

    Again changes nothing. Who makes several in one transaction makes them in the order of the sellers' ids, since
    what sellers owe is locked.
    """
    if amount_cents == 0:  # a fee that takes all: there is nothing to be sent
        return
    account = await queries.account.find(tx, seller_id)
    is_ready = ctx.payouts is not None and account is not None and account.can_receive
    status = TransferStatus.PENDING if is_ready else TransferStatus.WAITING_FOR_SELLER
    made = await transfer_queries.insert.find(
        tx, new_id(), seller_id, order_id, amount_cents, platform_fee_cents, currency, status
    )
    if made is None:
        return
    kept_cents = await debts.keep_back(
        tx,
        made,
        seller_id=seller_id,
        order_id=order_id,
        free_cents=amount_cents,
        currency=currency,
        now=ctx.clock.now(),
    )
    if is_ready and kept_cents < amount_cents:
        await send_all(tx, [DueRow(made, 0)])


async def has_open_transfer(connection: Connection, seller_id: UUID) -> bool:
    """Whether money of theirs is still on its way to them, or back."""
    return bool(await transfer_queries.has_open.find(connection, seller_id))


async def send_all(tx: Tx, transfers: Sequence[DueRow]) -> None:
    """Have the worker try these; a try that waits already is not doubled."""
    for row in transfers:
        await defer(
            tx,
            domain.SEND_TRANSFER,
            {"id": str(row.id)},
            unique_key=f"transfer:{row.id}:{row.retry_count}",
            max_attempts=2,
        )


def _payouts(ctx: Context) -> Payouts:
    if ctx.payouts is None:
        raise domain.payouts_disabled()
    return ctx.payouts


def _account(row: AccountRow) -> Account:
    return Account(
        row.user_id,
        row.account_id,
        row.can_receive,
        row.details_submitted,
        row.disabled_reason,
        row.requirements_due,
        row.is_gone,
    )
