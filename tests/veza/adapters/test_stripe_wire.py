"""Stripe's words become ours; signatures hold for five minutes; forms are written as it reads them."""

import hashlib
import hmac
import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given
from tests.factories.money import (
    OUR_REFUND_ID,
    TRANSFER_ID,
    stripe_account,
    stripe_event,
    stripe_reversal,
    stripe_signature,
    stripe_transfer,
    stripe_v1,
)

from veza.adapters.stripe_wire import (
    parse_account,
    parse_balance,
    parse_event,
    parse_link,
    parse_page,
    parse_reversal,
    parse_transfer,
    verify_signature,
    write_form,
)
from veza.ports.provider_errors import BadSignature, NotConfigured, RecipientGone, Unreadable

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
NOW_S = int(NOW.timestamp())
SECRET = "whsec_account"
CONNECT_SECRET = "whsec_connect"
BODY = json.dumps(stripe_event("account.updated", stripe_account(), account="acct_1")).encode()

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def verify(header: str, body: bytes = BODY) -> None:
    verify_signature(body, {"Stripe-Signature": header}, [SECRET, CONNECT_SECRET], NOW)


def test_an_account_that_is_ready() -> None:
    account = parse_account(stripe_account())
    assert account.account_id == "acct_1"
    assert account.can_receive
    assert account.payouts_enabled
    assert account.details_submitted
    assert (account.disabled_reason, account.requirements_due) == (None, 0)


def test_an_account_that_is_not() -> None:
    asked = {"currently_due": ["a", "b"], "past_due": ["a"], "disabled_reason": "requirements.past_due"}
    account = parse_account(stripe_account(capabilities={"transfers": "pending"}, requirements=asked))
    assert not account.can_receive
    assert (account.disabled_reason, account.requirements_due) == ("requirements.past_due", 2)


@pytest.mark.parametrize("changes", [{"capabilities": None}, {"requirements": None}, {"requirements": {"past_due": 7}}])
def test_an_account_about_which_little_is_said(changes: dict[str, Any]) -> None:
    account = parse_account(stripe_account(**changes))
    assert account.requirements_due == 0
    assert account.can_receive == (changes.get("capabilities", True) is not None)


def test_an_account_that_was_deleted_is_gone() -> None:
    with pytest.raises(RecipientGone):
        parse_account({"id": "acct_1", "object": "account", "deleted": True})


def test_a_transfer_is_read() -> None:
    sent = parse_transfer(stripe_transfer(amount_reversed=900))
    assert (sent.provider_id, sent.transfer_id, sent.account_id) == ("tr_1", TRANSFER_ID, "acct_1")
    assert (sent.amount_cents, sent.reversed_cents, sent.currency) == (2699, 900, "EUR")
    assert sent.created_at == datetime.fromtimestamp(1795435200, UTC)
    for metadata in (None, {}, {"transfer_id": "x"}, {"transfer_id": 7}):
        assert parse_transfer(stripe_transfer(metadata=metadata)).transfer_id is None


def test_a_reversal_is_read() -> None:
    reversal, currency, transfer_id = parse_reversal(stripe_reversal())
    assert (reversal.provider_id, reversal.amount_cents, reversal.refund_id) == ("trr_1", 900, OUR_REFUND_ID)
    assert (currency, transfer_id) == ("EUR", "tr_1")


def test_a_balance_is_of_one_currency() -> None:
    sums = {
        "available": [{"amount": 500, "currency": "usd"}, {"amount": -100, "currency": "eur", "source_types": {}}],
        "pending": [{"amount": 7, "currency": "eur"}, {"amount": 3, "currency": "eur"}],
    }
    balance = parse_balance(sums, "EUR")
    assert (balance.available_cents, balance.pending_cents, balance.currency) == (-100, 10, "EUR")
    assert parse_balance({"available": [], "pending": []}, "EUR").available_cents == 0


