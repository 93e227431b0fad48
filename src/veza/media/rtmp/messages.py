"""What RTMP messages say (Adobe RTMP 1.0, §5.4, §6.2, §7): their numbers, commands read, answers written.

Pure forms. When which message may come is `session.py`'s business.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

from veza.media.rtmp import amf0, chunks
from veza.media.rtmp.amf0 import AmfValue
from veza.media.rtmp.errors import ProtocolError


class MessageType(IntEnum):
    """Message type ids. 1 and 2 live in `chunks.py`, which consumes them."""

    ACKNOWLEDGEMENT = 3
    USER_CONTROL = 4
    WINDOW_ACK_SIZE = 5
    SET_PEER_BANDWIDTH = 6
    AUDIO = 8
    VIDEO = 9
    DATA_AMF3 = 15
    COMMAND_AMF3 = 17
    DATA = 18
    COMMAND = 20
    AGGREGATE = 22


STREAM_BEGIN = 0
PING_REQUEST = 6
PING_RESPONSE = 7

_CONTROL_CHUNK_STREAM = 2
_COMMAND_CHUNK_STREAM = 3

_U16_U32 = struct.Struct(">HI")
_U32 = struct.Struct(">I")
_U32_U8 = struct.Struct(">IB")
_DYNAMIC_LIMIT = 2


@dataclass(frozen=True, slots=True)
class Command:
    """A remote call. `arguments` begin behind the command object; `options` is that object, empty when null."""

    name: str
    transaction_id: float
    options: dict[str, AmfValue]
    arguments: tuple[AmfValue, ...]

    def text(self, index: int) -> str:
        """Argument `index` if it is text, else an empty string."""
        value = self.arguments[index] if index < len(self.arguments) else None
        return value if isinstance(value, str) else ""


def read_command(payload: memoryview, *, amf3: bool) -> Command:
    """A command message (§7.1.1). `amf3`: type 17, whose body is AMF0 behind one zero byte.

    Raises ProtocolError when it does not begin with a name and a number.
    """
    body = bytes(payload)
    if amf3:
        if body[:1] != b"\0":
            raise ProtocolError("command", "an AMF3 command that does not fall back to AMF0")
        body = body[1:]
    values = amf0.read_values(body)
    name = values[0] if values else None
    number = values[1] if len(values) > 1 else 0.0
    if not isinstance(name, str) or isinstance(number, bool) or not isinstance(number, float):
        raise ProtocolError("command", "a command without a name or a transaction number")
    options = values[2] if len(values) > 2 else None
    return Command(name, number, options if isinstance(options, dict) else {}, tuple(values[3:]))


def read_metadata(payload: memoryview, *, amf3: bool) -> dict[str, AmfValue] | None:
    """The members of `onMetaData`, with or without `@setDataFrame` before it; None for any other data message."""
    body = bytes(payload)
    if amf3 and body[:1] == b"\0":
        body = body[1:]
    values = amf0.read_values(body)
    if values[:1] == ["@setDataFrame"]:
        values = values[1:]
    if values[:1] != ["onMetaData"] or len(values) < 2 or not isinstance(values[1], dict):
        return None
    return values[1]


def read_window(payload: memoryview) -> int:
    """Bytes of a Window Acknowledgement Size (§5.4.4). Raises ProtocolError when cut short."""
    if len(payload) < 4:
        raise ProtocolError("control", "a window size is cut short")
    return int(_U32.unpack_from(payload)[0])


def read_ping(payload: memoryview) -> int | None:
    """The timestamp of a ping request, to be sent back; None for any other user control event (§7.1.7)."""
    if len(payload) < 2:
        raise ProtocolError("control", "a user control message is cut short")
    if int.from_bytes(payload[:2], "big") != PING_REQUEST:
        return None
    if len(payload) < 6:
        raise ProtocolError("control", "a ping is cut short")
    return int(_U32.unpack_from(payload, 2)[0])


class MessageWriter:
    """The messages a server sends, queued as bytes until `take`."""

    def __init__(self) -> None:
        self._writer = chunks.ChunkWriter()
        self._queued: list[bytes] = []

    def take(self) -> bytes:
        """Everything queued since the last call."""
        if not self._queued:
            return b""
        taken = b"".join(self._queued)
        self._queued.clear()
        return taken

    def raw(self, data: bytes) -> None:
        """Bytes that are no chunks: the handshake."""
        self._queued.append(data)

    def chunk_size(self, size: int) -> None:
        self._control(chunks.SET_CHUNK_SIZE, _U32.pack(size))

    def window(self, size: int) -> None:
        self._control(MessageType.WINDOW_ACK_SIZE, _U32.pack(size))

    def peer_bandwidth(self, size: int) -> None:
        self._control(MessageType.SET_PEER_BANDWIDTH, _U32_U8.pack(size, _DYNAMIC_LIMIT))

    def acknowledgement(self, received_bytes: int) -> None:
        self._control(MessageType.ACKNOWLEDGEMENT, _U32.pack(received_bytes & 0xFFFFFFFF))

    def pong(self, timestamp: int) -> None:
        self._control(MessageType.USER_CONTROL, _U16_U32.pack(PING_RESPONSE, timestamp))

    def stream_begin(self, stream_id: int) -> None:
        self._control(MessageType.USER_CONTROL, _U16_U32.pack(STREAM_BEGIN, stream_id))

    def command(self, stream_id: int, *values: AmfValue) -> None:
        """A call or an answer: name, transaction number, command object, then arguments."""
        self._queued.append(
            self._writer.write(_COMMAND_CHUNK_STREAM, MessageType.COMMAND, stream_id, amf0.write_values(*values))
        )

    def status(self, stream_id: int, *, level: str, code: str, sentence: str) -> None:
        """`onStatus` (§7.2.2). Level `error` makes ffmpeg print the sentence and stop; OBS goes by the code."""
        self.command(
            stream_id, "onStatus", 0.0, None, {"level": level, "code": code, "description": sentence}
        )  # fmt: skip

    def _control(self, type_id: int, payload: bytes) -> None:
        self._queued.append(self._writer.write(_CONTROL_CHUNK_STREAM, type_id, 0, payload))
