"""The fault switches as a client meets them: what it gets, and whether the effect happened all the same."""

import httpx
import pytest
from tests.factories.sandbox import Sandbox, body_of, new_payment_id

DONE = {"requires_payment_method": {"count": 1, "amount": 100}}


async def post_payment(sandbox: Sandbox) -> httpx.Response:
    body = {"payment_id": new_payment_id(), "amount": 100, "currency": "EUR"}
    return await sandbox.hyperswitch.post("/payments", json=body)


async def hits(sandbox: Sandbox, door: str, name: str) -> int:
    return int(body_of(await sandbox.stripe.get("/sandbox/faults"))[door][name]["hits"])


async def test_a_lost_answer_is_an_effect_without_a_word(sandbox: Sandbox) -> None:
    await sandbox.faults(hyperswitch={"lost_answer": {"next": 1}})
    with pytest.raises(httpx.TransportError):
        await post_payment(sandbox)
    assert (await sandbox.state())["payments"]["by_status"] == DONE
    assert await hits(sandbox, "hyperswitch", "lost_answer") == 1
    assert (await post_payment(sandbox)).status_code == 200


@pytest.mark.parametrize(("fault", "status"), [("refused", 503), ("rate_limited", 429), ("conflict", 409)])
async def test_what_was_refused_did_nothing(sandbox: Sandbox, fault: str, status: int) -> None:
    await sandbox.faults(hyperswitch={fault: 1}, stripe={fault: 1})
    answers = [await post_payment(sandbox), await sandbox.stripe.post("/v1/accounts", data={"type": "express"})]
    assert [answer.status_code for answer in answers] == [status, status]
    assert all({"type", "message"} <= set(answer.json()["error"]) for answer in answers)
    state = await sandbox.state()
    assert (state["payments"]["by_status"], state["accounts"]) == ({}, [])
    assert (await hits(sandbox, "hyperswitch", fault), await hits(sandbox, "stripe", fault)) == (1, 1)


async def test_answers_that_nobody_can_use_follow_an_effect(sandbox: Sandbox) -> None:
    expected = {
        "html_answer": (200, "text/html", 20),
        "empty_answer": (200, "application/json", 0),
        "redirect_answer": (302, "text/plain", 0),
        "huge_answer": (200, "application/json", 10 * 1024 * 1024),
    }
    for count, (fault, (status, kind, at_least)) in enumerate(expected.items(), 1):
        await sandbox.faults(hyperswitch={fault: {"next": 1}})
        answer = await post_payment(sandbox)
        assert (answer.status_code, answer.headers["content-type"]) == (status, kind)
        assert len(answer.content) >= at_least
        assert (await sandbox.state())["payments"]["by_status"]["requires_payment_method"]["count"] == count


async def test_a_spoilt_answer_is_kept_for_its_key(sandbox: Sandbox) -> None:
    """What the client could not read, it reads when it comes again."""
    await sandbox.faults(stripe={"html_answer": {"next": 1}})
    form, headers = {"type": "express"}, {"Idempotency-Key": "k"}
    spoilt = await sandbox.stripe.post("/v1/accounts", data=form, headers=headers)
    again = await sandbox.stripe.post("/v1/accounts", data=form, headers=headers)
    assert (spoilt.text[:9], again.headers["idempotent-replayed"]) == ("<!doctype", "true")
    assert [one["id"] for one in (await sandbox.state())["accounts"]] == [again.json()["id"]]


async def test_slow(sandbox: Sandbox) -> None:
    await sandbox.faults(hyperswitch={"slow": 1, "slow_ms": 1500})
    with pytest.raises(httpx.ReadTimeout):
        await sandbox.hyperswitch.get("/payments/pay_x", timeout=0.3)
    assert await hits(sandbox, "hyperswitch", "slow") == 1
    await sandbox.faults(hyperswitch={"slow_ms": 1})
    assert (await sandbox.hyperswitch.get("/payments/pay_x")).status_code == 404


async def test_a_switch_may_be_for_some_requests_only(sandbox: Sandbox) -> None:
    await sandbox.faults(hyperswitch={"refused": {"rate": 1, "only": "POST /refunds"}})
    assert (await post_payment(sandbox)).status_code == 200
    assert (await sandbox.hyperswitch.post("/refunds", json={})).status_code == 503


async def test_the_platform_may_be_out_of_money(sandbox: Sandbox) -> None:
    await sandbox.paid()
    account = await sandbox.account()
    await sandbox.faults(stripe={"balance_insufficient": {"next": 1}})
    form = {"amount": "100", "currency": "eur", "destination": account["id"]}
    answer = await sandbox.stripe.post("/v1/transfers", data=form)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "balance_insufficient")
    assert (await sandbox.stripe.post("/v1/transfers", data=form)).status_code == 200


async def test_rates_come_from_a_seed(sandbox: Sandbox) -> None:
    async def draw() -> list[int]:
        await sandbox.faults(reset=True, seed=7, hyperswitch={"refused": 0.5})
        return [(await sandbox.hyperswitch.get("/payments/pay_x")).status_code for _ in range(40)]

    first = await draw()
    assert first == await draw()
    assert {503, 404} == set(first)
    assert await hits(sandbox, "hyperswitch", "refused") == first.count(503)
