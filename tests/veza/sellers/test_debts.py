"""What sellers owe is paid once: by a transfer itself when it was never sent, or by later ones."""

import asyncio
import contextlib
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.factories.api import Person, join
from tests.factories.market import Market, run_jobs
from tests.factories.money_back import (
    NET,
    Losing,
    Pausing,
    Refusing,
    Unreachable,
    back_cents,
    debt_of,
    exact,
    reversals_of,
    sold,
    spend,
    taken_back,
    transfer_of,
    try_again,
    unknown,
)

from veza.kit.errors import Unavailable
from veza.orders.settlement import apply_payment
from veza.ports.payments import Payment, PaymentState
from veza.sellers import transfers
from veza.sellers.domain import TakenBack, TransferStatus

# --- a refund while the transfer is under way ------------------------------------------------------------------


async def under_way(market: Market, buyer: Person, seller: Person, world: Any) -> UUID:
    """A sale whose transfer was tried in `world`, with an unknown outcome."""
    order = await market.order(buyer, (await market.service(seller, 2_999))["id"])
    await market.check_out(order)
    await settled(market, port_word(order))
    transfer = await transfer_of(market, UUID(order["id"]))
    await transfers.send_transfer(world.ctx, transfer["id"])
    return UUID(order["id"])


async def test_what_may_have_been_sent_is_reversed_when_it_was(market: Market, buyer: Person, seller: Person) -> None:
    order = await under_way(market, buyer, seller, Losing(market.ctx, unknown()))
    assert await taken_back(market.ctx, order, seller.id, 900) == TakenBack(0, 900)
    assert await taken_back(market.ctx, order, seller.id, 100) == TakenBack(0, 100)
    transfer = await transfer_of(market, order)
    assert (transfer["status"], transfer["amount_cents"]) == ("failed", NET)
    assert [row["status"] for row in await reversals_of(market, order)] == ["waiting"] * 2
    assert await debt_of(market, seller) == 1_000
    await try_again(market)
    transfer = await transfer_of(market, order)
    assert (transfer["status"], transfer["amount_cents"], transfer["reversed_cents"]) == (
        "partially_reversed", NET, 1_000,
    )  # fmt: skip
    assert await back_cents(market) == 1_000
    await exact(market)


@pytest.mark.parametrize("cents", [900, NET])
async def test_what_turns_out_unsent_is_taken_off_it(market: Market, buyer: Person, seller: Person, cents: int) -> None:
    order = await under_way(market, buyer, seller, Unreachable(market.ctx))
    assert await taken_back(market.ctx, order, seller.id, cents) == TakenBack(0, cents)
    await market.value("update transfers set next_retry_at = '2026-01-01' where status = 'failed' returning 1")
    transfer = await transfer_of(market, order)
    await transfers.send_transfer(Refusing(market.ctx).ctx, transfer["id"])
    transfer, (row,) = await transfer_of(market, order), await reversals_of(market, order)
    assert (row["status"], row["recovered_cents"], transfer["amount_cents"]) == ("done", cents, NET - cents)
    assert transfer["status"] == ("reversed" if cents == NET else "permanently_failed")
    assert (await debt_of(market, seller), await back_cents(market)) == (0, 0)
    await exact(market)


async def test_a_refusal_after_what_was_sent_is_not_believed(market: Market, buyer: Person, seller: Person) -> None:
    order = await under_way(market, buyer, seller, Losing(market.ctx, unknown()))
    await taken_back(market.ctx, order, seller.id, 900)
    await market.value("update transfers set next_retry_at = '2026-01-01' where status = 'failed' returning 1")
    await transfers.send_transfer(Refusing(market.ctx).ctx, (await transfer_of(market, order))["id"])
    assert (await transfer_of(market, order))["status"] == "reversal_pending"
    await run_jobs(market.ctx)
    assert await back_cents(market) == 900
    await exact(market)


async def test_a_refund_while_it_is_being_sent_waits_for_its_end(market: Market, buyer: Person, seller: Person) -> None:
    order = await market.order(buyer, (await market.service(seller, 2_999))["id"])
    await market.check_out(order)
    await settled(market, port_word(order))
    transfer, pausing = await transfer_of(market, UUID(order["id"])), Pausing(market.ctx)
    sending = asyncio.ensure_future(transfers.send_transfer(pausing.ctx, transfer["id"]))
    await pausing.reached.wait()
    assert await taken_back(market.ctx, UUID(order["id"]), seller.id, NET) == TakenBack(0, NET)
    pausing.opened.set()
    await sending
    await run_jobs(market.ctx)
    assert (await transfers.get_transfer(market.ctx, transfer["id"])).status is TransferStatus.REVERSED
    await exact(market)


