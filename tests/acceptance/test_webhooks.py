"""What the providers tell us: believed by its signature, stored once, applied in any order to the same end."""

import asyncio
import hashlib
import hmac
import itertools
import json
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.factories.api import Person, data_of, join, refusal_of
from tests.factories.money import KEYS, Market, open_market, run_jobs

from veza.context import Context
from veza.ports.provider_errors import ProviderError

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
async def market(ctx: Context, tmp_path: Path) -> AsyncIterator[Market]:
    async with open_market(ctx, tmp_path) as found:
        await found.faults(webhooks={"never": 1.0})
        yield found


def signed(body: bytes, key: str = KEYS.hyperswitch_webhook_key) -> str:
    return hmac.new(key.encode(), body, hashlib.sha512).hexdigest()


async def send(
    market: Market, body: bytes, signature: str | None = None, *, header: str = "X-Webhook-Signature-512"
) -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    if signature != "":
        headers[header] = signed(body) if signature is None else signature
    return await market.client.post("/webhooks/hyperswitch", content=body, headers=headers)


def event(order: Any, status: str, *, at: datetime = NOON, event_id: str | None = None, **changes: Any) -> bytes:
    """An event of a payment, as the provider writes it."""
    kinds = {"requires_customer_action": "action_required", "requires_payment_method": "payment_failed"}
    payment = {
        "payment_id": order["payment"]["id"],
        "status": status,
        "amount": order["total_cents"],
        "currency": order["currency"],
        "updated": at.isoformat().replace("+00:00", "Z"),
        **changes,
    }
    body = {
        "merchant_id": "m",
        "event_id": event_id or f"evt_{status}_{at.timestamp():.0f}",
        "event_type": kinds.get(status, f"payment_{status}"),
        "content": {"type": "payment_details", "object": payment},
        "timestamp": at.isoformat(),
    }
    return json.dumps(body).encode()


async def pending_order(market: Market, buyer: Person, seller: Person) -> Any:
    return await market.order(buyer, (await market.service(seller))["id"])


async def test_the_documents_event_with_its_own_header(market: Market) -> None:
    seller, buyer = await market.seller("ada", onboarded=False), await join(market.client, "bob")
    order = await pending_order(market, buyer, seller)
    body = json.dumps(
        {
            "event": "payment.succeeded",
            "payment_id": order["payment"]["id"],
            "amount": 2_999,
            "currency": "EUR",
            "status": "succeeded",
        }
    ).encode()
    answer = await send(market, body, header="X-Hyperswitch-Signature")
    assert (answer.status_code, answer.json()) == (200, {"success": True, "data": {}})
    await run_jobs(market.ctx)
    assert (await market.seen(buyer, order["id"]))["status"] == "completed"


def forgeries(body: bytes) -> list[tuple[bytes, str]]:
    good = signed(body)
    return [
        (body, ""),
        (body, good[:-1]),
        (body, good + "0"),
        (body, signed(body, "another key")),
        (body, hmac.new(KEYS.hyperswitch_webhook_key.encode(), body, hashlib.sha256).hexdigest()),
        (json.dumps(json.loads(body), indent=1).encode(), good),
        (body.replace(b"2999", b"2998"), good),
        (body[:-1], good),
        (body, "é" * 128),
    ]


async def test_a_forgery_changes_nothing_and_is_written_down(market: Market) -> None:
    seller, buyer = await market.seller("ada", onboarded=False), await join(market.client, "bob")
    order = await pending_order(market, buyer, seller)
    for body, signature in forgeries(event(order, "succeeded")):
        headers: dict[str, Any] = {"X-Webhook-Signature-512": signature.encode()} if signature else {}
        answer = await market.client.post(
            "/webhooks/hyperswitch", content=body, headers={"Content-Type": "application/json", **headers}
        )
        assert refusal_of(answer) == (401, "bad_signature")
    await run_jobs(market.ctx)
    assert (await market.seen(buyer, order["id"]))["status"] == "pending"
    assert await market.value("select count(*) from webhook_events") == 0
    assert await market.value("select count(*) from audit_entries where action = 'webhook.forged'") == 9


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"amount": 1}, "amount_mismatch"),
        ({"currency": "USD"}, "amount_mismatch"),
        ({"payment_id": "pay_00000000000000000000000000"}, "unknown_payment"),
        ({"amount": None}, "incomplete"),
    ],
)
async def test_genuine_and_wrong_is_stored_flagged_and_without_effect(
    market: Market, changes: dict[str, Any], note: str
) -> None:
    seller, buyer = await market.seller("ada", onboarded=False), await join(market.client, "bob")
    order = await pending_order(market, buyer, seller)
    assert (await send(market, event(order, "succeeded", **changes))).status_code == 200
    await run_jobs(market.ctx)
    assert (await market.seen(buyer, order["id"]))["status"] == "pending"
    assert await market.value("select status from webhook_events") == "flagged"
    assert await market.value("select note from webhook_events") == note
    assert await market.value("select count(*) from ledger_entries") == 0


