"""SQL of the audit. Entries are written and read, never changed: the database refuses it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class EntryRow(msgspec.Struct, frozen=True):
    """One act."""

    id: UUID
    actor_id: UUID | None
    actor_username: str | None
    action: str
    subject_kind: str
    subject_id: str
    details: dict[str, Any]
    request_id: str | None
    created_at: datetime


insert = Command(
    """
    insert into audit_entries (id, actor_id, action, subject_kind, subject_id, details, request_id)
    values ($1, $2, $3, $4, $5, $6, $7)
    """
)
listed = Query(
    EntryRow,
    """
    select a.id, a.actor_id, u.username as actor_username, a.action, a.subject_kind, a.subject_id, a.details,
           a.request_id, a.created_at
    from audit_entries a left join users u on u.id = a.actor_id
    where ($1::uuid is null or a.actor_id = $1) and ($2::text is null or a.action = $2)
      and ($3::text is null or a.subject_kind = $3) and ($4::text is null or a.subject_id = $4)
    order by a.id desc limit $5 offset $6
    """,
)
count = Value(
    int,
    """
    select count(*) from audit_entries
    where ($1::uuid is null or actor_id = $1) and ($2::text is null or action = $2)
      and ($3::text is null or subject_kind = $3) and ($4::text is null or subject_id = $4)
    """,
)
