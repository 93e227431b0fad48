"""The end of an account and the copy of what is known of somebody: names of jobs, times, refusals. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from veza.kit.errors import Conflict, Gone, NotFound

FINISH_DELETION = "accounts.finish_deletion"
MAKE_EXPORT = "accounts.make_export"
SWEEP_EXPORTS = "accounts.sweep_exports"
SWEEP_EXPORTS_EVERY_S = 3600.0

EXPORT_KEPT = timedelta(days=7)
EXPORT_LOST_AFTER = timedelta(hours=24)
"""A copy that was not made by then is not coming."""
EXPORT_BYTES_MAX = 4 * 1024**3
EXPORTS_PER_DAY = 5
EXPORT_LINK_LIFE = timedelta(minutes=15)
EXPORT_FILENAME = "veza-export.zip"


class ExportStatus(StrEnum):
    """Where a copy is in its life."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Export:
    """A copy of what is known of somebody, made for them."""

    id: UUID
    user_id: UUID
    status: ExportStatus
    object_id: UUID | None
    size_bytes: int | None
    created_at: datetime
    expires_at: datetime | None


def order_pending() -> Conflict:
    return Conflict(
        "An order of yours can still be paid, or its money is on its way back. Cancel it, or wait until it has ended.",
        code="money_pending",
    )


def transfer_pending() -> Conflict:
    return Conflict(
        "Money from your sales is still on its way. Connect an account to receive it, or wait until it has come.",
        code="money_pending",
    )


def export_in_progress() -> Conflict:
    return Conflict("A copy of your data is being made already.", code="export_in_progress")


def no_export() -> NotFound:
    return NotFound("There is no copy of your data to download. Ask for one.")


def export_link_is_dead() -> Gone:
    return Gone("This link has run out. Ask for a new one where you found it.", code="link_expired")
