"""Which mail there is, and the facts that each kind tells. Pure: how it reads is `letters`, who gets it `service`."""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

import msgspec

from veza.kit.text import one_line

SEND = "mail.send"
SEND_BULK = "mail.send_bulk"
"""For what goes to many at once: it must not stand in the way of a receipt or of a link that somebody waits for."""
ONE_CLICK = "List-Unsubscribe=One-Click"
"""What a mail program posts (RFC 8058 §3.2)."""
TEXT_MAX = 200
"""Characters of somebody's text in a mail: a title, the name of a licence."""


class MailKind(StrEnum):
    """Why somebody is written to. What tells of somebody's money cannot be turned off."""

    RECEIPT = "receipt"
    SALE = "sale"
    PAYMENT_RETURNED = "payment_returned"
    REFUND = "refund"
    STREAM_LIVE = "stream_live"


OPTIONAL_KINDS = frozenset({MailKind.STREAM_LIVE})
"""Only sent to who asked for it, and turned off by a link in the mail."""


class ReturnReason(StrEnum):
    """Why money that came goes back."""

    CANCELLED = "cancelled"
    SOLD_OUT = "sold_out"
    PAID_TWICE = "paid_twice"
    ALREADY_OWNED = "already_owned"
    UNAVAILABLE = "unavailable"


class BoughtLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of an order. `total_cents` is for all of `quantity`."""

    title: str
    license_name: str | None
    quantity: int
    unit_price_cents: int
    total_cents: int


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To the buyer: their order is complete. A free one has a `total_cents` of 0."""

    order_id: UUID
    order_number: str
    currency: str
    lines: tuple[BoughtLine, ...]
    total_cents: int


class Sale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To a seller: their own lines of an order that is complete. `net_cents` = `gross_cents` − `fee_cents`."""

    order_number: str
    currency: str
    lines: tuple[BoughtLine, ...]
    gross_cents: int
    fee_cents: int
    net_cents: int


class PaymentReturned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To the buyer: what they paid goes back, whole."""

    order_id: UUID
    order_number: str
    currency: str
    amount_cents: int
    reason: ReturnReason


class MoneyBackTo(StrEnum):
    """Who is told about a refund. `asker`: wanted it, and is not its buyer."""

    BUYER = "buyer"
    SELLER = "seller"
    ASKER = "asker"


class MoneyBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money of an order goes back to its buyer, or (`has_failed`) does not.

    `lines` hold what of each goes back; to a seller their own, with their net share of it in `net_cents`.
    """

    audience: MoneyBackTo
    order_id: UUID
    order_number: str
    currency: str
    lines: tuple[BoughtLine, ...]
    amount_cents: int
    net_cents: int
    reason: str
    is_disputed: bool
    has_failed: bool = False


class StreamLive(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To a follower: somebody went live."""

    stream_id: UUID
    streamer: str
    title: str


Facts: TypeAlias = Receipt | Sale | PaymentReturned | MoneyBack | StreamLive

FACTS_OF: Mapping[MailKind, type[Facts]] = {
    MailKind.RECEIPT: Receipt,
    MailKind.SALE: Sale,
    MailKind.PAYMENT_RETURNED: PaymentReturned,
    MailKind.REFUND: MoneyBack,
    MailKind.STREAM_LIVE: StreamLive,
}


class DeferredMail(msgspec.Struct, frozen=True):
    """The payload of a `mail.send` job. `mail_id` is the same at every try: the Message-ID is made of it."""

    kind: MailKind
    user_id: UUID
    mail_id: str
    facts: dict[str, Any]


def parse_facts(kind: MailKind, facts: Facts | Mapping[str, Any]) -> Facts:
    """The facts of this kind, every text in them one harmless line. Raises `msgspec.ValidationError`."""
    plain = msgspec.to_builtins(facts) if isinstance(facts, msgspec.Struct) else dict(facts)
    return msgspec.convert(_harmless(plain), FACTS_OF[kind])


def mail_id_of(kind: MailKind, user_id: UUID, facts: Facts, event: str | None) -> str:
    """What names a mail: 32 hex characters, from the event that it tells of; without one, from all that it says."""
    told = msgspec.to_builtins(facts) if event is None else event
    named = json.dumps([kind, str(user_id), told], sort_keys=True)
    return hashlib.sha256(named.encode()).hexdigest()[:32]


def unsubscribe_page(public_url: str, word: str) -> str:
    """The page of the web app that turns a kind of mail off."""
    return f"{public_url}/unsubscribe#token={word}"


def one_click_address(public_url: str, word: str) -> str:
    """Where a mail program posts for the same."""
    return f"{public_url}/api/v1/mail/unsubscribe/{word}"


def _harmless(value: Any) -> Any:
    if isinstance(value, str):
        return one_line(value, TEXT_MAX)
    if isinstance(value, Mapping):
        return {key: _harmless(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_harmless(inner) for inner in value]
    return value
