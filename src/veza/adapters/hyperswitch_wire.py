"""What Hyperswitch's JSON and webhooks mean, in the port's words. Pure: it knows no network, and asks nobody.

Sources: api-reference/v1/openapi_spec_v1.json and crates/api_models/src/{webhooks,disputes}.rs of juspay/hyperswitch.
A word that is not known settles nothing; a field that is not needed is not looked at.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from veza.adapters.provider_wire import (
    Cents,
    Currency,
    Id,
    find_cents,
    find_header,
    find_id,
    find_time,
    find_web_address,
    find_word,
    id_of_bytes,
    parse_as,
    parse_object,
)
from veza.ports.payments import Dispute, DisputeState, Payment, PaymentEvent, PaymentState, Refund, RefundState
from veza.ports.provider_errors import BadSignature, NotConfigured, Unreadable

SIGNATURE_HEADERS = ("x-webhook-signature-512", "x-hyperswitch-signature")
"""The real name, and the one of this platform's first API reference. One must hold a good signature."""

_PAYMENT_STATES = {
    "succeeded": PaymentState.SUCCEEDED,
    "failed": PaymentState.FAILED,
    "cancelled": PaymentState.CANCELLED,
    "cancelled_post_capture": PaymentState.CANCELLED,
    "expired": PaymentState.EXPIRED,
    "conflicted": PaymentState.CONFLICTED,
    "partially_captured": PaymentState.CONFLICTED,
}
_REFUND_STATES = {"succeeded": RefundState.SUCCEEDED, "failed": RefundState.FAILED}
_SUBJECTS = {"payment_details": "payment", "refund_details": "refund", "dispute_details": "dispute"}

Subject = Literal["payment", "refund", "dispute", "other"]


class _Payment(msgspec.Struct):
    payment_id: Id
    amount: Cents
    currency: Currency
    status: str
    client_secret: Any = None
    payment_link: Any = None
    error_code: Any = None
    updated: Any = None
    connector_transaction_id: Any = None


class _Refund(msgspec.Struct):
    refund_id: Id
    payment_id: Id
    amount: Cents
    currency: Currency
    status: str
    error_code: Any = None
    updated_at: Any = None


class _Dispute(msgspec.Struct):
    dispute_id: Id
    payment_id: Id
    amount: Any
    currency: Currency
    dispute_status: str
    updated_at: Any = None
    connector_updated_at: Any = None


def parse_payment(found: Mapping[str, Any]) -> Payment:
    """A payment, from an answer or a webhook. Raises `Unreadable` when it lacks its id, amount, currency or status."""
    read = parse_as(found, _Payment)
    link = read.payment_link.get("link") if isinstance(read.payment_link, dict) else None
    return Payment(
        payment_id=read.payment_id,
        state=_PAYMENT_STATES.get(read.status, PaymentState.PENDING),
        provider_status=find_word(read.status) or "unknown",
        amount_cents=read.amount,
        currency=read.currency.upper(),
        client_secret=find_id(read.client_secret),
        checkout_url=find_web_address(link),
        error_code=find_word(read.error_code),
        updated_at=find_time(read.updated),
        provider_payment_ref=find_id(read.connector_transaction_id),
    )


def parse_refund(found: Mapping[str, Any]) -> Refund:
    """A refund, likewise."""
    read = parse_as(found, _Refund)
    return Refund(
        refund_id=read.refund_id,
        payment_id=read.payment_id,
        state=_REFUND_STATES.get(read.status, RefundState.PENDING),
        amount_cents=read.amount,
        currency=read.currency.upper(),
        error_code=find_word(read.error_code),
        updated_at=find_time(read.updated_at),
    )


def parse_dispute(found: Mapping[str, Any]) -> Dispute:
    """A dispute, likewise. Its amount comes as digits in a string."""
    read = parse_as(found, _Dispute)
    amount_cents = find_cents(read.amount)
    word = read.dispute_status.removeprefix("dispute_")
    if amount_cents is None or word not in DisputeState.__members__.values():
        raise Unreadable("this is not a dispute")
    return Dispute(
        dispute_id=read.dispute_id,
        payment_id=read.payment_id,
        amount_cents=amount_cents,
        currency=read.currency.upper(),
        state=DisputeState(word),
        updated_at=find_time(read.updated_at) or find_time(read.connector_updated_at),
    )


def verify_signature(body: bytes, headers: Mapping[str, str], keys: Sequence[str]) -> None:
    """Raises unless a header holds the lower-case hex HMAC-SHA512 of exactly `body` under one of `keys`.

    A key is the characters of the profile's `payment_response_hash_key`, as they stand: it is no hex to decode.
    """
    usable = [key for key in keys if key]
    if not usable:
        raise NotConfigured("no webhook secret is set")
    told = [find_header(headers, name) for name in SIGNATURE_HEADERS]
    signatures = [text.strip().encode("utf-8", "replace") for text in told if text is not None]
    good = [hmac.new(key.encode(), body, hashlib.sha512).hexdigest().encode() for key in usable]
    matches = [hmac.compare_digest(signature, expected) for signature in signatures for expected in good]
    if not any(matches):
        raise BadSignature("the signature is missing or wrong")


def parse_event(body: bytes) -> PaymentEvent:
    """A webhook's body: the envelope of Hyperswitch, or the flat form of this platform's first API reference.

    Raises `Unreadable`, and nothing else.
    """
    event = parse_object(body)
    kind = _kind(event.get("event_type") or event.get("event"))
    content = event.get("content")
    subject: Subject
    if isinstance(content, dict):
        found = content.get("object")
        subject = _subject(_SUBJECTS.get(str(content.get("type")), kind))
    else:
        subject = _subject(kind)
        found = {"status": kind.removeprefix(f"{subject}_"), "dispute_status": kind, **event}
    parts = _parts(subject, found if isinstance(found, dict) else {})
    return PaymentEvent(
        event_id=find_id(event.get("event_id")) or id_of_bytes(body),
        kind=kind,
        subject=subject,
        occurred_at=find_time(event.get("timestamp")),
        **parts,
    )


def _parts(subject: Subject, found: Mapping[str, Any]) -> dict[str, Any]:
    try:
        match subject:
            case "payment":
                return {"payment": parse_payment(found)}
            case "refund":
                return {"refund": parse_refund(found)}
            case "dispute":
                return {"dispute": parse_dispute(found)}
            case "other":
                return {}
    except Unreadable:
        return {}


def _kind(value: object) -> str:
    return (find_word(value) or "unknown").replace(".", "_").lower()


def _subject(kind: str) -> Subject:
    match kind.partition("_")[0]:
        case "payment" | "action":  # action_required
            return "payment"
        case "refund":
            return "refund"
        case "dispute":
            return "dispute"
        case _:
            return "other"
