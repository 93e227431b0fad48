"""The comparison of money finds each thing that was made wrong on purpose, and nothing in books that are right."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tests.factories.accounts import a_person
from tests.factories.providers import Told, a_payment_word, a_sent_transfer, that_agree
from tests.factories.sales import Sale, a_payment, a_return, a_sale, an_order

from veza import metrics
from veza.admin import jobs
from veza.admin.domain import CHECK_MONEY, CheckReport
from veza.admin.money_check import check_money
from veza.auth.domain import Principal
from veza.context import Context
from veza.jobs.worker import Job
from veza.kit.ids import new_id
from veza.ledger.service import last_check
from veza.ports.payments import PaymentState
from veza.ports.provider_errors import NotExecuted, OutcomeUnknown
from veza.role_worker import job_handlers
from veza.sellers.transfers import group_of


@pytest.fixture
async def ada(ctx: Context) -> Principal:
    return await a_person(ctx.db, "ada")


@pytest.fixture
async def bob(ctx: Context) -> Principal:
    return await a_person(ctx.db, "bob")


@pytest.fixture
async def sale(ctx: Context, ada: Principal, bob: Principal) -> Sale:
    """An order of 29.99 and 5.00 by two people, sent to both; beside it whatever else a healthy shop holds."""
    buyer = await a_person(ctx.db, "buyer")
    sale = await a_sale(ctx.db, buyer.user_id, (ada.user_id, 2_999), (bob.user_id, 500))
    for transfer in ("waiting_for_seller", "pending", "failed", "permanently_failed", "completed"):
        await a_sale(ctx.db, buyer.user_id, (ada.user_id, 1_050), transfer=transfer)
    await an_order(ctx.db, buyer.user_id, (ada.user_id, 0), status="completed")
    await an_order(ctx.db, buyer.user_id, (ada.user_id, 700))
    for status, of_return in (("cancelled", "succeeded"), ("expired", "pending"), ("cancelled", "failed")):
        order_id = await an_order(ctx.db, buyer.user_id, (bob.user_id, 900), status=status)
        payment_id = await a_payment(ctx.db, order_id, 900)
        await a_return(ctx.db, payment_id, 900, of_return)
    return sale


async def plant(ctx: Context, statement: str, *args: Any) -> None:
    """Change what triggers and keys would not let be changed."""
    connection = await asyncpg.connect(ctx.db.dsn)
    try:
        await connection.execute("set session_replication_role = replica")
        assert (await connection.execute(statement, *args)).rpartition(" ")[2] != "0"
    finally:
        await connection.close()


async def found(ctx: Context, **asked: Any) -> list[tuple[str, int | None, UUID | None]]:
    report = await check_money(ctx, **{"ask_providers": False, **asked})
    return [(one.code, one.difference_cents, one.subject_id) for one in report.check.differences]


# --- the database against itself -------------------------------------------------------------------------------


async def test_a_healthy_shop_is_balanced_and_that_is_kept(ctx: Context, sale: Sale) -> None:
    report = await check_money(ctx, ask_providers=True)  # there is nobody to ask
    assert (report.check.differences, report.asked, report.unanswered) == ((), 0, 0)
    assert report.check.is_balanced
    async with ctx.db.connection() as connection:
        assert await last_check(connection) == report.check


async def test_an_empty_shop_is_balanced(ctx: Context) -> None:
    assert await found(ctx) == []


ENTRY = """
    update ledger_entries set {what} where id = (
        select e.id from ledger_entries e join ledger_transactions t on t.id = e.transaction_id
        where t.kind = '{kind}' and e.account = '{account}' and t.order_id = $1 order by e.id limit 1)
