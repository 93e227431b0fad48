"""Sellers at the payout provider, and what of each order is on its way to them. Pure.

waiting_for_seller ──account ready──▶ pending ──sent──▶ completed
                                         │
                                         ├──refused for now──▶ failed ──due, or an admin──▶ pending
                                         └──refused for ever, or tried out──▶ permanently_failed ──admin──▶ pending

Only an admin takes a transfer out of `permanently_failed`. Money that goes back (`plan_take_back`):

completed | partially_reversed ──a refund──▶ reversal_pending ──came back, or not──▶ reversed | partially_reversed,
                                                                                     or where it was before
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from veza.kit.errors import Conflict, NotFound, Unavailable
from veza.kit.retry import backoff_s

SEND_TRANSFER = "sellers.send_transfer"
SWEEP_TRANSFERS = "sellers.sweep_transfers"
SEND_REVERSAL = "sellers.send_reversal"
SWEEP_REVERSALS = "sellers.sweep_reversals"


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

    @property
    def is_sent(self) -> bool:
        """Whether it ended in a way after which nothing of it is sent any more."""
        return self in {
            TransferStatus.COMPLETED,
            TransferStatus.REVERSAL_PENDING,
            TransferStatus.REVERSED,
            TransferStatus.PARTIALLY_REVERSED,
        }


class ReversalStatus(StrEnum):
    """How far a refund's money is on its way back from a seller. Only the first two are still to be reversed."""

    WAITING = "waiting"
    PENDING = "pending"
    OWED = "owed"
    DONE = "done"


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
    """A seller's net share of an order. `stripe_transfer_id`: at the provider, once it was sent.

    `amount_cents`: less than the share was when a part went back before it was sent. `recovered_cents` of it paid the
    seller's debts, the rest is sent; `reversed_cents` came back after it was.
    """

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
    reversed_cents: int
    recovered_cents: int


@dataclass(frozen=True, slots=True)
class TransferFilter:
    """Which transfers; None: all. `since` and `until` are inclusive."""

    status: TransferStatus | None = None
    seller_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Where the seller's part of a refund comes from: from what they were not sent yet, and what they owe now."""

    from_payable_cents: int
    from_debt_cents: int


@dataclass(frozen=True, slots=True)
class Plan:
    """How a part of a transfer comes back: kept before it is sent, asked of the provider, or owed. They sum to it."""

    payable_cents: int
    reverse_cents: int
    owed_cents: int
    status: ReversalStatus


def plan_take_back(
    amount_cents: int, status: TransferStatus, *, is_under_way: bool, left_cents: int, asked_cents: int
) -> Plan:
    """How `amount_cents` come back of a transfer.

    Args:
        amount_cents: at most what is left of the seller's share.
        status: of the transfer.
        is_under_way: not ended, and it may be sent at this moment or have been.
        left_cents: what of it was or is to be sent.
        asked_cents: what of that is being reversed already, or was.
    """
    if not status.is_sent and not is_under_way:
        payable = min(amount_cents, left_cents)
        owed = amount_cents - payable
        return Plan(payable, 0, owed, ReversalStatus.OWED if owed else ReversalStatus.DONE)
    reverse = min(amount_cents, left_cents - asked_cents)
    if not reverse:
        return Plan(0, 0, amount_cents, ReversalStatus.OWED)
    after = ReversalStatus.PENDING if status.is_sent else ReversalStatus.WAITING
    return Plan(0, reverse, amount_cents - reverse, after)


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
class Try:
    """How a call is to be made: with the key of `generation`. `must_look`: an older key may have done it already."""

    generation: int
    must_look: bool


def next_try(generation: int, unknown_since: datetime | None, now: datetime) -> Try:
    """The next call of something whose key has this generation, with an outcome unknown since then (None: known).

    An old key is forgotten by the provider: what it could have made is looked for, and if it is not there a new one
    is safe.
    """
    is_old = unknown_since is not None and now - unknown_since > KEY_LIVES
    return Try(generation + 1 if is_old else generation, must_look=generation > 1 or is_old)


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


def reversal_key(refund_id: UUID, transfer_id: UUID, generation: int) -> str:
    """The idempotency key of a reversal's present attempt: of each refund, or two of one transfer would be one."""
    return f"reversal:{refund_id}:{transfer_id}:{generation}"


def transfer_not_found() -> NotFound:
    return NotFound("There is no such transfer.")


def not_retryable() -> Conflict:
    return Conflict("Only a transfer that failed can be retried.", code="not_retryable")


def payouts_disabled() -> Conflict:
    return Conflict("This server pays nobody out yet.", code="payouts_disabled")


def provider_away() -> Unavailable:
    return Unavailable("The payout provider does not answer. Try again in a moment.", code="provider_unavailable")
