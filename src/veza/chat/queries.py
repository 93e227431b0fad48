"""SQL of chat rooms and their messages, and of what decides about a sender. Times are the database's own.

Every write to a room locks its row first, so that seqs have no holes and a ban is never overtaken by a message.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.chat.domain import Badge
from veza.db.query import Command, Query, Value


class RoomRow(msgspec.Struct, frozen=True):
    """A room with what decides in it."""

    id: UUID
    owner_id: UUID
    epoch: UUID
    last_seq: int
    deleted_count: int
    enabled: bool
    slow_mode_seconds: int
    followers_only: bool
    blocked_words: list[str]
    is_closed: bool


class MessageRow(msgspec.Struct, frozen=True):
    """A message with its author as they are called now."""

    id: UUID
    room_id: UUID
    seq: int
    user_id: UUID
    username: str
    role: str
    badge: Badge | None
    content: str
    reply_to: UUID | None
    created_at: datetime


class WindowRow(msgspec.Struct, frozen=True):
    """A message for the window: deleted ones keep their place. `age_s`: seconds since it was written."""

    id: UUID
    room_id: UUID
    seq: int
    user_id: UUID
    username: str
    role: str
    badge: Badge | None
    content: str
    reply_to: UUID | None
    created_at: datetime
    is_deleted: bool
    age_s: float


class DeletionRow(msgspec.Struct, frozen=True):
    """A message that was deleted, and the room's last seq at that time."""

    id: UUID
    at_seq: int


class StandingRow(msgspec.Struct, frozen=True):
    """What a room knows of a person; see `domain.Standing`."""

    user_id: UUID
    is_moderator: bool
    is_banned: bool
    timeout_left_s: float
    spoke_ago_s: float | None


class SenderRow(msgspec.Struct, frozen=True):
    """A person's messages of the last seconds, over all rooms."""

    user_id: UUID
    sent: int
    oldest_ago_s: float


class NonceRow(msgspec.Struct, frozen=True):
    """A message that was written under a nonce already."""

    nonce: str
    id: UUID
    room_id: UUID
    seq: int
    user_id: UUID
    username: str
    role: str
    badge: Badge | None
    content: str
    reply_to: UUID | None
    created_at: datetime


class AuthorRow(msgspec.Struct, frozen=True):
    """Whose message it is, and whether it is still there."""

    user_id: UUID
    role: str
    is_moderator: bool
    is_deleted: bool
    content: str


class IdRow(msgspec.Struct, frozen=True):
    """The id of a message."""

    id: UUID


# --- rooms -----------------------------------------------------------------------------------------------------

insert_room = Command("insert into chat_rooms (id, owner_id, epoch) values ($1, $2, $3)")
rooms = Query(
    RoomRow,
    """
    select id, owner_id, epoch, last_seq, deleted_count, enabled, slow_mode_seconds, followers_only, blocked_words,
           closed_at is not null as is_closed
    from chat_rooms where id = any($1::uuid[])
    """,
)
lock_room = Query(
    RoomRow,
    """
    select id, owner_id, epoch, last_seq, deleted_count, enabled, slow_mode_seconds, followers_only, blocked_words,
           closed_at is not null as is_closed
    from chat_rooms where id = $1 for no key update
    """,
)
close_room = Command("update chat_rooms set closed_at = now() where id = $1 and closed_at is null")
change_settings = Command(
    """
    update chat_rooms set enabled = $2, slow_mode_seconds = $3, followers_only = $4, blocked_words = $5::text[]
    where id = $1
    """
)

# --- senders ----------------------------------------------------------------------------------------------------