async def test_bodies_that_are_no_events(market: Market) -> None:
    for body in (b"[]", b"null", b'"x"', b"{}", b"\xff", b"", b"{" * 1000):
        assert (await send(market, body)).status_code == 200
    assert (await send(market, b"x" * 65_537)).status_code == 413
    await run_jobs(market.ctx)
    assert await market.value("select count(*) from webhook_events where status = 'received'") == 0


async def test_without_a_secret_there_is_no_such_address(client: httpx.AsyncClient) -> None:
    for provider in ("hyperswitch", "stripe"):
        assert refusal_of(await client.post(f"/webhooks/{provider}", content=b"{}")) == (404, "not_found")


async def test_a_delivery_that_comes_again_is_only_counted(market: Market) -> None:
    seller, buyer = await market.seller("ada", onboarded=False), await join(market.client, "bob")
    order = await pending_order(market, buyer, seller)
    body = event(order, "succeeded")
    answers = await asyncio.gather(*(send(market, body) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    await run_jobs(market.ctx)
    assert (await send(market, body)).status_code == 200
    await run_jobs(market.ctx)
    assert await market.value("select deliveries from webhook_events") == 21
    assert await market.value("select count(*) from ledger_transactions") == 2
    assert await market.value("select count(*) from transfers") == 1


def history(rng: random.Random) -> list[tuple[str, int]]:
    """What can happen to a payment, each with its second."""
    words = ["requires_customer_action", "requires_payment_method", "failed", "processing"]
    told = [(rng.choice(words), second) for second in range(rng.randint(1, 4))]
    return [*told, (rng.choice(["succeeded", "cancelled", "expired", "failed"]), 5)]


async def test_twelve_histories_in_a_hundred_orders_each_end_as_one(market: Market) -> None:
    """Shuffled, doubled, in parallel: of each history there is one end."""
    rng = random.Random(20_261_126)
    seller = await market.seller("ada", onboarded=False)
    service = await market.service(seller)
    buyers = [await join(market.client, f"buyer_{number}") for number in range(10)]
    for number in range(12):
        told = history(rng)
        orders = [await market.order(buyers[place % 10], service["id"]) for place in range(100)]
        deliveries: list[list[bytes]] = []
        for place, order in enumerate(orders):
            bodies = [
                event(order, word, at=NOON + timedelta(seconds=second), event_id=f"evt_{number}_{place}_{second}")
                for word, second in told
            ]
            shuffled = bodies + rng.choices(bodies, k=3)
            rng.shuffle(shuffled)
            deliveries.append(shuffled)
        for batch in itertools.zip_longest(*deliveries):
            await asyncio.gather(*(send(market, body) for body in batch if body is not None))
            await run_jobs(market.ctx)
        ends = {(await market.seen(buyers[place % 10], order["id"]))["status"] for place, order in enumerate(orders)}
        assert len(ends) == 1, (told, ends)
        assert await market.value("select coalesce(sum(amount_cents), 0) from ledger_entries") == 0
    completed = await market.value("select count(*) from orders where status = 'completed'")
    assert await market.value("select count(*) from transfers") == completed


async def test_an_account_that_becomes_ready_is_heard_of(market: Market) -> None:
    await market.faults()
    seller, buyer = await market.seller("ada", onboarded=False), await join(market.client, "bob")
    order = await market.buy(buyer, (await market.service(seller))["id"])
    transfers = data_of(await market.client.get("/sell/transfers", headers=seller.headers))["transfers"]
    assert [found["status"] for found in transfers] == ["waiting_for_seller"]
    await market.onboard(seller)
    await market.deliver()
    transfers = data_of(await market.client.get("/sell/transfers", headers=seller.headers))["transfers"]
    assert [(found["status"], found["order_id"]) for found in transfers] == [("completed", order["id"])]


async def test_stripes_events_need_a_fresh_signature(market: Market) -> None:
    body = b'{"id": "evt_1", "type": "account.updated", "account": "acct_1", "data": {"object": {}}}'
    for signature in (
        "",
        "t=1,v1=00",
        f"t=1,v1={hmac.new(KEYS.stripe_webhook_secret.encode(), b'1.' + body, hashlib.sha256).hexdigest()}",
    ):
        answer = await market.client.post("/webhooks/stripe", content=body, headers={"Stripe-Signature": signature})
        assert refusal_of(answer) == (401, "bad_signature")


async def test_a_provider_that_is_away_costs_an_event_nothing(market: Market) -> None:
    """What an account event means is asked for; the event waits until there is an answer."""
    await market.faults()
    seller = await market.seller("ada", onboarded=False)
    link = data_of(await market.client.post("/sell/connect/onboard", headers=seller.headers))["onboarding_url"]
    await market.sandbox.post(link, data={"outcome": "complete"})
    await market.faults(stripe={"refused": 1.0})
    await market.sandbox.post("/sandbox/webhooks/flush")
    with pytest.raises(ProviderError):
        await run_jobs(market.ctx)
    assert await market.value("select count(*) from webhook_events where status = 'received'") >= 1
