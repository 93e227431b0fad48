"""Stripe's API, as Stripe's own library meets it: it builds the requests, reads the answers and raises the errors."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import stripe
from tests.factories.sandbox import KEYS, Sandbox, body_of

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # the library's use of httpx


@contextlib.asynccontextmanager
async def library(sandbox: Sandbox, *, retries: int) -> AsyncIterator[stripe.StripeClient]:
    http: Any = stripe.HTTPXClient(timeout=15, verify_ssl_certs=False)
    yield stripe.StripeClient(
        KEYS.stripe_api_key, base_addresses={"api": sandbox.url}, http_client=http, max_network_retries=retries
    )
    await http.close_async()


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[stripe.StripeClient]:
    async with library(sandbox, retries=0) as made:
        yield made


async def funded(sandbox: Sandbox, amount: int = 5000, **fields: str) -> str:
    """An account that may receive transfers, and money on the platform's balance. Answers the account's id."""
    await sandbox.stripe.post("/sandbox/balance", json={"amount": amount})
    return str((await sandbox.account(**fields))["id"])


async def available(client: stripe.StripeClient, account: str | None = None) -> int:
    options: Any = {"stripe_account": account} if account else {}
    balance = await client.v1.balance.retrieve_async(options=options)
    return {one.currency: one.amount for one in balance.available}["eur"]


def transfer_params(account: str, amount: int = 2699, **more: Any) -> Any:
    return {"amount": amount, "currency": "eur", "destination": account, "transfer_group": "order-1", **more}


async def test_an_account_from_its_making_to_its_link(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    made = await client.v1.accounts.create_async(
        {
            "type": "express",
            "country": "FR",
            "email": "seller@example.com",
            "capabilities": {"transfers": {"requested": True}},
            "metadata": {"seller_id": "s-1"},
        }
    )
    assert made.id.startswith("acct_")
    assert (made.details_submitted, made.payouts_enabled) == (False, False)
    assert made.requirements is not None
    assert made.requirements.currently_due
    link = await client.v1.account_links.create_async(
        {
            "account": made.id,
            "type": "account_onboarding",
            "refresh_url": "http://localhost/refresh",
            "return_url": "http://localhost/return",
        }
    )
    assert link.expires_at - link.created == 300
    with pytest.raises(stripe.InvalidRequestError):
        await client.v1.accounts.login_links.create_async(made.id)
    await sandbox.browser.post(link.url, data={"outcome": "complete"})
    found = await client.v1.accounts.retrieve_async(made.id)
    assert found.capabilities is not None
    assert (found.capabilities.transfers, found.payouts_enabled) == ("active", True)
    assert found.to_dict()["metadata"] == {"seller_id": "s-1"}
    assert (await client.v1.accounts.login_links.create_async(made.id)).url.startswith("http://localhost")
    assert [one.id for one in (await client.v1.accounts.list_async()).data] == [made.id]


async def test_a_transfer_moves_money_from_one_balance_to_the_other(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    await sandbox.paid(2999)
    account = str((await sandbox.account())["id"])
    made = await client.v1.transfers.create_async(transfer_params(account, metadata={"transfer_id": "t-1"}))
    assert (made.amount, made.currency, made.transfer_group, made.reversed) == (2699, "eur", "order-1", False)
    assert (await available(client), await available(client, account)) == (300, 2699)
    found = await client.v1.transfers.retrieve_async(made.id)
    assert found.to_dict() == made.to_dict()
    [event] = await sandbox.receiver.wait_for("transfer.created")
    assert event.event["data"]["object"]["id"] == made.id
    assert (await sandbox.state())["transfers"]["by_group"]["order-1"] == {
        "count": 1,
        "amount": 2699,
        "amount_reversed": 0,
    }


async def test_transfers_are_listed_by_group_newest_first_and_in_pages(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    account = await funded(sandbox)
    made = [(await client.v1.transfers.create_async(transfer_params(account, 10 + n))).id for n in range(5)]
    await client.v1.transfers.create_async(transfer_params(account, 1, transfer_group="order-2"))
    page = await client.v1.transfers.list_async({"transfer_group": "order-1", "limit": 2})
    assert page.has_more
    assert [one.id async for one in page.auto_paging_iter()] == made[::-1]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await client.v1.transfers.list_async({"starting_after": "tr_unknown"})
    assert refused.value.code == "resource_missing"


async def test_the_same_key_gives_the_same_transfer(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    account = await funded(sandbox)
    first = await client.v1.transfers.create_async(transfer_params(account), {"idempotency_key": "transfer:1:1"})
    again = await client.v1.transfers.create_async(transfer_params(account), {"idempotency_key": "transfer:1:1"})
    assert again.id == first.id
    response: Any = again.last_response
    assert response.headers["idempotent-replayed"] == "true"
    assert response.request_id != first.last_response.request_id  # type: ignore[union-attr]
    assert await available(client) == 5000 - 2699
    with pytest.raises(stripe.IdempotencyError):
        await client.v1.transfers.create_async(transfer_params(account, 1), {"idempotency_key": "transfer:1:1"})
    await client.v1.transfers.create_async(transfer_params(account, 1), {"idempotency_key": "transfer:1:2"})


async def test_a_failure_is_replayed_too(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    account = await funded(sandbox, 100)
    replayed = []
    for amount in (100, 5000):  # topped up in between: the old key still says no
        await sandbox.stripe.post("/sandbox/balance", json={"amount": amount})
        with pytest.raises(stripe.InvalidRequestError) as refused:
            await client.v1.transfers.create_async(transfer_params(account), {"idempotency_key": "k1"})
        assert refused.value.code == "balance_insufficient"
        headers: Any = refused.value.headers
        replayed.append(headers.get("idempotent-replayed"))
    assert replayed == [None, "true"]
    await client.v1.transfers.create_async(transfer_params(account), {"idempotency_key": "k2"})


async def test_what_was_wrong_by_itself_is_not_kept(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    account = await funded(sandbox)
    key: Any = {"idempotency_key": "k"}
    with pytest.raises(stripe.InvalidRequestError):
        await client.v1.transfers.create_async(transfer_params(account, amount=0), key)
    await sandbox.faults(stripe={"rate_limited": {"next": 1}})
    with pytest.raises(stripe.RateLimitError):
        await client.v1.transfers.create_async(transfer_params(account), key)
    assert (await client.v1.transfers.create_async(transfer_params(account), key)).amount == 2699


async def test_two_at_once_with_one_key(sandbox: Sandbox) -> None:
    account = await funded(sandbox)
    await sandbox.faults(stripe={"slow": {"next": 1}, "slow_ms": 300})
    form, headers = transfer_params(account), {"Idempotency-Key": "k"}
    answers = await asyncio.gather(
        *(sandbox.stripe.post("/v1/transfers", data=form, headers=headers) for _ in range(2))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    [busy] = [answer for answer in answers if answer.status_code == 409]
    assert busy.json()["error"]["code"] == "idempotency_key_in_use"
    assert (await sandbox.state())["transfers"]["count"] == 1


async def test_transfers_that_cannot_be(sandbox: Sandbox) -> None:
    changes: list[tuple[dict[str, str | None], str, str | None]] = [
        ({"amount": None}, "parameter_missing", "amount"),
        ({"currency": None}, "parameter_missing", "currency"),
        ({"destination": None}, "parameter_missing", "destination"),
        ({"amount": "12.5"}, "parameter_invalid_integer", "amount"),
        ({"amount": "-5"}, "parameter_invalid_integer", "amount"),
        ({"fee": "3"}, "parameter_unknown", "fee"),
        ({"destination": "acct_unknown"}, "resource_missing", "destination"),
        ({"source_transaction": "ch_unknown"}, "resource_missing", "source_transaction"),
        ({"amount": "5001"}, "balance_insufficient", None),
        ({"currency": "usd"}, "balance_insufficient", None),
    ]
    right = transfer_params(await funded(sandbox))
    for change, code, param in changes:
        form = {name: value for name, value in (right | change).items() if value}
        answer = await sandbox.stripe.post("/v1/transfers", data=form)
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error.get("param")) == (400, code, param)
        assert error["type"] == "invalid_request_error"
        assert error["message"]
        assert answer.headers["request-id"].startswith("req_")
    assert (await sandbox.state())["transfers"]["count"] == 0


async def test_who_may_not_receive(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    account = await funded(sandbox)
    for status, code in (("restricted", "insufficient_capabilities_for_transfer"), ("closed", "account_closed")):
        body_of(await sandbox.stripe.post(f"/sandbox/accounts/{account}", json={"status": status}))
        with pytest.raises(stripe.InvalidRequestError) as refused:
            await client.v1.transfers.create_async(transfer_params(account))
        assert refused.value.code == code
    for gone in (account, "acct_unknown"):
        with pytest.raises(stripe.PermissionError) as denied:
            await client.v1.accounts.retrieve_async(gone)
        assert denied.value.error is not None
        assert denied.value.error.code == "account_invalid"
        with pytest.raises(stripe.PermissionError):
            await available(client, gone)


async def test_reversals_up_to_what_is_left(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    account = await funded(sandbox)
    made = await client.v1.transfers.create_async(transfer_params(account))
    first = await client.v1.transfers.reversals.create_async(
        made.id, {"amount": 700, "metadata": {"refund_id": "r-1"}}, {"idempotency_key": "reversal:r-1"}
    )
    assert first.to_dict().items() >= {"amount": 700, "transfer": made.id, "metadata": {"refund_id": "r-1"}}.items()
    with pytest.raises(stripe.InvalidRequestError):
        await client.v1.transfers.reversals.create_async(made.id, {"amount": 2000})
    rest = await client.v1.transfers.reversals.create_async(made.id)
    assert rest.amount == 1999
    with pytest.raises(stripe.InvalidRequestError):
        await client.v1.transfers.reversals.create_async(made.id)
    listed = await client.v1.transfers.reversals.list_async(made.id, {"limit": 1})
    assert [one.id async for one in listed.auto_paging_iter()] == [rest.id, first.id]
    found = await client.v1.transfers.retrieve_async(made.id)
    assert (found.amount_reversed, found.reversed, len(found.reversals.data)) == (2699, True, 2)
    assert (await available(client), await available(client, account)) == (5000, 0)
    assert len(await sandbox.receiver.until(lambda me: [one.type for one in me.taken].count("transfer.reversed") == 2))


async def test_a_reversal_needs_the_accounts_money(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    account = await funded(sandbox)
    made = await client.v1.transfers.create_async(transfer_params(account))
    await sandbox.stripe.post("/sandbox/balance", json={"amount": 699, "account": account})  # the rest was paid out
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await client.v1.transfers.reversals.create_async(made.id, {"amount": 700})
    assert refused.value.code == "balance_insufficient"


async def test_metadata_of_a_transfer_can_change(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    account = await funded(sandbox)
    made = await client.v1.transfers.create_async(transfer_params(account, metadata={"a": "1", "b": "2"}))
    changed = await client.v1.transfers.update_async(made.id, {"metadata": {"a": "", "c": "3"}})
    assert changed.to_dict()["metadata"] == {"b": "2", "c": "3"}
    [event] = await sandbox.receiver.wait_for("transfer.updated")
    assert event.event["data"]["object"]["metadata"] == {"b": "2", "c": "3"}


async def test_without_the_key_nobody_enters(sandbox: Sandbox) -> None:
    for headers in ({}, {"authorization": "Bearer sk_test_wrong"}, {"authorization": f"Basic {KEYS.stripe_api_key}"}):
        answer = await sandbox.browser.get("/v1/balance", headers=headers)
        assert (answer.status_code, answer.json()["error"]["type"]) == (401, "invalid_request_error")
        assert KEYS.stripe_api_key not in answer.text


async def test_events_verify_with_the_secret_of_their_endpoint(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    account = await funded(sandbox)
    await client.v1.transfers.create_async(transfer_params(account))
    secrets = {
        "transfer.created": (KEYS.stripe_webhook_secret, KEYS.stripe_connect_webhook_secret),
        "account.updated": (KEYS.stripe_connect_webhook_secret, KEYS.stripe_webhook_secret),
    }
    for taken in await sandbox.receiver.wait_for(*secrets):
        right, wrong = secrets[taken.type]
        signature = taken.headers["stripe-signature"]
        construct: Any = stripe.Webhook.construct_event
        event = construct(taken.body, signature, right)
        assert (event.type, event.livemode) == (taken.type, False)
        for body, secret in ((taken.body, wrong), (taken.body + b" ", right)):
            with pytest.raises(stripe.SignatureVerificationError):
                construct(body, signature, secret)


async def test_the_library_retries_a_lost_answer_into_one_transfer(sandbox: Sandbox) -> None:
    account = await funded(sandbox)
    await sandbox.faults(stripe={"lost_answer": {"next": 1, "only": "POST /v1/transfers"}})
    async with library(sandbox, retries=1) as client:
        made = await client.v1.transfers.create_async(transfer_params(account))
    state = await sandbox.state()
    assert [one["id"] for one in state["transfers"]["all"]] == [made.id]
    faults = body_of(await sandbox.stripe.get("/sandbox/faults"))
    assert faults["stripe"]["lost_answer"]["hits"] == 1
