"""Sellers at the payout provider, and what of each order is on its way to them. Pure.

waiting_for_seller ──account ready──▶ pending ──sent──▶ completed
                                         │
                                         ├──refused for now──▶ failed ──due, or an admin──▶ pending
                                         └──refused for ever, or tried out──▶ permanently_failed ──admin──▶ pending

Only an admin takes a transfer out of `permanently_failed`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from veza.kit.errors import Conflict, NotFound, Unavailable
from veza.kit.retry import backoff_s

SEND_TRANSFER = "sellers.send_transfer"
SWEEP_TRANSFERS = "sellers.sweep_transfers"


class TransferStatus(StrEnum):
    """Where a transfer is in its life."""

    WAITING_FOR_SELLER = "waiting_for_seller"
    PENDING = "pending"
    COMPLETED = "completed"
    FAILED = "failed"
    PERMANENTLY_FAILED = "permanently_failed"
    REVERSAL_PENDING = "reversal_pending"
    REVERSED = "reversed"
    PARTIALLY_REVERSED = "partially_reversed"


TRIES = 8
BACKOFF_FACTOR = 4.0
BACKOFF_CAP_S = 86_400.0
CLAIM_S = 60.0
"""How long whoever sends a transfer keeps it; then another may take over, with the same key."""
KEY_LIVES = timedelta(hours=23)
"""The provider keeps keys for a day: an outcome that stays unknown for longer is looked up before anything is sent."""
STATS_DAYS_MAX = 366


class Onboarding(StrEnum):
    """How far a seller is at the payout provider."""

    NONE = "none"
    PENDING = "pending"
    ACTIVE = "active"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class Account:
    """A seller's account as we know it. `account_id` None while it is being made."""

    user_id: UUID
    account_id: str | None
    can_receive: bool
    details_submitted: bool
    disabled_reason: str | None
    requirements_due: int
    is_gone: bool

    @property
    def onboarding(self) -> Onboarding:
        """What the seller is told."""
        if self.account_id is None or self.is_gone:
            return Onboarding.NONE
        if self.can_receive:
            return Onboarding.ACTIVE
        return Onboarding.RESTRICTED if self.details_submitted and self.disabled_reason else Onboarding.PENDING


@dataclass(frozen=True, slots=True)
class Transfer:
    """A seller's net share of an order. `stripe_transfer_id`: at the provider, once it was sent."""

    id: UUID
    seller_id: UUID
    seller_username: str
    order_id: UUID
    order_number: str
    amount_cents: int
    platform_fee_cents: int
    currency: str
    status: TransferStatus
    retry_count: int
    next_retry_at: datetime | None
    error: str | None
    stripe_transfer_id: str | None
    created_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class TransferFilter:
    """Which transfers; None: all. `since` and `until` are inclusive."""

    status: TransferStatus | None = None
    seller_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


class Failure(StrEnum):
    """What the end of a try means for the next one."""

    SAME_KEY = "same_key"
    """It may have happened, or certainly has not: the same again."""
    NEW_KEY = "new_key"
    """A no that passes, and that the provider keeps under this key."""
    PARK = "park"
    """The seller is not ready: wait for them."""
    GIVE_UP = "give_up"
    """A no that stays."""
    NOT_OURS = "not_ours"
    """Our own access is broken: not the transfer's fault, and no try of it."""


@dataclass(frozen=True, slots=True)
class Next:
    """What a transfer is after a try that did not succeed. `wait_s` None: nobody tries it again by himself."""

    status: TransferStatus
    retry_count: int
    needs_new_key: bool
    wait_s: float | None


def after_failure(failure: Failure, *, retry_count: int, tries: int, base_s: float) -> Next:
    """What becomes of a transfer whose try, after `retry_count` others, ended so."""
    status, count, wait_s = TransferStatus.FAILED, retry_count + 1, None
    match failure:
        case Failure.NOT_OURS:
            count, wait_s = retry_count, BACKOFF_FACTOR * base_s
        case Failure.PARK:
            status, count = TransferStatus.WAITING_FOR_SELLER, retry_count
        case Failure.SAME_KEY | Failure.NEW_KEY if count < tries:
            wait_s = backoff_s(count, base_s=base_s, factor=BACKOFF_FACTOR, cap_s=BACKOFF_CAP_S)
        case _:
            status = TransferStatus.PERMANENTLY_FAILED
    needs_new_key = failure not in {Failure.SAME_KEY, Failure.NOT_OURS}
    return Next(status, count, needs_new_key, wait_s)


def transfer_key(transfer_id: UUID, generation: int) -> str:
    """The idempotency key of a transfer's present attempt."""
    return f"transfer:{transfer_id}:{generation}"


def transfer_not_found() -> NotFound:
    return NotFound("There is no such transfer.")


def not_retryable() -> Conflict:
    return Conflict("Only a transfer that failed can be retried.", code="not_retryable")


def payouts_disabled() -> Conflict:
    return Conflict("This server pays nobody out yet.", code="payouts_disabled")


def provider_away() -> Unavailable:
    return Unavailable("The payout provider does not answer. Try again in a moment.", code="provider_unavailable")
