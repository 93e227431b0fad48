"""Payments over a real socket, to a server that answers as Hyperswitch does, at its best and at its worst."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from tests.factories.clock import TurnableClock
from tests.factories.money import (
    BUYER_ID,
    ORDER_ID,
    PAYMENT_ID,
    PAYMENT_REQUEST,
    REFUND_ID,
    REFUND_REQUEST,
    hyperswitch_event,
    hyperswitch_payment,
    hyperswitch_refund,
    hyperswitch_signature,
)
from tests.factories.scripted_http import Reply, ScriptedServer, answer, cut, says, scripted_server

from veza.adapters.hyperswitch import HyperswitchPayments
from veza.ports.payments import Payments, PaymentState, RefundState
from veza.ports.provider_errors import (
    BadSignature,
    NotConfigured,
    NotExecuted,
    NotFoundAtProvider,
    OutcomeUnknown,
    ProviderError,
    Refused,
    Unauthorized,
    WrongState,
)

API_KEY = "snd_secret"
HOOK_KEY = "hook_key"


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with scripted_server() as found:
        yield found


@pytest.fixture
async def payments(server: ScriptedServer, clock: TurnableClock) -> AsyncIterator[Payments]:
    found = HyperswitchPayments(
        base_url=server.url, api_key=API_KEY, profile_id="pro_1", webhook_keys=("new", HOOK_KEY), clock=clock
    )
    yield found
    await found.aclose()


def no(code: str, status: int = 400) -> Reply:
    """A refusal in the form that is in use."""
    return says({"error": {"type": "invalid_request", "message": "No.", "code": code}}, status)


async def test_a_payment_is_made(server: ScriptedServer, payments: Payments) -> None:
    server.will(says(hyperswitch_payment()))
    payment = await payments.create(PAYMENT_REQUEST)
    assert payment.state == PaymentState.PENDING
    assert payment.checkout_url == "https://pay.example/abc"
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.headers["api-key"]) == ("POST", "/payments", API_KEY)
    assert asked.json == {
        "payment_id": PAYMENT_ID,
        "amount": 2999,
        "currency": "EUR",
        "confirm": False,
        "capture_method": "automatic",
        "customer_id": str(BUYER_ID),
        "description": "One album",
        "return_url": "https://music.example/orders/1",
        "merchant_order_reference_id": "V-2026-0001",
        "metadata": {"order_id": str(ORDER_ID)},
        "session_expiry": 900,
        "payment_link": True,
        "profile_id": "pro_1",
    }


async def test_a_payment_whose_answer_was_lost_is_found(server: ScriptedServer, payments: Payments) -> None:
    server.will(cut, no("HE_01"), says(hyperswitch_payment(status="succeeded")))
    payment = await payments.create(PAYMENT_REQUEST)
    assert payment.state == PaymentState.SUCCEEDED
    assert [asked.method for asked in server.asked] == ["POST", "POST", "GET"]
    assert server.asked[0].body == server.asked[1].body
    assert (server.asked[2].path, server.asked[2].query) == (f"/payments/{PAYMENT_ID}", {"force_sync": "true"})


@pytest.mark.parametrize("changes", [{"amount": 100}, {"currency": "USD"}, {"payment_id": "pay_of_somebody_else"}])
@pytest.mark.parametrize("before", [[], [no("HE_01")]])
async def test_a_payment_of_another_amount_is_not_ours(
    server: ScriptedServer, payments: Payments, changes: dict[str, Any], before: list[Reply]
) -> None:
    server.will(*before, says(hyperswitch_payment(**changes)))
    with pytest.raises(OutcomeUnknown, match="mismatch"):
        await payments.create(PAYMENT_REQUEST)


async def test_an_id_that_is_taken_and_not_there_leaves_it_open(server: ScriptedServer, payments: Payments) -> None:
    server.will(no("HE_01"), no("HE_02", 404))
    with pytest.raises(OutcomeUnknown):
        await payments.create(PAYMENT_REQUEST)


async def test_a_payment_is_found_or_not(server: ScriptedServer, payments: Payments) -> None:
    server.will(says(hyperswitch_payment(status="processing")))
    found = await payments.find(PAYMENT_ID)
    assert found is not None
    assert (found.state, found.provider_status) == (PaymentState.PENDING, "processing")
    server.will(no("HE_02", 404))
    assert await payments.find("../accounts?x=") is None
    assert server.asked[0].target.startswith("/payments/..%2Faccounts%3Fx%3D?")


@pytest.mark.parametrize("reply", [no("IR_02", 404), says({"message": "no route"}, 404)])
async def test_an_address_that_is_not_there_is_no_payment_that_is_not_there(
    server: ScriptedServer, payments: Payments, reply: Reply
) -> None:
    server.will(reply)
    with pytest.raises(OutcomeUnknown):
        await payments.find(PAYMENT_ID)


async def test_a_payment_is_cancelled(server: ScriptedServer, payments: Payments) -> None:
    server.will(says(hyperswitch_payment(status="cancelled")))
    assert (await payments.cancel(PAYMENT_ID)).state == PaymentState.CANCELLED
    assert server.asked[0].path == f"/payments/{PAYMENT_ID}/cancel"


@pytest.mark.parametrize("code", ["IR_14", "IR_16"])
async def test_cancelling_twice_is_cancelling_once(server: ScriptedServer, payments: Payments, code: str) -> None:
    server.will(cut, no(code), says(hyperswitch_payment(status="cancelled")))
    assert (await payments.cancel(PAYMENT_ID)).state == PaymentState.CANCELLED


async def test_what_was_paid_is_not_cancelled(server: ScriptedServer, payments: Payments) -> None:
    server.will(no("IR_16"), says(hyperswitch_payment(status="succeeded")))
    with pytest.raises(WrongState):
        await payments.cancel(PAYMENT_ID)


async def test_a_refund_is_made(server: ScriptedServer, payments: Payments) -> None:
    server.will(says(hyperswitch_refund()))
    refund = await payments.refund(REFUND_REQUEST)
    assert (refund.refund_id, refund.state) == (REFUND_ID, RefundState.PENDING)
    assert server.asked[0].json == {
        "refund_id": REFUND_ID,
        "payment_id": PAYMENT_ID,
        "amount": 1000,
        "reason": "requested_by_customer",
        "refund_type": "instant",
    }


@pytest.mark.parametrize("code", ["HE_01", "IR_38"])
async def test_a_refund_whose_answer_was_lost_is_found(server: ScriptedServer, payments: Payments, code: str) -> None:
    server.will(cut, no(code), says(hyperswitch_refund(status="succeeded")))
    assert (await payments.refund(REFUND_REQUEST)).state == RefundState.SUCCEEDED
    assert server.asked[2].path == f"/refunds/{REFUND_ID}"


@pytest.mark.parametrize(
    "changes", [{"amount": 2999}, {"currency": "USD"}, {"payment_id": "pay_other"}, {"refund_id": "ref_other"}]
)
async def test_a_refund_of_something_else_is_not_ours(
    server: ScriptedServer, payments: Payments, changes: dict[str, Any]
) -> None:
    server.will(says(hyperswitch_refund(**changes)))
    with pytest.raises(OutcomeUnknown, match="mismatch"):
        await payments.refund(REFUND_REQUEST)


async def test_a_refund_is_found_or_not(server: ScriptedServer, payments: Payments) -> None:
    server.will(says(hyperswitch_refund(status="failed", error_code="CE_06")))
    found = await payments.find_refund(REFUND_ID)
    assert found is not None
    assert (found.state, found.error_code) == (RefundState.FAILED, "CE_06")
    server.will(no("HE_02", 404))
    assert await payments.find_refund(REFUND_ID) is None


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (no("IR_01", 401), Unauthorized),
        (no("IR_22", 403), Unauthorized),
        (no("IR_04"), Refused),
        (no("IR_12"), Refused),
        (no("IR_13"), Refused),
        (no("IR_14"), WrongState),
        (no("HE_03"), Refused),
        (no("HE_04", 404), NotFoundAtProvider),
        (no("HE_00", 500), OutcomeUnknown),
        (no("HE_00", 422), OutcomeUnknown),
        (no("HE_02", 500), OutcomeUnknown),
        (no("IR_99", 409), OutcomeUnknown),
        (no("CE_00", 502), OutcomeUnknown),
        (no("CE_06"), Refused),
        (no("CE_00", 401), Refused),
        (no("<b>", 422), Refused),
        (says({}, 429, retry_after="30"), NotExecuted),
        (says({"error_type": "x", "message": "No.", "code": "IR_14"}, 400), WrongState),
        (says({"error": "no"}, 400), Refused),
    ],
)
async def test_what_a_refusal_means(
    server: ScriptedServer, payments: Payments, reply: Reply, kind: type[ProviderError]
) -> None:
    server.will(reply)
    with pytest.raises(ProviderError) as caught:
        await payments.refund(REFUND_REQUEST)
    assert type(caught.value) is kind
    assert "<" not in str(caught.value)


async def test_a_key_that_the_processor_refuses_is_not_ours(server: ScriptedServer, clock: TurnableClock) -> None:
    payments = HyperswitchPayments(base_url=server.url, api_key=API_KEY, clock=clock)
    server.will(no("CE_00", 401))
    with pytest.raises(Refused):
        await payments.refund(REFUND_REQUEST)
    assert payments.breaker.wait_s() == 0
    server.will(no("IR_01", 401))
    with pytest.raises(Unauthorized):
        await payments.refund(REFUND_REQUEST)
    assert payments.breaker.is_open
    await payments.aclose()


async def test_a_probe_is_good_when_only_the_payment_is_missing(server: ScriptedServer, payments: Payments) -> None:
    server.will(no("HE_02", 404))
    await payments.probe()
    assert server.asked[0].method == "GET"
    server.will(answer(200, b"<html>", kind="text/html"))
    with pytest.raises(OutcomeUnknown):
        await payments.probe()
    server.will(no("IR_01", 401))
    with pytest.raises(Unauthorized):
        await payments.probe()


async def test_events_are_verified_and_read(payments: Payments) -> None:
    body = json.dumps(hyperswitch_event("payment_succeeded", "payment_details", hyperswitch_payment())).encode()
    headers = {"X-Webhook-Signature-512": hyperswitch_signature(body, HOOK_KEY)}
    event = payments.read_event(body, headers)
    assert event.payment is not None
    assert event.payment.payment_id == PAYMENT_ID
    assert payments.parse_event(body) == event
    with pytest.raises(BadSignature):
        payments.read_event(body + b" ", headers)


async def test_without_a_key_events_are_not_taken(server: ScriptedServer, clock: TurnableClock) -> None:
    payments = HyperswitchPayments(base_url=server.url, api_key=API_KEY, clock=clock)
    with pytest.raises(NotConfigured):
        payments.verify_event(b"{}", {"X-Webhook-Signature-512": hyperswitch_signature(b"{}", "")})
    await payments.aclose()


@pytest.mark.parametrize(
    "ask",
    [
        lambda payments: payments.create(PAYMENT_REQUEST),
        lambda payments: payments.find(PAYMENT_ID),
        lambda payments: payments.cancel(PAYMENT_ID),
        lambda payments: payments.refund(REFUND_REQUEST),
        lambda payments: payments.find_refund(REFUND_ID),
    ],
)
async def test_an_answer_without_what_is_needed_leaves_it_open(
    server: ScriptedServer, payments: Payments, ask: Callable[[Payments], Awaitable[Any]]
) -> None:
    server.will(says({"status": "succeeded"}))
    with pytest.raises(OutcomeUnknown, match="unreadable"):
        await ask(payments)
