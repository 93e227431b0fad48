"""Routes of chat rooms: tickets, rights, older messages, who is there. Each parses, calls one thing and answers.

The conversation itself is on the socket (`socket.py`); keeping it civil is `moderation_api.py`.
"""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, post
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from veza.auth.domain import Principal
from veza.auth.guard import optional_user, public, signed_in
from veza.chat import domain, frames, moderation, service
from veza.chat.domain import Message
from veza.chat.schemas import ChatMessagesView, MembersView, MemberView, SaidView, TicketView
from veza.context import Context
from veza.http.envelope import Nothing, Ok, nothing, ok
from veza.http.errors import documented
from veza.http.rate_limit import RateLimits, Rule
from veza.kit.errors import Invalid

TAGS = ["Chat"]
ROOM = "/live/streams/{stream_id:uuid}/chat"
TICKETS = Rule("chat_ticket", 120, 60)
_NO_STORE = [ResponseHeader(name="Cache-Control", value="no-store", description="The answer holds a secret.")]
NEWEST = 2**53
Before = Annotated[int, QueryParameter(ge=0, le=NEWEST, description="Only messages with a lower `seq`.")]
MessageCount = Annotated[int, QueryParameter(ge=1, le=100)]


@post(
    "/chat/ticket",
    operation_id="createChatTicket",
    summary="Get a ticket for the chat socket",
    description="Opens one socket as you, within 30 seconds: `<url>?ticket=<ticket>`.",
    tags=TAGS,
    status_code=201,
    response_headers=_NO_STORE,
    responses=documented(401, 403, 429),
    **signed_in,
)
async def create_ticket(ctx: NamedDependency[Context], principal: NamedDependency[Principal]) -> Ok[TicketView]:
    """A ticket, never the access token, stands in the socket's address."""
    await RateLimits(ctx.db).hit(TICKETS, str(principal.user_id))
    ticket = await service.give_ticket(ctx, principal)
    return ok(TicketView(ticket, f"ws{ctx.settings.public_url.removeprefix('http')}/api/v1/ws", domain.TICKET_S))


@get("/ws", include_in_schema=False, **public)
async def get_socket() -> Ok[Nothing]:
    """Only a request that is no upgrade comes here; upgrades are `gate.py`'s. Documented in about/openapi.py."""
    raise Invalid("This address takes WebSocket upgrades only.", code="upgrade_required")


@get(
    f"{ROOM}/permissions",
    operation_id="getChatPermissions",
    summary="What may I do in this room?",
    tags=TAGS,
    responses=documented(404),
    **optional_user,
)
async def get_permissions(
    ctx: NamedDependency[Context], caller: NamedDependency[Principal | None], stream_id: FromPath[UUID]
) -> Ok[frames.PermissionsFrame]:
    """CanRead, CanJoin, CanSend, each with its reason."""
    return ok(frames.permissions_frame(await service.permissions_of(ctx, stream_id, caller)))


@get(
    f"{ROOM}/messages",
    operation_id="listChatMessages",
    summary="Read older messages",
    description="The newest before `before`, oldest first. Deleted messages are left out.",
    tags=TAGS,
    responses=documented(404),
    **public,
)
async def list_messages(
    ctx: NamedDependency[Context],
    stream_id: FromPath[UUID],
    before: FromQuery[Before] = NEWEST,  # not optional: the bounds of `Before | None` are not kept
    limit: FromQuery[MessageCount] = 50,
) -> Ok[ChatMessagesView]:
    """A page of the conversation."""
    found, total, cursor = await service.history(ctx, stream_id, before=before, limit=limit)
    return ok(ChatMessagesView([frames.message_frame(message) for message in found], total, limit, cursor))


def said_view(messages: list[Message], limit: int) -> SaidView:
    """A page of what was said, of which one more than `limit` was asked for."""
    shown = [frames.message_frame(message) for message in messages[:limit]]
    return SaidView(shown, shown[-1].seq if len(messages) > limit else None)


@delete(
    f"{ROOM}/messages/{{message_id:uuid}}",
    operation_id="deleteChatMessage",
    summary="Delete a message",
    description="One's own, or as a moderator of the room. Its words leave the conversation; what moderators delete, "
    "the audit keeps.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def delete_message(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    stream_id: FromPath[UUID],
    message_id: FromPath[UUID],
) -> Ok[Nothing]:
    """Take its words away."""
    await moderation.delete_message(ctx, principal, stream_id, message_id)
    return nothing()


@get(
    f"{ROOM}/members",
    operation_id="listChatMembers",
    summary="Who is in a room",
    description="Those who are signed in and not banned: at most 200 names, and how many in all.",
    tags=TAGS,
    responses=documented(404),
    **public,
)
async def list_members(ctx: NamedDependency[Context], stream_id: FromPath[UUID]) -> Ok[MembersView]:
    """By name, ten seconds old at most."""
    rows, total = await service.members(ctx, stream_id)
    return ok(MembersView([MemberView(row.id, row.username, role, role.badge) for row, role in rows], total))


routes: list[BaseRouteHandler] = [
    create_ticket,
    get_socket,
    get_permissions,
    list_messages,
    delete_message,
    list_members,
]
"""Paths are relative to /api/v1."""
