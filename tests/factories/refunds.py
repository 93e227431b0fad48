"""Asking for money back, and the provider's words about refunds and disputes as it writes and signs them."""

import json
from datetime import datetime, timedelta
from typing import Any

import httpx
from tests.factories.api import Person, data_of, join
from tests.factories.market import Market
from tests.factories.payment_events import NOON

from veza.admin.money_check import check_money
from veza.auth.domain import Role
from veza.auth.service import change_role


async def an_admin(market: Market, username: str = "root") -> Person:
    """Somebody of the staff."""
    person = await join(market.client, username)
    await change_role(market.ctx, person.id, Role.ADMIN)
    return person


async def ask(
    market: Market, person: Person, order: Any, *parts: tuple[int, int], key: str | None = None, **fields: Any
) -> httpx.Response:
    """Ask for money back: everything, or so many cents of so many lines (by their place)."""
    body = {"reason": "Not as described", **fields}
    if parts:
        body["items"] = [{"item_id": order["items"][place]["id"], "amount_cents": cents} for place, cents in parts]
    headers = person.headers if key is None else {**person.headers, "Idempotency-Key": key}
    return await market.client.post(f"/marketplace/orders/{order['id']}/refund", json=body, headers=headers)


async def refunded(market: Market, person: Person, order: Any, *parts: tuple[int, int], **fields: Any) -> Any:
    """The same, accepted and settled; answers the refund as it was accepted."""
    refund = data_of(await ask(market, person, order, *parts, **fields))["refund"]
    await market.deliver()
    return refund


async def refundable(market: Market, person: Person, order: Any) -> Any:
    """What somebody may give back of an order now."""
    return data_of(await market.client.get(f"/marketplace/orders/{order['id']}/refund", headers=person.headers))


async def age(market: Market, order: Any, days: int) -> None:
    """So long ago it was paid."""
    async with market.ctx.db.connection() as connection:
        statement = "update orders set completed_at = completed_at - make_interval(days => $2) where id = $1"
        await connection.execute(statement, order["id"], days)


async def payment_of(market: Market, order: Any) -> str:
    """The provider's id of what an order was paid with."""
    statement = "select provider_payment_id from payments where order_id = $1 and status = 'succeeded'"
    found: str = await market.value(statement, order["id"])
    return found


async def refund_of(market: Market, order: Any) -> str:
    """The provider's id of an order's newest refund."""
    statement = "select provider_refund_id from refunds where order_id = $1 order by id desc limit 1"
    found: str = await market.value(statement, order["id"])
    return found


async def require_right(market: Market) -> None:
    """Nothing differs between the books, the orders and both providers."""
    report = await check_money(market.ctx, ask_providers=True)
    assert report.check.differences == ()
    assert report.unanswered == 0
    assert await market.value("select coalesce(sum(amount_cents), 0) from ledger_entries") == 0


def refund_word(
    refund_id: str, payment_id: str, cents: int, status: str, *, second: int = 0, event_id: str | None = None
) -> bytes:
    """What the provider says of a refund."""
    refund = {
        "refund_id": refund_id,
        "payment_id": payment_id,
        "amount": cents,
        "currency": "EUR",
        "status": status,
        "updated_at": _at(second),
    }
    return _event(f"refund_{status}", "refund_details", refund, event_id or f"{refund_id}_{status}")


def dispute_word(
    payment_id: str, cents: int, status: str, *, dispute_id: str = "dp_1", second: int = 0, event_id: str | None = None
) -> bytes:
    """What the provider says of a dispute."""
    dispute = {
        "dispute_id": dispute_id,
        "payment_id": payment_id,
        "amount": str(cents),
        "currency": "EUR",
        "dispute_stage": "dispute",
        "dispute_status": f"dispute_{status}",
        "connector_updated_at": _at(second),
    }
    return _event(f"dispute_{status}", "dispute_details", dispute, event_id or f"{dispute_id}_{status}")


def _event(kind: str, subject: str, found: dict[str, Any], event_id: str) -> bytes:
    body = {
        "merchant_id": "m",
        "event_id": event_id,
        "event_type": kind,
        "content": {"type": subject, "object": found},
        "timestamp": NOON.isoformat(),
    }
    return json.dumps(body).encode()


def _at(second: int) -> str:
    moment: datetime = NOON + timedelta(seconds=second)
    return moment.isoformat().replace("+00:00", "Z")