@pytest.mark.parametrize(
    "broken",
    [{}, {"available": {"amount": 1}, "pending": []}, {"available": [{"amount": 1.5}], "pending": []}, {"pending": []}],
)
def test_a_balance_that_is_none_is_unreadable(broken: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        parse_balance(broken, "EUR")


def test_a_link_is_a_page_and_no_secret_in_a_log() -> None:
    link = parse_link({"url": "https://connect.example/setup/s/abc", "expires_at": NOW_S, "created": 1})
    assert link.expires_at == NOW
    assert "abc" not in repr(link)
    for broken in ({"url": "javascript:x", "expires_at": NOW_S}, {"url": "https://x", "expires_at": 10**18}, {}):
        with pytest.raises(Unreadable):
            parse_link(broken)


def test_pages_go_on_from_their_last_object() -> None:
    assert parse_page({"data": [{"id": "a"}, {"id": "b"}], "has_more": True}) == ([{"id": "a"}, {"id": "b"}], "b")
    assert parse_page({"data": [{"id": "a"}], "has_more": False}) == ([{"id": "a"}], None)


@pytest.mark.parametrize("broken", [{"data": [], "has_more": True}, {"data": [{}], "has_more": True}, {"data": {}}, {}])
def test_a_page_that_leads_nowhere_is_unreadable(broken: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        parse_page(broken)


def test_forms_are_written_with_brackets() -> None:
    fields = {"amount": 5, "metadata": {"a b": "ü&="}, "capabilities": {"transfers": {"requested": True}}}
    assert write_form(fields) == (
        b"amount=5&metadata%5Ba+b%5D=%C3%BC%26%3D&capabilities%5Btransfers%5D%5Brequested%5D=true"
    )


@pytest.mark.parametrize("secret", [SECRET, CONNECT_SECRET])
@pytest.mark.parametrize("age_s", [-300, 0, 300])
def test_signatures_of_both_endpoints_hold_for_five_minutes(secret: str, age_s: int) -> None:
    verify(stripe_signature(BODY, secret, NOW_S - age_s))


@pytest.mark.parametrize("age_s", [-301, 301, 86_400, 10**9])
def test_a_replayed_one_is_refused(age_s: int) -> None:
    with pytest.raises(BadSignature):
        verify(stripe_signature(BODY, SECRET, NOW_S - age_s))


def test_one_of_several_is_enough() -> None:
    verify(f"t={NOW_S},v1=00,v1={stripe_v1(BODY, SECRET, NOW_S)},v0=ff")


V1 = stripe_v1(BODY, SECRET, NOW_S)


@pytest.mark.parametrize(
    "header",
    [
        "", "t=", f"t={NOW_S}", f"v1={V1}", f"t={NOW_S},v0={V1}", f"t={NOW_S},v1={V1[:-1]}",
        f"t={NOW_S},v1={V1.upper()}",
        f"t={NOW_S + 1},v1={V1}", f"t={NOW_S},t={NOW_S + 1},v1={V1}", f"t=+{NOW_S},v1={V1}", f"t={NOW_S}.0,v1={V1}",
        f"t={'9' * 5000},v1={V1}", f"t=²,v1={V1}", f"t={NOW_S},v1=é", f"t={NOW_S},v1=\udce9", "v1=" * 100_000,
        f"t={NOW_S},v1={stripe_v1(BODY, 'whsec_other', NOW_S)}", f"t={NOW_S},v1={stripe_v1(BODY, '', NOW_S)}",
        f"t={NOW_S},v1={hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()}",
        f"t={NOW_S},v1={hmac.new(SECRET.encode(), f'{NOW_S}.'.encode() + BODY, hashlib.sha512).hexdigest()}",
    ],
)  # fmt: skip
def test_a_forged_one_is_refused(header: str) -> None:
    with pytest.raises(BadSignature):
        verify(header)


def test_no_signature_and_a_body_written_anew_are_refused() -> None:
    with pytest.raises(BadSignature):
        verify_signature(BODY, {}, [SECRET], NOW)
    written = json.dumps(json.loads(BODY), separators=(",", ":")).encode()
    with pytest.raises(BadSignature):
        verify(stripe_signature(BODY, SECRET, NOW_S), written)


@pytest.mark.parametrize("secrets", [[], [""]])
def test_without_a_secret_nothing_is_believed(secrets: list[str]) -> None:
    with pytest.raises(NotConfigured):
        verify_signature(BODY, {"Stripe-Signature": stripe_signature(BODY, "", NOW_S)}, secrets, NOW)


def read(event: object, *, is_live: bool | None = False) -> Any:
    return parse_event(json.dumps(event).encode(), is_live=is_live)


def test_events_about_an_account_and_about_a_transfer() -> None:
    event = read(stripe_event("account.updated", stripe_account(), account="acct_1"))
    assert (event.event_id, event.kind, event.account_id) == ("evt_1", "account.updated", "acct_1")
    assert event.account.can_receive
    assert event.transfer is None
    event = read(stripe_event("transfer.reversed", stripe_transfer(amount_reversed=2699)))
    assert (event.account, event.account_id) == (None, None)
    assert event.transfer.reversed_cents == 2699


def test_an_event_about_something_else_is_a_name() -> None:
    event = read(
        stripe_event("account.application.deauthorized", {"id": "ca_1", "object": "application"}, account="acct_1")
    )
    assert (event.kind, event.account_id) == ("account.application.deauthorized", "acct_1")
    assert event.account is event.transfer is None


@pytest.mark.parametrize(("is_live", "livemode", "is_taken"), [
    (False, True, False), (True, False, False), (True, True, True), (False, False, True), (None, True, True),
    (False, None, True), (True, [], False),
])  # fmt: skip
def test_an_event_of_the_other_mode_is_only_a_name(is_live: bool | None, livemode: object, is_taken: bool) -> None:
    event = read(
        stripe_event("account.updated", stripe_account(), account="acct_1", livemode=livemode), is_live=is_live
    )
    assert event.kind == "account.updated"
    assert (event.account is not None) == (event.account_id is not None) == is_taken


@pytest.mark.parametrize("found", [None, [], {}, {"object": "account"}, {"object": "transfer", "id": "tr_1"},
                                   {"object": "account", "id": "acct_1", "deleted": True}, {"object": []}])  # fmt: skip
def test_an_event_that_lacks_something_has_no_object(found: object) -> None:
    event = read(stripe_event("account.updated", found))
    assert event.account is event.transfer is None


def test_an_event_without_an_id_is_known_by_its_bytes() -> None:
    body = b'{"type":"account.updated"}'
    assert parse_event(body, is_live=None).event_id == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"[" * 60_000, b"account.updated"])
def test_what_is_no_event_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse_event(body, is_live=False)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    with suppress(Unreadable):
        parse_event(body, is_live=False)


@given(
    st.fixed_dictionaries(
        {}, optional={"id": JSON, "type": JSON, "account": JSON, "livemode": JSON, "data": JSON, "object": JSON}
    ),
    st.sampled_from([stripe_account(), stripe_transfer()]),
    st.sampled_from(["id", "object", "capabilities", "requirements", "metadata", "amount", "currency", "created"]),
    JSON,
)
def test_no_event_breaks_the_reader(event: dict[str, Any], found: dict[str, Any], field: str, value: object) -> None:
    for one in (event, {**event, "data": {"object": {**found, field: value}}, "livemode": False}):
        event_read = read(one)
        assert 0 < len(event_read.event_id) <= 255
        assert event_read.kind.isascii()
