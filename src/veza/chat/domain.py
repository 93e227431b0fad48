"""What a chat room is, and who may read, join and send. Pure: no row, clock or socket here.

CanRead  everyone, while the room is there
CanJoin  signed in, not banned
CanSend  CanJoin, not timed out, room open, followers-only and slow mode respected;
         the host and staff are held by none of the last four, moderators by a time-out

What may be said is `content.py`.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from veza.auth.domain import Principal
from veza.kit.errors import Conflict, Forbidden, Invalid, NotFound, VezaError

SLOW_MODE_MAX_S = 3600
TIMEOUT_MAX_S = 14 * 24 * 3600
MODERATORS_MAX = 100
TICKET_S = 30
RATE_WINDOW_S = 30
RESUME_MESSAGES = 300
RESUME_MESSAGES_MAX = 3_000
RESUME_S = 300.0
FIRST_MESSAGES = 50
MEMBERS_NAMED_MAX = 200

MESSAGES_TOPIC = "veza_chat"
"""Bus topic: messages that were written (`journal`), or only up to which seq when they do not fit."""
CHANGES_TOPIC = "veza_chat_change"
"""Bus topic: `Change` as JSON: settings, a person's standing, a deleted message, a closed room."""


class RoomRole(StrEnum):
    """What somebody is in one room."""

    HOST = "host"
    MODERATOR = "moderator"
    STAFF = "staff"
    MEMBER = "member"
    GUEST = "guest"

    @property
    def moderates(self) -> bool:
        """Whether the role may delete, time out, ban and set the room, and is exempt from its limits."""
        return self in {RoomRole.HOST, RoomRole.MODERATOR, RoomRole.STAFF}

    @property
    def appoints(self) -> bool:
        """Whether the role may name moderators."""
        return self in {RoomRole.HOST, RoomRole.STAFF}

    @property
    def badge(self) -> "Badge | None":
        """What stands beside the name of who speaks in this role."""
        return _BADGES.get(self)


Badge = Literal["host", "moderator", "staff"]
_BADGES: dict[RoomRole, Badge] = {RoomRole.HOST: "host", RoomRole.MODERATOR: "moderator", RoomRole.STAFF: "staff"}


class SanctionKind(StrEnum):
    """What was done to somebody in one room."""

    BAN = "ban"
    TIMEOUT = "timeout"


class Action(StrEnum):
    """What the audit records."""

    DELETE_MESSAGE = "delete_message"
    TIMEOUT = "timeout"
    END_TIMEOUT = "end_timeout"
    BAN = "ban"
    UNBAN = "unban"
    SETTINGS = "settings"
    ADD_MODERATOR = "add_moderator"
    REMOVE_MODERATOR = "remove_moderator"


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """Who may speak how often in a room. `slow_mode_seconds` 0: no slow mode."""

    room_id: UUID
    enabled: bool
    slow_mode_seconds: int
    followers_only: bool


@dataclass(frozen=True, slots=True)
class Room:
    """A room with what decides in it. `is_closed`: what it belonged to is gone."""

    settings: RoomSettings
    owner_id: UUID
    epoch: UUID
    last_seq: int
    blocked_words: tuple[str, ...] = ()
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What one room knows of one person, with waits in seconds from when it was read.

    `timeout_left_s` 0: not timed out. `spoke_ago_s`: since their last message here, None when it does not matter.
    """

    is_moderator: bool = False
    is_banned: bool = False
    timeout_left_s: float = 0.0
    is_follower: bool = False
    spoke_ago_s: float | None = None

    def later(self, seconds: float) -> "Standing":
        """The same, so many seconds after it was read."""
        spoke_ago_s = None if self.spoke_ago_s is None else self.spoke_ago_s + seconds
        return replace(self, timeout_left_s=max(0.0, self.timeout_left_s - seconds), spoke_ago_s=spoke_ago_s)


NO_STANDING = Standing()


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes, or no with a code and how long to wait (None: waiting does not help)."""

    code: str | None = None
    retry_after_ms: int | None = None

    def __bool__(self) -> bool:
        return self.code is None


YES = Decision()


@dataclass(frozen=True, slots=True)
class Permissions:
    """The three rights of one person in one room, and what they are there."""

    role: RoomRole
    read: Decision
    join: Decision
    send: Decision

    @property
    def codes(self) -> tuple[str | None, ...]:
        """What differs when a client must be told; waits run down by themselves."""
        return (self.role, self.read.code, self.join.code, self.send.code)


def role_in(room: Room, person: Principal | None, standing: Standing) -> RoomRole:
    """What `person` is in `room`. A moderator whom the host banned moderates nothing, least of all the ban."""
    if person is None:
        return RoomRole.GUEST
    if person.user_id == room.owner_id:
        return RoomRole.HOST
    if person.role.is_staff:
        return RoomRole.STAFF
    return RoomRole.MODERATOR if standing.is_moderator and not standing.is_banned else RoomRole.MEMBER


