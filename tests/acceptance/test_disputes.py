"""Disputes with the buyer's bank: the order stands still, then is as it was, or the money is gone with all its legs."""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.factories.api import Person, data_of, join, refusal_of
from tests.factories.market import Market, open_market, run_jobs
from tests.factories.payment_events import NOON, event, send
from tests.factories.refunds import (
    ask,
    dispute_word,
    payment_of,
    refund_of,
    refund_word,
    refundable,
    refunded,
    require_right,
)
from tests.factories.shop import published

from veza.context import Context


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
    """Two services of 10.00 and 5.00, paid."""
    services = [await market.service(seller, cents) for cents in (1_000, 500)]
    return await market.buy(buyer, *(service["id"] for service in services))


async def dispute(market: Market, order: Any, cents: int | None = None) -> str:
    """The buyer's bank takes the money back; answers the dispute's id at the provider."""
    fields = {"payment_id": await payment_of(market, order), **({} if cents is None else {"amount": cents})}
    opened = (await market.sandbox.post("/sandbox/disputes", json=fields)).raise_for_status().json()
    await market.deliver()
    found: str = opened["dispute_id"]
    return found


async def decide(market: Market, dispute_id: str, outcome: str) -> None:
    """What becomes of it."""
    told = {"dispute_id": dispute_id, "outcome": outcome}
    (await market.sandbox.post("/sandbox/disputes", json=told)).raise_for_status()
    await market.deliver()


async def hear(market: Market, *words: bytes) -> None:
    """Events arrive one after the other."""
    for word in words:
        assert (await send(market, word)).status_code == 200
        await run_jobs(market.ctx)


async def test_a_dispute_holds_the_order_and_its_downloads_until_it_is_won(
    market: Market, seller: Person, buyer: Person
) -> None:
    track = await published(market.ctx, market.client, seller, price_cents=1_000)
    order = await market.buy(buyer, track["id"])
    path = f"/marketplace/orders/{order['id']}/items/{order['items'][0]['id']}/download"
    link = data_of(await market.client.get(path, headers=buyer.headers))["url"].partition("/api/v1")[2]
    dispute_id = await dispute(market, order)
    seen = await market.seen(buyer, order["id"])
    assert seen["status"] == "disputed"
    assert (seen["dispute"]["status"], seen["dispute"]["amount_cents"]) == ("opened", 1_000)
    assert refusal_of(await ask(market, buyer, order)) == (409, "order_disputed")
    assert refusal_of(await ask(market, seller, order)) == (409, "order_disputed")
    assert (await refundable(market, seller, order))["items"][0]["refused"]["code"] == "order_disputed"
    assert refusal_of(await market.client.get(path, headers=buyer.headers)) == (409, "download_suspended")
    assert (await market.client.get(link)).status_code == 410
    await decide(market, dispute_id, "challenged")
    assert (await market.seen(buyer, order["id"]))["status"] == "disputed"
    await decide(market, dispute_id, "won")
    seen = await market.seen(seller, order["id"])
    assert (seen["status"], seen["dispute"]["status"], seen["refunds"]) == ("completed", "won", [])
    assert [step["kind"] for step in seen["timeline"]] == ["placed", "completed", "dispute_opened", "dispute_won"]
    assert (await market.client.get(link)).status_code == 200
    await require_right(market)


@pytest.mark.parametrize("outcome", ["lost", "accepted", "expired"])
async def test_a_dispute_that_is_lost_takes_the_oldest_lines_first(
    market: Market, buyer: Person, order: Any, outcome: str
) -> None:
    dispute_id = await dispute(market, order, 1_200)
    await decide(market, dispute_id, outcome)
    seen = await market.seen(buyer, order["id"])
    assert (seen["status"], seen["refunded_cents"]) == ("partially_refunded", 1_200)
    assert [line["refunded_cents"] for line in seen["items"]] == [1_000, 200]
    refund = seen["refunds"][0]
    assert (refund["requested_by"], refund["status"], refund["amount_cents"]) == ("dispute", "succeeded", 1_200)
    assert (await market.state())["refunds"]["by_status"] == {}  # nobody was asked
    assert await market.value("select count(*) from entitlements where revoked_at is not null") == 1
    await require_right(market)
    await refunded(market, buyer, order)
    assert (await market.seen(buyer, order["id"]))["status"] == "refunded"
    await require_right(market)


async def test_what_was_refunded_and_lost_is_taken_once(market: Market, buyer: Person, order: Any) -> None:
    await refunded(market, buyer, order, (0, 1_000))
    await decide(market, await dispute(market, order), "lost")
    seen = await market.seen(buyer, order["id"])
    assert (seen["status"], seen["refunded_cents"]) == ("refunded", 1_500)
    assert [refund["amount_cents"] for refund in seen["refunds"]] == [1_000, 500]
    flagged = "select details ->> 'reason' from audit_entries where action = 'webhook.flagged'"
    assert await market.value(flagged) == "dispute_exceeds_payment"
    assert await market.value("select taken_cents from disputes") == 500
    await require_right(market)


