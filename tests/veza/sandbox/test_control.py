"""The control room: its keys, the sums that other tests compare with, and moves by hand."""

from typing import Any

import pytest
from tests.factories.sandbox import KEYS, Sandbox, body_of


async def test_it_needs_one_of_the_two_keys(sandbox: Sandbox) -> None:
    for method, path in (
        ("GET", "/sandbox/state"),
        ("GET", "/sandbox/faults"),
        ("PUT", "/sandbox/faults"),
        ("POST", "/sandbox/webhooks/flush"),
        ("POST", "/sandbox/disputes"),
    ):
        for headers in ({}, {"api-key": KEYS.stripe_api_key}, {"authorization": f"Bearer {KEYS.hyperswitch_api_key}"}):
            assert (await sandbox.browser.request(method, path, headers=headers)).status_code == 401
    assert (await sandbox.hyperswitch.get("/sandbox/state")).status_code == 200
    assert (await sandbox.stripe.get("/sandbox/state")).status_code == 200


async def test_the_state_adds_up(sandbox: Sandbox) -> None:
    paid = await sandbox.paid(2999, merchant_order_reference_id="order-7")
    await sandbox.payment(500)
    account = await sandbox.account(**{"metadata[seller_id]": "s-1"})
    form = {
        "amount": "2699", "currency": "eur", "destination": account["id"], "transfer_group": "order-7",
        "metadata[transfer_id]": "t-1",
    }  # fmt: skip
    transfer = body_of(await sandbox.stripe.post("/v1/transfers", data=form))
    await sandbox.stripe.post(f"/v1/transfers/{transfer['id']}/reversals", data={"amount": "99"})
    await sandbox.flush()
    state = await sandbox.state()
    assert state["payments"] == {
        "by_status": {
            "requires_payment_method": {"count": 1, "amount": 500},
            "succeeded": {"count": 1, "amount": 2999},
        },
        "succeeded": [
            {
                "payment_id": paid["payment_id"],
                "merchant_order_reference_id": "order-7",
                "amount": 2999,
                "amount_refunded": 0,
                "currency": "EUR",
            }
        ],
    }
    assert state["transfers"] == {
        "count": 1,
        "amount": 2699,
        "amount_reversed": 99,
        "by_group": {"order-7": {"count": 1, "amount": 2699, "amount_reversed": 99}},
        "all": [
            {
                "id": transfer["id"],
                "amount": 2699,
                "amount_reversed": 99,
                "currency": "eur",
                "destination": account["id"],
                "transfer_group": "order-7",
                "metadata": {"transfer_id": "t-1"},
            }
        ],
    }
    assert (state["currency"], state["balance"]) == ("EUR", {"eur": 399})
    assert state["accounts"] == [
        {"id": account["id"], "state": "active", "metadata": {"seller_id": "s-1"}, "available": {"eur": 2600}}
    ]
    assert state["webhooks"] == {
        "waiting": 0, "held": 0, "withheld": 0, "given_up": 0, "delivered": 4, "refused": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "status", "event"),
    [
        ("succeed", "succeeded", "payment_succeeded"),
        ("decline", "failed", "payment_failed"),
        ("authenticate", "requires_customer_action", "action_required"),
        ("process", "processing", "payment_processing"),
        ("cancel", "cancelled", "payment_cancelled"),
        ("expire", "expired", "payment_expired"),
    ],
)
async def test_a_payment_is_moved_by_hand(sandbox: Sandbox, outcome: str, status: str, event: str) -> None:
    path = f"/sandbox/payments/{(await sandbox.payment())['payment_id']}/settle"
    assert body_of(await sandbox.stripe.post(path, json={"outcome": outcome}))["status"] == status
    [told] = await sandbox.receiver.wait_for(event)
    assert told.event["content"]["object"]["status"] == status
    again = await sandbox.stripe.post(path, json={"outcome": "succeed"})
    assert again.status_code == (409 if status in {"succeeded", "cancelled", "expired"} else 200)


