"""SQL of the people of chat rooms: sanctions, moderators, audit, tickets, who is there. Times are the database's."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class TargetRow(msgspec.Struct, frozen=True):
    """Somebody whom a moderator acts on."""

    user_id: UUID
    username: str
    role: str
    is_moderator: bool


class SanctionRow(msgspec.Struct, frozen=True):
    """A sanction in force."""

    user_id: UUID
    username: str
    kind: str
    until: datetime | None
    created_at: datetime


class PersonRow(msgspec.Struct, frozen=True):
    """Somebody's name."""

    id: UUID
    username: str


class MemberRow(msgspec.Struct, frozen=True):
    """Somebody who is in a room now."""

    id: UUID
    username: str
    role: str
    is_moderator: bool


class AuditRow(msgspec.Struct, frozen=True):
    """An act of moderation."""

    id: UUID
    action: str
    actor_id: UUID
    actor_username: str
    target_id: UUID | None
    target_username: str | None
    message_id: UUID | None
    details: dict[str, Any]
    created_at: datetime


class TicketRow(msgspec.Struct, frozen=True):
    """Who a ticket was for. `is_good`: it had not expired."""

    session_id: UUID
    is_good: bool


# --- sanctions and moderators ------------------------------------------------------------------------------------

target = Query(
    TargetRow,
    """
    select u.id as user_id, u.username, u.role, m.user_id is not null as is_moderator
    from users u left join chat_moderators m on m.room_id = $1 and m.user_id = u.id
    where u.id = $2
    """,
)
put_sanction = Command(
    """
    insert into chat_sanctions (room_id, user_id, kind, until, created_by)
    values ($1, $2, $3, now() + make_interval(secs => $4::float8), $5)
    on conflict (room_id, user_id) do update
        set kind = excluded.kind, until = excluded.until, created_by = excluded.created_by, created_at = now()
    where chat_sanctions.kind = 'timeout'
    """
)
"""$4 seconds, null for a ban. A time-out does not soften a ban, and a ban is there once."""
end_sanction = Command(
    """
    delete from chat_sanctions
    where room_id = $1 and user_id = $2 and kind = $3 and (until is null or until > now())
    """
)
sanctions = Query(
    SanctionRow,
    """
    select s.user_id, u.username, s.kind, s.until, s.created_at
    from chat_sanctions s join users u on u.id = s.user_id
    where s.room_id = $1 and (s.until is null or s.until > now())
    order by s.created_at desc, s.user_id limit $2 offset $3
    """,
)
count_sanctions = Value(
    int, "select count(*) from chat_sanctions where room_id = $1 and (until is null or until > now())"
)
forget_ended_timeouts = Command("delete from chat_sanctions where until < now() - interval '1 day'")
moderators = Query(
    PersonRow,
    """
    select u.id, u.username from chat_moderators m join users u on u.id = m.user_id
    where m.room_id = $1 order by lower(u.username) limit $2
    """,
)
count_moderators = Value(int, "select count(*) from chat_moderators where room_id = $1")
add_moderator = Command("insert into chat_moderators (room_id, user_id) values ($1, $2) on conflict do nothing")
remove_moderator = Command("delete from chat_moderators where room_id = $1 and user_id = $2")
forget_moderator = Command("delete from chat_moderators where user_id = $1")

# --- audit -------------------------------------------------------------------------------------------------------

insert_audit = Command(
    """
    insert into chat_audit (id, room_id, actor_id, action, target_user_id, message_id, details)
    values ($1, $2, $3, $4, $5, $6, $7)
    """
)
audit = Query(
    AuditRow,
    """
    select a.id, a.action, a.actor_id, u.username as actor_username, a.target_user_id as target_id,
           t.username as target_username, a.message_id, a.details, a.created_at
    from chat_audit a join users u on u.id = a.actor_id left join users t on t.id = a.target_user_id
    where a.room_id = $1 order by a.id desc limit $2 offset $3
    """,
)
count_audit = Value(int, "select count(*) from chat_audit where room_id = $1")


# --- tickets -----------------------------------------------------------------------------------------------------

insert_ticket = Command(
    """
    insert into chat_tickets (ticket_hash, user_id, session_id, expires_at)
    values ($1, $2, $3, now() + make_interval(secs => $4::float8))
    """
)
use_ticket = Query(
    TicketRow,
    "delete from chat_tickets where ticket_hash = $1 returning session_id, expires_at > now() as is_good",
)
forget_tickets = Command("delete from chat_tickets where user_id = $1")
forget_old_tickets = Command("delete from chat_tickets where expires_at < now()")


# --- who is there ------------------------------------------------------------------------------------------------

put_presence = Command(
    """
    with here as (select * from unnest($2::uuid[], $3::uuid[]) as t (room_id, user_id)),
    gone as (
        delete from chat_presence p where p.node = $1
          and not exists (select from here where here.room_id = p.room_id and here.user_id = p.user_id)
    )
    insert into chat_presence (node, room_id, user_id, seen_at) select $1, room_id, user_id, now() from here
    on conflict (room_id, user_id, node) do update set seen_at = excluded.seen_at
    """
)
forget_presence = Command("delete from chat_presence where user_id = $1")
forget_old_presence = Command("delete from chat_presence where seen_at < now() - make_interval(secs => $1::float8)")
members = Query(
    MemberRow,
    """
    select u.id, u.username, u.role, m.user_id is not null as is_moderator
    from users u left join chat_moderators m on m.room_id = $1 and m.user_id = u.id
    where u.id in (
        select user_id from chat_presence where room_id = $1 and seen_at > now() - make_interval(secs => $2::float8)
    )
    order by lower(u.username) limit $3
    """,
)
count_members = Value(
    int,
    """
    select count(distinct user_id) from chat_presence
    where room_id = $1 and seen_at > now() - make_interval(secs => $2::float8)
    """,
)
