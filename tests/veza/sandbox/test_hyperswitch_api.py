"""Hyperswitch's API as a platform meets it: what it takes, what it answers, what it refuses and how."""

from typing import Any

import httpx
import pytest
from tests.factories.sandbox import Sandbox, body_of, new_payment_id, new_refund_id


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Status and code."""
    error = answer.json()["error"]
    assert {"type", "message", "code"} <= set(error)
    return answer.status_code, error["code"]


async def test_a_payment_as_their_api_answers_it(sandbox: Sandbox) -> None:
    payment_id = new_payment_id()
    body = {
        "payment_id": payment_id, "amount": 2999, "currency": "EUR", "capture_method": "automatic", "confirm": False,
        "authentication_type": "three_ds", "return_url": "https://shop.example/o/1", "metadata": {"order_id": "o-1"},
        "merchant_order_reference_id": "o-1", "session_expiry": 3600, "payment_link": True,
        "customer": {"id": "u-1", "email": "ada@example.com"}, "profile_id": "pro_x", "description": "Order 1",
    }  # fmt: skip
    payment = body_of(await sandbox.hyperswitch.post("/payments", json=body))
    assert {
        "payment_id": payment_id, "status": "requires_payment_method", "amount": 2999, "net_amount": 2999,
        "amount_capturable": 2999, "amount_received": None, "currency": "EUR", "attempt_count": 1,
        "merchant_order_reference_id": "o-1", "metadata": {"order_id": "o-1"}, "email": "ada@example.com",
        "profile_id": "pro_x", "payment_method": None, "error_code": None,
    }.items() <= payment.items()  # fmt: skip
    assert payment["client_secret"].startswith(f"{payment_id}_secret_")
    assert payment["payment_link"]["link"].endswith(payment_id)
    assert payment["created"] == payment["updated"] < payment["expires_on"]
    again = body_of(await sandbox.hyperswitch.get(f"/payments/{payment_id}?force_sync=true"))
    assert again == payment | {"refunds": None, "disputes": None}


async def test_a_second_use_of_a_payment_id_is_a_duplicate(sandbox: Sandbox) -> None:
    payment = await sandbox.payment()
    body = {"payment_id": payment["payment_id"], "amount": 1, "currency": "EUR"}
    assert error_of(await sandbox.hyperswitch.post("/payments", json=body)) == (400, "HE_01")


async def test_what_is_wrong_is_refused(sandbox: Sandbox) -> None:
    changes: list[tuple[dict[str, Any], str]] = [
        ({"amount": None}, "IR_04"),
        ({"currency": None}, "IR_04"),
        ({"currency": "eur"}, "IR_06"),
        ({"amount": "2999"}, "IR_06"),
        ({"amount": -1}, "IR_05"),
        ({"payment_id": "pay_short"}, "IR_05"),
        ({"return_url": "javascript:alert(1)"}, "IR_05"),
        ({"session_expiry": 0}, "IR_05"),
        ({"metadata": {f"k{number}": "v" for number in range(51)}}, "IR_05"),
        ({"pament_link": True}, "IR_06"),
    ]
    for change, code in changes:
        body = {"amount": 2999, "currency": "EUR", **change}
        assert (change, error_of(await sandbox.hyperswitch.post("/payments", json=body))) == (change, (400, code))
    assert (await sandbox.state())["payments"]["by_status"] == {}


async def test_a_body_that_is_no_json(sandbox: Sandbox) -> None:
    assert error_of(await sandbox.hyperswitch.post("/payments", content=b"{")) == (400, "IR_06")
    assert (await sandbox.hyperswitch.post("/payments", content=b" " * 300_000)).status_code == 413


async def test_without_the_key_nobody_enters(sandbox: Sandbox) -> None:
    assert error_of(await sandbox.browser.get("/payments/x")) == (401, "IR_01")
    wrong = await sandbox.browser.post("/refunds", json={}, headers={"api-key": "snd_wrong"})
    assert error_of(wrong) == (401, "IR_01")


async def test_what_is_not_there(sandbox: Sandbox) -> None:
    for path in ("/payments/pay_x", "/refunds/ref_x", "/disputes/dp_x"):
        assert error_of(await sandbox.hyperswitch.get(path)) == (404, "HE_02")
    assert error_of(await sandbox.hyperswitch.post("/payments/a/b/c")) == (404, "IR_02")


@pytest.mark.parametrize(
    ("card", "status", "event"),
    [
        ("4242424242424242", "succeeded", "payment_succeeded"),
        ("4000000000000002", "failed", "payment_failed"),
        ("4000 0000 0000 3220", "requires_customer_action", "action_required"),
    ],
)
async def test_confirming_with_a_test_card(sandbox: Sandbox, card: str, status: str, event: str) -> None:
    payment = await sandbox.payment()
    path = f"/payments/{payment['payment_id']}/confirm"
    method = {"payment_method": "card", "payment_method_data": {"card": {"card_number": card}}}
    confirmed = body_of(await sandbox.hyperswitch.post(path, json=method))
    assert confirmed["status"] == status
    assert (confirmed["next_action"] is not None) == (status == "requires_customer_action")
    [told] = await sandbox.receiver.wait_for(event)
    assert told.event["content"] == {"type": "payment_details", "object": confirmed}


async def test_a_failed_payment_succeeds_later_and_each_state_is_newer_than_the_last(sandbox: Sandbox) -> None:
    payment = await sandbox.payment()
    confirm = f"/payments/{payment['payment_id']}/confirm"
    bad = {"payment_method_data": {"card": {"card_number": "4000000000000002"}}}
    states = [
        payment,
        *[body_of(await sandbox.hyperswitch.post(confirm, json=bad)) for _ in range(2)],
        body_of(await sandbox.hyperswitch.post(confirm, json={})),
    ]
    assert [state["status"] for state in states] == ["requires_payment_method", "failed", "failed", "succeeded"]
    updated = [state["updated"] for state in states]
    assert updated == sorted(set(updated))
    assert states[1]["error_code"] == "card_declined"
    assert (states[3]["error_code"], states[3]["amount_received"]) == (None, 2999)
    assert error_of(await sandbox.hyperswitch.post(confirm, json={})) == (400, "IR_14")


async def test_an_event_is_told_once_per_payment(sandbox: Sandbox) -> None:
    """As theirs: a second failure of the same payment is no event."""
    payment = await sandbox.payment()
    for outcome in ("decline", "decline", "succeed"):
        await sandbox.browser.post(payment["payment_link"]["link"], data={"outcome": outcome})
    await sandbox.receiver.wait_for("payment_succeeded")
    await sandbox.flush()
    assert sorted(one.type for one in sandbox.receiver.taken) == ["payment_failed", "payment_succeeded"]


async def test_cancelling(sandbox: Sandbox) -> None:
    payment = await sandbox.payment()
    path = f"/payments/{payment['payment_id']}/cancel"
    cancelled = body_of(await sandbox.hyperswitch.post(path, json={"cancellation_reason": "changed my mind"}))
    assert (cancelled["status"], cancelled["cancellation_reason"]) == ("cancelled", "changed my mind")
    assert [one.event["event_type"] for one in await sandbox.receiver.wait_for("payment_cancelled")] == [
        "payment_cancelled"
    ]
    assert error_of(await sandbox.hyperswitch.post(path, json={})) == (400, "IR_14")


async def test_there_is_nothing_to_capture(sandbox: Sandbox) -> None:
    payment = await sandbox.payment()
    path = f"/payments/{payment['payment_id']}/capture"
    assert error_of(await sandbox.hyperswitch.post(path, json={})) == (400, "IR_14")


async def test_a_refund_is_pending_and_then_done(sandbox: Sandbox) -> None:
    payment = await sandbox.paid()
    refund_id = new_refund_id()
    body = {
        "payment_id": payment["payment_id"], "refund_id": refund_id, "amount": 1000, "refund_type": "instant",
        "reason": "requested_by_customer", "metadata": {"order_id": "o-1"},
    }  # fmt: skip
    refund = body_of(await sandbox.hyperswitch.post("/refunds", json=body))
    assert {"refund_id": refund_id, "status": "pending", "amount": 1000, "currency": "EUR"}.items() <= refund.items()
    [event] = await sandbox.receiver.wait_for("refund_succeeded")
    settled = body_of(await sandbox.hyperswitch.get(f"/refunds/{refund_id}?force_sync=true"))
    assert event.event["content"] == {"type": "refund_details", "object": settled}
    assert settled["status"] == "succeeded"
    assert settled["updated_at"] > settled["created_at"]
    state = await sandbox.state()
    assert state["balance"] == {"eur": 1999}
    assert [one["amount_refunded"] for one in state["payments"]["succeeded"]] == [1000]
    listed = body_of(await sandbox.hyperswitch.post("/refunds/list", json={"payment_id": payment["payment_id"]}))
    assert listed == {"count": 1, "total_count": 1, "data": [settled]}
    assert body_of(await sandbox.hyperswitch.get(f"/payments/{payment['payment_id']}"))["refunds"] == [settled]


async def test_refunds_never_pass_what_was_paid(sandbox: Sandbox) -> None:
    payment = await sandbox.paid(1000)
    body = {"payment_id": payment["payment_id"], "refund_id": new_refund_id(), "amount": 600}
    body_of(await sandbox.hyperswitch.post("/refunds", json=body))
    assert error_of(await sandbox.hyperswitch.post("/refunds", json=body)) == (400, "HE_01")
    more = {"payment_id": payment["payment_id"], "refund_id": new_refund_id()}
    assert error_of(await sandbox.hyperswitch.post("/refunds", json={**more, "amount": 401})) == (400, "IR_13")
    assert error_of(await sandbox.hyperswitch.post("/refunds", json=more)) == (400, "IR_13")
    assert body_of(await sandbox.hyperswitch.post("/refunds", json={**more, "amount": 400}))["amount"] == 400


async def test_refunds_that_cannot_be(sandbox: Sandbox) -> None:
    unpaid = await sandbox.payment()
    for body, expected in (
        ({"amount": 1}, (400, "IR_04")),
        ({"payment_id": unpaid["payment_id"]}, (400, "IR_14")),
        ({"payment_id": new_payment_id()}, (404, "HE_02")),
        ({"payment_id": unpaid["payment_id"], "refund_id": "short"}, (400, "IR_05")),
        ({"payment_id": unpaid["payment_id"], "note": "unknown"}, (400, "IR_06")),
    ):
        assert error_of(await sandbox.hyperswitch.post("/refunds", json=body)) == expected


async def test_a_refund_can_fail_or_stay_pending(sandbox: Sandbox) -> None:
    payment = await sandbox.paid()
    await sandbox.faults(hyperswitch={"refund_fails": {"next": 1}})
    body = {"payment_id": payment["payment_id"], "amount": 2999}
    failed = body_of(await sandbox.hyperswitch.post("/refunds", json=body))
    [event] = await sandbox.receiver.wait_for("refund_failed")
    assert event.event["content"]["object"]["error_code"] == "CE_06"
    await sandbox.faults(hyperswitch={"refund_stays_pending": {"next": 1}})
    waits = body_of(await sandbox.hyperswitch.post("/refunds", json=body))
    assert (await sandbox.state())["balance"] == {"eur": 2999}
    settle = f"/sandbox/refunds/{waits['refund_id']}/settle"
    assert body_of(await sandbox.hyperswitch.post(settle, json={"outcome": "succeed"}))["status"] == "succeeded"
    assert (await sandbox.hyperswitch.post(settle, json={"outcome": "succeed"})).status_code == 409
    sums = (await sandbox.state())["refunds"]["by_status"]
    assert sums == {"failed": {"count": 1, "amount": failed["amount"]}, "succeeded": {"count": 1, "amount": 2999}}