"""


def entry(kind: str, account: str, what: str = "amount_cents = amount_cents + 7") -> str:
    return ENTRY.format(kind=kind, account=account, what=what)


PLANTED: list[tuple[str, str, set[tuple[str, int | None]]]] = [
    (
        "an entry is too big",
        entry("order_settled", "platform_fee"),
        {("transaction_unbalanced", 7), ("fee_differs", -7)},
    ),
    (
        "a share is too small",
        entry("order_settled", "seller_payable"),
        {("transaction_unbalanced", 7), ("share_differs", -7), ("seller_owed_differently", -7)},
    ),
    (
        "an order was split wrongly",
        entry("order_settled", "payments"),
        {("transaction_unbalanced", 7), ("order_settled_differently", 7), ("payments_account_differs", -7)},
    ),
    (
        "an order was split in another currency",
        """
        update ledger_entries set currency = 'USD' where transaction_id = (
        select id from ledger_transactions where kind = 'order_settled' and order_id = $1)
        """,
        {
            ("order_not_settled", -3_499),
            ("order_settled_unpaid", 3_499),
            ("share_differs", -2_699),
            ("share_differs", 2_699),
            ("share_differs", -450),
            ("share_differs", 450),
            ("fee_differs", -350),
            ("fee_differs", 350),
            ("seller_owed_differently", -2_699),
            ("seller_owed_differently", 2_699),
            ("seller_owed_differently", -450),
            ("seller_owed_differently", 450),
            ("payments_account_differs", -3_499),
            ("payments_account_differs", 3_499),
        },
    ),
    (
        "an order that was split is not paid",
        "update orders set status = 'pending', completed_at = null where id = $1",
        {("order_settled_unpaid", 3_499), ("share_differs", 2_699), ("share_differs", 450), ("fee_differs", 350)},
    ),
    (
        "an order was changed",
        "update orders set total_cents = total_cents + 1 where id = $1",
        {("order_settled_differently", -1), ("order_lines_differ", -1)},
    ),
    (
        "lines were changed",
        "update order_items set fee_cents = fee_cents + 1 where order_id = $1 and position = 0",
        {("share_differs", 1), ("fee_differs", -1)},
    ),
    (
        "lines were taken away",
        "delete from order_items where order_id = $1 and position = 1",
        {("order_lines_differ", -500), ("share_differs", 450), ("fee_differs", 50)},
    ),
    (
        "a payment was booked with too much",
        entry("payment_received", "provider_clearing"),
        {("transaction_unbalanced", 7), ("payment_booked_differently", 7), ("clearing_differs", 7)},
    ),
    (
        "a payment that was booked did not succeed",
        "update payments set status = 'failed', paid_at = null where order_id = $1",
        {("payment_booked_unpaid", 3_499), ("clearing_differs", 3_499)},
    ),
    (
        "a transfer was booked with too much",
        entry("transfer_sent", "seller_payable"),
        {("transaction_unbalanced", 7), ("transfer_booked_differently", 7), ("seller_owed_differently", -7)},
    ),
    (
        "a transfer that was booked is not sent",
        """
        update transfers set status = 'failed', completed_at = null, stripe_transfer_id = null
        where order_id = $1 and amount_cents = 2699
        """,
        {("transfer_booked_unsent", 2_699), ("seller_owed_differently", -2_699), ("clearing_differs", -2_699)},
    ),
    (
        "a transfer that waits is too big",
        "update transfers set amount_cents = amount_cents + 1 where status = 'pending' and $1::uuid is not null",
        {("seller_owed_differently", -1)},
    ),
    (
        "a transfer that waits was lost",
        "delete from transfers where status = 'waiting_for_seller' and $1::uuid is not null",
        {("seller_owed_differently", 945)},
    ),
    (
        "a payment that goes back was forgotten",
        "delete from payment_returns where status = 'pending' and $1::uuid is not null",
        {("payments_account_differs", 900)},
    ),
    (
        "a payment that went back was not booked",
        """
        update payment_returns set status = 'succeeded', settled_at = now()
        where status = 'pending' and $1::uuid is not null
        """,
        {("return_not_booked", -900), ("payments_account_differs", 900), ("clearing_differs", 900)},
    ),
    (
        "a payment that was booked as gone back did not",
        "update payment_returns set status = 'failed' where status = 'succeeded' and $1::uuid is not null",
        {("return_booked_unsent", 900), ("payments_account_differs", -900), ("clearing_differs", -900)},
    ),
]


@pytest.mark.parametrize(("statement", "expected"), [row[1:] for row in PLANTED], ids=[row[0] for row in PLANTED])
async def test_each_thing_that_is_wrong_is_found(
    ctx: Context, sale: Sale, statement: str, expected: set[tuple[str, int | None]]
) -> None:
    await plant(ctx, statement, sale.order_id)
    differences = await found(ctx)
    assert {(code, cents) for code, cents, _ in differences} == expected
    assert len(differences) == len(expected)
    async with ctx.db.connection() as connection:
        kept = await last_check(connection)
        assert kept is not None
        assert not kept.is_balanced
        assert [one.code for one in kept.differences] == [code for code, _, _ in differences]


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("order_settled", {"order_not_settled", "share_differs", "fee_differs", "seller_owed_differently"}),
        ("payment_received", {"payment_not_booked", "clearing_differs"}),
        ("transfer_sent", {"transfer_not_booked", "seller_owed_differently", "clearing_differs"}),
    ],
)
async def test_a_transaction_that_is_gone_is_missed(ctx: Context, sale: Sale, kind: str, codes: set[str]) -> None:
    which = "select id from ledger_transactions where order_id = $1 and kind = $2"
    await plant(ctx, f"delete from ledger_entries where transaction_id in ({which})", sale.order_id, kind)
    assert {code for code, _, _ in await found(ctx)} - {"payments_account_differs"} == codes | {"transaction_too_short"}
    await plant(ctx, "delete from ledger_transactions where order_id = $1 and kind = $2", sale.order_id, kind)
    assert {code for code, _, _ in await found(ctx)} - {"payments_account_differs"} == codes


async def test_an_order_that_was_split_twice_is_found(ctx: Context, sale: Sale) -> None:
    twice = new_id()
    await plant(
        ctx,
        "insert into ledger_transactions (id, kind, subject_id, order_id) values ($1, 'order_settled', $1, $2)",
        twice,
        sale.order_id,
    )
    await plant(
        ctx,
        """
        insert into ledger_entries (transaction_id, account, seller_id, amount_cents, currency)
        select $1, account, seller_id, amount_cents, currency from ledger_entries where transaction_id = (
            select id from ledger_transactions where kind = 'order_settled' and subject_id = $2)
        """,
        twice,
        sale.order_id,
    )
    assert ("order_settled_twice", 3_499, sale.order_id) in await found(ctx)


async def test_what_is_wrong_everywhere_is_told_in_part_and_counted(
    ctx: Context, ada: Principal, bob: Principal
) -> None:
    for _ in range(103):
        await an_order(ctx.db, bob.user_id, (ada.user_id, 100), status="completed")
    report = await check_money(ctx, ask_providers=False)
    told = [one for one in report.check.differences if one.code == "order_not_settled"]
    assert len(told) == 101
    assert told[-1].sentence == "There are 3 more like these."
    assert (told[-1].difference_cents, told[-1].subject_id) == (None, None)


async def test_what_differs_is_counted_in_metrics(ctx: Context, sale: Sale) -> None:
    def results(result: str) -> float:
        return metrics.ledger_checks.labels(result)._value.get()  # type: ignore[no-any-return]

    before = {result: results(result) for result in ("balanced", "different")}
    await check_money(ctx, ask_providers=False)
    assert results("balanced") == before["balanced"] + 1
    assert metrics.ledger_difference._value.get() == 0
    await plant(ctx, "update orders set total_cents = total_cents + 5 where id = $1", sale.order_id)
    await check_money(ctx, ask_providers=False)
    assert results("different") == before["different"] + 1
    assert metrics.ledger_difference._value.get() == 10


# --- the providers ---------------------------------------------------------------------------------------------


def asking(ctx: Context, told: Told) -> Context:
    return replace(ctx, payments=told.as_payments, payouts=told.as_payouts)


async def ask(ctx: Context, told: Told, **asked: Any) -> CheckReport:
    return await check_money(asking(ctx, told), ask_providers=True, **asked)


async def test_providers_that_agree_find_nothing(ctx: Context, sale: Sale) -> None:
    told = await that_agree(ctx)
    report = await ask(ctx, told)
    assert report.check.is_balanced
    assert (report.asked, report.unanswered) == (9 + 7, 0)
    assert len(set(told.asked)) == len(told.asked) == 9 + 6
    assert (await check_money(asking(ctx, told), ask_providers=False)).asked == 0


Payment = Callable[[str], Any]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (lambda _: None, ("provider_payment_missing", -3_499)),
        (lambda name: a_payment_word(name, 3_500), ("provider_payment_differs", 1)),
        (lambda name: a_payment_word(name, 3_499, currency="USD"), ("provider_payment_differs", 0)),
        (lambda name: a_payment_word(name, 3_499, PaymentState.PENDING), ("provider_payment_unpaid", -3_499)),
        (lambda name: a_payment_word(name, 3_499, PaymentState.CONFLICTED), ("provider_payment_unpaid", -3_499)),
    ],
)
async def test_a_payment_that_the_provider_knows_otherwise(
    ctx: Context, sale: Sale, word: Payment, expected: tuple[str, int]
) -> None:
    told = await that_agree(ctx)
    name = f"pay_{sale.payment_id.hex[:26]}"
    told.payments[name] = word(name)
    differences = (await ask(ctx, told)).check.differences
    assert [(one.code, one.difference_cents, one.subject_id) for one in differences] == [(*expected, sale.payment_id)]


async def test_a_transfer_that_the_provider_knows_otherwise(ctx: Context, sale: Sale, ada: Principal) -> None:
    transfer_id = sale.transfers[ada.user_id]
    right = a_sent_transfer(transfer_id, ada.user_id, 2_699)
    again = a_sent_transfer(transfer_id, ada.user_id, 2_699, provider_id="tr_again")
    for made, expected in (
        ([], ("provider_transfer_missing", -2_699)),
        ([replace(right, transfer_id=None)], ("provider_transfer_missing", -2_699)),
        ([right, again], ("provider_transfer_twice", 2_699)),
        ([again], ("provider_transfer_differs", 0)),
        ([replace(right, amount_cents=2_999)], ("provider_transfer_differs", 300)),
        ([replace(right, currency="USD")], ("provider_transfer_differs", 0)),
        ([replace(right, account_id="acct_other")], ("provider_transfer_differs", 0)),
    ):
        told = await that_agree(ctx)
        group = told.groups[group_of(sale.order_id)]
        assert isinstance(group, list)
        told.groups[group_of(sale.order_id)] = [one for one in group if one.transfer_id != transfer_id] + made
        differences = (await ask(ctx, told)).check.differences
        assert [(one.code, one.difference_cents, one.subject_id) for one in differences] == [(*expected, transfer_id)]


@pytest.mark.parametrize("status", ["waiting_for_seller", "pending", "failed", "permanently_failed"])
async def test_a_transfer_that_was_sent_behind_our_back(
    ctx: Context, sale: Sale, ada: Principal, bob: Principal, status: str
) -> None:
    other = await a_sale(ctx.db, bob.user_id, (ada.user_id, 2_999), transfer=status)
    transfer_id = other.transfers[ada.user_id]
    told = await that_agree(ctx)
    told.groups[group_of(other.order_id)] = [a_sent_transfer(transfer_id, ada.user_id, 2_699)]
    assert await found(asking(ctx, told), ask_providers=True) == [("provider_transfer_unbooked", 2_699, transfer_id)]
    for under_way in ("claim = id, claimed_until = now()", "claim = null, claimed_until = null, unknown_since = now()"):
        await plant(ctx, f"update transfers set {under_way} where id = $1", transfer_id)
        assert await found(asking(ctx, told), ask_providers=True) == []


async def test_a_transfer_that_moves_on_while_the_provider_is_asked_is_no_difference(
    ctx: Context, sale: Sale, ada: Principal, bob: Principal
) -> None:
    other = await a_sale(ctx.db, bob.user_id, (ada.user_id, 2_999), transfer="pending")
    transfer_id = other.transfers[ada.user_id]

    class Sends(Told):
        async def find_transfers(self, group: str) -> Any:
            if group == group_of(other.order_id):
                await plant(
                    ctx, "update transfers set updated_at = updated_at + interval '1 s' where id = $1", transfer_id
                )
                return [a_sent_transfer(transfer_id, ada.user_id, 2_699)]
            return await super().find_transfers(group)

    agreeing = await that_agree(ctx)
    assert await found(asking(ctx, Sends(agreeing.payments, agreeing.groups)), ask_providers=True) == []


async def test_what_a_provider_does_not_answer_is_counted_and_no_difference(ctx: Context, sale: Sale) -> None:
    told = await that_agree(ctx)
    told.payments[f"pay_{sale.payment_id.hex[:26]}"] = OutcomeUnknown("hyperswitch", "timeout")
    told.groups[group_of(sale.order_id)] = NotExecuted("stripe", "breaker_open")
    report = await ask(ctx, told)
    assert report.check.is_balanced
    assert (report.asked, report.unanswered) == (8 + 5, 1 + 2)


async def test_a_provider_that_hangs_does_not_hold_the_comparison(ctx: Context, sale: Sale) -> None:
    class Hangs(Told):
        async def find(self, payment_id: str) -> Any:
            await asyncio.Event().wait()

    report = await ask(ctx, Hangs(), ask_for_s=0.02)
    assert report.unanswered >= 9


async def test_the_newest_are_asked_about_and_some_of_the_older(ctx: Context, ada: Principal, bob: Principal) -> None:
    for _ in range(105):
        await a_sale(ctx.db, bob.user_id, (ada.user_id, 100))
    newest = await a_sale(ctx.db, bob.user_id, (ada.user_id, 100))
    for table in ("payments", "transfers"):
        where = "order_id <> $1"
        await plant(ctx, f"update {table} set updated_at = '2020-01-01' where {where}", newest.order_id)
        await plant(ctx, f"update {table} set updated_at = $2 where not ({where})", newest.order_id, ctx.clock.now())
    told = await that_agree(ctx)
    report = await ask(ctx, told)
    assert report.check.is_balanced
    assert report.asked == 2 * (100 + 1)
    assert group_of(newest.order_id) in told.asked


# --- the schedule ----------------------------------------------------------------------------------------------


async def test_the_worker_compares_once_an_hour(ctx: Context, sale: Sale) -> None:
    assert [(entry.name, entry.every_s) for entry in jobs.periodic(ctx)] == [(CHECK_MONEY, 3_600.0)]
    await job_handlers(ctx)[CHECK_MONEY](Job(1, CHECK_MONEY, {}, 1, 1))
    async with ctx.db.connection() as connection:
        assert await last_check(connection) is not None


async def test_a_comparison_that_fails_keeps_nothing(ctx: Context, sale: Sale) -> None:
    class Breaks(Told):
        async def find(self, payment_id: str) -> Any:
            raise RuntimeError(payment_id)

    with pytest.raises(ExceptionGroup):
        await ask(ctx, Breaks())
    async with ctx.db.connection() as connection:
        assert await last_check(connection) is None