@pytest.mark.parametrize("cents", [900, NET])
@pytest.mark.parametrize("owes", [False, True])
async def test_a_worker_that_died_before_it_sent_keeps_no_refund_waiting(
    market: Market, buyer: Person, seller: Person, owes: bool, cents: int
) -> None:
    earlier = await sold(market, buyer, seller)
    made = await market.order(buyer, (await market.service(seller, 2_999))["id"])
    await market.check_out(made)
    await settled(market, port_word(made))
    order = UUID(made["id"])
    claimed = """
        update transfers set claim = id, claimed_until = now() + $2 * interval '1 s', next_retry_at = '2026-01-01'
        where order_id = $1 returning 1
    """
    await market.value(claimed, order, 60)
    if owes:
        await spend(market, seller)
        await taken_back(market.ctx, earlier, seller.id, NET)
        await run_jobs(market.ctx)
        assert await debt_of(market, seller) == NET
    assert await taken_back(market.ctx, order, seller.id, cents) == TakenBack(0, cents)
    assert [found["status"] for found in await reversals_of(market, order)] == ["waiting"]
    await market.value(claimed, order, -1)
    await try_again(market)
    transfer, (row,) = await transfer_of(market, order), await reversals_of(market, order)
    assert (row["status"], row["recovered_cents"]) == ("done", cents)
    assert transfer["amount_cents"] == NET - cents
    assert transfer["status"] == ("reversed" if cents == NET else "completed")
    assert transfer["recovered_cents"] == (NET - cents if owes else 0)
    assert await debt_of(market, seller) == (cents if owes else 0)
    await exact(market)


# --- debts -----------------------------------------------------------------------------------------------------


async def reversed_in_vain(market: Market, buyer: Person, seller: Person, cents: int, left: int = 0) -> UUID:
    """A refund of a sale whose money is not on the seller's account any more, but for `left`."""
    order = await sold(market, buyer, seller)
    await spend(market, seller, left)
    await taken_back(market.ctx, order, seller.id, cents)
    await run_jobs(market.ctx)
    return order


async def test_what_is_not_there_is_kept_back_from_the_next_sales(
    market: Market, buyer: Person, seller: Person
) -> None:
    order = await reversed_in_vain(market, buyer, seller, NET)
    transfer, (row,) = await transfer_of(market, order), await reversals_of(market, order)
    assert (transfer["status"], row["status"], row["owed_cents"]) == ("completed", "owed", NET)
    assert await debt_of(market, seller) == NET
    assert await market.value("select details ->> 'code' from audit_entries where action = 'reversal.owed'") == (
        "balance_insufficient"
    )
    second = await transfer_of(market, await sold(market, buyer, seller, 2_000))
    assert (second["status"], second["recovered_cents"], second["stripe_transfer_id"]) == ("completed", 1_800, None)
    assert await debt_of(market, seller) == NET - 1_800
    third = await transfer_of(market, await sold(market, buyer, seller, 2_000))
    assert (third["status"], third["recovered_cents"]) == ("completed", NET - 1_800)
    assert await debt_of(market, seller) == 0
    await try_again(market)
    assert [found["amount"] for found in (await market.state())["transfers"]["all"]] == [3_600 - NET, NET]
    assert await back_cents(market) == 0
    assert [row["status"] for row in await reversals_of(market, order)] == ["done"]
    await exact(market)


async def test_what_is_there_comes_back_and_the_rest_is_owed(market: Market, buyer: Person, seller: Person) -> None:
    order = await reversed_in_vain(market, buyer, seller, 900, left=400)
    (row,) = await reversals_of(market, order)
    assert (row["status"], row["reversed_cents"], row["owed_cents"], row["generation"]) == ("owed", 400, 500, 2)
    transfer = await transfer_of(market, order)
    assert (transfer["status"], transfer["reversed_cents"]) == ("partially_reversed", 400)
    assert (await back_cents(market), await debt_of(market, seller)) == (400, 500)
    await sold(market, buyer, seller)
    assert await debt_of(market, seller) == 0
    await exact(market)


