"""The door of chat: rooms are made by what they belong to, in its transaction."""

from collections.abc import Sequence
from uuid import UUID

from veza.chat import queries
from veza.chat.domain import RoomSettings
from veza.db.pool import Connection, Tx
from veza.kit.ids import new_id


async def create_room(tx: Tx, room_id: UUID, owner_id: UUID) -> None:
    """Make an open, empty room. A stream's room id is the stream's own id (api.md, live)."""
    await queries.insert_room.run(tx, room_id, owner_id, new_id())


async def room_settings(connection: Connection, room_ids: Sequence[UUID]) -> dict[UUID, RoomSettings]:
    """The settings of these rooms, by id. Unknown ids are left out."""
    return {
        row.id: RoomSettings(row.id, row.enabled, row.slow_mode_seconds, row.followers_only)
        for row in await queries.rooms.list(connection, list(room_ids))
    }
