"""An RTMP publisher for tests: a chunk writer with every header form, a whole session as bytes, and an asyncio client.

Its writer is its own, so that reader and writer are not wrong together; AMF and the reader are the product's.
"""

import asyncio
import contextlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from veza.media.rtmp import amf0
from veza.media.rtmp.amf0 import AmfValue
from veza.media.rtmp.chunks import ChunkReader, Message

COMMAND, DATA, VIDEO, AUDIO = 20, 18, 9, 8
SET_CHUNK_SIZE = 1
HANDSHAKE = b"\x03" + bytes(1536) + bytes(1536)


@dataclass(frozen=True)
class Outgoing:
    """A message to write. `timestamp` in ms, of which 32 bits are sent."""

    chunk_stream_id: int
    type_id: int
    timestamp: int
    stream_id: int
    payload: bytes


class ClientChunkWriter:
    """Writes messages with the shortest header that says them (`compress`), or with full ones."""

    def __init__(self, *, chunk_bytes: int = 128, compress: bool = True) -> None:
        self.chunk_bytes = chunk_bytes
        self._compress = compress
        self._last: dict[int, Outgoing] = {}
        self._fields: dict[int, int] = {}

    def chunks(self, message: Outgoing) -> list[bytes]:
        """The message as chunks, so that a test can interleave those of several chunk streams."""
        form, field = self._form(message)
        self._last[message.chunk_stream_id] = message
        self._fields[message.chunk_stream_id] = field
        extended = struct.pack(">I", field) if field >= 0xFFFFFF else b""
        stamp = min(field, 0xFFFFFF).to_bytes(3, "big")
        length = len(message.payload).to_bytes(3, "big")
        header = stamp + length + bytes([message.type_id]) + struct.pack("<I", message.stream_id)
        written = [self._basic(form, message.chunk_stream_id) + header[: (11, 7, 3, 0)[form]] + extended]
        written[0] += message.payload[: self.chunk_bytes]
        for start in range(self.chunk_bytes, len(message.payload), self.chunk_bytes):
            piece = message.payload[start : start + self.chunk_bytes]
            written.append(self._basic(3, message.chunk_stream_id) + extended + piece)
        return written

    def write(self, message: Outgoing) -> bytes:
        """The message whole. A Set Chunk Size binds what is written after it."""
        written = b"".join(self.chunks(message))
        if message.type_id == SET_CHUNK_SIZE:
            self.chunk_bytes = struct.unpack(">I", message.payload)[0]
        return written

    def _form(self, message: Outgoing) -> tuple[int, int]:
        last = self._last.get(message.chunk_stream_id)
        absolute = message.timestamp & 0xFFFFFFFF
        if not self._compress or last is None or last.stream_id != message.stream_id:
            return 0, absolute
        delta = message.timestamp - last.timestamp
        if delta < 0:
            return 0, absolute
        if (last.type_id, len(last.payload)) != (message.type_id, len(message.payload)):
            return 1, delta
        return (3, delta) if delta == self._fields[message.chunk_stream_id] else (2, delta)

    @staticmethod
    def _basic(form: int, chunk_stream_id: int) -> bytes:
        if chunk_stream_id < 64:
            return bytes([form << 6 | chunk_stream_id])
        if chunk_stream_id < 320:
            return bytes([form << 6, chunk_stream_id - 64])
        return bytes([form << 6 | 1]) + (chunk_stream_id - 64).to_bytes(2, "little")


