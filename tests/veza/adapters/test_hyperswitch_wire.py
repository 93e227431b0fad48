"""Hyperswitch's words become ours; a signature is checked over the bytes that came; no event can break the reader."""

import contextlib
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given
from tests.factories.money import (
    PAYMENT_ID,
    REFUND_ID,
    hyperswitch_dispute,
    hyperswitch_event,
    hyperswitch_payment,
    hyperswitch_refund,
    hyperswitch_signature,
)

from veza.adapters.hyperswitch_wire import (
    SIGNATURE_HEADERS,
    parse_dispute,
    parse_event,
    parse_payment,
    parse_refund,
    verify_signature,
)
from veza.ports.payments import DisputeState, PaymentState, RefundState
from veza.ports.provider_errors import BadSignature, NotConfigured, Unreadable

KEY = "2f" * 32
BODY = json.dumps(hyperswitch_event("payment_succeeded", "payment_details", hyperswitch_payment())).encode()
GOOD = hyperswitch_signature(BODY, KEY)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


def body_of(event: object) -> bytes:
    return json.dumps(event).encode()


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("succeeded", PaymentState.SUCCEEDED), ("failed", PaymentState.FAILED), ("cancelled", PaymentState.CANCELLED),
        ("cancelled_post_capture", PaymentState.CANCELLED), ("expired", PaymentState.EXPIRED),
        ("conflicted", PaymentState.CONFLICTED), ("partially_captured", PaymentState.CONFLICTED),
        ("processing", PaymentState.PENDING), ("requires_customer_action", PaymentState.PENDING),
        ("requires_merchant_action", PaymentState.PENDING), ("requires_payment_method", PaymentState.PENDING),
        ("requires_confirmation", PaymentState.PENDING), ("requires_capture", PaymentState.PENDING),
        ("partially_captured_and_capturable", PaymentState.PENDING),
        ("partially_captured_and_processing", PaymentState.PENDING), ("a_word_of_tomorrow", PaymentState.PENDING),
        ("SUCCEEDED", PaymentState.PENDING), ("", PaymentState.PENDING),
    ],
)  # fmt: skip
def test_states_of_a_payment(word: str, state: PaymentState) -> None:
    payment = parse_payment(hyperswitch_payment(status=word))
    assert payment.state == state
    assert payment.provider_status == (word or "unknown")


def test_a_payment_is_read() -> None:
    payment = parse_payment(hyperswitch_payment(error_code="card_declined", connector_transaction_id="pi_1"))
    assert (payment.payment_id, payment.amount_cents, payment.currency) == (PAYMENT_ID, 2999, "EUR")
    assert payment.client_secret == f"{PAYMENT_ID}_secret_abc"
    assert payment.checkout_url == "https://pay.example/abc"
    assert payment.updated_at == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert (payment.error_code, payment.provider_payment_ref) == ("card_declined", "pi_1")
    assert "_secret_" not in repr(payment)


