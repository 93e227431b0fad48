"""The comparison of money finds what was made wrong on purpose in reversals, debts and what transfers keep back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.factories.api import Person, join
from tests.factories.market import Market, open_market, run_jobs
from tests.factories.money_back import exact, reversed_by_hand, sold, spend, taken_back

from veza.admin.money_check import check_money
from veza.context import Context
from veza.ports.payouts import Payouts, SentTransfer


@pytest.fixture
async def market(ctx: Context, tmp_path: Path) -> AsyncIterator[Market]:
    """Of 26.99 that were sent 9.00 came back; of the second 10.00 are owed; the third, 1.80, paid of that."""
    async with open_market(ctx, tmp_path) as found:
        seller, buyer = await found.seller("ada"), await join(found.client, "bob")
        await taken_back(found.ctx, await sold(found, buyer, seller), seller.id, 900)
        await run_jobs(found.ctx)
        order = await sold(found, buyer, seller)
        await spend(found, seller)
        await taken_back(found.ctx, order, seller.id, 1_000)
        await run_jobs(found.ctx)
        await sold(found, buyer, seller, 200)
        await exact(found)
        yield found


async def plant(market: Market, statement: str) -> None:
    """Change what triggers and keys would not let be changed."""
    connection = await asyncpg.connect(market.ctx.db.dsn)
    try:
        await connection.execute("set session_replication_role = replica")
        assert (await connection.execute(statement)).rpartition(" ")[2] == "1"
    finally:
        await connection.close()


async def differences(market: Market, *, ask_providers: bool = False) -> set[tuple[str, int | None]]:
    check = (await check_money(market.ctx, ask_providers=ask_providers)).check
    return {(found.code, found.difference_cents) for found in check.differences}


ENTRY = """
    update ledger_entries set amount_cents = amount_cents + 7 where id = (
        select e.id from ledger_entries e join ledger_transactions t on t.id = e.transaction_id
        where t.kind = '{kind}' and e.account = '{account}')
"""
PLANTED: list[tuple[str, str, set[tuple[str, int]]]] = [
    (
        "a reversal was booked with too much",
        ENTRY.format(kind="transfer_reversed", account="provider_clearing"),
        {("transaction_unbalanced", 7), ("reversal_booked_differently", 7), ("clearing_differs", 7)},
    ),
    (
        "a reversal paid too little of a debt",
        ENTRY.format(kind="transfer_reversed", account="seller_debt"),
        {("transaction_unbalanced", 7), ("seller_debt_differs", 7)},
    ),
    (
        "a recovery was booked with too much",
        ENTRY.format(kind="debt_recovered", account="seller_payable"),
        {("transaction_unbalanced", 7), ("recovery_booked_differently", 7), ("seller_owed_differently", -7)},
    ),
    (
        "a recovery paid too little of a debt",
        ENTRY.format(kind="debt_recovered", account="seller_debt"),
        {("transaction_unbalanced", 7), ("seller_debt_differs", 7)},
    ),
    (
        "what came back did not",
        "update reversals set reversed_cents = 0, status = 'pending' where reversed_cents > 0",
        {
            ("reversal_booked_undone", 900),
            ("seller_debt_differs", -900),
            ("clearing_differs", 900),
            ("reversed_differently", -900),
        },
    ),
    (
        "what came back was forgotten",
        "delete from reversals where reversed_cents > 0",
        {("reversal_booked_undone", 900), ("clearing_differs", 900), ("reversed_differently", -900)},
    ),
    (
        "a debt was forgiven by hand",
        "update reversals set owed_cents = owed_cents - 100, amount_cents = amount_cents - 100 where owed_cents > 0",
        {("seller_debt_differs", 100)},
    ),
    (
        "a debt was paid by hand",
        "update reversals set owed_cents = owed_cents - 1, recovered_cents = recovered_cents + 1 where owed_cents > 0",
        {("seller_debt_differs", 1), ("debt_paid_differently", -1)},
    ),
    (
        "what paid a debt was forgotten",
        "delete from debt_recoveries",
        {("recovery_booked_undone", 180), ("debt_paid_differently", -180), ("kept_back_differently", -180)},
    ),
    (
        "a transfer kept back too little",
        "update transfers set recovered_cents = 179, stripe_transfer_id = 'tr_1' where recovered_cents = 180",
        {("kept_back_differently", 1), ("transfer_not_booked", -1), ("clearing_differs", 1)},
    ),
    (
        "a transfer says that more came back",
        "update transfers set reversed_cents = reversed_cents + 1 where reversed_cents > 0",
        {("reversed_differently", -1)},
    ),
]


@pytest.mark.parametrize(("statement", "expected"), [row[1:] for row in PLANTED], ids=[row[0] for row in PLANTED])
async def test_each_thing_that_is_wrong_is_found(
    market: Market, statement: str, expected: set[tuple[str, int]]
) -> None:
    await plant(market, statement)
    assert await differences(market) == expected


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("transfer_reversed", {"reversal_not_booked", "seller_debt_differs", "clearing_differs"}),
        ("debt_recovered", {"recovery_not_booked", "seller_debt_differs", "seller_owed_differently"}),
    ],
)
async def test_a_transaction_that_is_gone_is_missed(market: Market, kind: str, codes: set[str]) -> None:
    async with market.ctx.db.connection() as connection:
        found = await connection.fetchval("select id from ledger_transactions where kind = $1", kind)
    async with market.ctx.db.connection() as connection:
        await connection.execute("set session_replication_role = replica")
        await connection.execute("delete from ledger_entries where transaction_id = $1", found)
        await connection.execute("delete from ledger_transactions where id = $1", found)
        await connection.execute("set session_replication_role = origin")
    assert {code for code, _ in await differences(market)} == codes


# --- the provider ----------------------------------------------------------------------------------------------


async def test_what_came_back_by_hand_is_a_difference_and_while_one_is_asked_for_it_may_be_that(
    market: Market,
) -> None:
    async with market.ctx.db.connection() as connection:
        transfer = await connection.fetchrow("select * from transfers where reversed_cents + recovered_cents = 0")
    assert transfer is not None
    await spend(market, Person(transfer["seller_id"], "ada", {}), 10_000)
    await reversed_by_hand(market, transfer["stripe_transfer_id"], 30)
    assert await differences(market, ask_providers=True) == {("provider_reversal_differs", 30)}
    await plant(market, f"update transfers set status = 'reversal_pending' where id = '{transfer['id']}'")
    assert await differences(market, ask_providers=True) == set()


async def test_what_did_not_come_back_is_a_difference(market: Market) -> None:
    """The books say so, the rows too, and the provider does not."""
    async with market.ctx.db.connection() as connection:
        transfer_id = await connection.fetchval("select id from transfers where reversed_cents > 0")
    assert market.ctx.payouts is not None
    forgetful = replace(market, ctx=replace(market.ctx, payouts=Forgetful(market.ctx.payouts)))
    check = (await check_money(forgetful.ctx, ask_providers=True)).check
    assert [(found.code, found.difference_cents, found.subject_id) for found in check.differences] == [
        ("provider_reversal_differs", -900, transfer_id)
    ]


class Forgetful:
    """A provider that no longer knows of any reversal."""

    def __init__(self, payouts: Payouts) -> None:
        self._payouts = payouts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._payouts, name)

    async def find_transfers(self, group: str) -> list[SentTransfer]:
        return [replace(found, reversed_cents=0) for found in await self._payouts.find_transfers(group)]
