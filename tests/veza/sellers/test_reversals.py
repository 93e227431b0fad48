"""Money comes back from sellers once, whatever was sent, lost, short or killed before. Against the real sandbox."""

import asyncio
import contextlib
from dataclasses import replace
from typing import Any

import pytest
from tests.factories.api import Person
from tests.factories.clock import TurnableClock
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
from tests.factories.payouts import Died

from veza.admin.money_check import check_money
from veza.kit.ids import new_id
from veza.sellers import reversals
from veza.sellers.domain import TakenBack

REVERSING = "/reversals"
A_DAY_S = 25 * 3600.0


# --- sent, or not ----------------------------------------------------------------------------------------------


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
    assert await back_cents(market) == NET
    await exact(market)


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
    await exact(market)


async def test_what_goes_back_whole_before_it_was_sent_is_over(market: Market, buyer: Person) -> None:
    seller = await market.seller("eve", onboarded=False)
    order = await sold(market, buyer, seller)
    assert await taken_back(market.ctx, order, seller.id, NET) == TakenBack(NET, 0)
    transfer = await transfer_of(market, order)
    assert (transfer["status"], transfer["amount_cents"], transfer["stripe_transfer_id"]) == ("reversed", 0, None)
    await market.onboard(seller)
    assert (await market.state())["transfers"]["all"] == []
    await exact(market)


async def test_nothing_is_taken_twice_and_never_more_than_the_share(
    market: Market, buyer: Person, seller: Person
) -> None:
    order, refund = await sold(market, buyer, seller), new_id()
    assert await taken_back(market.ctx, order, seller.id, 0) == TakenBack(0, 0)
    for wrong in (NET + 1, -1):
        with pytest.raises(ValueError, match="share"):
            await taken_back(market.ctx, order, seller.id, wrong)
    for nobody in (buyer.id, new_id()):
        with pytest.raises(ValueError, match="no such share"):
            await taken_back(market.ctx, order, nobody, 1)
    ends = await asyncio.gather(*(taken_back(market.ctx, order, seller.id, 700, refund_id=refund) for _ in range(20)))
    assert set(ends) == {TakenBack(0, 700)}
    with pytest.raises(ValueError, match="another amount"):
        await taken_back(market.ctx, order, seller.id, 701, refund_id=refund)
    with pytest.raises(ValueError, match="more than is left"):
        await taken_back(market.ctx, order, seller.id, NET - 699)
    await run_jobs(market.ctx)
    assert await back_cents(market) == 700
    await exact(market)


# --- asking the provider ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lost", "later_s"), [(unknown(), 0.0), (unknown(), A_DAY_S), (Died(), 0.0), (Died(), A_DAY_S)]
)
async def test_an_answer_that_was_lost_reverses_once(
    market: Market, buyer: Person, clock: TurnableClock, lost: BaseException, later_s: float
) -> None:
    """After a day the provider may have forgotten the key: it is looked for."""
    seller = await market.seller("ada")
    order = await sold(market, buyer, seller)
    await taken_back(market.ctx, order, seller.id, 900)
    (row,) = await reversals_of(market, order)
    with contextlib.suppress(Died):
        await reversals.send_reversal(Losing(market.ctx, lost).ctx, row["id"])
    (row,) = await reversals_of(market, order)
    assert (row["status"], row["reversed_cents"]) == ("pending", 0)
    assert row["unknown_since"] is not None
    assert await debt_of(market, seller) == 900
    assert (await check_money(market.ctx, ask_providers=True)).check.is_balanced  # it may be under way
    if isinstance(lost, Died):
        await expire_claim(market, row)
    clock.turn(later_s)
    await try_again(market)
    (row,) = await reversals_of(market, order)
    assert (row["status"], row["reversed_cents"], row["generation"]) == ("done", 900, 1)
    assert await back_cents(market) == 900
    await exact(market)


async def test_what_never_happened_is_asked_under_a_new_key_after_a_day(
    market: Market, buyer: Person, seller: Person, clock: TurnableClock
) -> None:
    order = await sold(market, buyer, seller)
    await market.faults(stripe={"conflict": {"rate": 1.0, "only": f"{REVERSING}"}})
    await taken_back(market.ctx, order, seller.id, 900)
    await run_jobs(market.ctx)
    await market.faults()
    clock.turn(A_DAY_S)
    await try_again(market)
    (row,) = await reversals_of(market, order)
    assert (row["status"], row["generation"]) == ("done", 2)
    assert await back_cents(market) == 900