def test_fields_that_are_not_needed_may_be_anything() -> None:
    payment = parse_payment(
        hyperswitch_payment(
            client_secret=7,
            payment_link="x",
            error_code="<b>",
            updated="soon",
            connector_transaction_id=[],
            net_amount={},
        )
    )
    assert (payment.client_secret, payment.checkout_url, payment.error_code) == (None, None, None)
    assert (payment.updated_at, payment.provider_payment_ref) == (None, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": None}, {"amount": "2999"}, {"amount": 2999.5}, {"amount": -1}, {"amount": True}, {"amount": 2**60},
        {"currency": "EURO"}, {"currency": None}, {"payment_id": ""}, {"payment_id": "a\x00b"}, {"payment_id": 7},
        {"payment_id": "x" * 300}, {"status": None},
    ],
)  # fmt: skip
def test_a_payment_without_what_is_needed_is_unreadable(changes: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        parse_payment(hyperswitch_payment(**changes))


@pytest.mark.parametrize(
    ("word", "state"),
    [("succeeded", RefundState.SUCCEEDED), ("failed", RefundState.FAILED), ("pending", RefundState.PENDING),
     ("review", RefundState.PENDING), ("a_word_of_tomorrow", RefundState.PENDING)],
)  # fmt: skip
def test_states_of_a_refund(word: str, state: RefundState) -> None:
    refund = parse_refund(hyperswitch_refund(status=word))
    assert (refund.refund_id, refund.payment_id, refund.state) == (REFUND_ID, PAYMENT_ID, state)
    assert (refund.amount_cents, refund.currency) == (1000, "EUR")


@pytest.mark.parametrize("state", DisputeState)
def test_states_of_a_dispute(state: DisputeState) -> None:
    dispute = parse_dispute(hyperswitch_dispute(dispute_status=f"dispute_{state}"))
    assert (dispute.state, dispute.amount_cents, dispute.payment_id) == (state, 2999, PAYMENT_ID)
    assert dispute.updated_at == datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_dispute_in_a_state_that_is_not_known_is_unreadable() -> None:
    for changes in ({"dispute_status": "dispute_postponed"}, {"amount": "many"}):
        with pytest.raises(Unreadable):
            parse_dispute(hyperswitch_dispute(**changes))


@pytest.mark.parametrize("name", ["X-Webhook-Signature-512", "x-webhook-signature-512", "X-Hyperswitch-Signature"])
def test_both_names_of_the_header_will_do(name: str) -> None:
    verify_signature(BODY, {"Content-Type": "application/json", name: GOOD}, [KEY])


def test_one_good_signature_is_enough() -> None:
    verify_signature(BODY, dict(zip(SIGNATURE_HEADERS, ("00", GOOD), strict=True)), [KEY])


def test_two_keys_are_good_while_one_is_being_changed() -> None:
    verify_signature(BODY, {SIGNATURE_HEADERS[0]: GOOD}, ["new key", KEY])
    verify_signature(BODY, {SIGNATURE_HEADERS[0]: GOOD}, [KEY, "old key"])


FORGED = [
    "", "00", GOOD[:-1], GOOD[:64], GOOD + "0", GOOD.upper(), f"sha512={GOOD}", f"{GOOD},{GOOD}", "é" * 128, "\udce9",
    hyperswitch_signature(BODY, "another key"), hyperswitch_signature(BODY, ""),
    hyperswitch_signature(BODY + b" ", KEY),
    hmac.new(KEY.encode(), BODY, hashlib.sha256).hexdigest(),
    hmac.new(bytes.fromhex(KEY), BODY, hashlib.sha512).hexdigest(),
    hashlib.sha512(BODY).hexdigest(),
]  # fmt: skip


@pytest.mark.parametrize("name", SIGNATURE_HEADERS)
@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_signature_is_refused(name: str, forged: str) -> None:
    with pytest.raises(BadSignature):
        verify_signature(BODY, {name: forged}, [KEY])


def test_no_signature_is_refused() -> None:
    for headers in ({}, {"X-Webhook-Signature-256": GOOD}, {"Authorization": GOOD}):
        with pytest.raises(BadSignature):
            verify_signature(BODY, headers, [KEY])


def test_a_body_that_was_written_anew_is_refused() -> None:
    written = json.dumps(json.loads(BODY), separators=(",", ":")).encode()
    assert json.loads(written) == json.loads(BODY)
    with pytest.raises(BadSignature):
        verify_signature(written, {SIGNATURE_HEADERS[0]: GOOD}, [KEY])


@pytest.mark.parametrize("keys", [[], [""], ["", ""]])
def test_without_a_key_nothing_is_believed(keys: list[str]) -> None:
    with pytest.raises(NotConfigured):
        verify_signature(BODY, {SIGNATURE_HEADERS[0]: hyperswitch_signature(BODY, "")}, keys)


def test_an_event_about_a_payment() -> None:
    event = parse_event(
        body_of(hyperswitch_event("payment_succeeded", "payment_details", hyperswitch_payment(status="succeeded")))
    )
    assert (event.event_id, event.kind, event.subject) == ("evt_1", "payment_succeeded", "payment")
    assert event.occurred_at == datetime(2026, 11, 23, 12, 0, 1, tzinfo=UTC)
    assert event.payment is not None
    assert event.payment.state == PaymentState.SUCCEEDED
    assert (event.refund, event.dispute) == (None, None)


def test_an_event_about_a_refund_and_one_about_a_dispute() -> None:
    event = parse_event(
        body_of(hyperswitch_event("refund_failed", "refund_details", hyperswitch_refund(status="failed")))
    )
    assert event.subject == "refund"
    assert event.refund is not None
    assert event.refund.state == RefundState.FAILED
    event = parse_event(body_of(hyperswitch_event("dispute_opened", "dispute_details", hyperswitch_dispute())))
    assert event.subject == "dispute"
    assert event.dispute is not None
    assert event.dispute.state == DisputeState.OPENED


@pytest.mark.parametrize("name", ["event", "event_type"])
@pytest.mark.parametrize("spelt", ["payment.succeeded", "payment_succeeded"])
def test_the_flat_form_and_both_spellings(name: str, spelt: str) -> None:
    body = body_of({name: spelt, "payment_id": PAYMENT_ID, "amount": 2999, "currency": "eur", "status": "succeeded"})
    event = parse_event(body)
    assert (event.kind, event.subject) == ("payment_succeeded", "payment")
    assert event.event_id == hashlib.sha256(body).hexdigest()
    assert event.payment is not None
    assert event.payment.state == PaymentState.SUCCEEDED
    assert (event.payment.amount_cents, event.payment.currency) == (2999, "EUR")


def test_the_flat_form_says_its_state_by_its_name_when_nothing_else_does() -> None:
    flat = {
        "event": "refund.succeeded",
        "refund_id": REFUND_ID,
        "payment_id": PAYMENT_ID,
        "amount": 1,
        "currency": "EUR",
    }
    event = parse_event(body_of(flat))
    assert event.refund is not None
    assert event.refund.state == RefundState.SUCCEEDED
    event = parse_event(
        body_of({"event": "payment.failed", "payment_id": PAYMENT_ID, "amount": 2999, "currency": "EUR"})
    )
    assert event.payment is not None
    assert event.payment.state == PaymentState.FAILED


@pytest.mark.parametrize(
    ("event", "subject"),
    [
        ({"event": "payment.succeeded"}, "payment"),
        (hyperswitch_event("payment_succeeded", "payment_details", {"payment_id": PAYMENT_ID}), "payment"),
        (hyperswitch_event("payment_succeeded", "payment_details", None), "payment"),
        (hyperswitch_event("mandate_active", "mandate_details", {}), "other"),
        (hyperswitch_event("something_new", "new_details", {}), "other"),
        ({}, "other"),
        ({"event_type": {"a": 1}, "content": {"type": [], "object": []}}, "other"),
    ],
)
def test_an_event_that_lacks_something_has_no_object(event: object, subject: str) -> None:
    found = parse_event(body_of(event))
    assert found.subject == subject
    assert (found.payment, found.refund, found.dispute) == (None, None, None)


@pytest.mark.parametrize("event_id", ["", "a b", "a\x00", "x" * 300, 7, None])
def test_an_id_that_cannot_be_one_is_replaced(event_id: object) -> None:
    body = body_of({"event_id": event_id, "event": "payment.succeeded"})
    assert parse_event(body).event_id == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"payment", b"\xff", b"[" * 60_000, b'"x"', b"{" * 60_000])
