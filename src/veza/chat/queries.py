"""SQL of chat rooms."""

from uuid import UUID

import msgspec

from veza.db.query import Command, Query


class RoomRow(msgspec.Struct, frozen=True):
    """The settings of a room."""

    id: UUID
    enabled: bool
    slow_mode_seconds: int
    followers_only: bool


insert_room = Command("insert into chat_rooms (id, owner_id, epoch) values ($1, $2, $3)")
rooms = Query(
    RoomRow,
    "select id, enabled, slow_mode_seconds, followers_only from chat_rooms where id = any($1::uuid[])",
)