async def test_a_dispute_takes_the_money_and_gives_it_back_when_it_is_won(sandbox: Sandbox) -> None:
    payment = await sandbox.paid()
    body = {"payment_id": payment["payment_id"], "amount": 1000}
    dispute = body_of(await sandbox.stripe.post("/sandbox/disputes", json=body))
    [opened] = await sandbox.receiver.wait_for("dispute_opened")
    assert opened.event["content"] == {"type": "dispute_details", "object": dispute}
    assert (dispute["amount"], dispute["payment_id"]) == ("1000", payment["payment_id"])
    assert (await sandbox.state())["balance"] == {"eur": 1999}
    won = {"dispute_id": dispute["dispute_id"], "outcome": "won"}
    moved = body_of(await sandbox.stripe.post("/sandbox/disputes", json=won))
    assert moved["dispute_status"] == "dispute_won"
    await sandbox.receiver.wait_for("dispute_won")
    assert (await sandbox.state())["balance"] == {"eur": 2999}
    assert (await sandbox.stripe.post("/sandbox/disputes", json=won)).status_code == 409
    assert body_of(await sandbox.hyperswitch.get(f"/disputes/{dispute['dispute_id']}")) == moved
    assert body_of(await sandbox.hyperswitch.get(f"/payments/{payment['payment_id']}"))["disputes"] == [moved]


async def test_a_dispute_that_is_lost(sandbox: Sandbox) -> None:
    payment = await sandbox.paid()
    dispute = body_of(await sandbox.stripe.post("/sandbox/disputes", json={"payment_id": payment["payment_id"]}))
    for outcome in ("challenged", "lost"):
        await sandbox.stripe.post("/sandbox/disputes", json={"dispute_id": dispute["dispute_id"], "outcome": outcome})
    await sandbox.receiver.wait_for("dispute_challenged", "dispute_lost")
    assert (await sandbox.state())["balance"] == {"eur": 0}
    assert (
        await sandbox.stripe.post("/sandbox/disputes", json={"payment_id": payment["payment_id"]})
    ).status_code == 409


async def test_moves_that_cannot_be(sandbox: Sandbox) -> None:
    moves: list[tuple[str, dict[str, Any], int]] = [
        ("/sandbox/disputes", {}, 404),
        ("/sandbox/disputes", {"payment": "x"}, 400),
        ("/sandbox/disputes", {"dispute_id": "dp_x", "outcome": "won"}, 404),
        ("/sandbox/payments/pay_x/settle", {"outcome": "succeed"}, 404),
        ("/sandbox/payments/pay_x/settle", {"outcome": "win"}, 400),
        ("/sandbox/refunds/ref_x/settle", {"outcome": "fail"}, 404),
        ("/sandbox/accounts/acct_x", {"status": "active"}, 403),
        ("/sandbox/accounts/acct_x", {"status": "new"}, 400),
        ("/sandbox/balance", {"amount": "1"}, 400),
        ("/sandbox/nowhere", {}, 404),
    ]
    for path, body, status in moves:
        assert (path, body, (await sandbox.stripe.post(path, json=body)).status_code) == (path, body, status)


async def test_switches_that_do_not_exist(sandbox: Sandbox) -> None:
    answer = await sandbox.stripe.put("/sandbox/faults", json={"stripe": {"explode": 1}})
    assert (answer.status_code, "explode" in answer.json()["error"]) == (400, True)
    assert (await sandbox.stripe.put("/sandbox/faults", content=b"[")).status_code == 400


async def test_an_account_is_moved_by_hand(sandbox: Sandbox) -> None:
    account = await sandbox.account()
    path = f"/sandbox/accounts/{account['id']}"
    restricted = body_of(await sandbox.stripe.post(path, json={"status": "restricted"}))
    assert restricted["capabilities"] == {"transfers": "inactive"}
    body_of(await sandbox.stripe.post(path, json={"status": "active"}))
    body_of(await sandbox.stripe.post(path, json={"status": "closed"}))
    [gone] = await sandbox.receiver.wait_for("account.application.deauthorized")
    assert gone.event["account"] == account["id"]
