"""Use cases of those who keep a room civil: delete, time out, ban, set the room, appoint. Every act is audited.

Each is one transaction that locks the room, decides, writes, records and announces; open sockets hear of it through
the announcement and from nowhere else.
"""

from typing import Any
from uuid import UUID

import structlog

from veza.auth.domain import Principal
from veza.chat import domain, people_queries, queries
from veza.chat.content import parse_blocked_words
from veza.chat.domain import Action, Change, Room, RoomRole, SanctionKind
from veza.chat.service import announce, get_room, lock_room, role_of, standings_in
from veza.context import Context
from veza.db.pool import Connection, Tx
from veza.kit.errors import FieldProblem, Invalid, NotFound
from veza.kit.ids import new_id
from veza.kit.page import Page, PageRequest

log = structlog.get_logger()


async def delete_message(ctx: Context, actor: Principal, room_id: UUID, message_id: UUID) -> None:
    """Take a message's words away; again changes nothing. One's own needs no right.

    Raises `NotFound`, `Forbidden` (also `protected_user`).
    """
    async with ctx.db.transaction() as tx:
        room = await lock_room(tx, room_id)
        found = await queries.author.find(tx, room_id, message_id)
        if found is None:
            raise domain.message_not_found()
        is_own = found.user_id == actor.user_id
        if not is_own:
            await _require_moderator(tx, room, actor)
            target = role_of(room, found.user_id, "", found.role, is_moderator=found.is_moderator)
            await _require_may_act(tx, room, actor, target)
        if not await queries.delete_message.run(tx, room_id, message_id, room.last_seq):
            return
        if not is_own:
            details = {"content": found.content}
            await _record(tx, room, actor, Action.DELETE_MESSAGE, found.user_id, message_id=message_id, details=details)
        await announce(ctx, tx, Change(room_id, message_id=message_id, at_seq=room.last_seq))


async def time_out(ctx: Context, actor: Principal, room_id: UUID, user_id: UUID, seconds: int) -> None:
    """Silence somebody for a while. Raises `NotFound`, `Forbidden`, `Invalid`."""
    if not 1 <= seconds <= domain.TIMEOUT_MAX_S:
        problem = FieldProblem("seconds", f"must be between 1 and {domain.TIMEOUT_MAX_S:,}")
        raise Invalid("Choose another time.", problem)
    await _sanction(ctx, actor, room_id, user_id, seconds=seconds)


async def ban(ctx: Context, actor: Principal, room_id: UUID, user_id: UUID) -> None:
    """Shut somebody out of the conversation until somebody lets them in. Raises `NotFound`, `Forbidden`."""
    await _sanction(ctx, actor, room_id, user_id)


async def _sanction(
    ctx: Context, actor: Principal, room_id: UUID, user_id: UUID, *, seconds: int | None = None
) -> None:
    """A time-out of so many seconds, or a ban."""
    kind = SanctionKind.BAN if seconds is None else SanctionKind.TIMEOUT
    async with ctx.db.transaction() as tx:
        room = await lock_room(tx, room_id)
        await _require_moderator(tx, room, actor)
        target = await _target(tx, room, user_id)
        await _require_may_act(tx, room, actor, target)
        length_s = None if seconds is None else float(seconds)
        if await people_queries.put_sanction.run(tx, room_id, user_id, kind, length_s, actor.user_id):
            action = Action.BAN if kind is SanctionKind.BAN else Action.TIMEOUT
            details = {} if seconds is None else {"seconds": seconds}
            await _record(tx, room, actor, action, user_id, details=details)
            await announce(ctx, tx, Change(room_id, user_id=user_id))


async def lift(ctx: Context, actor: Principal, room_id: UUID, user_id: UUID, kind: SanctionKind) -> None:
    """End a ban or a time-out; where there is none, nothing changes. Raises `NotFound`, `Forbidden`."""
    async with ctx.db.transaction() as tx:
        room = await lock_room(tx, room_id)
        await _require_moderator(tx, room, actor)
        if await people_queries.end_sanction.run(tx, room_id, user_id, kind):
            action = Action.UNBAN if kind is SanctionKind.BAN else Action.END_TIMEOUT
            await _record(tx, room, actor, action, user_id)
            await announce(ctx, tx, Change(room_id, user_id=user_id))


async def list_sanctions(
    ctx: Context, actor: Principal, room_id: UUID, page: PageRequest
) -> Page[people_queries.SanctionRow]:
    """Bans and time-outs in force, newest first. Raises `NotFound`, `Forbidden`."""
    async with ctx.db.connection() as connection:
        await _require_moderator(connection, await get_room(connection, room_id), actor)
        rows = await people_queries.sanctions.list(connection, room_id, page.limit, page.offset)
        total = await people_queries.count_sanctions.find(connection, room_id) or 0
    return Page(rows, total, page.limit, page.offset)


async def get_settings(ctx: Context, actor: Principal, room_id: UUID) -> Room:
    """A room with its blocked words, for those who moderate it. Raises `NotFound`, `Forbidden`."""
    async with ctx.db.connection() as connection:
        room = await get_room(connection, room_id)
        await _require_moderator(connection, room, actor)
    return room


