"""The pages a person is sent to: paying, declining, 3-D Secure, giving up, onboarding; and where they lead."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.factories.sandbox import BACK, Sandbox, a_sandbox, body_of


async def status_of(sandbox: Sandbox, payment: dict[str, str]) -> str:
    return str(body_of(await sandbox.hyperswitch.get(f"/payments/{payment['payment_id']}"))["status"])


async def test_a_person_pays_and_returns_to_the_shop(sandbox: Sandbox) -> None:
    payment = await sandbox.payment()
    page = await sandbox.browser.get(payment["payment_link"]["link"])
    assert page.headers["content-type"].startswith("text/html")
    assert "29.99 EUR" in page.text
    assert "Order V-1" in page.text
    assert "no money moves" in page.text
    answer = await sandbox.browser.post(payment["payment_link"]["link"], data={"outcome": "succeed"})
    assert answer.status_code == 303
    query = {"from": ["cart"], "payment_id": [payment["payment_id"]], "status": ["succeeded"]}
    assert answer.headers["location"].startswith(BACK)
    assert parse_qs(urlsplit(answer.headers["location"]).query) == query
    assert await status_of(sandbox, payment) == "succeeded"


async def test_a_declined_card_can_be_tried_again_on_the_same_page(sandbox: Sandbox) -> None:
    link = (payment := await sandbox.payment())["payment_link"]["link"]
    declined = await sandbox.browser.post(link, data={"outcome": "decline"})
    assert (declined.status_code, declined.headers["location"]) == (303, link)
    assert "declined" in (await sandbox.browser.get(link)).text
    assert await status_of(sandbox, payment) == "failed"
    assert (await sandbox.browser.post(link, data={"outcome": "succeed"})).headers["location"].startswith(BACK)
    assert await status_of(sandbox, payment) == "succeeded"


@pytest.mark.parametrize(("outcome", "status"), [("succeed", "succeeded"), ("decline", "failed")])
async def test_the_bank_may_ask_first(sandbox: Sandbox, outcome: str, status: str) -> None:
    link = (payment := await sandbox.payment())["payment_link"]["link"]
    step = (await sandbox.browser.post(link, data={"outcome": "authenticate"})).headers["location"]
    assert await status_of(sandbox, payment) == "requires_customer_action"
    assert 'value="decline"' in (await sandbox.browser.get(step)).text
    assert (await sandbox.browser.post(step, data={"outcome": outcome})).status_code == 303
    assert await status_of(sandbox, payment) == status


async def test_who_gives_up_pays_nothing(sandbox: Sandbox) -> None:
    payment = await sandbox.payment()
    answer = await sandbox.browser.post(payment["payment_link"]["link"], data={"outcome": "abandon"})
    assert answer.headers["location"].endswith("status=requires_payment_method")
    assert await status_of(sandbox, payment) == "requires_payment_method"


async def test_what_is_over_says_so_and_is_not_paid_twice(sandbox: Sandbox) -> None:
    payment = await sandbox.paid()
    link = payment["payment_link"]["link"]
    assert "This payment is done." in (await sandbox.browser.get(link)).text
    assert (await sandbox.browser.post(link, data={"outcome": "succeed"})).status_code == 409
    assert (await sandbox.state())["balance"] == {"eur": 2999}
    cancelled = await sandbox.payment()
    await sandbox.hyperswitch.post(f"/payments/{cancelled['payment_id']}/cancel", json={})
    assert "cancelled" in (await sandbox.browser.get(cancelled["payment_link"]["link"])).text


async def test_a_session_ends(sandbox: Sandbox) -> None:
    payment = await sandbox.payment(session_expiry=1)
    [event] = await sandbox.receiver.wait_for("payment_expired")
    assert event.event["content"]["object"]["status"] == "expired"
    assert "time is over" in (await sandbox.browser.get(payment["payment_link"]["link"])).text
    assert (await sandbox.browser.post(payment["payment_link"]["link"], data={"outcome": "succeed"})).status_code == 409


async def test_what_a_page_shows_is_text(sandbox: Sandbox) -> None:
    payment = await sandbox.payment(description='<img src=x onerror="alert(1)">')
    page = await sandbox.browser.get(payment["payment_link"]["link"])
    assert "<img" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("body", [{}, {"outcome": "steal"}])
async def test_an_outcome_that_does_not_exist_changes_nothing(sandbox: Sandbox, body: dict[str, str]) -> None:
    payment = await sandbox.payment()
    assert (await sandbox.browser.post(payment["payment_link"]["link"], data=body)).status_code == 400
    assert await status_of(sandbox, payment) == "requires_payment_method"


async def test_pages_that_do_not_exist(sandbox: Sandbox) -> None:
    unlinked = await sandbox.payment(payment_link=False)
    assert unlinked["payment_link"] is None
    for path in (
        f"/payment_link/merchant_sandbox/{unlinked['payment_id']}",
        "/payment_link/merchant_sandbox/pay_unknown",
        "/setup/acct_unknown/token",
    ):
        assert (await sandbox.browser.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("outcome", "capability", "reason"),
    [("complete", "active", None), ("restrict", "inactive", "requirements.past_due")],
)
async def test_onboarding_decides_what_an_account_may(
    sandbox: Sandbox, outcome: str, capability: str, reason: str | None
) -> None:
    account = await sandbox.account(outcome)
    assert account["capabilities"] == {"transfers": capability}
    assert account["details_submitted"] is True
    assert account["payouts_enabled"] is (reason is None)
    assert account["requirements"]["disabled_reason"] == reason
    [event] = await sandbox.receiver.wait_for("account.updated")
    assert event.event["account"] == account["id"]
    assert event.event["data"]["object"] == account


async def test_who_gives_up_onboarding_stays_as_they_were(sandbox: Sandbox) -> None:
    account = await sandbox.account("abandon")
    assert account["details_submitted"] is False


async def test_an_onboarding_link_is_good_for_one_answer(sandbox: Sandbox) -> None:
    account = await sandbox.account()
    link = await sandbox.account_link(account["id"])
    assert "Get paid" in (await sandbox.browser.get(link["url"])).text
    first = await sandbox.browser.post(link["url"], data={"outcome": "complete"})
    assert first.headers["location"] == "http://localhost:8080/return"
    for again in (
        await sandbox.browser.get(link["url"]),
        await sandbox.browser.post(link["url"], data={"outcome": "restrict"}),
    ):
        assert (again.status_code, again.headers["location"]) == (303, "http://localhost:8080/refresh")


async def test_an_onboarding_link_grows_old(tmp_path: Path) -> None:
    async with a_sandbox(tmp_path, link_life_s=0) as sandbox:
        account = body_of(await sandbox.stripe.post("/v1/accounts", data={"type": "express"}))
        link = await sandbox.account_link(account["id"])
        assert (await sandbox.browser.get(link["url"])).headers["location"] == "http://localhost:8080/refresh"
