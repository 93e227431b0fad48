"""Refunds when the provider, the network or its events go wrong: one effect each, and the books right at the end."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.factories.api import Person, data_of, join, refusal_of
from tests.factories.market import Market, open_market, run_jobs
from tests.factories.payment_events import event, send
from tests.factories.refunds import (
    an_admin,
    ask,
    payment_of,
    refund_of,
    refund_word,
    refundable,
    refunded,
    require_right,
)

from veza.context import Context
from veza.refunds import reconcile


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


@pytest.fixture
async def order(market: Market, seller: Person, buyer: Person) -> Any:
    """A service of 29.99, paid."""
    return await market.buy(buyer, (await market.service(seller))["id"])


async def silence(market: Market) -> None:
    """Hours pass in which nobody speaks."""
    async with market.ctx.db.connection() as connection:
        await connection.execute(
            "update refunds set created_at = created_at - interval '1 day', "
            "asked_at = asked_at - interval '1 day' where status = 'pending'"
        )


async def stands(market: Market, person: Person, order: Any) -> tuple[str, list[str]]:
    """Where an order and its refunds are."""
    seen = await market.seen(person, order["id"])
    return seen["status"], [refund["status"] for refund in seen["refunds"]]


async def at_provider(market: Market) -> dict[str, int]:
    """How many refunds the provider has, by status."""
    found = (await market.state())["refunds"]["by_status"]
    return {status: counted["count"] for status, counted in found.items()}


# --- the call goes wrong ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "switch", ["lost_answer", "html_answer", "empty_answer", "redirect_answer", "huge_answer", "refused", "conflict"]
)
async def test_an_answer_that_is_lost_is_one_refund(market: Market, buyer: Person, order: Any, switch: str) -> None:
    await market.faults(hyperswitch={switch: {"rate": 1.0, "only": "POST /refunds"}}, webhooks={"never": 1.0})
    data_of(await ask(market, buyer, order))
    await run_jobs(market.ctx)
    assert await stands(market, buyer, order) == ("refund_pending", ["pending"])
    assert refusal_of(await ask(market, buyer, order)) == (409, "refund_in_progress")
    assert await reconcile.reconcile(market.ctx) == 0  # not yet
    await market.faults(webhooks={"never": 1.0})
    await silence(market)
    assert await reconcile.reconcile(market.ctx) == 1
    await silence(market)
    await reconcile.reconcile(market.ctx)
    assert await stands(market, buyer, order) == ("refunded", ["succeeded"])
    assert await at_provider(market) == {"succeeded": 1}
    await market.faults()
    await market.deliver()
    await require_right(market)


async def test_what_the_provider_refuses_leaves_everything_as_it_was(
    market: Market, seller: Person, buyer: Person, order: Any
) -> None:
    await refunded(market, buyer, order, (0, 999))
    # Somebody gave the rest back at the provider, by hand.
    by_hand = {"payment_id": await payment_of(market, order), "amount": 2_000}
    (await market.sandbox.post("/refunds", json=by_hand)).raise_for_status()
    data_of(await ask(market, seller, order))
    await run_jobs(market.ctx)
    assert await stands(market, buyer, order) == ("partially_refunded", ["succeeded", "failed"])
    assert (await refundable(market, seller, order))["refundable_cents"] == 2_000
    kinds = [event["kind"] for event in (await market.seen(seller, order["id"]))["timeline"]]
    assert kinds[-2:] == ["refund_requested", "refund_failed"]
    told = await market.value("select count(*) from audit_entries where action = 'refund.failed'")
    assert told == 1
    await require_right(market)


async def test_what_fails_at_the_processor_can_be_tried_again(market: Market, buyer: Person, order: Any) -> None:
    await market.faults(hyperswitch={"refund_fails": {"next": 1}})
    await refunded(market, buyer, order)
    assert await stands(market, buyer, order) == ("completed", ["failed"])
    assert await market.value("select count(*) from entitlements where suspended_at is not null") == 0
    await refunded(market, buyer, order)
    assert await stands(market, buyer, order) == ("refunded", ["failed", "succeeded"])
    await require_right(market)


async def test_what_stays_pending_is_never_said_to_be_through(market: Market, buyer: Person, order: Any) -> None:
    await market.faults(hyperswitch={"refund_stays_pending": {"next": 1}})
    await refunded(market, buyer, order)
    for _ in range(3):
        await silence(market)
        assert await reconcile.reconcile(market.ctx) == 1
        assert await stands(market, buyer, order) == ("refund_pending", ["pending"])
    await market.sandbox.post(f"/sandbox/refunds/{await refund_of(market, order)}/settle", json={"outcome": "succeed"})
    await market.deliver()
    assert await stands(market, buyer, order) == ("refunded", ["succeeded"])
    await require_right(market)


@pytest.mark.parametrize("switch", ["never", "late", "doubled", "shuffled"])
async def test_events_that_misbehave_change_nothing(market: Market, buyer: Person, order: Any, switch: str) -> None:
    await market.faults(webhooks={switch: 1.0, "late_ms": 600_000})
    data_of(await ask(market, buyer, order, (0, 1_000)))
    await market.deliver()
    await silence(market)
    await reconcile.reconcile(market.ctx)
    assert await stands(market, buyer, order) == ("partially_refunded", ["succeeded"])
    await market.faults()
    await market.sandbox.post("/sandbox/webhooks/flush", json={"withheld": True})
    await market.deliver()
    assert await stands(market, buyer, order) == ("partially_refunded", ["succeeded"])
    await require_right(market)


async def test_two_workers_at_once_are_one_refund(market: Market, buyer: Person, order: Any) -> None:
    refund = data_of(await ask(market, buyer, order))["refund"]
    await asyncio.gather(*(reconcile.send_refund(market.ctx, UUID(refund["id"])) for _ in range(8)))
    await market.deliver()
    assert await at_provider(market) == {"succeeded": 1}
    assert await stands(market, buyer, order) == ("refunded", ["succeeded"])
    await require_right(market)


async def test_nothing_is_begun_that_was_rolled_back(market: Market, buyer: Person, order: Any) -> None:
    assert refusal_of(await ask(market, buyer, order, (0, 5_000)))[0] == 409
    await market.deliver()
    assert await at_provider(market) == {}


# --- the words go wrong ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"cents": 2_998}, "amount_mismatch"),
        ({"cents": 1}, "amount_mismatch"),
        ({"payment_id": "pay_01K0000000000000000000000A"}, "amount_mismatch"),
        ({"refund_id": "ref_01K0000000000000000000000A"}, "unknown_refund"),
    ],
)
async def test_a_word_that_cannot_be_true_has_no_effect(
    market: Market, buyer: Person, order: Any, change: dict[str, Any], note: str
) -> None:
    await market.faults(webhooks={"never": 1.0})
    data_of(await ask(market, buyer, order))
    told = {"refund_id": await refund_of(market, order), "payment_id": await payment_of(market, order), "cents": 2_999}
    body = refund_word(**{**told, **change}, status="succeeded")
    assert (await send(market, body)).status_code == 200
    assert (await send(market, body, "0" * 128)).status_code == 401
    async with market.ctx.db.connection() as connection:
        await connection.execute("delete from jobs where name = 'refunds.send'")
    await run_jobs(market.ctx)
    assert await stands(market, buyer, order) == ("refund_pending", ["pending"])
    flagged = "select status || ' ' || note from webhook_events where kind = 'refund_succeeded'"
    assert await market.value(flagged) == f"flagged {note}"


async def test_any_order_of_words_has_one_end(market: Market, seller: Person, buyer: Person) -> None:
    await market.faults(webhooks={"never": 1.0}, hyperswitch={"refund_stays_pending": 1.0})
    service = await market.service(seller)
    words = [("pending", 0), ("failed", 1), ("succeeded", 2)]
    for told in itertools.permutations(words):
        order = await market.order(buyer, service["id"])
        await market.check_out(order)
        await send(market, event(order, "succeeded", event_id=f"paid_{order['id']}"))
        await run_jobs(market.ctx)
        data_of(await ask(market, buyer, order))
        await run_jobs(market.ctx)
        refund_id, payment_id = await refund_of(market, order), await payment_of(market, order)
        for status, second in [*told, *told]:
            await send(market, refund_word(refund_id, payment_id, 2_999, status, second=second))
            await run_jobs(market.ctx)
        assert await stands(market, buyer, order) == ("refunded", ["succeeded"]), told
        await market.sandbox.post(f"/sandbox/refunds/{refund_id}/settle", json={"outcome": "succeed"})
    await require_right(market)


async def test_a_success_that_comes_too_late_to_be_true_waits_for_a_person(
    market: Market, buyer: Person, order: Any
) -> None:
    await market.faults(hyperswitch={"refund_fails": {"next": 1}})
    await refunded(market, buyer, order)
    refund_id = await refund_of(market, order)
    admin = await an_admin(market)
    await refunded(market, admin, order, (0, 1))
    await send(market, refund_word(refund_id, await payment_of(market, order), 2_999, "succeeded"))
    await run_jobs(market.ctx)
    assert await stands(market, buyer, order) == ("partially_refunded", ["failed", "succeeded"])
    flagged = "select note from webhook_events where status = 'flagged'"
    assert await market.value(flagged) == "refund_succeeded_late"
    await require_right(market)
