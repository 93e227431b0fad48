"""Sessions as this process remembers them: at most 3 s old, forgotten at once when this process changes them.

Nothing here writes to the database. Changes of other processes are seen when the memory ages (api.md, accounts: 5 s).
"""

from collections import OrderedDict
from uuid import UUID
from weakref import WeakKeyDictionary

from veza.auth import queries
from veza.auth.domain import Principal, Role
from veza.auth.queries import LiveSessionRow
from veza.context import Context
from veza.db.pool import Database

MAX_AGE_S = 3.0
MAX_REMEMBERED = 10_000


class SessionMemory:
    """What was read lately, by session id; absence is remembered too. Bounded: the oldest reading goes first."""

    def __init__(self) -> None:
        self._known: OrderedDict[UUID, tuple[float, LiveSessionRow | None]] = OrderedDict()
        self._changes = 0

    async def find(self, ctx: Context, session_id: UUID) -> LiveSessionRow | None:
        """The live session, or None when it was revoked or never was. May raise `Unavailable`."""
        now_s = ctx.clock.monotonic_s()
        known = self._known.get(session_id)
        if known is not None and now_s - known[0] < MAX_AGE_S:
            return known[1]
        changes = self._changes
        async with ctx.db.connection() as connection:
            found = await queries.live_session.find(connection, session_id)
        if changes == self._changes:  # else it was perhaps read before a change that was meant to clear it
            self._known[session_id] = (now_s, found)
            self._known.move_to_end(session_id)
            while len(self._known) > MAX_REMEMBERED:
                self._known.popitem(last=False)
        return found

    def forget_session(self, session_id: UUID) -> None:
        """Read it anew next time."""
        self._changes += 1
        self._known.pop(session_id, None)

    def forget_user(self, user_id: UUID) -> None:
        """Read all sessions of this user anew."""
        self._changes += 1
        for session_id in [key for key, (_, row) in self._known.items() if row is not None and row.user_id == user_id]:
            del self._known[session_id]


def principal_of(ctx: Context, row: LiveSessionRow) -> Principal:
    """Who is behind a session, and what they may: the staff's role only with the second factor that is asked of it."""
    role = Role(row.role)
    is_withheld = ctx.settings.require_staff_totp and role.is_staff and not row.has_totp
    return Principal(
        user_id=row.user_id,
        session_id=row.session_id,
        username=row.username,
        role=Role.USER if is_withheld else role,
        email_verified=row.email_verified,
        withheld_role=role if is_withheld else None,
    )


_memories: WeakKeyDictionary[Database, SessionMemory] = WeakKeyDictionary()


def session_memory(db: Database) -> SessionMemory:
    """The one memory of this process for a database."""
    return _memories.setdefault(db, SessionMemory())
