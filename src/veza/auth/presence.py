"""Who is behind a session, for what stays open longer than a request: a socket asks when it hears of a change."""

from collections.abc import Collection
from uuid import UUID

from veza.auth import queries
from veza.auth.domain import Presence
from veza.auth.sessions import principal_of, session_memory
from veza.context import Context
from veza.db.pool import Connection


async def people_behind(ctx: Context, connection: Connection, session_ids: Collection[UUID]) -> dict[UUID, Presence]:
    """Who is behind each of these sessions now, for what stays open longer than a request. Ended ones are left out."""
    if not session_ids:
        return {}
    now = ctx.clock.now()
    return {
        row.session_id: Presence(principal_of(ctx, row), row.is_suspended)
        for row in await queries.live_sessions.list(connection, list(session_ids))
        if now < row.expires_at
    }


def forget_remembered(ctx: Context, user_id: UUID, session_id: UUID | None) -> None:
    """Another process changed a session, or (None) a whole account: ask the database about them from now on."""
    if session_id is None:
        session_memory(ctx.db).forget_user(user_id)
    else:
        session_memory(ctx.db).forget_session(session_id)
