"""One encoder's connection as a state machine: bytes in, events out, answers queued. Publishing only.

It owns no socket and no clock, and decides nothing about keys: it asks by `PublishRequested` and waits, consuming
no input, until the server says `accept_publish` or `refuse_publish`.

    HANDSHAKE → CONNECTING → CONNECTED → DECIDING → PUBLISHING → ENDED
                     └────────────┴──────────┴────── refusals ─────┘
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, NamedTuple, TypeAlias

from veza.media.rtmp.amf0 import AmfValue
from veza.media.rtmp.chunks import ChunkReader, Message
from veza.media.rtmp.errors import ProtocolError
from veza.media.rtmp.handshake import ServerHandshake
from veza.media.rtmp.messages import (
    Command,
    MessageType,
    MessageWriter,
    read_command,
    read_metadata,
    read_ping,
    read_window,
)

APP = "live"
"""The one application: `rtmp://host/live`."""

MAX_MESSAGE_BYTES_BEFORE_PUBLISH = 16 * 1024
"""Commands are a few hundred bytes; nobody holds our memory before a key was checked."""
MAX_MESSAGE_BYTES = 4 * 1024 * 1024
"""After that: a key frame of a 4K stream is below 2 MiB."""
MAX_MESSAGES_BEFORE_PUBLISH = 256
"""Encoders send about 10. Ends those who only chat."""
MAX_WAITING_BYTES = 1024 * 1024
"""Input kept while a decision is pending: a few reads of a socket, in case the server's pause comes late."""

_OUR_CHUNK_BYTES = 4096
_OUR_WINDOW_BYTES = 2_500_000
_MIN_WINDOW_BYTES = 64 * 1024  # an encoder that wants an acknowledgement for less gets one for this
_WRAP = 1 << 32
_HALF_WRAP = 1 << 31

RefusalCode: TypeAlias = Literal[
    "NetStream.Publish.BadName", "NetStream.Publish.Denied", "NetStream.Publish.Rejected", "NetStream.Failed"
]
"""What OBS (librtmp) treats as the end and logs with its description. ffmpeg goes by the level alone."""


class MediaKind(Enum):
    AUDIO = 8
    VIDEO = 9


class MediaMessage(NamedTuple):
    """One FLV tag body. `timestamp_ms` goes on past 32 bits and is never negative; it may jump or go back."""

    kind: MediaKind
    timestamp_ms: int
    payload: memoryview


@dataclass(frozen=True, slots=True)
class PublishRequested:
    """Answer it with `accept_publish` or `refuse_publish`. `key` is secret: never log it."""

    app: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Metadata:
    """`onMetaData`, as the encoder sent it: hints, never to be trusted."""

    values: dict[str, AmfValue]


@dataclass(frozen=True, slots=True)
class PublisherLeft:
    """The encoder said that it stops. Send what is queued and close."""


@dataclass(frozen=True, slots=True)
class ConnectionRefused:
    """The session turned the peer away, and queued why. Send it and close. `code`: for counters."""

    code: Literal["wrong_app", "play"]


Event: TypeAlias = MediaMessage | PublishRequested | Metadata | PublisherLeft | ConnectionRefused


class State(Enum):
    HANDSHAKE = "handshake"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    DECIDING = "deciding"
    PUBLISHING = "publishing"
    ENDED = "ended"


# Looked up once: reaching a member through its enum costs more than the rest of a comparison (hot path).
_VIDEO_TYPE, _MEDIA_TYPES = int(MessageType.VIDEO), frozenset({int(MessageType.VIDEO), int(MessageType.AUDIO)})
_VIDEO, _AUDIO = MediaKind.VIDEO, MediaKind.AUDIO
_HANDSHAKE, _DECIDING, _PUBLISHING, _ENDED = State.HANDSHAKE, State.DECIDING, State.PUBLISHING, State.ENDED
_IGNORED = frozenset({"releaseStream", "getStreamLength", "_checkbw"})


