"""Bodies of the end of an account and of copies."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from veza.accounts.domain import Export, ExportStatus
from veza.http.envelope import Body


class AccountDeletion(Body, frozen=True, kw_only=True):
    """`totp_code`: where two-step log-in is on; a code of the app, or a recovery code."""

    password: Annotated[str, Meta(max_length=1024)]
    totp_code: Annotated[str, Meta(min_length=1, max_length=64)] | None = None

    def __repr__(self) -> str:
        return "AccountDeletion(…)"


class ExportView(msgspec.Struct, frozen=True):
    """A copy of what is known of the caller. `expires_at`: until when it is kept, once it is ready."""

    id: UUID
    status: ExportStatus
    size_bytes: int | None
    created_at: datetime
    expires_at: datetime | None


class NewestExportView(msgspec.Struct, frozen=True):
    """The newest copy, or null when there never was one."""

    export: ExportView | None


class ExportDownloadView(msgspec.Struct, frozen=True):
    """A link that is good for 15 minutes."""

    url: str
    expires_at: datetime

    def __repr__(self) -> str:
        return "ExportDownloadView(…)"


def export_view(export: Export) -> ExportView:
    """A copy, for its owner."""
    return ExportView(export.id, export.status, export.size_bytes, export.created_at, export.expires_at)