async def test_several_of_one_transfer_run_one_after_another(market: Market, buyer: Person, seller: Person) -> None:
    order = await sold(market, buyer, seller)
    for cents in (900, 800, 999):
        await taken_back(market.ctx, order, seller.id, cents)
    first, second, third = await reversals_of(market, order)
    pausing = Pausing(market.ctx)
    running = asyncio.ensure_future(reversals.send_reversal(pausing.ctx, first["id"]))
    await pausing.reached.wait()
    await reversals.send_reversal(market.ctx, second["id"])
    assert await back_cents(market) == 0
    pausing.opened.set()
    await running
    assert (await transfer_of(market, order))["status"] == "reversal_pending"
    await run_jobs(market.ctx)
    rows = await reversals_of(market, order)
    assert [row["status"] for row in rows] == ["done"] * 3
    transfer = await transfer_of(market, order)
    assert (transfer["status"], transfer["reversed_cents"]) == ("reversed", NET)
    assert {row["id"] for row in rows} == {first["id"], second["id"], third["id"]}
    await exact(market)


async def expire_claim(market: Market, row: Any) -> None:
    assert await market.value(
        "update reversals set claimed_until = now() - interval '1 s' where id = $1 and claim is not null returning 1",
        row["id"],
    )


@pytest.mark.parametrize("short", [False, True])
async def test_a_worker_that_paused_has_no_second_effect(
    market: Market, buyer: Person, seller: Person, short: bool
) -> None:
    """Another took over meanwhile, and either got the money or found that it cannot be had."""
    order = await sold(market, buyer, seller)
    await taken_back(market.ctx, order, seller.id, 900)
    (row,) = await reversals_of(market, order)
    pausing = Pausing(market.ctx)
    paused = asyncio.ensure_future(reversals.send_reversal(pausing.ctx, row["id"]))
    await pausing.reached.wait()
    await expire_claim(market, row)
    if short:
        await spend(market, seller)
    await reversals.send_reversal(market.ctx, row["id"])
    before = dict((await reversals_of(market, order))[0])
    assert before["status"] == ("owed" if short else "done")
    await spend(market, seller, 10_000)
    pausing.opened.set()
    await paused
    assert dict((await reversals_of(market, order))[0]) == before
    assert await back_cents(market) == (0 if short else 900)
    await exact(market)


async def test_fifty_at_once_ask_once(market: Market, buyer: Person, seller: Person) -> None:
    order = await sold(market, buyer, seller)
    await taken_back(market.ctx, order, seller.id, 900)
    (row,) = await reversals_of(market, order)
    await asyncio.gather(*(reversals.send_reversal(market.ctx, row["id"]) for _ in range(50)))
    await run_jobs(market.ctx)
    assert await back_cents(market) == 900
    await exact(market)


async def test_without_payouts_what_is_to_come_back_waits(market: Market, buyer: Person, seller: Person) -> None:
    order = await sold(market, buyer, seller)
    await taken_back(market.ctx, order, seller.id, 900)
    (row,) = await reversals_of(market, order)
    away = replace(market.ctx, payouts=None)
    await reversals.send_reversal(away, row["id"])
    assert await reversals.sweep(away) == 0
    await try_again(market)
    assert await back_cents(market) == 900
    assert await reversals.sweep(market.ctx) == 0
    await reversals.send_reversal(market.ctx, row["id"])
    assert await back_cents(market) == 900


async def test_what_came_back_before_a_refusal_is_no_debt(market: Market, buyer: Person, seller: Person) -> None:
    """The effect happened, its answer was lost, and the key forgotten; then the account is empty."""
    order = await sold(market, buyer, seller)
    await taken_back(market.ctx, order, seller.id, 900)
    (row,) = await reversals_of(market, order)
    await reversals.send_reversal(Losing(market.ctx, unknown()).ctx, row["id"])
    refusing = Refusing(market.ctx)
    await market.value("update reversals set next_retry_at = '2026-01-01' returning 1")
    await reversals.send_reversal(refusing.ctx, row["id"])
    (row,) = await reversals_of(market, order)
    assert (row["status"], row["reversed_cents"], row["owed_cents"]) == ("done", 900, 0)
    await exact(market)


async def test_while_it_may_have_happened_nothing_is_a_debt_to_be_kept_back(
    market: Market, buyer: Person, seller: Person
) -> None:
    order = await sold(market, buyer, seller)
    await taken_back(market.ctx, order, seller.id, 900)
    (row,) = await reversals_of(market, order)
    for tried in range(market.ctx.settings.transfer_tries + 1):
        await market.value("update reversals set next_retry_at = '2026-01-01', generation = $1 returning 1", tried + 1)
        await reversals.send_reversal(Unreachable(market.ctx).ctx, row["id"])
    assert await market.value("select count(*) from audit_entries where action = 'reversal.stuck'") == 1
    second = await transfer_of(market, await sold(market, buyer, seller))
    assert (second["recovered_cents"], await debt_of(market, seller)) == (0, 900)
    await try_again(market)
    assert (await back_cents(market), await debt_of(market, seller)) == (900, 0)
    await exact(market)