async def test_what_is_refunded_of_a_transfer_that_paid_a_debt_is_owed(
    market: Market, buyer: Person, seller: Person
) -> None:
    await reversed_in_vain(market, buyer, seller, NET)
    second = await sold(market, buyer, seller)  # all of it is kept back
    assert await taken_back(market.ctx, second, seller.id, NET) == TakenBack(0, NET)
    assert (await transfer_of(market, second))["status"] == "completed"
    third = await sold(market, buyer, seller, 3_999)
    await run_jobs(market.ctx)
    assert [found["amount"] for found in (await market.state())["transfers"]["all"]] == [900, NET]
    assert await taken_back(market.ctx, third, seller.id, 3_599) == TakenBack(0, 3_599)  # 900 were sent
    await run_jobs(market.ctx)
    transfer = await transfer_of(market, third)
    assert (transfer["status"], transfer["reversed_cents"], transfer["recovered_cents"]) == ("reversed", 900, NET)
    assert await debt_of(market, seller) == NET
    await exact(market)


async def test_an_account_that_is_gone_leaves_a_debt(market: Market, buyer: Person, seller: Person) -> None:
    order = await sold(market, buyer, seller)
    account = await market.value("select account_id from seller_accounts where user_id = $1", seller.id)
    (await market.sandbox.post(f"/sandbox/accounts/{account}", json={"status": "closed"})).raise_for_status()
    await taken_back(market.ctx, order, seller.id, 900)
    await run_jobs(market.ctx)
    (row,) = await reversals_of(market, order)
    assert (row["status"], row["error_code"]) == ("owed", "account_closed")
    assert await market.value("select is_gone from seller_accounts where user_id = $1", seller.id)
    assert await debt_of(market, seller) == 900
    await sold(market, buyer, seller)
    assert await debt_of(market, seller) == 0  # kept back though it cannot be sent yet
    await market.onboard(seller)
    assert [found["amount"] for found in (await market.state())["transfers"]["all"]] == [NET - 900, NET]
    await exact(market)


async def test_twenty_sales_at_once_pay_a_debt_once(market: Market, buyer: Person, seller: Person) -> None:
    other = await market.seller("eve")
    for person in (seller, other):
        await reversed_in_vain(market, buyer, person, NET)
    products = [(await market.service(person, 500))["id"] for person in (seller, other)]
    buyers = [await join(market.client, f"buyer_{number}") for number in range(20)]
    orders = [await market.order(one, *products[:: (-1) ** number]) for number, one in enumerate(buyers)]
    for order in orders:
        await market.check_out(order)
    words = [port_word(order) for order in orders]
    await asyncio.gather(*(settled(market, word) for word in words))
    await market.deliver()
    await try_again(market)
    for person in (seller, other):
        assert await debt_of(market, person) == 0
        kept = await market.value("select sum(recovered_cents)::int from transfers where seller_id = $1", person.id)
        assert kept == NET
    assert await back_cents(market) == 0
    await exact(market)


def port_word(order: Any) -> Payment:
    return Payment(
        payment_id=order["payment"]["id"],
        state=PaymentState.SUCCEEDED,
        provider_status="succeeded",
        amount_cents=order["total_cents"],
        currency="EUR",
    )


async def settled(market: Market, word: Payment) -> None:
    """As the worker does: who waited too long for a lock comes again."""
    while True:
        with contextlib.suppress(Unavailable):
            async with market.ctx.db.transaction() as tx:
                await apply_payment(market.ctx, tx, word)
            return


# --- anything --------------------------------------------------------------------------------------------------

Step = st.tuples(st.integers(1, NET), st.sampled_from(["", "run", "spend", "sale", "lost"]))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(is_sent=st.booleans(), steps=st.lists(Step, max_size=6))
async def test_whatever_is_taken_in_whatever_order_all_of_it_is_had_once(
    market: Market, buyer: Person, seller: Person, is_sent: bool, steps: list[tuple[int, str]]
) -> None:
    """Of one share in parts, with an account that is emptied, sales in between, and answers that are lost."""
    order = (
        await sold(market, buyer, seller)
        if is_sent
        else await under_way(market, buyer, seller, Unreachable(market.ctx))
    )
    left_cents = NET
    for wanted_cents, then in steps:
        cents = min(wanted_cents, left_cents)
        left_cents -= cents
        taken = await taken_back(market.ctx, order, seller.id, cents)
        assert taken.from_payable_cents + taken.from_debt_cents == cents
        if then == "spend":
            await spend(market, seller)
        elif then == "sale":
            await sold(market, buyer, seller, 700)
        elif then == "lost":
            await try_again(replace(market, ctx=Losing(market.ctx, unknown()).ctx))
        elif then == "run":
            await run_jobs(market.ctx)
        await exact(market)
    await try_again(market)
    await try_again(market)
    while await debt_of(market, seller):
        await sold(market, buyer, seller)
    await exact(market)