def can_read(room: Room) -> Decision:
    """Everyone, while the room is there."""
    return Decision("not_found") if room.is_closed else YES


def can_join(room: Room, person: Principal | None, standing: Standing) -> Decision:
    """Whether somebody is counted and listed."""
    if room.is_closed:
        return Decision("not_found")
    if person is None:
        return Decision("unauthenticated")
    if standing.is_banned and not role_in(room, person, standing).appoints:
        return Decision("banned")
    return YES


def can_send(room: Room, person: Principal | None, standing: Standing) -> Decision:
    """Whether somebody may speak now. The rate over all rooms is `rate_decision`'s."""
    join = can_join(room, person, standing)
    if not join:
        return join
    role = role_in(room, person, standing)
    if standing.timeout_left_s > 0 and not role.appoints:
        return Decision("timed_out", _ms(standing.timeout_left_s))
    return YES if role.moderates else _member_may_send(room, standing)


def _member_may_send(room: Room, standing: Standing) -> Decision:
    if not room.settings.enabled:
        return Decision("chat_disabled")
    if room.settings.followers_only and not standing.is_follower:
        return Decision("followers_only")
    slow_s = room.settings.slow_mode_seconds
    if slow_s and standing.spoke_ago_s is not None and standing.spoke_ago_s < slow_s:
        return Decision("slow_mode", _ms(slow_s - standing.spoke_ago_s))
    return YES


def permissions(room: Room, person: Principal | None, standing: Standing) -> Permissions:
    """All three at once."""
    return Permissions(
        role_in(room, person, standing),
        can_read(room),
        can_join(room, person, standing),
        can_send(room, person, standing),
    )


def rate_decision(sent: int, limit: int, oldest_ago_s: float) -> Decision:
    """Whether one more message fits: `sent` in the last 30 s, the oldest of those `oldest_ago_s` ago."""
    return YES if sent < limit else Decision("rate_limited", _ms(max(0.05, RATE_WINDOW_S - oldest_ago_s)))


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))


# --- errors ----------------------------------------------------------------------------------------------------

_SENTENCES = {
    "unauthenticated": "Log in to speak here.",
    "banned": "You are banned from this chat.",
    "timed_out": "You may speak again when your time-out is over.",
    "chat_disabled": "The chat is closed right now.",
    "followers_only": "Only followers may speak here.",
    "slow_mode": "Slow mode: wait a moment before your next message.",
    "rate_limited": "You are writing too fast. Wait a moment.",
    "not_found": "There is no such room.",
}


class Refused(VezaError):
    """A right that is missing. `decision` says which, and how long to wait."""

    def __init__(self, decision: Decision) -> None:
        assert decision.code is not None
        super().__init__(_SENTENCES[decision.code], code=decision.code)
        self.decision = decision


def require(decision: Decision) -> None:
    """Raise `Refused` unless it is a yes."""
    if not decision:
        raise Refused(decision)


def room_not_found() -> NotFound:
    return NotFound("There is no such room.")


def message_not_found() -> NotFound:
    return NotFound("There is no such message.")


def blocked_words() -> Invalid:
    return Invalid("The host does not want one of these words here.", code="blocked_words")


def may_not_moderate() -> Forbidden:
    return Forbidden("Only the host, moderators and staff may do this.")


def may_not_appoint() -> Forbidden:
    return Forbidden("Only the host and staff name moderators.")


def is_protected() -> Forbidden:
    return Forbidden("The host, moderators and staff cannot be moderated by you.", code="protected_user")


def too_many_moderators() -> Conflict:
    return Conflict(f"A room has at most {MODERATORS_MAX} moderators.", code="too_many_moderators")


def may_act_on(actor: RoomRole, target: RoomRole) -> bool:
    """Whether `actor` may time out, ban or delete the words of `target`. Nobody touches the host or staff."""
    if target in {RoomRole.HOST, RoomRole.STAFF}:
        return False
    return actor.appoints if target is RoomRole.MODERATOR else actor.moderates


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it is shown."""

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


@dataclass(frozen=True, slots=True)
class Subject:
    """What a room belongs to, as viewers see it now: a stream's status and how many watch."""

    status: str
    viewer_count: int


@dataclass(frozen=True, slots=True)
class Change:
    """Something about a room that open sockets must hear of (`CHANGES_TOPIC`). Ids as text, since it is JSON.

    `message_id` with `at_seq`: a message was deleted when the room's last seq was that. `user_id`: a standing changed.
    `renamed`: somebody who wrote here has another name. None of them: the settings, or the room was closed.
    """

    room_id: UUID
    user_id: UUID | None = None
    message_id: UUID | None = None
    at_seq: int = 0
    renamed: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that somebody wants to send; its words are already `parse_content`'s."""

    author: Principal
    nonce: str
    content: str
    reply_to: UUID | None = None


@dataclass(slots=True)
class SenderFacts:
    """What decides about one author in one batch, read under the room's lock. Counts up as the batch is judged."""

    standing: Standing = field(default_factory=Standing)
    sent: int = 0
    oldest_ago_s: float = 0.0
