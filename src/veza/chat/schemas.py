"""Bodies and answers of the chat routes (docs/reference/chat.md). The socket's frames are `frames.py`'s."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from veza.chat.content import BLOCKED_WORDS_MAX
from veza.chat.domain import (
    SLOW_MODE_MAX_S,
    TIMEOUT_MAX_S,
    Action,
    Badge,
    RoomRole,
    SanctionKind,
)
from veza.chat.frames import MessageFrame
from veza.http.envelope import Body


class TicketView(msgspec.Struct, frozen=True):
    """What opens one socket: `<url>?ticket=<ticket>`, within `expires_in` seconds."""

    ticket: str
    url: str
    expires_in: int


class ChatMessagesView(msgspec.Struct, frozen=True):
    """A page of a conversation, oldest first. `next_cursor` is the `before` of the page before it."""

    messages: list[MessageFrame]
    total: int
    limit: int
    next_cursor: int | None


class SaidView(msgspec.Struct, frozen=True):
    """What was said during a broadcast, oldest first. `next_after` is the `after` of what follows; null at the end."""

    messages: list[MessageFrame]
    next_after: int | None


class PersonBody(Body, frozen=True, kw_only=True):
    """Body of POST …/chat/bans."""

    user_id: UUID


class TimeoutBody(Body, frozen=True, kw_only=True):
    """Body of POST …/chat/timeouts."""

    user_id: UUID
    seconds: Annotated[int, msgspec.Meta(ge=1, le=TIMEOUT_MAX_S)]


class PersonView(msgspec.Struct, frozen=True):
    """Somebody's name."""

    id: UUID
    username: str


class SanctionView(msgspec.Struct, frozen=True):
    """A ban, or a time-out and its end."""

    user: PersonView
    kind: SanctionKind
    until: datetime | None
    created_at: datetime


class SanctionsView(msgspec.Struct, frozen=True):
    """A page of what is in force."""

    bans: list[SanctionView]
    total: int
    limit: int
    offset: int


class ChatSettingsBody(Body, frozen=True, kw_only=True):
    """Body of PUT …/chat/settings: only what is sent changes."""

    enabled: bool | msgspec.UnsetType = msgspec.UNSET
    slow_mode_seconds: Annotated[int, msgspec.Meta(ge=0, le=SLOW_MODE_MAX_S)] | msgspec.UnsetType = msgspec.UNSET
    followers_only: bool | msgspec.UnsetType = msgspec.UNSET
    blocked_words: Annotated[list[str], msgspec.Meta(max_length=BLOCKED_WORDS_MAX)] | msgspec.UnsetType = msgspec.UNSET


class ChatSettingsView(msgspec.Struct, frozen=True):
    """How a room is set, as its moderators see it."""

    enabled: bool
    slow_mode_seconds: int
    followers_only: bool
    blocked_words: list[str]


class ModeratorsView(msgspec.Struct, frozen=True):
    """Who moderates a room, by name."""

    moderators: list[PersonView]
    total: int


class AuditEntryView(msgspec.Struct, frozen=True):
    """One act of moderation. `details` depend on the action."""

    id: UUID
    action: Action
    actor: PersonView
    target: PersonView | None
    message_id: UUID | None
    details: dict[str, Any]
    created_at: datetime


class AuditView(msgspec.Struct, frozen=True):
    """A page of acts, newest first."""

    entries: list[AuditEntryView]
    total: int
    limit: int
    offset: int


class MemberView(msgspec.Struct, frozen=True):
    """Somebody who is in a room now."""

    id: UUID
    username: str
    role: RoomRole
    badge: Badge | None


class MembersView(msgspec.Struct, frozen=True):
    """Who is in a room: at most 200 names, and how many in all."""

    members: list[MemberView]
    total: int
