"""SQL of which mail somebody asked for. No row: none of it."""

from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class WantingRow(msgspec.Struct, frozen=True):
    """Somebody who asked for it."""

    user_id: UUID


wants_stream_live = Value(bool, "select stream_live from mail_preferences where user_id = $1")
set_stream_live = Command(
    """
    insert into mail_preferences (user_id, stream_live) values ($1, $2)
    on conflict (user_id) do update set stream_live = excluded.stream_live, updated_at = now()
    """
)
stop_stream_live = Command(
    "update mail_preferences set stream_live = false, updated_at = now() where user_id = $1 and stream_live"
)
wanting_stream_live = Query(
    WantingRow, "select user_id from mail_preferences where user_id = any($1::uuid[]) and stream_live"
)
forget = Command("delete from mail_preferences where user_id = $1")