class PublisherScript:
    """The bytes of a publisher, step by step, without waiting for any answer."""

    def __init__(self, *, chunk_bytes: int = 4096, compress: bool = True) -> None:
        self._writer = ClientChunkWriter(compress=compress)
        self._chunk_bytes = chunk_bytes

    def connect(self, app: str = "live") -> bytes:
        options: dict[str, AmfValue] = {"app": app, "type": "nonprivate", "tcUrl": f"rtmp://127.0.0.1/{app}"}
        size = Outgoing(2, SET_CHUNK_SIZE, 0, 0, struct.pack(">I", self._chunk_bytes))
        return self._writer.write(size) + self.command("connect", 1, options)

    def publish(self, key: str) -> bytes:
        return b"".join((
            self.command("releaseStream", 2, None, key),
            self.command("FCPublish", 3, None, key),
            self.command("createStream", 4, None),
            self.command("publish", 5, None, key, "live", stream_id=1),
        ))  # fmt: skip

    def command(self, *values: AmfValue, stream_id: int = 0) -> bytes:
        return self.message(3, COMMAND, 0, stream_id, amf0.write_values(*values))

    def metadata(self, **values: AmfValue) -> bytes:
        return self.message(4, DATA, 0, 1, amf0.write_values("@setDataFrame", "onMetaData", dict(values)))

    def video(self, timestamp_ms: int, payload: bytes) -> bytes:
        return self.message(6, VIDEO, timestamp_ms, 1, payload)

    def audio(self, timestamp_ms: int, payload: bytes) -> bytes:
        return self.message(4, AUDIO, timestamp_ms, 1, payload)

    def unpublish(self, key: str) -> bytes:
        return self.command("FCUnpublish", 6, None, key) + self.command("deleteStream", 7, None, 1)

    def message(self, chunk_stream_id: int, type_id: int, timestamp_ms: int, stream_id: int, payload: bytes) -> bytes:
        return self._writer.write(Outgoing(chunk_stream_id, type_id, timestamp_ms, stream_id, payload))


def whole_session(key: str, media: Iterable[bytes], script: PublisherScript) -> bytes:
    """Handshake, connect, publish, `media` and a clean end, in one piece.

    `media` is written by `script` as it is iterated, so it must be a generator.
    """
    return b"".join((HANDSHAKE, script.connect(), script.publish(key), *media, script.unpublish(key)))


@dataclass(frozen=True)
class Answer:
    """A command of the server: `code` and `description` of its information object, where it has one."""

    name: str
    code: str = ""
    description: str = ""


def read_answer(message: Message) -> Answer | None:
    """The command in `message`; None for any other message."""
    if message.type_id != COMMAND:
        return None
    values = amf0.read_values(bytes(message.payload))
    information = values[3] if len(values) > 3 else None
    found = information if isinstance(information, dict) else {}
    return Answer(str(values[0]), str(found.get("code", "")), str(found.get("description", "")))


class RtmpClient:
    """A publisher over a real socket. `async with await RtmpClient.open(port) as client: …`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, script: PublisherScript) -> None:
        self._reader = reader
        self._writer = writer
        self._chunks = ChunkReader(1 << 20)
        self._waiting: list[Message] = []
        self.script = script

    @classmethod
    async def open(cls, port: int, *, host: str = "127.0.0.1", chunk_bytes: int = 4096) -> Self:
        """Connect and shake hands. Raises OSError or EOFError when the server does not want to."""
        reader, writer = await asyncio.open_connection(host, port)
        client = cls(reader, writer, PublisherScript(chunk_bytes=chunk_bytes))
        try:
            await client.send(HANDSHAKE)
            await reader.readexactly(1 + 1536 + 1536)
        except BaseException:
            await client.close()
            raise
        return client

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def send(self, data: bytes) -> None:
        """Raw bytes, usually from `script`."""
        self._writer.write(data)
        await self._writer.drain()

    async def publish(self, key: str, app: str = "live") -> Answer:
        """Connect and publish; the server's verdict (the first `onStatus`, or `_error` for the connect)."""
        await self.send(self.script.connect(app) + self.script.publish(key))
        return await self.verdict()

    async def verdict(self) -> Answer:
        """The next `onStatus` or `_error`. Raises EOFError when the server closed without one."""
        while True:
            answer = read_answer(await self.next_message())
            if answer is not None and answer.name in {"onStatus", "_error"}:
                return answer

    async def next_message(self) -> Message:
        """The server's next message. Raises EOFError at the end."""
        while not self._waiting:
            data = await self._reader.read(65_536)
            if not data:
                raise EOFError
            self._chunks.receive(data)
            self._waiting.extend(self._chunks.messages())
        return self._waiting.pop(0)

    async def wait_closed_by_server(self) -> None:
        """Read and drop until the server closes, cleanly or not."""
        with contextlib.suppress(ConnectionError):
            while await self._reader.read(65_536):
                pass

    async def close(self) -> None:
        """Close the socket without a word, as a lost encoder does."""
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()
