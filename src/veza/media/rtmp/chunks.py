"""RTMP's chunk layer (Adobe RTMP 1.0, §5.3 and §5.4): bytes to whole messages, and back. The hot path of ingest.

It reads the two control messages that change how chunks are read (Set Chunk Size, Abort) and knows no other meaning.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from veza.media.rtmp.errors import ProtocolError

DEFAULT_CHUNK_BYTES = 128
"""What both sides speak until they say otherwise (§5.4.1)."""
MAX_CHUNK_BYTES = 65_536
"""A larger Set Chunk Size is refused: it cannot be clamped, since the sender would go on by its own. ffmpeg
asks for 60,000, OBS for 4,096."""
MAX_CHUNK_STREAMS = 32
"""Encoders use at most 6; each one may hold a message in the making."""
MAX_BUFFERED_BYTES = 8 * 1024 * 1024
"""Unfinished messages and unread input of one connection, together. Two of the longest messages fit."""
MAX_EMPTY_MESSAGES = 1024
"""In a row. One byte makes an empty message, so they cost the reader far more than the sender."""

SET_CHUNK_SIZE = 1
ABORT = 2

_EXTENDED = 0xFFFFFF
"""This value in a timestamp field says that 32 bits follow the header (§5.3.1.3)."""
_NO_BYTE = 256
_WORD = struct.Struct(">I")
_TWO_WORDS = struct.Struct(">II")
_LITTLE_WORD = struct.Struct("<I")
_HEADER_BYTES = (11, 7, 3, 0)


class Message(NamedTuple):
    """One whole message. `timestamp` is as sent: 32 bits, in ms. `payload` stays valid for as long as it is held."""

    type_id: int
    timestamp: int
    stream_id: int
    payload: memoryview


class _ChunkStream:
    """What a later header may leave out, and the message in the making."""

    __slots__ = ("body", "extended", "field", "length", "missing", "next_header", "stream_id", "timestamp", "type_id")

    def __init__(self) -> None:
        self.timestamp = 0
        self.field = 0  # the last timestamp field: absolute after a full header, else a difference
        self.extended = False
        self.length = 0
        self.type_id = 0
        self.stream_id = 0
        self.body = bytearray()
        self.missing = 0  # bytes of the message that have not come; 0: no message in the making
        self.next_header = _NO_BYTE  # the one-byte header of a continuation, where one byte is all there is


class ChunkReader:
    """Feed it with `receive`, then take what is whole from `messages`.

    `max_message_bytes` may be changed at any time; it binds messages that begin afterwards.
    """

    def __init__(self, max_message_bytes: int) -> None:
        self.max_message_bytes = max_message_bytes
        self._chunk_bytes = DEFAULT_CHUNK_BYTES
        self._streams: dict[int, _ChunkStream] = {}
        self._data = b""
        self._view = memoryview(b"")
        self._position = 0
        self._current: _ChunkStream | None = None  # the stream whose chunk is being read
        self._chunk_left = 0
        self._assembled_bytes = 0
        self._empty_messages = 0

    @property
    def unread_bytes(self) -> int:
        """Input that `messages` has not taken yet."""
        return len(self._data) - self._position

    def receive(self, data: bytes) -> None:
        """Add input. Raises ProtocolError when more than MAX_BUFFERED_BYTES would wait."""
        unread = len(self._data) - self._position
        if unread:
            data = self._data[self._position :] + data
        if unread + len(data) + self._assembled_bytes > MAX_BUFFERED_BYTES:
            raise ProtocolError("buffer_full", "too many bytes wait in unfinished messages")
        self._data = data
        self._view = memoryview(data)
        self._position = 0

    def messages(self) -> Iterator[Message]:
        """Whole messages, in order, until the input ends. May be left at any time and begun again.

        Raises:
            ProtocolError: the input breaks the protocol or a bound; the reader is of no further use.
        """
        while True:
            stream = self._current
            if stream is None:
                stream = self._begin_chunk()
                if stream is None:
                    return
            payload = self._fill(stream)
            if payload is None:
                if self._current is not None:
                    return
                continue
            type_id = stream.type_id
            if type_id > ABORT:
                yield Message(type_id, stream.timestamp, stream.stream_id, payload)
            elif type_id == SET_CHUNK_SIZE:
                self._set_chunk_size(payload)
            elif type_id == ABORT:
                self._abort(payload)

    def _fill(self, stream: _ChunkStream) -> memoryview | None:
        """Read what is there of the current chunk, and of chunks that simply continue it. The payload when whole."""
        position, left, missing = self._position, self._chunk_left, stream.missing
        end = len(self._data)
        if left == missing == stream.length and end - position >= left:
            # The whole message in one chunk, all of it here: nothing to put together.
            self._position = position + left
            self._current = None
            stream.missing = 0
            return self._view[position : position + left]
        body, view, data, chunk_bytes, next_header = (
            stream.body, self._view, self._data, self._chunk_bytes, stream.next_header,
        )  # fmt: skip
        while True:
            take = min(left, end - position)
            body += view[position : position + take]
            position += take
            left -= take
            missing -= take
            if left or not missing or position >= end or data[position] != next_header:
                break
            position += 1
            left = min(chunk_bytes, missing)
        return self._filled(stream, position, left, missing)

    def _filled(self, stream: _ChunkStream, position: int, left: int, missing: int) -> memoryview | None:
        self._position = position
        self._assembled_bytes += stream.missing - missing
        self._chunk_left = left
        self._current = stream if left else None
        stream.missing = missing
        if missing:
            return None
        self._assembled_bytes -= stream.length
        body, stream.body = stream.body, bytearray()
        return memoryview(body)

    def _begin_chunk(self) -> _ChunkStream | None:
        """Read the next chunk header; None, and nothing changed, while it is not whole."""
        data, position = self._data, self._position
        end = len(data)
        if position >= end:
            return None
        form, stream_id = data[position] >> 6, data[position] & 63
        position += 1
        if stream_id < 2:
            if position + stream_id + 1 > end:
                return None
            second = data[position]
            third = data[position + 1] if stream_id else 0
            position += stream_id + 1
            stream_id = 64 + second + 256 * third
        stream = self._streams.get(stream_id)
        if form == 3:
            return self._continue(stream, position)
        header_end = position + _HEADER_BYTES[form]
        if header_end > end:
            return None
        extended = data[position] == data[position + 1] == data[position + 2] == 0xFF
        if extended and header_end + 4 > end:
            return None
        if stream is None:
            stream = self._new_stream(stream_id, form)
        elif stream.missing:
            raise ProtocolError("message_interrupted", "a new message header inside an unfinished message")
        stream.extended = extended
        stream.next_header = 0xC0 | stream_id if stream_id < 64 and not extended else _NO_BYTE
        self._read_fields(stream, form, position, header_end)
        self._position = header_end + 4 if extended else header_end
        return stream

    def _read_fields(self, stream: _ChunkStream, form: int, position: int, header_end: int) -> None:
        """Take over what a header of form 0, 1 or 2 says, and begin its message."""
        data = self._data
        # Each read begins one byte early, so that three bytes and their neighbour come as one word.
        if form == 2:
            field = _WORD.unpack_from(data, position - 1)[0] & _EXTENDED
        else:
            early, late = _TWO_WORDS.unpack_from(data, position - 1)
            field = early & _EXTENDED
            stream.length = late >> 8
            stream.type_id = late & 0xFF
            if form == 0:
                stream.stream_id = _LITTLE_WORD.unpack_from(data, position + 7)[0]
        if stream.extended:
            field = _WORD.unpack_from(data, header_end)[0]
        stream.field = field
        self._begin_message(stream, field if form == 0 else stream.timestamp + field)

    def _continue(self, stream: _ChunkStream | None, position: int) -> _ChunkStream | None:
        """A header of form 3: more of the message in the making, or a new message just like the last one."""
        if stream is None:
            raise ProtocolError("chunk_header", "the first header of a chunk stream is not whole")
        if stream.extended:
            # Most repeat the 32 bits here, as §5.3.1.3 wants; some do not, and then payload begins at once.
            if position + 4 > len(self._data):
                return None
            if _WORD.unpack_from(self._data, position)[0] == stream.field:
                position += 4
        if stream.missing:
            self._current = stream
            self._chunk_left = min(self._chunk_bytes, stream.missing)
        else:
            self._begin_message(stream, stream.timestamp + stream.field)
        self._position = position
        return stream

    def _new_stream(self, stream_id: int, form: int) -> _ChunkStream:
        if form > 1:  # librtmp, so OBS too, may begin with form 1
            raise ProtocolError("chunk_header", "the first header of a chunk stream is not whole")
        if len(self._streams) >= MAX_CHUNK_STREAMS:
            raise ProtocolError("too_many_chunk_streams", f"more than {MAX_CHUNK_STREAMS} chunk streams")
        stream = self._streams[stream_id] = _ChunkStream()
        return stream

    def _begin_message(self, stream: _ChunkStream, timestamp: int) -> None:
        length = stream.length
        if length > self.max_message_bytes:
            raise ProtocolError("message_too_long", f"a message of {length} bytes")
        self._empty_messages = 0 if length else self._empty_messages + 1
        if self._empty_messages > MAX_EMPTY_MESSAGES:
            raise ProtocolError("flood", "too many empty messages")
        stream.timestamp = timestamp & 0xFFFFFFFF
        stream.missing = length
        self._current = stream
        self._chunk_left = min(self._chunk_bytes, length)

    def _set_chunk_size(self, payload: memoryview) -> None:
        if len(payload) < 4:
            raise ProtocolError("control", "a Set Chunk Size is cut short")
        size = _WORD.unpack_from(payload)[0]
        if not 1 <= size <= MAX_CHUNK_BYTES:
            raise ProtocolError("chunk_size", f"a chunk size of {size} bytes")
        self._chunk_bytes = size

    def _abort(self, payload: memoryview) -> None:
        if len(payload) < 4:
            raise ProtocolError("control", "an Abort is cut short")
        stream = self._streams.get(_WORD.unpack_from(payload)[0])
        if stream is not None and stream.missing:
            self._assembled_bytes -= len(stream.body)
            stream.body = bytearray()
            stream.missing = 0


class ChunkWriter:
    """Messages to bytes, one after another, each with a full header. Enough for a server that only answers."""

    def __init__(self) -> None:
        self._chunk_bytes = DEFAULT_CHUNK_BYTES

    def write(self, chunk_stream_id: int, type_id: int, stream_id: int, payload: bytes) -> bytes:
        """One message at timestamp 0. `chunk_stream_id` is 2–63. Set Chunk Size binds what is written after it."""
        size = self._chunk_bytes
        length = len(payload)
        pieces = [_TWO_WORDS.pack(chunk_stream_id << 24, length << 8 | type_id), _LITTLE_WORD.pack(stream_id)]
        pieces.append(payload[:size])
        for start in range(size, length, size):
            pieces += (bytes([0xC0 | chunk_stream_id]), payload[start : start + size])
        if type_id == SET_CHUNK_SIZE:
            self._chunk_bytes = _WORD.unpack_from(payload)[0]
        return b"".join(pieces)
