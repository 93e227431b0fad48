"""Money back from sellers: what a settled refund does to them, and a market's sales, debts and bad moments."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

from tests.factories.api import Person, data_of
from tests.factories.market import KEYS, Market, run_jobs

from veza.admin.money_check import check_money
from veza.context import Context
from veza.kit.ids import new_id
from veza.ledger.domain import Account, Kind, Posting
from veza.ledger.service import book
from veza.ports.payouts import ReversalRequest, SentReversal, SentTransfer, TransferRequest
from veza.ports.provider_errors import OutcomeUnknown, Refused
from veza.sellers import reversals, transfers
from veza.sellers.domain import TakenBack
from veza.sellers.reversals import take_back

NET = 2_699
"""A seller's share of 29.99."""


async def taken_back(
    ctx: Context, order_id: UUID, seller_id: UUID, cents: int, *, refund_id: UUID | None = None
) -> TakenBack:
    """Take so much of a seller's share of an order back, for a refund (a new one, unless given)."""
    refund_id = new_id() if refund_id is None else refund_id
    async with ctx.db.transaction() as tx:
        await tx.execute("select from orders where id = $1 for update", order_id)
        found = await take_back(
            tx,
            ctx,
            refund_id=refund_id,
            order_id=order_id,
            seller_id=seller_id,
            amount_cents=cents,
            currency=ctx.settings.currency,
        )
        postings = [
            Posting(Account.SELLER_PAYABLE, found.from_payable_cents, seller_id),
            Posting(Account.SELLER_DEBT, found.from_debt_cents, seller_id),
            Posting(Account.PLATFORM_FEE, -cents),
        ]
        kept = [posting for posting in postings if posting.amount_cents]
        # Only the seller's side matters here: the platform stands for the buyer, and this kind for what refunds book.
        if kept:
            await book(tx, Kind.PAYMENT_RETURNED, refund_id, kept, currency=ctx.settings.currency, order_id=order_id)
    return found


# --- a market --------------------------------------------------------------------------------------------------


async def sold(market: Market, buyer: Person, seller: Person, cents: int = 2_999) -> UUID:
    """An order of one seller, paid, and sent to them if they can have it."""
    return UUID((await market.buy(buyer, (await market.service(seller, cents))["id"]))["id"])


async def transfer_of(market: Market, order_id: UUID) -> Any:
    async with market.ctx.db.connection() as connection:
        return await connection.fetchrow("select * from transfers where order_id = $1", order_id)


async def reversals_of(market: Market, order_id: UUID) -> list[Any]:
    async with market.ctx.db.connection() as connection:
        return await connection.fetch("select * from reversals where order_id = $1 order by id", order_id)


async def debt_of(market: Market, seller: Person) -> int:
    found: int = data_of(await market.client.get("/sell/balance", headers=seller.headers))["debt"]
    return found


async def try_again(market: Market) -> None:
    """Let everything that waits for a time be due, and tried."""
    async with market.ctx.db.connection() as connection:
        await connection.execute("update transfers set next_retry_at = '2026-01-01' where status = 'failed'")
        await connection.execute("update reversals set next_retry_at = '2026-01-01' where status = 'pending'")
    await transfers.sweep(market.ctx)
    await reversals.sweep(market.ctx)
    await run_jobs(market.ctx)


async def spend(market: Market, seller: Person, left: int = 0) -> None:
    """The seller's bank got what was on their account."""
    account = await market.value("select account_id from seller_accounts where user_id = $1", seller.id)
    (await market.sandbox.post("/sandbox/balance", json={"account": account, "amount": left})).raise_for_status()


async def exact(market: Market) -> None:
    """The books, the rows and the provider say the same."""
    check = (await check_money(market.ctx, ask_providers=True)).check
    assert check.is_balanced, check.differences


async def back_cents(market: Market) -> int:
    found: int = (await market.state())["transfers"]["amount_reversed"]
    return found


async def reversed_by_hand(market: Market, provider_id: str, cents: int) -> None:
    """Somebody takes money back at the provider, past us."""
    answer = await market.sandbox.post(
        f"/v1/transfers/{provider_id}/reversals",
        content=f"amount={cents}",
        headers={"authorization": f"Bearer {KEYS.stripe_api_key}", "content-type": "application/x-www-form-urlencoded"},
    )
    answer.raise_for_status()


# --- bad moments -----------------------------------------------------------------------------------------------


def unknown() -> OutcomeUnknown:
    return OutcomeUnknown("stripe", "timeout")


class Pausing:
    """A world whose reversals and transfers wait at the provider's door until it is opened."""

    def __init__(self, ctx: Context) -> None:
        assert ctx.payouts is not None
        self._payouts = ctx.payouts
        self.reached, self.opened = asyncio.Event(), asyncio.Event()
        self.ctx = replace(ctx, payouts=self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._payouts, name)

    async def reverse(self, request: ReversalRequest) -> SentReversal:
        self.reached.set()
        await self.opened.wait()
        return await self._payouts.reverse(request)

    async def transfer(self, request: TransferRequest) -> SentTransfer:
        self.reached.set()
        await self.opened.wait()
        return await self._payouts.transfer(request)


class Losing:
    """A world whose next reversal or transfer happens, and nobody hears of it: an unknown outcome, or a death."""

    def __init__(self, ctx: Context, error: BaseException) -> None:
        assert ctx.payouts is not None
        self._payouts, self._error = ctx.payouts, error
        self.ctx = replace(ctx, payouts=self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._payouts, name)

    async def reverse(self, request: ReversalRequest) -> SentReversal:
        await self._payouts.reverse(request)
        raise self._error

    async def transfer(self, request: TransferRequest) -> SentTransfer:
        await self._payouts.transfer(request)
        raise self._error


class Refusing(Losing):
    """A world whose provider refuses whatever it did before."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx, Refused("stripe", "parameter_invalid", 400))

    async def reverse(self, request: ReversalRequest) -> SentReversal:
        raise self._error

    async def transfer(self, request: TransferRequest) -> SentTransfer:
        raise self._error


class Unreachable(Losing):
    """A world whose provider does not answer, neither to asking nor to looking."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx, unknown())

    async def reverse(self, request: ReversalRequest) -> SentReversal:
        raise self._error

    async def transfer(self, request: TransferRequest) -> SentTransfer:
        raise self._error

    async def find_reversals(self, provider_transfer_id: str) -> list[SentReversal]:
        raise self._error