class ServerSession:
    """The server's end of one connection.

    Take every event of `receive` before the next call, and send `data_to_send` after each call of any method.
    """

    def __init__(self, handshake_nonce: bytes) -> None:
        """`handshake_nonce`: `handshake.NONCE_BYTES` unpredictable bytes."""
        self.state = State.HANDSHAKE
        self._handshake = ServerHandshake(handshake_nonce)
        self._reader = ChunkReader(MAX_MESSAGE_BYTES_BEFORE_PUBLISH)
        self._writer = MessageWriter()
        self._received_bytes = 0
        self._acknowledged_bytes = 0
        self._window_bytes = _OUR_WINDOW_BYTES
        self._messages_before_publish = 0
        self._streams_created = 0
        self._publish_stream_id = 1
        self._clock_ms = -1  # the last media timestamp, unwrapped; -1 before the first

    def data_to_send(self) -> bytes:
        """Bytes queued for the peer since the last call."""
        return self._writer.take()

    def receive(self, data: bytes) -> list[Event]:
        """Take input, give events. Call with `b""` after `accept_publish` for what waited meanwhile.

        Raises:
            ProtocolError: the connection is of no further use; close it.
        """
        if self.state is _ENDED:
            return []
        self._received_bytes += len(data)
        if self.state is _HANDSHAKE:
            answer, data = self._handshake.receive(data)
            self._writer.raw(answer)
            if not self._handshake.done:
                return []
            self.state = State.CONNECTING
        self._reader.receive(data)
        if self.state is _DECIDING:
            if self._reader.unread_bytes > MAX_WAITING_BYTES:
                raise ProtocolError("buffer_full", "too many bytes came while the key was checked")
            return []
        events = list(self._events())
        if self._received_bytes - self._acknowledged_bytes >= self._window_bytes:
            self._acknowledged_bytes = self._received_bytes
            self._writer.acknowledgement(self._received_bytes)
        return events

    def accept_publish(self) -> None:
        """The key is good: media may come. Then call `receive(b"")`."""
        self._require_decision()
        self.state = State.PUBLISHING
        self._reader.max_message_bytes = MAX_MESSAGE_BYTES
        self._writer.stream_begin(self._publish_stream_id)
        self._status("status", "NetStream.Publish.Start", "Publishing.")

    def refuse_publish(self, code: RefusalCode, sentence: str) -> None:
        """The publisher may not. Send what is queued and close."""
        self._require_decision()
        self._status("error", code, sentence)
        self.state = State.ENDED

    def cut(self, sentence: str, *, code: RefusalCode = "NetStream.Publish.Denied") -> None:
        """End the connection, in any state, telling the encoder why. Send what is queued and close."""
        if self.state in {State.DECIDING, State.PUBLISHING}:
            self._status("error", code, sentence)
        self.state = State.ENDED

    def _require_decision(self) -> None:
        if self.state is not State.DECIDING:
            raise RuntimeError("no publish request waits for an answer")

    def _events(self) -> Iterator[Event]:
        """Messages to events, until the input ends or a decision is needed."""
        for message in self._reader.messages():
            type_id = message.type_id
            if type_id in _MEDIA_TYPES:
                if self.state is not _PUBLISHING:
                    raise ProtocolError("out_of_order", "media before publish")
                if message.payload:
                    kind = _VIDEO if type_id == _VIDEO_TYPE else _AUDIO
                    yield MediaMessage(kind, self._unwrap(message.timestamp), message.payload)
                continue
            if self.state is not State.PUBLISHING:
                self._messages_before_publish += 1
                if self._messages_before_publish > MAX_MESSAGES_BEFORE_PUBLISH:
                    raise ProtocolError("flood", "too many messages before publish")
            event = self._other_message(message)
            if event is not None:
                yield event
            if self.state in {State.DECIDING, State.ENDED}:
                return

    def _unwrap(self, timestamp: int) -> int:
        """32 bits that wrap after 49.7 days to a time that goes on: the nearest to the last one (serial numbers)."""
        last = self._clock_ms
        if last < 0:
            self._clock_ms = timestamp
            return timestamp
        difference = (timestamp - last) & 0xFFFFFFFF
        now = last + (difference if difference < _HALF_WRAP else difference - _WRAP)
        self._clock_ms = now = now if now >= 0 else now + _WRAP
        return now

    def _other_message(self, message: Message) -> Event | None:
        match message.type_id:
            case MessageType.COMMAND | MessageType.COMMAND_AMF3:
                amf3 = message.type_id == MessageType.COMMAND_AMF3
                return self._command(read_command(message.payload, amf3=amf3), message.stream_id)
            case MessageType.DATA | MessageType.DATA_AMF3:
                if self.state is not State.PUBLISHING:
                    return None
                values = read_metadata(message.payload, amf3=message.type_id == MessageType.DATA_AMF3)
                return None if values is None else Metadata(values)
            case MessageType.USER_CONTROL:
                ping = read_ping(message.payload)
                if ping is not None:
                    self._writer.pong(ping)
            case MessageType.WINDOW_ACK_SIZE:
                self._window_bytes = max(_MIN_WINDOW_BYTES, read_window(message.payload))
            case MessageType.AGGREGATE:
                raise ProtocolError("unsupported", "aggregate messages are not read")
            case _:
                pass  # acknowledgements, bandwidth, shared objects: nothing that a publish-only server needs
        return None

    def _command(self, command: Command, stream_id: int) -> Event | None:
        name, answer_to = command.name, command.transaction_id
        if name == "connect":
            return self._connect(command)
        if self.state is State.CONNECTING:
            raise ProtocolError("out_of_order", "a command before connect")
        match name:
            case "createStream":
                self._streams_created += 1
                self._writer.command(0, "_result", answer_to, None, float(self._streams_created))
            case "publish":
                return self._publish(command, stream_id)
            case "FCPublish":
                self._writer.command(0, "_result", answer_to, None, None)
                self._writer.command(
                    0, "onFCPublish", 0.0, None, {"code": "NetStream.Publish.Start", "description": "Go on."}
                )
            case "FCUnpublish" | "deleteStream" | "closeStream":
                return self._leave(name, answer_to, stream_id)
            case "play" | "play2":
                self._refuse_play(stream_id)
                return ConnectionRefused("play")
            case _ if name in _IGNORED:
                self._writer.command(0, "_result", answer_to, None, None)
            case _:
                pass  # calls we do not know expect no answer from a server that does not offer them
        return None

    def _connect(self, command: Command) -> Event | None:
        if self.state is not State.CONNECTING:
            raise ProtocolError("out_of_order", "a second connect")
        app = command.options.get("app")
        if not isinstance(app, str) or app.partition("?")[0].strip("/") != APP:
            sentence = f"There is no such application here. The server address ends with /{APP}."
            information: dict[str, AmfValue] = {
                "level": "error", "code": "NetConnection.Connect.InvalidApp", "description": sentence,
            }  # fmt: skip
            self._writer.command(0, "_error", command.transaction_id, None, information)
            self.state = State.ENDED
            return ConnectionRefused("wrong_app")
        writer = self._writer
        writer.window(_OUR_WINDOW_BYTES)
        writer.peer_bandwidth(_OUR_WINDOW_BYTES)
        writer.chunk_size(_OUR_CHUNK_BYTES)
        properties: dict[str, AmfValue] = {"fmsVer": "FMS/3,0,1,123", "capabilities": 31.0}
        success: dict[str, AmfValue] = {
            "level": "status", "code": "NetConnection.Connect.Success", "description": "Connected.",
            "objectEncoding": 0.0,
        }  # fmt: skip
        writer.command(0, "_result", command.transaction_id, properties, success)
        self.state = State.CONNECTED
        return None

    def _publish(self, command: Command, stream_id: int) -> Event:
        if self.state is not State.CONNECTED:
            raise ProtocolError("out_of_order", "a second publish")
        self._publish_stream_id = stream_id
        self.state = State.DECIDING
        return PublishRequested(APP, command.text(0).partition("?")[0])

    def _leave(self, name: str, answer_to: float, stream_id: int) -> Event | None:
        if name == "FCUnpublish":
            self._writer.command(0, "_result", answer_to, None, None)
        if self.state is not State.PUBLISHING:
            return None
        self._writer.status(
            stream_id or self._publish_stream_id,
            level="status",
            code="NetStream.Unpublish.Success",
            sentence="Stopped publishing.",
        )
        self.state = State.ENDED
        return PublisherLeft()

    def _refuse_play(self, stream_id: int) -> None:
        sentence = "This server only takes streams in. Watch them in the browser."
        self._writer.status(stream_id, level="error", code="NetStream.Play.Failed", sentence=sentence)
        self.state = State.ENDED

    def _status(self, level: str, code: str, sentence: str) -> None:
        self._writer.status(self._publish_stream_id, level=level, code=code, sentence=sentence)
