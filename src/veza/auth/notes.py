"""Telling all processes, with the commit, that what they know of an account or a session is out of date."""

from uuid import UUID

import msgspec

from veza.auth.domain import AUTH_CHANNEL
from veza.db.listen import notify
from veza.db.pool import Tx


async def tell_changed(tx: Tx, user_id: UUID, session_id: UUID | None = None) -> None:
    """What is known of this user (or of this one session of theirs) must be read anew."""
    note = {"user_id": user_id} if session_id is None else {"user_id": user_id, "session_id": session_id}
    await notify(tx, AUTH_CHANNEL, msgspec.json.encode(note).decode())
