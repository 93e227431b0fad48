"""The port of payouts: sellers' accounts at the provider, moving their share there (transfer) and back (reversal).

Amounts are whole minor units (`_cents`) in one currency (ISO 4217, upper case). Every call may raise
`ports.provider_errors.ProviderError` and waits for the network, so never inside a transaction. A `key` makes a repeated
call the same call: keep it while the outcome is unknown, take a new one only after a `Refused`, and look first.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerAccount:
    """A seller's account as the provider knows it.

    `can_receive`: transfers are possible now. `requirements_due`: how many things the provider still wants to know.
    """

    account_id: str
    can_receive: bool
    payouts_enabled: bool
    details_submitted: bool
    disabled_reason: str | None = None
    requirements_due: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OnboardingLink:
    """A page of the provider for one visit. Who holds the address counts as the seller: never store or log it."""

    url: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What an account holds in the install's currency. Both may be below zero."""

    available_cents: int
    pending_cents: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRequest:
    """A seller's net share of one order. `key`: "transfer:<id>:<n>". `group`: joins all transfers of the order."""

    key: str
    transfer_id: UUID
    order_id: UUID
    seller_id: UUID
    account_id: str
    amount_cents: int
    currency: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentTransfer:
    """A transfer as the provider knows it. `transfer_id` is ours, None when somebody else made it."""

    provider_id: str
    transfer_id: UUID | None
    amount_cents: int
    reversed_cents: int
    currency: str
    account_id: str
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversalRequest:
    """A part of a transfer that is to come back. `key` must hold the refund's id, or two of them would be one."""

    key: str
    provider_transfer_id: str
    refund_id: UUID
    amount_cents: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentReversal:
    """A reversal as the provider knows it. `refund_id` is ours, None when somebody else made it."""

    provider_id: str
    amount_cents: int
    refund_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutEvent:
    """A webhook's body, read. `kind` is the provider's name of the event; `account_id` whose it is (None: ours).

    `account` and `transfer` are there when the event is about one and it could be read.
    """

    event_id: str
    kind: str
    account: SellerAccount | None = None
    account_id: str | None = None
    transfer: SentTransfer | None = None


class Payouts(Protocol):
    """One provider of payouts."""

    async def create_account(self, key: str, seller_id: UUID, email: str) -> SellerAccount:
        """Open an account for a seller. The same key gives the same account."""

    async def account(self, account_id: str) -> SellerAccount:
        """How the account stands now. Raises `RecipientGone` when it is closed or not ours."""

    async def onboarding_link(self, account_id: str, refresh_url: str, return_url: str) -> OnboardingLink:
        """A fresh link. The provider sends the seller to `return_url` in the end, to `refresh_url` when it is stale."""

    async def balance(self, account_id: str) -> Balance:
        """What the seller's account holds."""

    async def platform_balance(self) -> Balance:
        """What our own account holds: transfers come out of it."""

    async def transfer(self, request: TransferRequest) -> SentTransfer:
        """Move money to a seller's account."""

    async def find_transfers(self, group: str) -> list[SentTransfer]:
        """All transfers of a group, newest first."""

    async def reverse(self, request: ReversalRequest) -> SentReversal:
        """Take back a part of a transfer. Raises `InsufficientBalance` when the account no longer holds it."""

    async def find_reversals(self, provider_transfer_id: str) -> list[SentReversal]:
        """All reversals of a transfer, newest first."""

    async def probe(self) -> None:
        """Raises `ProviderError` when the provider does not answer or refuses our key. Cheap, and changes nothing."""

    def verify_event(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Raises `BadSignature` or `NotConfigured` unless the provider signed exactly these bytes, and just now.

        The names in `headers` may be in any case.
        """

    def parse_event(self, body: bytes) -> PayoutEvent:
        """Read a body that was verified. Raises `Unreadable`, and nothing else whatever the bytes are."""
