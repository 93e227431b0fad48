"""What Stripe's JSON, forms and webhooks mean, in the port's words. Pure: it knows no network, and asks nobody.

Sources: docs.stripe.com/api (accounts, transfers, reversals, errors), docs.stripe.com/webhooks (signatures), and the
types of stripe-python. What is not needed is not looked at.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec

from veza.adapters.provider_wire import (
    Cents,
    Currency,
    Id,
    find_header,
    find_id,
    find_time,
    find_web_address,
    find_word,
    id_of_bytes,
    parse_as,
    parse_object,
)
from veza.kit.ids import parse_id
from veza.ports.payouts import Balance, OnboardingLink, PayoutEvent, SellerAccount, SentReversal, SentTransfer
from veza.ports.provider_errors import BadSignature, NotConfigured, RecipientGone, Unreadable

PROVIDER = "stripe"
TOLERANCE_S = 300
"""How old a signed webhook may be: Stripe signs each delivery anew, so an older one is somebody's recording."""
_SIGNATURE_CHARS_MAX = 4096


class _Account(msgspec.Struct):
    id: Id
    payouts_enabled: bool = False
    details_submitted: bool = False
    deleted: bool = False
    capabilities: dict[str, Any] | None = None
    requirements: dict[str, Any] | None = None


class _Transfer(msgspec.Struct):
    id: Id
    amount: Cents
    currency: Currency
    destination: Id
    amount_reversed: Cents = 0
    metadata: dict[str, Any] | None = None
    created: Any = None


class _Reversal(msgspec.Struct):
    id: Id
    amount: Cents
    currency: Currency
    transfer: Id
    metadata: dict[str, Any] | None = None


class _Link(msgspec.Struct):
    url: str
    expires_at: int


class _Sum(msgspec.Struct):
    amount: Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
    currency: Currency


class _Balance(msgspec.Struct):
    available: list[_Sum]
    pending: list[_Sum]


class _Page(msgspec.Struct):
    data: list[dict[str, Any]]
    has_more: bool = False


def parse_account(found: Mapping[str, Any]) -> SellerAccount:
    """An account, from an answer or a webhook. Raises `Unreadable`, and `RecipientGone` for one that was deleted."""
    read = parse_as(found, _Account)
    if read.deleted:
        raise RecipientGone(PROVIDER, "account_deleted")
    asked = read.requirements or {}
    due = {
        name
        for kind in ("currently_due", "past_due")
        for name in (asked.get(kind) if isinstance(asked.get(kind), list) else None) or []
        if isinstance(name, str)
    }
    return SellerAccount(
        account_id=read.id,
        can_receive=(read.capabilities or {}).get("transfers") == "active",
        payouts_enabled=read.payouts_enabled,
        details_submitted=read.details_submitted,
        disabled_reason=find_word(asked.get("disabled_reason")),
        requirements_due=len(due),
    )


def parse_transfer(found: Mapping[str, Any]) -> SentTransfer:
    """A transfer, likewise."""
    read = parse_as(found, _Transfer)
    return SentTransfer(
        provider_id=read.id,
        transfer_id=_our_id(read.metadata, "transfer_id"),
        amount_cents=read.amount,
        reversed_cents=read.amount_reversed,
        currency=read.currency.upper(),
        account_id=read.destination,
        created_at=find_time(read.created),
    )


def parse_reversal(found: Mapping[str, Any]) -> tuple[SentReversal, str, str]:
    """A reversal, its currency, and the id of its transfer."""
    read = parse_as(found, _Reversal)
    reversal = SentReversal(
        provider_id=read.id, amount_cents=read.amount, refund_id=_our_id(read.metadata, "refund_id")
    )
    return reversal, read.currency.upper(), read.transfer


def parse_link(found: Mapping[str, Any]) -> OnboardingLink:
    """An account link. Raises `Unreadable` when it leads to something else than a page."""
    read = parse_as(found, _Link)
    url, expires_at = find_web_address(read.url), find_time(read.expires_at)
    if url is None or expires_at is None:
        raise Unreadable("this is not a link")
    return OnboardingLink(url=url, expires_at=expires_at)