async def test_a_refund_that_nobody_sent_yet_is_given_up(market: Market, buyer: Person, order: Any) -> None:
    data_of(await ask(market, buyer, order))
    await market.faults(webhooks={"never": 1.0})
    payment_id = await payment_of(market, order)
    word = dispute_word(payment_id, 1_500, "opened")
    # The dispute is heard of before the worker comes to the refund.
    async with market.ctx.db.connection() as connection:
        await connection.execute("update jobs set run_at = run_at + interval '1 hour' where name = 'refunds.send'")
    await hear(market, word)
    seen = await market.seen(buyer, order["id"])
    assert (seen["status"], seen["refunds"][0]["status"]) == ("disputed", "failed")
    async with market.ctx.db.connection() as connection:
        await connection.execute("update jobs set run_at = now() where name = 'refunds.send'")
    await run_jobs(market.ctx)
    assert (await market.state())["refunds"]["by_status"] == {}
    await hear(market, dispute_word(payment_id, 1_500, "cancelled"))
    assert (await market.seen(buyer, order["id"]))["status"] == "completed"
    await require_right(market)


@pytest.mark.parametrize("refund_ends", ["succeeded", "failed"])
async def test_any_order_of_refund_and_dispute_words_has_one_end(
    market: Market, seller: Person, buyer: Person, refund_ends: str
) -> None:
    await market.faults(webhooks={"never": 1.0}, hyperswitch={"refund_stays_pending": 1.0})
    service = await market.service(seller, 1_000)
    kinds = ("refund", "opened", "challenged", "lost")
    for number, told in enumerate(itertools.permutations(kinds)):
        order = await market.order(buyer, service["id"])
        await market.check_out(order)
        await hear(market, event(order, "succeeded", at=NOON, event_id=f"paid_{number}"))
        data_of(await ask(market, buyer, order, (0, 400)))
        await run_jobs(market.ctx)
        payment_id, refund_id = await payment_of(market, order), await refund_of(market, order)
        words = {
            "refund": refund_word(refund_id, payment_id, 400, refund_ends),
            **{kind: dispute_word(payment_id, 1_000, kind, dispute_id=f"dp_{number}") for kind in kinds[1:]},
        }
        await hear(market, *(words[kind] for kind in [*told, told[0]]))
        seen = await market.seen(buyer, order["id"])
        assert (seen["status"], seen["refunded_cents"], seen["dispute"]["status"]) == ("refunded", 1_000, "lost"), told
        back = [refund["amount_cents"] for refund in seen["refunds"] if refund["status"] == "succeeded"]
        assert back == ([400, 600] if refund_ends == "succeeded" else [1_000]), told
        outcome = {"outcome": "succeed" if refund_ends == "succeeded" else "fail"}
        await market.sandbox.post(f"/sandbox/refunds/{refund_id}/settle", json=outcome)
    assert await market.value("select count(*) from disputes where settled_at is null") == 0
    await require_right(market)


async def test_a_dispute_heard_of_before_the_payment_asks_for_it(market: Market, seller: Person, buyer: Person) -> None:
    await market.faults(webhooks={"never": 1.0})
    order = await market.order(buyer, (await market.service(seller))["id"])
    await market.check_out(order)
    await hear(market, dispute_word(order["payment"]["id"], 2_999, "opened"))
    assert (await market.seen(buyer, order["id"]))["status"] == "disputed"
    await require_right(market)


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"cents": 1_501}, "amount_mismatch"),
        ({"cents": 0}, "amount_mismatch"),
        ({"payment_id": "pay_01K0000000000000000000000A"}, "unknown_payment"),
    ],
)
async def test_a_dispute_that_cannot_be_true_has_no_effect(
    market: Market, buyer: Person, order: Any, change: dict[str, Any], note: str
) -> None:
    told = {"payment_id": await payment_of(market, order), "cents": 1_500, **change}
    await hear(market, dispute_word(**told, status="lost"))
    assert (await market.seen(buyer, order["id"]))["status"] == "completed"
    flagged = "select note from webhook_events where status = 'flagged'"
    assert await market.value(flagged) == note


async def test_what_was_never_paid_cannot_be_disputed(market: Market, seller: Person, buyer: Person) -> None:
    order = await market.order(buyer, (await market.service(seller))["id"])
    await hear(market, dispute_word(order["payment"]["id"], 2_999, "lost"))
    assert (await market.seen(buyer, order["id"]))["status"] == "pending"
    assert await market.value("select note from webhook_events where status = 'flagged'") == "disputed_unpaid"


async def test_a_loss_is_not_undone_by_a_later_word(market: Market, buyer: Person, order: Any) -> None:
    payment_id = await payment_of(market, order)
    await hear(market, *(dispute_word(payment_id, 1_500, word) for word in ("expired", "lost", "won", "cancelled")))
    seen = await market.seen(buyer, order["id"])
    assert (seen["status"], seen["dispute"]["status"], len(seen["refunds"])) == ("refunded", "lost", 1)
    assert await market.value("select count(*) from webhook_events where note = 'dispute_won_late'") == 2
    await require_right(market)