async def change_settings(
    ctx: Context,
    actor: Principal,
    room_id: UUID,
    *,
    enabled: bool | None = None,
    slow_mode_seconds: int | None = None,
    followers_only: bool | None = None,
    blocked_words: list[str] | None = None,
) -> Room:
    """Change what is not None. Raises `NotFound`, `Forbidden`, `Invalid`."""
    words = None if blocked_words is None else parse_blocked_words(blocked_words)
    async with ctx.db.transaction() as tx:
        room = await lock_room(tx, room_id)
        await _require_moderator(tx, room, actor)
        now = {
            "enabled": room.settings.enabled,
            "slow_mode_seconds": room.settings.slow_mode_seconds,
            "followers_only": room.settings.followers_only,
            "blocked_words": list(room.blocked_words),
        }
        asked = {
            "enabled": enabled,
            "slow_mode_seconds": slow_mode_seconds,
            "followers_only": followers_only,
            "blocked_words": None if words is None else list(words),
        }
        new = now | {name: value for name, value in asked.items() if value is not None}
        if new == now:
            return room
        await queries.change_settings.run(tx, room_id, *new.values())
        await _record(tx, room, actor, Action.SETTINGS, None, details=new)
        await announce(ctx, tx, Change(room_id))
        return await get_room(tx, room_id)


async def list_moderators(ctx: Context, room_id: UUID) -> list[people_queries.PersonRow]:
    """The moderators of a room, by name. Public. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        await get_room(connection, room_id)
        return await people_queries.moderators.list(connection, room_id, domain.MODERATORS_MAX)


async def add_moderator(ctx: Context, actor: Principal, room_id: UUID, user_id: UUID) -> None:
    """Let somebody moderate; ends their sanction.

    Raises `NotFound`, `Forbidden`, `Conflict` (`too_many_moderators`).
    """
    async with ctx.db.transaction() as tx:
        room = await lock_room(tx, room_id)
        await _require_appointer(tx, room, actor)
        if await _target(tx, room, user_id) is RoomRole.HOST:
            raise domain.is_protected()
        if await people_queries.add_moderator.run(tx, room_id, user_id):
            if (await people_queries.count_moderators.find(tx, room_id) or 0) > domain.MODERATORS_MAX:
                raise domain.too_many_moderators()
            for kind in SanctionKind:
                await people_queries.end_sanction.run(tx, room_id, user_id, kind)
            await _record(tx, room, actor, Action.ADD_MODERATOR, user_id)
            await announce(ctx, tx, Change(room_id, user_id=user_id))


async def remove_moderator(ctx: Context, actor: Principal, room_id: UUID, user_id: UUID) -> None:
    """Take the right back; who is none stays none. One may resign. Raises `NotFound`, `Forbidden`."""
    async with ctx.db.transaction() as tx:
        room = await lock_room(tx, room_id)
        if actor.user_id != user_id:
            await _require_appointer(tx, room, actor)
        if await people_queries.remove_moderator.run(tx, room_id, user_id):
            await _record(tx, room, actor, Action.REMOVE_MODERATOR, user_id)
            await announce(ctx, tx, Change(room_id, user_id=user_id))


async def list_audit(ctx: Context, actor: Principal, room_id: UUID, page: PageRequest) -> Page[people_queries.AuditRow]:
    """What was done in a room, newest first. Raises `NotFound`, `Forbidden`."""
    async with ctx.db.connection() as connection:
        await _require_moderator(connection, await get_room(connection, room_id), actor)
        rows = await people_queries.audit.list(connection, room_id, page.limit, page.offset)
        total = await people_queries.count_audit.find(connection, room_id) or 0
    return Page(rows, total, page.limit, page.offset)


# --- deciding --------------------------------------------------------------------------------------------------


async def _actor_role(connection: Connection, room: Room, actor: Principal) -> RoomRole:
    standing = (await standings_in(connection, room, [actor]))[actor.user_id]
    return domain.role_in(room, actor, standing)


async def _require_moderator(connection: Connection, room: Room, actor: Principal) -> None:
    if not (await _actor_role(connection, room, actor)).moderates:
        raise domain.may_not_moderate()


async def _require_appointer(connection: Connection, room: Room, actor: Principal) -> None:
    if not (await _actor_role(connection, room, actor)).appoints:
        raise domain.may_not_appoint()


async def _require_may_act(tx: Tx, room: Room, actor: Principal, target: RoomRole) -> None:
    if not domain.may_act_on(await _actor_role(tx, room, actor), target):
        raise domain.is_protected()


async def _target(tx: Tx, room: Room, user_id: UUID) -> RoomRole:
    found = await people_queries.target.find(tx, room.settings.room_id, user_id)
    if found is None:
        raise NotFound("There is no such user.")
    return role_of(room, user_id, found.username, found.role, is_moderator=found.is_moderator)


async def _record(
    tx: Tx,
    room: Room,
    actor: Principal,
    action: Action,
    user_id: UUID | None,
    *,
    message_id: UUID | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    room_id = room.settings.room_id
    await people_queries.insert_audit.run(
        tx, new_id(), room_id, actor.user_id, action, user_id, message_id, details or {}
    )
    log.info("chat_moderation", action=action.value, room_id=str(room_id), actor_id=str(actor.user_id))
