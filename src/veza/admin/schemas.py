"""Bodies of the staff's routes."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from veza.admin.domain import REASON_MAX
from veza.auth.domain import Role
from veza.http.envelope import Body
from veza.orders.domain import OrderStatus
from veza.sellers.domain import TransferStatus
from veza.webhooks.domain import EventStatus, Provider


class RoleChange(Body, frozen=True, kw_only=True):
    """What somebody may do from now on."""

    role: Role


class Suspension(Body, frozen=True, kw_only=True):
    """Why an account is shut out: for the audit, its owner does not read it."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=REASON_MAX, pattern=r"\S")]


class AdminUserView(msgspec.Struct, frozen=True, kw_only=True):
    """An account. `orders`: how many it placed; `products`: how many it made, drafts and archived ones too."""

    id: UUID
    username: str
    email: str
    role: Role
    email_verified: bool
    is_suspended: bool
    created_at: datetime
    orders: int
    products: int


class AdminAccountView(AdminUserView, frozen=True, kw_only=True):
    """An account with its suspension, if there is one. `totp_enabled`: two-step log-in is on."""

    suspended_at: datetime | None
    suspension_reason: str | None
    totp_enabled: bool


class AdminUsersView(msgspec.Struct, frozen=True):
    users: list[AdminUserView]
    total: int
    limit: int
    offset: int


class AdminOrderView(msgspec.Struct, frozen=True, kw_only=True):
    """An order in the list. `items`: its lines; `sellers`: how many people sold in it."""

    id: UUID
    number: str
    buyer_id: UUID
    buyer_username: str
    status: OrderStatus
    total_cents: int
    refunded_cents: int
    currency: str
    items: int
    sellers: int
    created_at: datetime
    completed_at: datetime | None


class AdminOrdersView(msgspec.Struct, frozen=True):
    orders: list[AdminOrderView]
    total: int
    limit: int
    offset: int


class AdminAuditEntryView(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what. `actor_id` null: Veza itself, or a provider."""

    id: UUID
    actor_id: UUID | None
    actor_username: str | None
    action: str
    subject_kind: str
    subject_id: str
    details: dict[str, Any]
    request_id: str | None
    created_at: datetime


class AdminAuditView(msgspec.Struct, frozen=True):
    entries: list[AdminAuditEntryView]
    total: int
    limit: int
    offset: int


class RetriedTransferView(msgspec.Struct, frozen=True):
    """How a transfer is after it was tried. `retry_count`: how often it was, in vain or not."""

    id: UUID
    status: TransferStatus
    retry_count: int


class WebhookEventView(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a provider. `note`: why it had no effect; `deliveries`: how often it came."""

    id: UUID
    provider: Provider
    event_id: str
    kind: str
    status: EventStatus
    note: str | None
    deliveries: int
    received_at: datetime
    handled_at: datetime | None


class WebhookEventDetailView(WebhookEventView, frozen=True, kw_only=True):
    """An event with what it said, secrets masked. `body` null: no longer kept."""

    body: str | None


class WebhookEventsView(msgspec.Struct, frozen=True):
    events: list[WebhookEventView]
    total: int
    limit: int
    offset: int


class LedgerBalanceView(msgspec.Struct, frozen=True):
    """What an account of the ledger holds over all sellers: debits less credits."""

    account: str
    currency: str
    amount_cents: int


class LedgerDifferenceView(msgspec.Struct, frozen=True):
    """Where the books do not say what they should. `difference_cents`: what is found less what is expected."""

    code: str
    sentence: str
    difference_cents: int | None
    subject_id: UUID | None


class LedgerCheckView(msgspec.Struct, frozen=True):
    """What a comparison of the books found."""

    checked_at: datetime
    is_balanced: bool
    differences: list[LedgerDifferenceView]


class BooksView(msgspec.Struct, frozen=True):
    """How the ledger stands; all balances of a currency sum to zero. `last_check` null: it was never compared."""

    balances: list[LedgerBalanceView]
    last_check: LedgerCheckView | None


class LedgerReportView(msgspec.Struct, frozen=True):
    """A comparison that was made now. `asked`: how many payments and transfers a provider was asked about.

    `unanswered`: how many of them it did not answer for; that is no difference.
    """

    checked_at: datetime
    is_balanced: bool
    differences: list[LedgerDifferenceView]
    asked: int
    unanswered: int
