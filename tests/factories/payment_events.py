"""Events of payments as the provider writes and signs them, and what a hundred orders make of a shuffled history."""

import asyncio
import hashlib
import hmac
import itertools
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from tests.factories.api import join
from tests.factories.market import KEYS, Market, run_jobs

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def signed(body: bytes, key: str = KEYS.hyperswitch_webhook_key) -> str:
    """What the header says of these bytes."""
    return hmac.new(key.encode(), body, hashlib.sha512).hexdigest()


async def send(
    market: Market, body: bytes, signature: str | None = None, *, header: str = "X-Webhook-Signature-512"
) -> httpx.Response:
    """Deliver an event; it is signed rightly unless told otherwise, and not at all with an empty signature."""
    headers = {"Content-Type": "application/json"}
    if signature != "":
        headers[header] = signed(body) if signature is None else signature
    return await market.client.post("/webhooks/hyperswitch", content=body, headers=headers)


def event(order: Any, status: str, *, at: datetime = NOON, event_id: str | None = None, **changes: Any) -> bytes:
    """An event of the payment of an order."""
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


def history(chance: random.Random) -> list[tuple[str, int]]:
    """What can happen to a payment, each word with its second; the last one ends it."""
    words = ["requires_customer_action", "requires_payment_method", "failed", "processing"]
    told = [(chance.choice(words), second) for second in range(chance.randint(1, 4))]
    return [*told, (chance.choice(["succeeded", "cancelled", "expired", "failed"]), 5)]


async def one_end_of(market: Market, number: int, *, orders: int) -> None:
    """Tell the `number`th history to so many orders, to each in another order, with repetitions, all at once."""
    chance = random.Random(20_261_126 + number)
    told = history(chance)
    seller = await market.seller("ada", onboarded=False)
    service = await market.service(seller)
    buyer = await join(market.client, "bob")
    placed = [await market.order(buyer, service["id"]) for _ in range(orders)]
    deliveries: list[list[bytes]] = []
    for place, order in enumerate(placed):
        bodies = [
            event(order, word, at=NOON + timedelta(seconds=second), event_id=f"evt_{place}_{second}")
            for word, second in told
        ]
        shuffled = bodies + chance.choices(bodies, k=3)
        chance.shuffle(shuffled)
        deliveries.append(shuffled)
    for batch in itertools.zip_longest(*deliveries):
        answers = await asyncio.gather(*(send(market, body) for body in batch if body is not None))
        assert {answer.status_code for answer in answers} == {200}
        await run_jobs(market.ctx)
    ends = {(await market.seen(buyer, order["id"]))["status"] for order in placed}
    assert len(ends) == 1, (told, ends)
    completed = orders if ends == {"completed"} else 0
    assert await market.value("select count(*) from transfers") == completed
    assert await market.value("select coalesce(sum(amount_cents), 0) from ledger_entries") == 0
    assert await market.value("select count(*) from ledger_transactions") == 2 * completed
