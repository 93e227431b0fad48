"""Money comes back from sellers once, whatever was sent, lost, short or killed before. Against the real sandbox."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.factories.api import Person, data_of, join
from tests.factories.market import Market, open_market, run_jobs
from tests.factories.money_back import taken_back

from veza.context import Context
from veza.kit.ids import new_id
from veza.sellers import reversals, transfers
from veza.sellers.domain import TakenBack

NET = 2_699
REVERSALS = "POST /v1/transfers/"


@pytest.fixture
async def market(ctx: Context, tmp_path: Path) -> AsyncIterator[Market]:
    async with open_market(ctx, tmp_path) as found:
        yield found


@pytest.fixture
async def seller(market: Market) -> Person:
    return await market.seller("ada")


@pytest.fixture
async def buyer(market: Market) -> Person:
    return await join(market.client, "bob")


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


async def balances(market: Market) -> dict[str, int]:
    async with market.ctx.db.connection() as connection:
        rows = await connection.fetch("select account, sum(amount_cents) as cents from ledger_entries group by 1")
    return {row["account"]: int(row["cents"]) for row in rows}


async def spend(market: Market, seller: Person, left: int = 0) -> None:
    """The seller's bank got what was on their account."""
    account = await market.value("select account_id from seller_accounts where user_id = $1", seller.id)
    (await market.sandbox.post("/sandbox/balance", json={"account": account, "amount": left})).raise_for_status()


async def test_what_was_sent_is_reversed(market: Market, buyer: Person, seller: Person) -> None:
    order = await sold(market, buyer, seller)
    assert await taken_back(market.ctx, order, seller.id, 900) == TakenBack(0, 900)
    assert (await transfer_of(market, order))["status"] == "reversal_pending"
    assert await debt_of(market, seller) == 900
    await run_jobs(market.ctx)
    transfer = await transfer_of(market, order)
    assert (transfer["status"], transfer["reversed_cents"]) == ("partially_reversed", 900)
    assert await debt_of(market, seller) == 0
    assert await taken_back(market.ctx, order, seller.id, NET - 900) == TakenBack(0, NET - 900)
    await run_jobs(market.ctx)
    transfer = await transfer_of(market, order)
    assert (transfer["status"], transfer["reversed_cents"]) == ("reversed", NET)
    assert (await market.state())["transfers"]["amount_reversed"] == NET
    assert "seller_payable" not in {k for k, v in (await balances(market)).items() if v}


async def test_what_was_not_sent_is_sent_no_more(market: Market, buyer: Person) -> None:
    seller = await market.seller("eve", onboarded=False)
    order = await sold(market, buyer, seller)
    refund = new_id()
    for _ in range(3):
        assert await taken_back(market.ctx, order, seller.id, 900, refund_id=refund) == TakenBack(900, 0)
    assert (await transfer_of(market, order))["amount_cents"] == NET - 900
    await market.onboard(seller)
    assert [found["amount"] for found in (await market.state())["transfers"]["all"]] == [NET - 900]
    assert await debt_of(market, seller) == 0
