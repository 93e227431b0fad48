"""The double entry behind every cent: what each event of money books. Pure.

Debits are positive, credits negative, and each transaction sums to zero; the database refuses one that does not, and
every change of one that was written. What an account means:

    provider_clearing  what the payment provider holds for us (debit)
    payments           paid by buyers, not yet split: empty but for a moment, or until it went back (credit)
    platform_fee       ours (credit)
    seller_payable     owed to a seller, until it was sent (credit)
    seller_debt        owed by a seller whose share went back after it was sent (debit)
    refunds            on its way back to buyers (credit)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Account(StrEnum):
    """An account of the ledger; those of sellers exist once for each."""

    PROVIDER_CLEARING = "provider_clearing"
    PAYMENTS = "payments"
    PLATFORM_FEE = "platform_fee"
    SELLER_PAYABLE = "seller_payable"
    SELLER_DEBT = "seller_debt"
    REFUNDS = "refunds"


class Kind(StrEnum):
    """What a transaction books; of one subject each kind is booked once."""

    PAYMENT_RECEIVED = "payment_received"
    ORDER_SETTLED = "order_settled"
    PAYMENT_RETURNED = "payment_returned"
    TRANSFER_SENT = "transfer_sent"
    REFUND_SETTLED = "refund_settled"
    TRANSFER_REVERSED = "transfer_reversed"
    DEBT_RECOVERED = "debt_recovered"


@dataclass(frozen=True, slots=True)
class Posting:
    """One entry. `seller_id` only for the accounts that sellers have."""

    account: Account
    amount_cents: int
    seller_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Earned:
    """What an order earned one seller and, from them, the platform."""

    seller_id: UUID
    net_cents: int
    fee_cents: int


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What of a refund one seller bears, out of what they were not sent yet and as a debt, and what the platform."""

    seller_id: UUID
    payable_cents: int
    debt_cents: int
    fee_cents: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the books do not say what they should. `sentence` is for an admin, and holds no secret.

    `difference_cents`: what is found less what is expected, where there is an amount; `subject_id`: of what it is.
    """

    code: str
    sentence: str
    difference_cents: int | None = None
    subject_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """What a comparison of the books with everything else found. Balanced: nothing."""

    checked_at: datetime
    differences: tuple[Difference, ...]

    @property
    def is_balanced(self) -> bool:
        return not self.differences


def payment_received(amount_cents: int) -> list[Posting]:
    """A buyer paid: the provider holds it, and it waits to be split."""
    return [Posting(Account.PROVIDER_CLEARING, amount_cents), Posting(Account.PAYMENTS, -amount_cents)]


def order_settled(earned: Iterable[Earned]) -> list[Posting]:
    """A payment is split between the sellers and the platform."""
    shares = list(earned)
    postings = [Posting(Account.PAYMENTS, sum(share.net_cents + share.fee_cents for share in shares))]
    postings += [Posting(Account.SELLER_PAYABLE, -share.net_cents, share.seller_id) for share in shares]
    postings.append(Posting(Account.PLATFORM_FEE, -sum(share.fee_cents for share in shares)))
    return [posting for posting in postings if posting.amount_cents]


def payment_returned(amount_cents: int) -> list[Posting]:
    """Money for which there was nothing to be had went back to the buyer."""
    return [Posting(Account.PAYMENTS, amount_cents), Posting(Account.PROVIDER_CLEARING, -amount_cents)]


def refund_settled(given: Iterable[GivenBack]) -> list[Posting]:
    """A buyer has money back: the sellers and the platform bear their shares of it, and the provider paid it out."""
    shares = list(given)
    postings = [Posting(Account.SELLER_PAYABLE, share.payable_cents, share.seller_id) for share in shares]
    postings += [Posting(Account.SELLER_DEBT, share.debt_cents, share.seller_id) for share in shares]
    postings.append(Posting(Account.PLATFORM_FEE, sum(share.fee_cents for share in shares)))
    amount_cents = sum(posting.amount_cents for posting in postings)
    postings += [
        Posting(Account.REFUNDS, -amount_cents),
        Posting(Account.REFUNDS, amount_cents),
        Posting(Account.PROVIDER_CLEARING, -amount_cents),
    ]
    return [posting for posting in postings if posting.amount_cents]


def transfer_sent(seller_id: UUID, amount_cents: int) -> list[Posting]:
    """A seller's share left the platform's balance for theirs."""
    return [
        Posting(Account.SELLER_PAYABLE, amount_cents, seller_id),
        Posting(Account.PROVIDER_CLEARING, -amount_cents),
    ]


def transfer_reversed(seller_id: UUID, amount_cents: int) -> list[Posting]:
    """A part of what was sent came back from the seller, who owed it since the refund."""
    return [
        Posting(Account.PROVIDER_CLEARING, amount_cents),
        Posting(Account.SELLER_DEBT, -amount_cents, seller_id),
    ]


def debt_recovered(seller_id: UUID, amount_cents: int) -> list[Posting]:
    """What a seller owed was kept back from what is owed to them."""
    return [
        Posting(Account.SELLER_PAYABLE, amount_cents, seller_id),
        Posting(Account.SELLER_DEBT, -amount_cents, seller_id),
    ]
