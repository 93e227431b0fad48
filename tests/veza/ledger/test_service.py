"""Every cent is booked twice, once, and for ever."""

import asyncpg
import pytest
from tests.factories.accounts import a_person

from veza.context import Context
from veza.kit.ids import new_id
from veza.ledger import domain, service
from veza.ledger.domain import Account, Earned, Kind, Posting


async def test_a_sale_from_payment_to_transfer_leaves_what_is_ours(ctx: Context) -> None:
    seller, order, payment = (await a_person(ctx.db, "ada")).user_id, new_id(), new_id()
    async with ctx.db.transaction() as tx:
        await service.book(tx, Kind.PAYMENT_RECEIVED, payment, domain.payment_received(2_999), currency="EUR")
        settled = domain.order_settled([Earned(seller, 2_699, 300)])
        await service.book(tx, Kind.ORDER_SETTLED, order, settled, currency="EUR")
    async with ctx.db.connection() as connection:
        assert await service.owed_to_seller(connection, seller, "EUR") == 2_699
        assert await service.owed_to_seller(connection, seller, "USD") == 0
    async with ctx.db.transaction() as tx:
        await service.book(tx, Kind.TRANSFER_SENT, new_id(), domain.transfer_sent(seller, 2_699), currency="EUR")
        found = await service.balances(tx)
    assert found == {
        ("payments", "EUR"): 0,
        ("platform_fee", "EUR"): -300,
        ("provider_clearing", "EUR"): 300,
        ("seller_payable", "EUR"): 0,
    }


async def test_the_same_is_booked_once(ctx: Context) -> None:
    payment = new_id()
    async with ctx.db.transaction() as tx:
        postings = domain.payment_received(500)
        assert await service.book(tx, Kind.PAYMENT_RECEIVED, payment, postings, currency="EUR")
        assert not await service.book(tx, Kind.PAYMENT_RECEIVED, payment, postings, currency="EUR")
        assert await service.book(tx, Kind.PAYMENT_RETURNED, payment, domain.payment_returned(500), currency="EUR")
        assert set((await service.balances(tx)).values()) == {0}


async def test_what_does_not_sum_to_zero_is_refused_at_commit(ctx: Context) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="does not sum to zero"):
        async with ctx.db.transaction() as tx:
            await service.book(
                tx,
                Kind.PAYMENT_RECEIVED,
                new_id(),
                [Posting(Account.PROVIDER_CLEARING, 500), Posting(Account.PAYMENTS, -499)],
                currency="EUR",
            )
    async with ctx.db.connection() as connection:
        assert await service.balances(connection) == {}


@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_entries set amount_cents = 1",
        "delete from ledger_entries",
        "truncate ledger_entries",
        "update ledger_transactions set kind = 'x'",
        "delete from ledger_transactions",
        "truncate ledger_transactions cascade",
        "update audit_entries set action = 'x'",
        "delete from order_events",
    ],
)
async def test_nobody_changes_what_was_written_not_even_the_owner_of_the_tables(ctx: Context, statement: str) -> None:
    async with ctx.db.transaction() as tx:
        await service.book(tx, Kind.PAYMENT_RECEIVED, new_id(), domain.payment_received(500), currency="EUR")
    async with ctx.db.connection() as connection:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="append-only"):
            await connection.execute(statement)


async def test_an_order_for_nothing_books_nothing() -> None:
    assert domain.order_settled([]) == []
