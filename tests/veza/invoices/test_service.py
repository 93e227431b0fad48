"""Issuing: numbers without gaps whoever fails or dies, documents that nothing changes, credit notes that add up."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import asyncpg
import pytest
from tests.factories.accounts import a_person
from tests.factories.documents import DAY, a_sold_order

from veza.context import Context
from veza.db.pool import Database, Tx, open_database
from veza.invoices import queries, service
from veza.invoices.domain import BilledTo, CreditedLine, Document, SoldOrder
from veza.kit.ids import new_id


class Torn(Exception):
    """Something went wrong after the number was taken."""


@pytest.fixture
async def ctx(ctx: Context) -> Context:
    settings = replace(
        ctx.settings,
        invoice_issuer_name="Northern Lights",
        invoice_issuer_country="FR",
        invoice_issuer_vat_id="FR1",
        vat_rates=(("FR", 2_000), ("DE", 1_900)),
    )
    return replace(ctx, settings=settings)


@pytest.fixture
async def crowd(dsn: str) -> AsyncIterator[Database]:
    """A pool for many at once."""
    found = await open_database(dsn, connections=25, application="crowd")
    yield found
    await found.close()


async def sold(ctx: Context, *cents: int, billing: BilledTo | None = None) -> SoldOrder:
    buyer, seller = await a_person(ctx.db), await a_person(ctx.db)
    return await a_sold_order(ctx.db, buyer.user_id, seller.user_id, *(cents or (2_999,)), billing=billing)


async def issue(ctx: Context, order: SoldOrder, now: datetime = DAY) -> str:
    async with ctx.db.transaction() as tx:
        return await service.issue_invoice(tx, ctx, order, now)


async def give_back(
    ctx: Context, order: SoldOrder, *parts: tuple[int, int], refund_id: UUID | None = None
) -> str | None:
    """Credit so many cents of so many lines, by their place."""
    lines = [CreditedLine(order.lines[place].item_id, cents) for place, cents in parts]
    async with ctx.db.transaction() as tx:
        return await service.issue_credit_note(
            tx, ctx, order_id=order.order_id, refund_id=refund_id or new_id(), lines=lines, now=DAY
        )


async def documents(ctx: Context, order: SoldOrder) -> tuple[Document, list[Document]]:
    """The invoice of an order and its credit notes."""
    async with ctx.db.connection() as connection:
        invoice = await queries.of_order.find(connection, order.order_id)
        notes = await queries.credit_notes.list(connection, order.order_id)
    assert invoice is not None
    return service.document_of(invoice), [service.document_of(note) for note in notes]


async def sequences(ctx: Context, series: str = "INV", year: int = 2026) -> list[int]:
    async with ctx.db.connection() as connection:
        rows = await connection.fetch(
            "select sequence, issued_at from invoices where series = $1 and year = $2 order by sequence", series, year
        )
    dates = [row["issued_at"] for row in rows]
    assert dates == sorted(dates), "dates follow the numbers"
    return [row["sequence"] for row in rows]


# --- numbers ---------------------------------------------------------------------------------------------------


async def test_the_same_order_has_one_invoice(ctx: Context) -> None:
    order = await sold(ctx)
    assert [await issue(ctx, order), await issue(ctx, order)] == ["INV-2026-000001", "INV-2026-000001"]
    assert await issue(ctx, await sold(ctx)) == "INV-2026-000002"


async def test_fifty_at_once_of_whom_some_fail_and_some_are_killed_leave_no_gap(ctx: Context, crowd: Database) -> None:
    orders = [await sold(ctx) for _ in range(50)]
    chance = Random(7)
    fates = [chance.choice(["commits", "commits", "raises", "dies", "is cancelled"]) for _ in orders]
    world = replace(ctx, db=crowd)

    async def settle(order: SoldOrder, fate: str) -> None:
        async with crowd.transaction() as tx:
            await service.issue_invoice(tx, world, order, DAY + timedelta(seconds=chance.randrange(60)))
            await _meet(tx, fate)

    ends = await asyncio.gather(*map(settle, orders, fates), return_exceptions=True)
    assert [isinstance(end, BaseException) for end in ends] == [fate != "commits" for fate in fates]
    assert await sequences(ctx) == list(range(1, fates.count("commits") + 1))

    # Whoever failed is tried again, as a job would be, and takes the next numbers.
    await asyncio.gather(*(settle(order, "commits") for order in orders))
    assert await sequences(ctx) == list(range(1, 51))


async def _meet(tx: Tx, fate: str) -> None:
    """End the transaction that holds the number as its fate has it."""
    if fate == "raises":
        raise Torn
    if fate == "dies":
        await tx.execute("select pg_terminate_backend(pg_backend_pid())")
    if fate == "is cancelled":
        raise asyncio.CancelledError


async def test_each_year_begins_anew_whoever_comes_late(ctx: Context) -> None:
    eve, new_year = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    numbers = [await issue(ctx, await sold(ctx), now) for now in (eve, new_year, eve, new_year)]
    assert numbers == ["INV-2026-000001", "INV-2027-000001", "INV-2026-000002", "INV-2027-000002"]


async def test_a_later_number_has_no_earlier_date(ctx: Context) -> None:
    first, second = await sold(ctx), await sold(ctx)
    await issue(ctx, first, DAY + timedelta(days=1))
    await issue(ctx, second, DAY)
    assert (await documents(ctx, second))[0].issued_at == DAY + timedelta(days=1)
    assert await sequences(ctx) == [1, 2]


async def test_credit_notes_have_a_series_of_their_own(ctx: Context) -> None:
    order = await sold(ctx, 2_999)
    await issue(ctx, order)
    assert [await give_back(ctx, order, (0, 10)) for _ in range(3)] == [f"CN-2026-00000{n}" for n in (1, 2, 3)]
    assert await issue(ctx, await sold(ctx)) == "INV-2026-000002"


# --- what an invoice says --------------------------------------------------------------------------------------


async def test_it_is_frozen_as_things_were(ctx: Context) -> None:
    billing = BilledTo("Ada Ltd", "1 Road\nTown", "DE", "DE999")
    order = await sold(ctx, 1_190, 0, billing=billing)
    await issue(ctx, order)
    async with ctx.db.connection() as connection:
        await connection.execute("update users set username = 'somebody_else' where id = $1", order.buyer_id)
    renamed = replace(ctx, settings=replace(ctx.settings, invoice_issuer_name="Another Ltd"))
    await issue(renamed, order)
    document, _ = await documents(ctx, order)
    assert (document.issuer.name, document.buyer.name, document.buyer.vat_id) == ("Northern Lights", "Ada Ltd", "DE999")
    assert [(row.rate_bps, row.net_cents, row.vat_cents) for row in document.vat] == [(1_900, 1_000, 190)]
    assert document.total_cents == 1_190
    assert document.lines[0].detail.startswith("by u_")


async def test_without_a_name_the_buyer_goes_by_the_username(ctx: Context) -> None:
    buyer, seller = await a_person(ctx.db, "bob"), await a_person(ctx.db)
    order = await a_sold_order(ctx.db, buyer.user_id, seller.user_id, 2_999)
    await issue(ctx, order)
    document, _ = await documents(ctx, order)
    assert (document.buyer.name, document.buyer.note) == ("bob", "")
    assert document.vat[0].rate_bps == 2_000, "of the issuer's country"


async def test_a_country_without_a_rate_pays_no_vat(ctx: Context) -> None:
    order = await sold(ctx, billing=BilledTo(country="US"))
    await issue(ctx, order)
    assert (await documents(ctx, order))[0].vat == ()


@pytest.mark.parametrize(
    "statement",
    [
        "update invoices set total_cents = 0",
        "update invoices set snapshot = '{}'",
        "update invoices set number = 'INV-2026-000009', sequence = 9",
        "delete from invoices",
        "truncate invoices",
    ],
)
async def test_the_database_lets_nobody_change_it(ctx: Context, statement: str) -> None:
    await issue(ctx, await sold(ctx))
    async with ctx.db.connection() as connection:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await connection.execute(statement)


# --- what a credit note says -----------------------------------------------------------------------------------


async def test_the_same_refund_has_one_credit_note(ctx: Context) -> None:
    order, refund_id = await sold(ctx), new_id()
    await issue(ctx, order)
    numbers = [await give_back(ctx, order, (0, 1_000), refund_id=refund_id) for _ in range(3)]
    assert numbers == ["CN-2026-000001"] * 3
    assert len((await documents(ctx, order))[1]) == 1


async def test_an_order_of_before_there_were_invoices_has_no_credit_note_either(ctx: Context) -> None:
    assert await give_back(ctx, await sold(ctx), (0, 1_000)) is None


@pytest.mark.parametrize("seed", range(8))
async def test_partial_refunds_of_any_order_sum_to_the_invoice(ctx: Context, seed: int) -> None:
    chance = Random(seed)
    order = await sold(ctx, *(chance.randrange(1, 5_000) for _ in range(chance.randrange(1, 5))))
    await issue(ctx, order)
    left = [line.total_cents for line in order.lines]
    while any(left):
        parts = [
            (place, chance.randint(1, cents)) for place, cents in enumerate(left) if cents and chance.random() < 0.7
        ]
        if parts:
            await give_back(ctx, order, *parts)
        for place, cents in parts:
            left[place] -= cents
    invoice, notes = await documents(ctx, order)
    assert sum(note.total_cents for note in notes) == invoice.total_cents
    assert sum(note.vat_cents for note in notes) == invoice.vat_cents
    assert all(note.corrects_number == invoice.number for note in notes)
    assert all(sum(line.total_cents for line in note.lines) == note.total_cents for note in notes)


@pytest.mark.parametrize("parts", [[(0, 3_000)], [(0, 1_500), (0, 1_500)], [(0, 0)], [(0, -5)], []])
async def test_more_or_less_than_was_invoiced_is_refused(ctx: Context, parts: Sequence[tuple[int, int]]) -> None:
    order = await sold(ctx, 2_999)
    await issue(ctx, order)
    with pytest.raises(ValueError, match="no more"):
        await give_back(ctx, order, *parts)
    assert await sequences(ctx, "CN") == []
    assert await give_back(ctx, order, (0, 2_999)) == "CN-2026-000001", "and it left no gap"
    with pytest.raises(ValueError, match="no more"):
        await give_back(ctx, order, (0, 1))


async def test_refunds_at_once_never_pass_the_invoice(ctx: Context, crowd: Database) -> None:
    order = await sold(ctx, 1_000)
    await issue(ctx, order)
    world = replace(ctx, db=crowd)
    ends = await asyncio.gather(*(give_back(world, order, (0, 300)) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(end, str) for end in ends) == 3
    assert await sequences(ctx, "CN") == [1, 2, 3]


async def test_a_line_of_another_order_is_not_given_back(ctx: Context) -> None:
    order, other = await sold(ctx), await sold(ctx)
    await issue(ctx, order)
    await issue(ctx, other)
    with pytest.raises(ValueError, match="no more"):
        await give_back(ctx, replace(order, lines=other.lines), (0, 100))
