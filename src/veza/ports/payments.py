"""The port of payments: taking a buyer's money and giving it back. Ids are ours, so that asking twice is asking once.

Amounts are whole minor units (`_cents`) in one currency (ISO 4217, upper case). Every call may raise
`ports.provider_errors.ProviderError` and waits for the network, so never inside a transaction. What the provider says
is handed on as it is; what it means for an order is decided elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol
from uuid import UUID


class PaymentState(StrEnum):
    """Where a payment is. A word of the provider that we do not know is PENDING: it settles nothing."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """The buyer may still pay it: FAILED → SUCCEEDED happens."""
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    CONFLICTED = "conflicted"
    """Taken in part, or in another amount than was asked: never fulfil, let a person look."""


class RefundState(StrEnum):
    """Where a refund is. Unknown words and reviews are PENDING."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DisputeState(StrEnum):
    """Where a buyer's dispute with their bank is. OPENED and CHALLENGED are still open; the others are ends."""

    OPENED = "opened"
    CHALLENGED = "challenged"
    ACCEPTED = "accepted"
    """We gave in: the money is gone, as with LOST."""
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """A payment to be made. `payment_id` is ours: "pay_" and 26 characters. `amount_cents` is all that is taken."""

    payment_id: str
    order_id: UUID
    order_number: str
    amount_cents: int
    currency: str
    description: str
    return_url: str
    expires_s: int
    buyer_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment as the provider knows it. `provider_status` is its own word; `client_secret` is for the buyer alone."""

    payment_id: str
    state: PaymentState
    provider_status: str
    amount_cents: int
    currency: str
    client_secret: str | None = field(default=None, repr=False)
    checkout_url: str | None = field(default=None, repr=False)
    error_code: str | None = None
    updated_at: datetime | None = None
    provider_payment_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """Money to be given back. `refund_id` is ours: "ref_" and 26 characters."""

    refund_id: str
    payment_id: str
    amount_cents: int
    currency: str
    reason: str

    def refused(self, error_code: str | None) -> "Refund":
        """The refund that will not be: what a provider would say of it that did not even take the request."""
        return Refund(
            refund_id=self.refund_id,
            payment_id=self.payment_id,
            state=RefundState.FAILED,
            amount_cents=self.amount_cents,
            currency=self.currency,
            error_code=error_code,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """A refund as the provider knows it."""

    refund_id: str
    payment_id: str
    state: RefundState
    amount_cents: int
    currency: str
    error_code: str | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A dispute as the provider knows it. Its amount may be less than the payment's."""

    dispute_id: str
    payment_id: str
    amount_cents: int
    currency: str
    state: DisputeState
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEvent:
    """A webhook's body, read. `kind` is the event's name in snake_case, whatever the provider's spelling.

    At most one of `payment`, `refund`, `dispute` is there: the one of `subject`. It is None when the event lacks an
    id, an amount or a currency; such an event is to be looked at by a person and has no effect. The state in it is
    the provider's at the time; events come twice and in any order.
    """

    event_id: str
    kind: str
    subject: Literal["payment", "refund", "dispute", "other"]
    payment: Payment | None = None
    refund: Refund | None = None
    dispute: Dispute | None = None
    occurred_at: datetime | None = None


class Payments(Protocol):
    """One provider of payments."""

    async def create(self, request: PaymentRequest) -> Payment:
        """Make the payment, or find the one that this id has made already. Nothing is taken before the buyer pays."""

    async def find(self, payment_id: str) -> Payment | None:
        """How the payment stands now, by the processor's own word. None: there is no such payment."""

    async def cancel(self, payment_id: str) -> Payment:
        """Make sure that it can no longer be paid. Raises `WrongState` when it was, or is about to be."""

    async def refund(self, request: RefundRequest) -> Refund:
        """Give money back, or find the refund that this id has made already."""

    async def find_refund(self, refund_id: str) -> Refund | None:
        """How the refund stands now. None: there is no such refund."""

    async def probe(self) -> None:
        """Raises `ProviderError` when the provider does not answer or refuses our key. Cheap, and changes nothing."""

    def verify_event(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Raises `BadSignature` or `NotConfigured` unless the provider signed exactly these bytes.

        The names in `headers` may be in any case.
        """

    def parse_event(self, body: bytes) -> PaymentEvent:
        """Read a body that was verified. Raises `Unreadable`, and nothing else whatever the bytes are."""

    def read_event(self, body: bytes, headers: Mapping[str, str]) -> PaymentEvent:
        """`verify_event`, then `parse_event`."""
