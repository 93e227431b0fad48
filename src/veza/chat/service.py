"""Use cases of people in chat rooms: making and closing rooms, rights, older messages, tickets.

Writing is `journal.py`, acting on others `moderation.py`, open sockets `hub.py`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from veza.auth.domain import Presence, Principal, Role
from veza.auth.presence import people_behind
from veza.chat import domain, people_queries, queries
from veza.chat.domain import Change, Message, Permissions, Room, RoomSettings, Standing
from veza.context import Context
from veza.db.pool import Connection, Tx
from veza.kit.ids import new_id, new_token
from veza.kit.signing import plain_hash
from veza.users.service import following_among

PRESENCE_S = 30.0
"""Somebody counts as being in a room for so long after a process last said so."""


# --- rooms -----------------------------------------------------------------------------------------------------


async def create_room(tx: Tx, room_id: UUID, owner_id: UUID) -> None:
    """Make an open, empty room. A stream's room id is the stream's own id (api.md, live)."""
    await queries.insert_room.run(tx, room_id, owner_id, new_id())


async def close_room(ctx: Context, tx: Tx, room_id: UUID) -> None:
    """What the room belonged to is gone: nobody reads or writes there any more."""
    if await queries.close_room.run(tx, room_id):
        await announce(ctx, tx, Change(room_id))


async def room_settings(connection: Connection, room_ids: Sequence[UUID]) -> dict[UUID, RoomSettings]:
    """The settings of these rooms, by id. Unknown ids are left out."""
    return {row.id: room_of(row).settings for row in await queries.rooms.list(connection, list(room_ids))}


async def get_room(connection: Connection, room_id: UUID) -> Room:
    """A room that is there. Raises `NotFound`."""
    found = await queries.rooms.find(connection, [room_id])
    if found is None or found.is_closed:
        raise domain.room_not_found()
    return room_of(found)


async def lock_room(tx: Tx, room_id: UUID) -> Room:
    """A room that is there, locked until the end of the transaction. Raises `NotFound`."""
    found = await queries.lock_room.find(tx, room_id)
    if found is None or found.is_closed:
        raise domain.room_not_found()
    return room_of(found)


def room_of(row: queries.RoomRow) -> Room:
    """A row as the domain sees it."""
    settings = RoomSettings(row.id, row.enabled, row.slow_mode_seconds, row.followers_only)
    return Room(settings, row.owner_id, row.epoch, row.last_seq, tuple(row.blocked_words), row.is_closed)


async def announce(ctx: Context, tx: Tx, change: Change) -> None:
    """Tell all processes, with the commit, that something about a room has changed."""
    await ctx.bus.announce(tx, domain.CHANGES_TOPIC, msgspec.json.encode(change).decode())


async def forget_person(ctx: Context, tx: Tx, user_id: UUID) -> None:
    """Somebody's account is being deleted: they keep order nowhere, and what they wrote lately shows their new name."""
    await people_queries.forget_moderator.run(tx, user_id)
    await people_queries.forget_tickets.run(tx, user_id)
    await people_queries.forget_presence.run(tx, user_id)
    for row in await queries.rooms_written_in.list(tx, user_id):
        await announce(ctx, tx, Change(row.id, renamed=True))


# --- who may what ----------------------------------------------------------------------------------------------


async def standings_in(connection: Connection, room: Room, people: Iterable[Principal | UUID]) -> dict[UUID, Standing]:
    """What a room knows of each of these people, now."""
    user_ids = {person if isinstance(person, UUID) else person.user_id for person in people}
    if not user_ids:
        return {}
    room_id, slow_s = room.settings.room_id, float(room.settings.slow_mode_seconds)
    rows = await queries.standings.list(connection, room_id, list(user_ids), slow_s)
    followers = await following_among(connection, room.owner_id, user_ids) if room.settings.followers_only else set()
    return {
        row.user_id: Standing(
            row.is_moderator, row.is_banned, row.timeout_left_s, row.user_id in followers, row.spoke_ago_s
        )
        for row in rows
    }