standings = Query(
    StandingRow,
    """
    select u.id as user_id, m.user_id is not null as is_moderator, coalesce(s.kind = 'ban', false) as is_banned,
           coalesce(greatest(extract(epoch from s.until - now()), 0), 0)::float8 as timeout_left_s,
           (select extract(epoch from now() - c.created_at)::float8 from chat_messages c
            where c.user_id = u.id and c.room_id = $1 and c.created_at > now() - make_interval(secs => $3::float8)
            order by c.created_at desc limit 1) as spoke_ago_s
    from unnest($2::uuid[]) as u (id)
    left join chat_sanctions s on s.room_id = $1 and s.user_id = u.id
    left join chat_moderators m on m.room_id = $1 and m.user_id = u.id
    """,
)
"""$3: how far back the last message matters, in seconds (the slow mode; 0 asks for none)."""
lock_senders = Command(
    """
    select pg_advisory_xact_lock(key)
    from (select hashtextextended(id::text, 0) as key from unnest($1::uuid[]) as u (id) order by 1) as ordered
    """
)
"""One person's messages are counted in one room at a time. After the room's lock, in one order: no deadlock."""
senders = Query(
    SenderRow,
    """
    select u.id as user_id, count(l.created_at) as sent,
           coalesce(extract(epoch from now() - min(l.created_at)), 0)::float8 as oldest_ago_s
    from unnest($1::uuid[], $2::int[]) as u (id, at_most)
    left join lateral (
        select created_at from chat_messages
        where user_id = u.id and created_at > now() - make_interval(secs => $3::float8)
        order by created_at desc limit u.at_most
    ) l on true
    group by u.id
    """,
)

# --- messages --------------------------------------------------------------------------------------------------

known_nonces = Query(
    NonceRow,
    """
    select m.nonce, m.id, m.room_id, m.seq, m.user_id, u.username, u.role, m.badge, m.content, m.reply_to, m.created_at
    from unnest($2::uuid[], $3::text[]) as said (user_id, nonce)
    join chat_messages m on m.room_id = $1 and m.user_id = said.user_id and m.nonce = said.nonce
    join users u on u.id = m.user_id
    """,
)
present = Query(IdRow, "select id from chat_messages where room_id = $1 and id = any($2::uuid[])")
insert_messages = Value(
    datetime,
    """
    with written as (
        insert into chat_messages (room_id, seq, id, user_id, nonce, badge, content, reply_to)
        select $1, * from unnest($3::bigint[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::uuid[])
    )
    update chat_rooms set last_seq = $2 where id = $1 returning now()
    """,
)
page = Query(
    MessageRow,
    """
    select m.id, m.room_id, m.seq, m.user_id, u.username, u.role, m.badge, m.content, m.reply_to, m.created_at
    from chat_messages m join users u on u.id = m.user_id
    where m.room_id = $1 and m.seq < $2 and m.deleted_at is null
    order by m.seq desc limit $3
    """,
)
said = Query(
    MessageRow,
    """
    select m.id, m.room_id, m.seq, m.user_id, u.username, u.role, m.badge, m.content, m.reply_to, m.created_at
    from chat_messages m join users u on u.id = m.user_id
    where m.room_id = $1 and m.seq > $2 and m.seq <= $3 and m.deleted_at is null and m.created_at >= $4
    order by m.seq limit $5
    """,
)
after = Query(
    WindowRow,
    """
    select m.id, m.room_id, m.seq, m.user_id, u.username, u.role, m.badge, m.content, m.reply_to, m.created_at,
           m.deleted_at is not null as is_deleted, extract(epoch from now() - m.created_at)::float8 as age_s
    from chat_messages m join users u on u.id = m.user_id
    where m.room_id = $1 and m.seq > $2
    order by m.seq limit $3
    """,
)
window_start = Value(
    int,
    """
    select coalesce(min(seq), 0) from chat_messages
    where room_id = $1 and seq > $2 - $3::bigint
      and (seq > $2 - $4::bigint or created_at > now() - make_interval(secs => $5::float8))
    """,
)
deletions = Query(
    DeletionRow,
    """
    select id, deleted_at_seq as at_seq from chat_messages
    where room_id = $1 and deleted_at is not null and deleted_at_seq >= $2
    order by deleted_at_seq desc limit $3
    """,
)
rooms_written_in = Query(
    IdRow,
    """
    select distinct room_id as id from (
        select room_id from chat_messages where user_id = $1 order by created_at desc limit 2000) lately
    limit 500
    """,
)
author = Query(
    AuthorRow,
    """
    select m.user_id, u.role, o.user_id is not null as is_moderator, m.deleted_at is not null as is_deleted, m.content
    from chat_messages m join users u on u.id = m.user_id
    left join chat_moderators o on o.room_id = m.room_id and o.user_id = m.user_id
    where m.room_id = $1 and m.id = $2
    """,
)
delete_message = Command(
    """
    with gone as (
        update chat_messages set content = '', deleted_at = now(), deleted_at_seq = $3
        where room_id = $1 and id = $2 and deleted_at is null returning room_id
    )
    update chat_rooms set deleted_count = deleted_count + 1 from gone where id = gone.room_id
    """
)