def parse_balance(found: Mapping[str, Any], currency: str) -> Balance:
    """What a balance holds in one currency; it has a list of sums, and none for a currency that was never used."""
    read = parse_as(found, _Balance)

    def total(sums: list[_Sum]) -> int:
        return sum(part.amount for part in sums if part.currency.upper() == currency)

    return Balance(available_cents=total(read.available), pending_cents=total(read.pending), currency=currency)


def parse_page(found: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str | None]:
    """The objects of a page, and the id after which the next one begins; None: this is the last."""
    read = parse_as(found, _Page)
    if not read.has_more:
        return read.data, None
    last_id = find_id(read.data[-1].get("id")) if read.data else None
    if last_id is None:
        raise Unreadable("there is more, but nothing to go on from")
    return read.data, last_id


def write_form(fields: Mapping[str, Any]) -> bytes:
    """Nested fields as Stripe reads them: `{"metadata": {"a": "b"}}` is `metadata[a]=b`."""
    return urlencode(list(_flat(fields, ""))).encode()


def _flat(fields: Mapping[str, Any], within: str) -> Iterator[tuple[str, str]]:
    for key, value in fields.items():
        name = f"{within}[{key}]" if within else key
        if isinstance(value, Mapping):
            yield from _flat(value, name)
        else:
            yield name, str(value).lower() if isinstance(value, bool) else str(value)


def verify_signature(body: bytes, headers: Mapping[str, str], secrets: Sequence[str], now: datetime) -> None:
    """Raises unless `Stripe-Signature` holds, for a time within 300 s of `now`, a v1 of exactly `body`.

    v1 is the lower-case hex HMAC-SHA256 of "<t>.<body>"; there are several while a secret is being changed.
    """
    usable = [secret for secret in secrets if secret]
    if not usable:
        raise NotConfigured("no webhook secret is set")
    parts = [part.strip().partition("=") for part in _signature(headers).split(",")]
    times = [value for name, _, value in parts if name == "t"]
    signatures = [value.encode("utf-8", "replace") for name, _, value in parts if name == "v1"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdigit() and len(times[0]) <= 12):
        raise BadSignature("the signature is missing or wrong")
    signed = times[0].encode() + b"." + body
    good = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest().encode() for secret in usable]
    matches = [hmac.compare_digest(signature, expected) for signature in signatures for expected in good]
    if not any(matches):
        raise BadSignature("the signature is missing or wrong")
    if abs(now.timestamp() - int(times[0])) > TOLERANCE_S:
        raise BadSignature("the signature is of another time")


def _signature(headers: Mapping[str, str]) -> str:
    return (find_header(headers, "stripe-signature") or "")[:_SIGNATURE_CHARS_MAX]


def parse_event(body: bytes, *, is_live: bool | None) -> PayoutEvent:
    """A webhook's body. Raises `Unreadable`, and nothing else.

    `is_live`: the mode of our key. An endpoint for accounts hears of both modes; what is of the other one is a name
    without an object (docs.stripe.com/connect/webhooks).
    """
    event = parse_object(body)
    data = event.get("data")
    found = data.get("object") if isinstance(data, dict) else None
    is_ours = is_live is None or event.get("livemode") in (is_live, None)
    account, transfer = _parts(found) if isinstance(found, dict) and is_ours else (None, None)
    return PayoutEvent(
        event_id=find_id(event.get("id")) or id_of_bytes(body),
        kind=find_word(event.get("type")) or "unknown",
        account=account,
        account_id=(find_id(event.get("account")) or (account.account_id if account else None)) if is_ours else None,
        transfer=transfer,
    )


def _parts(found: Mapping[str, Any]) -> tuple[SellerAccount | None, SentTransfer | None]:
    kind = found.get("object")
    try:
        return (
            parse_account(found) if kind == "account" else None,
            parse_transfer(found) if kind == "transfer" else None,
        )
    except (Unreadable, RecipientGone):
        return None, None


def _our_id(metadata: Mapping[str, Any] | None, name: str) -> UUID | None:
    value = (metadata or {}).get(name)
    return parse_id(value) if isinstance(value, str) else None
