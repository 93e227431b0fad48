"""Bodies of the routes of sellers' money."""

from datetime import date, datetime
from uuid import UUID

import msgspec


class BalanceView(msgspec.Struct, frozen=True):
    """What a seller has at the payout provider, and what is on its way there, in minor units.

    `connected`: their account can receive transfers. `pending` includes what was not sent yet. `debt`: what they owe
    us after refunds; later transfers pay it.
    """

    connected: bool
    available: int
    pending: int
    debt: int
    currency: str
    onboarding: str


class ConnectionView(msgspec.Struct, frozen=True):
    """How far a seller is at the payout provider. `onboarding`: none, pending, active or restricted."""

    connected: bool
    onboarding: str
    disabled_reason: str | None
    requirements_due: int


class OnboardingView(msgspec.Struct, frozen=True):
    """Where the provider asks the seller who they are: good for one visit, and theirs alone."""

    onboarding_url: str


class TransferView(msgspec.Struct, frozen=True):
    """A seller's net share of an order (api.md, orders). `amount_cents` is what they get, but for the last two.

    `reversed_cents`: came back after it was sent, for refunds. `recovered_cents`: kept back for what they owed.
    """

    id: UUID
    seller_id: UUID
    seller_username: str
    order_id: UUID
    order_number: str
    amount_cents: int
    platform_fee_cents: int
    currency: str
    status: str
    retry_count: int
    next_retry_at: datetime | None
    error: str | None
    stripe_transfer_id: str | None
    created_at: datetime
    completed_at: datetime | None
    reversed_cents: int
    recovered_cents: int


class TransfersView(msgspec.Struct, frozen=True):
    """A page of transfers, the newest first."""

    transfers: list[TransferView]
    total: int
    limit: int
    offset: int


class DayView(msgspec.Struct, frozen=True):
    """What was sold on a day (UTC). `net_cents`: what is left after the fee, and after refunds whenever they came."""

    date: date
    orders: int
    gross_cents: int
    fee_cents: int
    net_cents: int


class TotalsView(msgspec.Struct, frozen=True):
    """The sums over all days."""

    orders: int
    gross_cents: int
    fee_cents: int
    net_cents: int
    refunded_cents: int


class TopProductView(msgspec.Struct, frozen=True):
    """A product, and what it sold in these days."""

    product_id: UUID
    title: str
    quantity: int
    gross_cents: int


class StatsView(msgspec.Struct, frozen=True):
    """What somebody sold: every day, also those without a sale, and their ten best products."""

    currency: str
    days: list[DayView]
    totals: TotalsView
    top_products: list[TopProductView]