def test_what_is_no_event_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse_event(body)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    with contextlib.suppress(Unreadable):
        parse_event(body)


NAMES = st.sampled_from(["payment_succeeded", "refund.failed", "dispute_opened", "payment.succeeded", "x", ""]) | JSON
TYPES = st.sampled_from(["payment_details", "refund_details", "dispute_details", "x"]) | JSON


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "event": NAMES,
            "event_type": NAMES,
            "event_id": JSON,
            "timestamp": JSON,
            "content": JSON | st.fixed_dictionaries({"type": TYPES}, optional={"object": JSON}),
            "payment_id": JSON,
            "amount": JSON,
        },
    ),
    st.sampled_from([hyperswitch_payment(), hyperswitch_refund(), hyperswitch_dispute()]),
    st.sampled_from(["payment_id", "amount", "currency", "status", "payment_link", "dispute_status", "updated"]),
    JSON,
    TYPES,
)
def test_no_event_breaks_the_reader(
    event: dict[str, Any], found: dict[str, Any], field: str, value: object, kind: object
) -> None:
    changed = {**found, field: value}
    for one in (event, {**event, "content": {"type": kind, "object": changed}}, changed):
        read = parse_event(body_of(one))
        assert 0 < len(read.event_id) <= 255
        assert read.kind.isascii()