async def permissions_of(ctx: Context, room_id: UUID, person: Principal | None) -> Permissions:
    """The rights of somebody in a room. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        room = await get_room(connection, room_id)
        standing = await _standing(connection, room, person)
        found = domain.permissions(room, person, standing)
        if person is None or not found.send:
            return found
        limit = ctx.settings.chat_messages_moderator if found.role.moderates else ctx.settings.chat_messages
        sent = await queries.senders.find(connection, [person.user_id], [limit], float(domain.RATE_WINDOW_S))
    if sent is None:
        return found
    rate = domain.rate_decision(sent.sent, limit, sent.oldest_ago_s)
    return Permissions(found.role, found.read, found.join, rate)


async def _standing(connection: Connection, room: Room, person: Principal | None) -> Standing:
    if person is None:
        return domain.NO_STANDING
    return (await standings_in(connection, room, [person]))[person.user_id]


# --- reading ---------------------------------------------------------------------------------------------------


async def history(
    ctx: Context, room_id: UUID, *, before: int | None, limit: int
) -> tuple[list[Message], int, int | None]:
    """Messages below seq `before` (None: the newest), oldest first; the number of all; the next `before`, or None."""
    async with ctx.db.connection() as connection:
        found = await queries.rooms.find(connection, [room_id])
        if found is None or found.is_closed:
            raise domain.room_not_found()
        start = found.last_seq + 1 if before is None else before
        rows = await queries.page.list(connection, room_id, start, limit + 1)
    messages = [message_of(row) for row in reversed(rows[:limit])]
    return messages, found.last_seq - found.deleted_count, messages[0].seq if len(rows) > limit else None


async def said_between(
    connection: Connection, room_id: UUID, *, after: int, until: int, since: datetime, limit: int
) -> list[Message]:
    """The messages with seqs above `after`, up to `until`, that were written at `since` or later; oldest first."""
    return [message_of(row) for row in await queries.said.list(connection, room_id, after, until, since, limit)]


async def last_seq(connection: Connection, room_id: UUID) -> int:
    """The seq of the newest message of a room; 0 where nothing was said."""
    found = await queries.rooms.find(connection, [room_id])
    return 0 if found is None else found.last_seq


def message_of(row: queries.MessageRow | queries.WindowRow) -> Message:
    """A row as it is shown."""
    return Message(**{name: getattr(row, name) for name in queries.MessageRow.__struct_fields__})


async def members(ctx: Context, room_id: UUID) -> tuple[list[tuple[people_queries.MemberRow, domain.RoomRole]], int]:
    """Who is in a room now, as at most 200 names, and how many in all."""
    async with ctx.db.connection() as connection:
        room = await get_room(connection, room_id)
        rows = await people_queries.members.list(connection, room_id, PRESENCE_S, domain.MEMBERS_NAMED_MAX)
        total = await people_queries.count_members.find(connection, room_id, PRESENCE_S) or 0
    return [(row, _role(room, row)) for row in rows], total


def _role(room: Room, row: people_queries.MemberRow) -> domain.RoomRole:
    return role_of(room, row.id, row.username, row.role, is_moderator=row.is_moderator)


def role_of(room: Room, user_id: UUID, username: str, role: str, *, is_moderator: bool) -> domain.RoomRole:
    """What somebody is in a room, from what a row says of them."""
    person = Principal(user_id, user_id, username, Role(role), email_verified=False)
    return domain.role_in(room, person, Standing(is_moderator=is_moderator))


# --- tickets ---------------------------------------------------------------------------------------------------


async def give_ticket(ctx: Context, person: Principal) -> str:
    """A ticket that opens one socket as this person within 30 s."""
    ticket = new_token()
    async with ctx.db.connection() as connection:
        await people_queries.insert_ticket.run(
            connection, plain_hash(ticket), person.user_id, person.session_id, float(domain.TICKET_S)
        )
    return ticket


async def use_ticket(ctx: Context, ticket: str) -> Presence | None:
    """Who a ticket is of, once; None when it is unknown, used, too old, or its session has ended."""
    async with ctx.db.connection() as connection:
        found = await people_queries.use_ticket.find(connection, plain_hash(ticket))
        if found is None or not found.is_good:
            return None
        people = await people_behind(ctx, connection, [found.session_id])
    return people.get(found.session_id)


async def forget_old(ctx: Context) -> None:
    """Delete what has run out: tickets, presence, time-outs. For the schedule."""
    async with ctx.db.connection() as connection:
        await people_queries.forget_old_tickets.run(connection)
        await people_queries.forget_old_presence.run(connection, PRESENCE_S)
        await people_queries.forget_ended_timeouts.run(connection)
