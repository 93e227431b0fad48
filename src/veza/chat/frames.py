"""The frames of the chat socket as types: what a client may say, decoded strictly; what it hears, as JSON bytes.

Pure; the meaning stands in `socket.py`, the words in docs/reference/chat.md.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from veza.auth.domain import Principal
from veza.chat.domain import Badge, Decision, Message, Permissions, RoomRole, RoomSettings
from veza.kit.errors import FieldProblem, Invalid

Id = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)] | Annotated[str, msgspec.Meta(max_length=64)]
_Seq = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class ClientFrame(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="type"):
    """Base of what clients send: closed, so that a misspelt field is an error."""


class Since(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a returning client stopped."""

    epoch: UUID
    seq: _Seq


class Join(ClientFrame, frozen=True, tag="join"):
    """Read a room from now on."""

    id: Id
    room: UUID
    since: Since | None = None


class Leave(ClientFrame, frozen=True, tag="leave"):
    """Hear no more of a room."""

    id: Id
    room: UUID


class Send(ClientFrame, frozen=True, tag="send"):
    """Say something."""

    id: Id
    room: UUID
    nonce: str
    content: str
    reply_to: UUID | None = None


class History(ClientFrame, frozen=True, tag="history"):
    """Older messages."""

    id: Id
    room: UUID
    before: _Seq | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 50


class Delete(ClientFrame, frozen=True, tag="delete"):
    """Delete a message."""

    id: Id
    room: UUID
    message_id: UUID


class Ping(ClientFrame, frozen=True, tag="ping"):
    """Is anybody there?"""

    id: Id | None = None


AnyFrame = Join | Leave | Send | History | Delete | Ping
_decoder: msgspec.json.Decoder[AnyFrame] = msgspec.json.Decoder(AnyFrame)


def parse_frame(data: str | bytes) -> AnyFrame:
    """One frame. Raises `Invalid`: `unsupported_data`, `malformed_json`, `unknown_type` or `validation_error`."""
    if isinstance(data, bytes):
        raise Invalid("Send text, not binary data.", code="unsupported_data")
    try:
        return _decoder.decode(data)
    except msgspec.ValidationError as error:
        raise _explain(data, str(error)) from None
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        raise Invalid("The frame is not valid JSON.", code="malformed_json") from None


def id_of(data: str | bytes) -> Any:
    """The id of a frame that could not be read, to answer it; None when there is none that may be echoed."""
    try:
        return _identified.decode(data).id
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


class _Identified(msgspec.Struct, frozen=True):
    id: Id | None = None


_identified = msgspec.json.Decoder(_Identified)


def _explain(data: str, problem: str) -> Invalid:
    # msgspec's words; what stands in a frame is quoted between them, so each is looked for at its place
    is_unknown_field = problem.startswith("Object contains unknown field")
    if problem == "Object missing required field `type`" or (
        problem.endswith(" - at `$.type`") and not is_unknown_field
    ):
        return Invalid("This type of frame is not known.", code="unknown_type")
    if not data.lstrip().startswith("{"):
        return Invalid("A frame is one JSON object.")
    where = problem.partition("`$.")[2].rstrip("`") if "`$." in problem else ""
    if is_unknown_field:
        return Invalid("The frame has a field that is not known.", FieldProblem(where, "unknown field"))
    return Invalid("A field of the frame is missing or not right.", FieldProblem(where, "not right"))


# --- what a client hears ---------------------------------------------------------------------------------------


class UserFrame(msgspec.Struct, frozen=True):
    """Who a socket is."""

    id: UUID
    username: str
    role: str


class AuthorFrame(msgspec.Struct, frozen=True):
    """Who said something, as they were when they said it."""

    id: UUID
    username: str
    role: str
    badge: Badge | None


class MessageFrame(msgspec.Struct, frozen=True):
    """A message (contract of docs/reference/chat.md)."""

    id: UUID
    room: UUID
    seq: int
    user: AuthorFrame
    content: str
    reply_to: UUID | None
    created_at: datetime


class ReasonFrame(msgspec.Struct, frozen=True):
    """Why not, and for how long."""

    code: str
    retry_after_ms: int | None


class ReasonsFrame(msgspec.Struct, frozen=True, omit_defaults=True):
    """A reason for each right that is missing."""

    can_read: ReasonFrame | msgspec.UnsetType = msgspec.UNSET
    can_join: ReasonFrame | msgspec.UnsetType = msgspec.UNSET
    can_send: ReasonFrame | msgspec.UnsetType = msgspec.UNSET


class PermissionsFrame(msgspec.Struct, frozen=True):
    """CanRead, CanJoin and CanSend of one person in one room."""

    can_read: bool
    can_join: bool
    can_send: bool
    reasons: ReasonsFrame
    role: RoomRole


class StateFrame(msgspec.Struct, frozen=True):
    """How a room is set."""

    enabled: bool
    slow_mode_seconds: int
    followers_only: bool


class StreamFrame(msgspec.Struct, frozen=True):
    """What the room belongs to."""

    status: str


class Joined(msgspec.Struct, frozen=True, tag="joined"):
    """The answer to `join`. `messages` are already JSON."""

    id: Any
    room: UUID
    epoch: UUID
    seq: int
    recovered: bool
    permissions: PermissionsFrame
    state: StateFrame
    stream: StreamFrame
    viewer_count: int
    messages: msgspec.Raw
    deleted: Sequence[UUID]


encode = msgspec.json.encode


def push(kind: str, **fields: Any) -> bytes:
    """One push or answer: `{"type": kind, …}`."""
    return encode({"type": kind, **fields})


def message_push(room_id: UUID, data: bytes) -> bytes:
    """A `message` push around a message that is already JSON."""
    return b'{"type":"message","room":"%s","message":%s}' % (str(room_id).encode(), data)


def ack(identity: Any, data: bytes) -> bytes:
    """The `ack` of a `send`, around the message as JSON."""
    return b'{"type":"ack","id":%s,"message":%s}' % (encode(identity), data)


def json_array(parts: Sequence[bytes]) -> bytes:
    """Pieces of JSON as one array."""
    return b"[%s]" % b",".join(parts)


def error(identity: Any, code: str, sentence: str, retry_after_ms: int | None = None) -> bytes:
    """An `error` answer."""
    waits = {} if retry_after_ms is None else {"retry_after_ms": retry_after_ms}
    return push("error", id=identity, code=code, message=sentence, **waits)


def message_frame(message: Message) -> MessageFrame:
    """A message for a client."""
    author = AuthorFrame(message.user_id, message.username, message.role, message.badge)
    return MessageFrame(
        message.id, message.room_id, message.seq, author, message.content, message.reply_to, message.created_at
    )


def permissions_frame(found: Permissions) -> PermissionsFrame:
    """Rights for a client."""
    reasons = ReasonsFrame(_reason(found.read), _reason(found.join), _reason(found.send))
    return PermissionsFrame(bool(found.read), bool(found.join), bool(found.send), reasons, found.role)


def state_frame(settings: RoomSettings) -> StateFrame:
    """Settings for a client."""
    return StateFrame(settings.enabled, settings.slow_mode_seconds, settings.followers_only)


def user_frame(person: Principal | None) -> UserFrame | None:
    """A person for a client; None is a guest."""
    return None if person is None else UserFrame(person.user_id, person.username, person.role.value)


def _reason(decision: Decision) -> ReasonFrame | msgspec.UnsetType:
    return msgspec.UNSET if decision.code is None else ReasonFrame(decision.code, decision.retry_after_ms)
