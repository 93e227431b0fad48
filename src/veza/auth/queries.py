"""SQL of accounts, sessions and refresh tokens. Profiles are `users/queries.py`."""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Query


class SessionRow(msgspec.Struct, frozen=True):
    """A live session with the person behind it, as the guard needs it."""

    session_id: UUID
    user_id: UUID
    username: str
    role: str
    email_verified: bool
    is_suspended: bool
    expires_at: datetime


live_session = Query(
    SessionRow,
    """
    select s.id as session_id, u.id as user_id, u.username, u.role, u.email_verified,
           u.suspended_at is not null as is_suspended, s.expires_at
    from sessions s join users u on u.id = s.user_id
    where s.id = $1 and s.revoked_at is null
    """,
)
