"""What the providers tell us: believed by its signature, stored once, applied in any order to the same end."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.factories.api import Person, data_of, join, refusal_of
from tests.factories.market import KEYS, Market, open_market, run_jobs
from tests.factories.money import stripe_signature
from tests.factories.money_back import reversed_by_hand, sold, taken_back, transfer_of
from tests.factories.payment_events import event, one_end_of, send, signed

from veza.context import Context
from veza.kit.clock import SystemClock
from veza.kit.ids import new_id
from veza.ports.provider_errors import ProviderError


@pytest.fixture
async def market(ctx: Context, tmp_path: Path) -> AsyncIterator[Market]:
    async with open_market(ctx, tmp_path) as found:
        await found.faults(webhooks={"never": 1.0})
        yield found


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


@pytest.mark.parametrize("number", range(12))
async def test_of_each_history_there_is_one_end_whatever_order_it_comes_in(market: Market, number: int) -> None:
    """Five orders of each of twelve histories; a hundred of each are `make faults`."""
    await one_end_of(market, number, orders=5)


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


async def test_a_reversal_that_we_did_not_ask_for_is_flagged(market: Market) -> None:
    await market.faults()
    seller, buyer = await market.seller("ada"), await join(market.client, "bob")
    order = await sold(market, buyer, seller)
    transfer = await transfer_of(market, order)
    await taken_back(market.ctx, order, seller.id, 900)
    await run_jobs(market.ctx)
    await market.deliver()
    statement = "select status || ' ' || coalesce(note, '') from webhook_events where kind = 'transfer.reversed' "
    assert await market.value(statement) == "applied "
    await reversed_by_hand(market, transfer["stripe_transfer_id"], 30)
    await market.deliver()
    assert await market.value(f"{statement} order by id desc limit 1") == "flagged strange_reversal"
    assert await market.value("select details ->> 'reason' from audit_entries where action = 'webhook.flagged'") == (
        "strange_reversal"
    )
    transfer = await transfer_of(market, order)
    assert (transfer["status"], transfer["reversed_cents"]) == ("partially_reversed", 900)
    assert await market.value("select count(*) from reversals") == 1


STRANGE = {"object": "transfer", "id": "tr_other", "amount": 100, "currency": "eur", "destination": "acct_1"}
OTHERS = STRANGE | {"metadata": {"transfer_id": str(new_id())}}


@pytest.mark.parametrize("body", [STRANGE, OTHERS, {"object": "charge"}, {}])
async def test_a_reversal_of_what_is_not_ours_is_ignored(market: Market, body: dict[str, Any]) -> None:
    told = {"id": "evt_1", "object": "event", "type": "transfer.reversed", "livemode": False, "data": {"object": body}}
    content = json.dumps(told).encode()
    signature = stripe_signature(content, KEYS.stripe_webhook_secret, int(SystemClock().now().timestamp()))
    answer = await market.client.post(
        "/webhooks/stripe", content=content, headers={"Stripe-Signature": signature, "content-type": "application/json"}
    )
    assert answer.status_code == 200
    await run_jobs(market.ctx)
    assert await market.value("select status from webhook_events where event_id = 'evt_1'") == "ignored"
