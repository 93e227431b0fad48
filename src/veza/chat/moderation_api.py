"""Routes of those who keep a chat room civil. Each parses, calls one use case of `moderation.py` and answers."""

from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from veza.auth.domain import Principal
from veza.auth.guard import public, signed_in
from veza.chat import moderation, people_queries
from veza.chat.domain import Action, Room, SanctionKind
from veza.chat.schemas import (
    AuditEntryView,
    AuditView,
    ChatSettingsBody,
    ChatSettingsView,
    ModeratorsView,
    PersonBody,
    PersonView,
    SanctionsView,
    SanctionView,
    TimeoutBody,
)
from veza.context import Context
from veza.http.envelope import Limit, Nothing, Offset, Ok, nothing, ok
from veza.http.errors import documented
from veza.kit.page import PageRequest

TAGS = ["Chat moderation"]
ROOM = "/live/streams/{stream_id:uuid}/chat"


@post(
    f"{ROOM}/timeouts",
    operation_id="createChatTimeout",
    summary="Silence somebody for a while",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def create_timeout(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    stream_id: FromPath[UUID],
    data: JSONBody[TimeoutBody],
) -> Ok[Nothing]:
    """They still read."""
    await moderation.time_out(ctx, principal, stream_id, data.user_id, data.seconds)
    return nothing()


@delete(
    f"{ROOM}/timeouts/{{user_id:uuid}}",
    operation_id="deleteChatTimeout",
    summary="End a time-out",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def delete_timeout(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    stream_id: FromPath[UUID],
    user_id: FromPath[UUID],
) -> Ok[Nothing]:
    """They may speak again."""
    await moderation.lift(ctx, principal, stream_id, user_id, SanctionKind.TIMEOUT)
    return nothing()


@get(
    f"{ROOM}/bans",
    operation_id="listChatBans",
    summary="List bans and time-outs in force",
    tags=TAGS,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def list_bans(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    stream_id: FromPath[UUID],
    limit: FromQuery[Limit] = 20,
    offset: FromQuery[Offset] = 0,
) -> Ok[SanctionsView]:
    """Newest first."""
    page = await moderation.list_sanctions(ctx, principal, stream_id, PageRequest(limit, offset))
    return ok(SanctionsView([_sanction(row) for row in page.items], page.total, limit, offset))


@post(
    f"{ROOM}/bans",
    operation_id="createChatBan",
    summary="Ban somebody from a room",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def create_ban(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    stream_id: FromPath[UUID],
    data: JSONBody[PersonBody],
) -> Ok[Nothing]:
    """They are no longer counted or listed, and cannot speak."""
    await moderation.ban(ctx, principal, stream_id, data.user_id)
    return nothing()


@delete(
    f"{ROOM}/bans/{{user_id:uuid}}",
    operation_id="deleteChatBan",
    summary="Lift a ban",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def delete_ban(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    stream_id: FromPath[UUID],
    user_id: FromPath[UUID],
) -> Ok[Nothing]:
    """They may come back."""
    await moderation.lift(ctx, principal, stream_id, user_id, SanctionKind.BAN)
    return nothing()


@get(
    f"{ROOM}/settings",
    operation_id="getChatSettings",
    summary="How a room is set, with its blocked words",
    tags=TAGS,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def get_settings(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], stream_id: FromPath[UUID]
) -> Ok[ChatSettingsView]:
    """For its moderators; everybody sees the rest in the stream's `chat`."""
    return ok(_settings(await moderation.get_settings(ctx, principal, stream_id)))


@put(
    f"{ROOM}/settings",
    operation_id="updateChatSettings",
    summary="Set a room",
    description="Only the fields that are sent change.",
    tags=TAGS,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def update_settings(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    stream_id: FromPath[UUID],
    data: JSONBody[ChatSettingsBody],
) -> Ok[ChatSettingsView]:
    """Open or close it, slow it down, keep it to followers, block words."""
    room = await moderation.change_settings(
        ctx,
        principal,
        stream_id,
        enabled=None if data.enabled is msgspec.UNSET else data.enabled,
        slow_mode_seconds=None if data.slow_mode_seconds is msgspec.UNSET else data.slow_mode_seconds,
        followers_only=None if data.followers_only is msgspec.UNSET else data.followers_only,
        blocked_words=None if data.blocked_words is msgspec.UNSET else data.blocked_words,
    )
    return ok(_settings(room))


@get(
    f"{ROOM}/moderators",
    operation_id="listChatModerators",
    summary="Who moderates a room",
    tags=TAGS,
    responses=documented(404),
    **public,
)
async def list_moderators(ctx: NamedDependency[Context], stream_id: FromPath[UUID]) -> Ok[ModeratorsView]:
    """By name; the host is not among them."""
    found = await moderation.list_moderators(ctx, stream_id)
    return ok(ModeratorsView([PersonView(row.id, row.username) for row in found], len(found)))


@put(
    f"{ROOM}/moderators/{{user_id:uuid}}",
    operation_id="addChatModerator",
    summary="Make somebody a moderator",
    tags=TAGS,
    responses=documented(401, 403, 404, 409),
    **signed_in,
)
async def add_moderator(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    stream_id: FromPath[UUID],
    user_id: FromPath[UUID],
) -> Ok[Nothing]:
    """By the host and staff; ends what they were sanctioned with."""
    await moderation.add_moderator(ctx, principal, stream_id, user_id)
    return nothing()


@delete(
    f"{ROOM}/moderators/{{user_id:uuid}}",
    operation_id="removeChatModerator",
    summary="Take the right to moderate back",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def remove_moderator(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    stream_id: FromPath[UUID],
    user_id: FromPath[UUID],
) -> Ok[Nothing]:
    """By the host and staff, or one's own."""
    await moderation.remove_moderator(ctx, principal, stream_id, user_id)
    return nothing()


@get(
    f"{ROOM}/audit",
    operation_id="listChatAudit",
    summary="Who did what in a room",
    tags=TAGS,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def list_audit(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    stream_id: FromPath[UUID],
    limit: FromQuery[Limit] = 20,
    offset: FromQuery[Offset] = 0,
) -> Ok[AuditView]:
    """Newest first."""
    page = await moderation.list_audit(ctx, principal, stream_id, PageRequest(limit, offset))
    return ok(AuditView([_entry(row) for row in page.items], page.total, limit, offset))


def _sanction(row: people_queries.SanctionRow) -> SanctionView:
    return SanctionView(PersonView(row.user_id, row.username), SanctionKind(row.kind), row.until, row.created_at)


def _settings(room: Room) -> ChatSettingsView:
    shown = room.settings
    return ChatSettingsView(shown.enabled, shown.slow_mode_seconds, shown.followers_only, list(room.blocked_words))


def _entry(row: people_queries.AuditRow) -> AuditEntryView:
    target = (
        None if row.target_id is None or row.target_username is None else PersonView(row.target_id, row.target_username)
    )
    return AuditEntryView(
        row.id,
        Action(row.action),
        PersonView(row.actor_id, row.actor_username),
        target,
        row.message_id,
        row.details,
        row.created_at,
    )


routes: list[BaseRouteHandler] = [
    create_timeout,
    delete_timeout,
    list_bans,
    create_ban,
    delete_ban,
    get_settings,
    update_settings,
    list_moderators,
    add_moderator,
    remove_moderator,
    list_audit,
]
"""Paths are relative to /api/v1."""
