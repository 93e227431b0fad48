"""Payouts over a real socket, to a server that answers as Stripe does, at its best and at its worst."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.factories.clock import TurnableClock
from tests.factories.money import (
    ORDER_ID,
    OUR_REFUND_ID,
    REVERSAL_REQUEST,
    SELLER_ID,
    TRANSFER_ID,
    TRANSFER_REQUEST,
    stripe_account,
    stripe_event,
    stripe_reversal,
    stripe_signature,
    stripe_transfer,
)
from tests.factories.scripted_http import Reply, ScriptedServer, cut, says, scripted_server

from veza.adapters.stripe_connect import API_VERSION, StripePayouts
from veza.ports.payouts import Payouts
from veza.ports.provider_errors import (
    BadSignature,
    InsufficientBalance,
    KeyMisused,
    NotExecuted,
    NotFoundAtProvider,
    OutcomeUnknown,
    ProviderError,
    RecipientGone,
    RecipientNotReady,
    Refused,
    Unauthorized,
)

API_KEY = "sk_test_secret"
BALANCE = {"object": "balance", "available": [{"amount": 5, "currency": "eur"}], "pending": []}


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with scripted_server() as found:
        yield found


@pytest.fixture
async def stripe(server: ScriptedServer, clock: TurnableClock) -> AsyncIterator[StripePayouts]:
    found = StripePayouts(
        base_url=server.url, api_key=API_KEY, webhook_secrets=("whsec_a", "whsec_c"), currency="EUR", clock=clock
    )
    yield found
    await found.aclose()


@pytest.fixture
def payouts(stripe: StripePayouts) -> Payouts:
    return stripe


def no(status: int, code: str = "", kind: str = "invalid_request_error", param: str = "", **headers: str) -> Reply:
    told = {"type": kind, "message": "No.", **({"code": code} if code else {}), **({"param": param} if param else {})}
    return says({"error": told}, status, **headers)


async def test_an_account_is_opened(server: ScriptedServer, payouts: Payouts) -> None:
    server.will(says(stripe_account(capabilities={"transfers": "inactive"}, details_submitted=False)))
    account = await payouts.create_account("account:1", SELLER_ID, "ada@music.example")
    assert (account.account_id, account.can_receive, account.details_submitted) == ("acct_1", False, False)
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/v1/accounts")
    assert asked.headers["authorization"] == f"Bearer {API_KEY}"
    assert asked.headers["stripe-version"] == API_VERSION
    assert asked.headers["idempotency-key"] == "account:1"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.form == {
        "type": "express",
        "email": "ada@music.example",
        "capabilities[transfers][requested]": "true",
        "metadata[seller_id]": str(SELLER_ID),
    }


async def test_an_account_is_read(server: ScriptedServer, payouts: Payouts) -> None:
    server.will(says(stripe_account()))
    assert (await payouts.account("acct_1")).can_receive
    assert (server.asked[0].method, server.asked[0].path) == ("GET", "/v1/accounts/acct_1")
    with pytest.raises(OutcomeUnknown, match="answer_mismatch"):
        await payouts.account("acct_2")


async def test_a_link_is_new_each_time(server: ScriptedServer, payouts: Payouts) -> None:
    server.will(says({"object": "account_link", "url": "https://connect.example/s/1", "expires_at": 1795435200}))
    link = await payouts.onboarding_link("acct_1", "https://music.example/again", "https://music.example/done")
    assert link.url == "https://connect.example/s/1"
    assert link.expires_at == datetime.fromtimestamp(1795435200, UTC)
    (asked,) = server.asked
    assert asked.form == {
        "account": "acct_1",
        "type": "account_onboarding",
        "refresh_url": "https://music.example/again",
        "return_url": "https://music.example/done",
    }
    assert "idempotency-key" not in asked.headers


async def test_balances_are_of_whom_is_asked_for(server: ScriptedServer, payouts: Payouts) -> None:
    server.will(says(BALANCE))
    assert (await payouts.balance("acct_1")).available_cents == 5
    assert (await payouts.platform_balance()).currency == "EUR"
    await payouts.probe()
    assert [asked.headers.get("stripe-account") for asked in server.asked] == ["acct_1", None, None]


async def test_a_transfer_is_sent(server: ScriptedServer, payouts: Payouts) -> None:
    server.will(says(stripe_transfer()))
    sent = await payouts.transfer(TRANSFER_REQUEST)
    assert (sent.provider_id, sent.amount_cents) == ("tr_1", 2699)
    (asked,) = server.asked
    assert asked.headers["idempotency-key"] == f"transfer:{TRANSFER_ID}:1"
    assert asked.form == {
        "amount": "2699",
        "currency": "eur",
        "destination": "acct_1",
        "transfer_group": f"order_{ORDER_ID}",
        "metadata[transfer_id]": str(TRANSFER_ID),
        "metadata[order_id]": str(ORDER_ID),
        "metadata[seller_id]": str(SELLER_ID),
    }


@pytest.mark.parametrize(
    "trouble", [cut, no(409, "idempotency_key_in_use", "idempotency_error"), no(500, kind="api_error")]
)
async def test_a_lost_answer_is_asked_for_with_the_same_key(
    server: ScriptedServer, payouts: Payouts, trouble: Reply
) -> None:
    server.will(trouble, says(stripe_transfer(), idempotent_replayed="true"))
    assert (await payouts.transfer(TRANSFER_REQUEST)).provider_id == "tr_1"
    first, second = server.asked
    assert (first.body, first.headers["idempotency-key"]) == (second.body, second.headers["idempotency-key"])


@pytest.mark.parametrize(
    "changes",
    [{"amount": 2999}, {"currency": "usd"}, {"destination": "acct_2"}, {"metadata": {}},
     {"metadata": {"transfer_id": str(ORDER_ID)}}],
)  # fmt: skip
async def test_a_transfer_of_something_else_is_not_ours(
    server: ScriptedServer, payouts: Payouts, changes: dict[str, Any]
) -> None:
    server.will(says(stripe_transfer(**changes)))
    with pytest.raises(OutcomeUnknown, match="mismatch"):
        await payouts.transfer(TRANSFER_REQUEST)


async def test_a_part_of_it_is_taken_back(server: ScriptedServer, payouts: Payouts) -> None:
    server.will(says(stripe_reversal()))
    reversal = await payouts.reverse(REVERSAL_REQUEST)
    assert (reversal.provider_id, reversal.amount_cents, reversal.refund_id) == ("trr_1", 900, OUR_REFUND_ID)
    (asked,) = server.asked
    assert (asked.path, asked.headers["idempotency-key"]) == ("/v1/transfers/tr_1/reversals", REVERSAL_REQUEST.key)
    assert asked.form == {"amount": "900", "metadata[refund_id]": str(OUR_REFUND_ID)}


@pytest.mark.parametrize("changes", [{"amount": 901}, {"currency": "usd"}, {"transfer": "tr_2"}, {"metadata": {}}])
async def test_a_reversal_of_something_else_is_not_ours(
    server: ScriptedServer, payouts: Payouts, changes: dict[str, Any]
) -> None:
    server.will(says(stripe_reversal(**changes)))
    with pytest.raises(OutcomeUnknown, match="mismatch"):
        await payouts.reverse(REVERSAL_REQUEST)


async def test_lists_are_read_to_their_end(server: ScriptedServer, payouts: Payouts) -> None:
    server.will(
        says({"object": "list", "data": [stripe_transfer(id="tr_3"), stripe_transfer(id="tr_2")], "has_more": True}),
        says({"object": "list", "data": [stripe_transfer(id="tr_1")], "has_more": False}),
    )
    found = await payouts.find_transfers("order_1")
    assert [sent.provider_id for sent in found] == ["tr_3", "tr_2", "tr_1"]
    assert [asked.query for asked in server.asked] == [
        {"transfer_group": "order_1", "limit": "100"},
        {"transfer_group": "order_1", "limit": "100", "starting_after": "tr_2"},
    ]
    server.will(says({"data": [stripe_reversal()], "has_more": False}))
    assert [found.refund_id for found in await payouts.find_reversals("tr_1")] == [OUR_REFUND_ID]
    assert server.asked[0].path == "/v1/transfers/tr_1/reversals"


async def test_a_list_that_does_not_end_is_not_believed(server: ScriptedServer, payouts: Payouts) -> None:
    server.will(says({"data": [stripe_transfer()], "has_more": True}))
    with pytest.raises(OutcomeUnknown, match="endless_list"):
        await payouts.find_transfers("order_1")
    assert len(server.asked) == 20


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (no(400, "balance_insufficient"), InsufficientBalance),
        (no(400, "insufficient_capabilities_for_transfer"), RecipientNotReady),
        (no(400, "transfers_not_allowed"), RecipientNotReady),
        (no(400, "capability_not_active"), RecipientNotReady),
        (no(403, "account_invalid"), RecipientGone),
        (no(400, "account_closed"), RecipientGone),
        (no(400, "resource_missing", param="destination"), RecipientGone),
        (no(404, "resource_missing"), RecipientGone),
        (no(400, "idempotency_key_reused", "idempotency_error"), KeyMisused),
        (no(400, kind="idempotency_error"), KeyMisused),
        (no(401), Unauthorized),
        (no(401, "api_key_expired"), Unauthorized),
        (no(403, "more_permissions_required"), Unauthorized),
        (no(400, "amount_too_small"), Refused),
        (no(400, "parameter_missing"), Refused),
        (no(402, "a_code_of_tomorrow", "card_error"), Refused),
        (no(404), Refused),
        (no(409, "lock_timeout"), OutcomeUnknown),
        (no(409, "idempotency_key_in_use", "idempotency_error"), OutcomeUnknown),
        (no(500, kind="api_error"), OutcomeUnknown),
        (no(503, "balance_insufficient"), OutcomeUnknown),
        (no(429, "rate_limit", retry_after="60"), NotExecuted),
        (no(429, "lock_timeout", retry_after="60"), NotExecuted),
        (no(400, "balance_insufficient", stripe_should_retry="true"), OutcomeUnknown),
        (no(401, stripe_should_retry="true"), Unauthorized),
        (says({"error": "no"}, 400), Refused),
        (says({"error": {"code": "<script>", "type": 7}}, 400), Refused),
    ],
)
async def test_what_a_refusal_means(
    server: ScriptedServer, payouts: Payouts, reply: Reply, kind: type[ProviderError]
) -> None:
    server.will(reply)
    with pytest.raises(ProviderError) as caught:
        await payouts.transfer(TRANSFER_REQUEST)
    assert type(caught.value) is kind
    assert "<" not in str(caught.value)
    assert API_KEY not in str(caught.value)


@pytest.mark.parametrize(("said", "tries"), [("false", 1), ("true", 3), ("perhaps", 3)])
async def test_stripe_says_whether_to_repeat(server: ScriptedServer, payouts: Payouts, said: str, tries: int) -> None:
    server.will(no(500, kind="api_error", stripe_should_retry=said))
    with pytest.raises(OutcomeUnknown):
        await payouts.transfer(TRANSFER_REQUEST)
    assert len(server.asked) == tries


@pytest.mark.parametrize(
    "ask",
    [
        lambda payouts: payouts.account("acct_1"),
        lambda payouts: payouts.balance("acct_1"),
        lambda payouts: payouts.onboarding_link("acct_1", "https://a", "https://b"),
    ],
)
async def test_an_account_that_is_not_there_is_gone(
    server: ScriptedServer, payouts: Payouts, ask: Callable[[Payouts], Awaitable[Any]]
) -> None:
    for reply in (no(404, "resource_missing"), no(403, "account_invalid")):
        server.will(reply)
        with pytest.raises(RecipientGone):
            await ask(payouts)


async def test_an_address_that_is_not_there_is_no_account_that_is_gone(
    server: ScriptedServer, payouts: Payouts
) -> None:
    server.will(no(404))
    with pytest.raises(Refused) as caught:
        await payouts.account("acct_1")
    assert type(caught.value) is Refused


async def test_a_deleted_account_is_gone(server: ScriptedServer, payouts: Payouts) -> None:
    server.will(says({"id": "acct_1", "object": "account", "deleted": True}))
    with pytest.raises(RecipientGone):
        await payouts.account("acct_1")


async def test_a_transfer_that_is_not_there_is_no_account(server: ScriptedServer, payouts: Payouts) -> None:
    server.will(no(404, "resource_missing", param="id"))
    with pytest.raises(NotFoundAtProvider):
        await payouts.reverse(REVERSAL_REQUEST)


async def test_an_account_of_somebody_else_does_not_stop_the_others(
    server: ScriptedServer, stripe: StripePayouts
) -> None:
    server.will(no(403, "account_invalid"))
    with pytest.raises(RecipientGone):
        await stripe.transfer(TRANSFER_REQUEST)
    assert not stripe.breaker.is_open
    server.will(no(401))
    with pytest.raises(Unauthorized):
        await stripe.transfer(TRANSFER_REQUEST)
    assert stripe.breaker.is_open


async def test_events_are_verified_by_the_clock(payouts: Payouts, clock: TurnableClock) -> None:
    body = json.dumps(stripe_event("account.updated", stripe_account(), account="acct_1")).encode()
    at_s = int(clock.now().timestamp())
    signed = [{"stripe-signature": stripe_signature(body, secret, at_s)} for secret in ("whsec_a", "whsec_c")]
    for headers in signed:
        payouts.verify_event(body, headers)
    event = payouts.parse_event(body)
    assert event.account is not None
    clock.turn(301)
    with pytest.raises(BadSignature):
        payouts.verify_event(body, signed[0])


@pytest.mark.parametrize(("key", "livemode", "is_taken"), [
    ("sk_test_x", False, True), ("sk_test_x", True, False), ("rk_live_x", True, True), ("rk_live_x", False, False),
    ("something", True, True),
])  # fmt: skip
async def test_events_of_the_other_mode_are_names(
    clock: TurnableClock, key: str, livemode: bool, is_taken: bool
) -> None:
    payouts = StripePayouts(base_url="http://127.0.0.1:1", api_key=key, currency="EUR", clock=clock)
    event = payouts.parse_event(
        json.dumps(stripe_event("transfer.created", stripe_transfer(), livemode=livemode)).encode()
    )
    assert (event.transfer is not None) == is_taken
    await payouts.aclose()
