"""Echoes on a real port, and a WebSocket client that sends exactly the bytes it is told to (RFC 6455)."""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.factories.server import serving

from veza.http.websocket import Handshake, Refusal, WebSocket, websocket_class
from veza.kit.tasks import TaskSet

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # RFC 6455 §1.3
HEAD = {
    "Host": "localhost",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
}
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
WITHIN_S = 10.0


class Echo:
    """A session that sends back what it receives, and remembers what happened to it."""

    def __init__(self, ws: WebSocket, handshake: Handshake) -> None:
        self.ws, self.handshake = ws, handshake
        self.opens = self.closes = self.writables = 0
        self.heard: list[str | bytes] = []
        self.gone, self.drained, self.open = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def opened(self) -> None:
        self.opens += 1
        self.open.set()

    def received(self, data: str | bytes) -> None:
        self.heard.append(data)
        self.ws.send(data.encode() if isinstance(data, str) else b"binary")

    def writable(self) -> None:
        self.writables += 1
        self.drained.set()
        self.ws.transport.resume_reading()

    def closed(self) -> None:
        self.closes += 1
        self.gone.set()


Admit = Callable[[WebSocket, Handshake], Awaitable[Echo | Refusal]]


@dataclass
class Server:
    """A server of echoes. At the end each session must have been closed exactly once, and nothing have failed."""

    port: int = 0
    sessions: list[Echo] = field(default_factory=list)
    failures: list[Any] = field(default_factory=list)
    admit: Admit | None = None
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    judging: asyncio.Event = field(default_factory=asyncio.Event)
    decide: asyncio.Event = field(default_factory=asyncio.Event)
    decided: asyncio.Event = field(default_factory=asyncio.Event)

    async def let_in(self, ws: WebSocket, handshake: Handshake) -> Echo | Refusal:
        if self.admit is not None:
            return await self.admit(ws, handshake)
        return self.welcome(ws, handshake)

    def welcome(self, ws: WebSocket, handshake: Handshake) -> Echo:
        self.sessions.append(Echo(ws, handshake))
        return self.sessions[-1]

    async def take_time(self, ws: WebSocket, handshake: Handshake) -> Echo:
        """To be `admit`: says that it is judging, and waits to be told to decide."""
        self.judging.set()
        await self.decide.wait()
        self.decided.set()
        return self.welcome(ws, handshake)


async def _no_socket(scope: Any, receive: Any, send: Any) -> None:
    """The application beside the sockets: 204 to everything."""
    if scope["type"] == "lifespan":
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


@asynccontextmanager
async def echo_server() -> AsyncIterator[Server]:
    found = Server()
    tasks = TaskSet(lambda _, error: found.failures.append(error))
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: found.failures.append(context))
    try:
        async with found.stack:
            found.port = await found.stack.enter_async_context(
                serving(_no_socket, ws=websocket_class(found.let_in, tasks))
            )
            yield found
        await asyncio.wait_for(asyncio.gather(*(one.gone.wait() for one in found.sessions)), WITHIN_S)
        await tasks.close()
    finally:
        loop.set_exception_handler(None)
    assert found.failures == []
    assert [one.closes for one in found.sessions] == [1] * len(found.sessions)


class Raw:
    """A client that sends exactly the bytes it is told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()

    async def head(self) -> tuple[int, bytes]:
        found = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), WITHIN_S)
        return int(found.split()[1]), found

    async def envelope(self) -> tuple[int, dict[str, Any]]:
        """A refusal: status and body. The connection is closed after it."""
        status, head = await self.head()
        body: dict[str, Any] = json.loads(await self.rest())
        assert b"content-type: application/json" in head
        assert b"x-request-id: " + body["request_id"].encode() in head
        return status, body

    async def rest(self) -> bytes:
        return await asyncio.wait_for(self.reader.read(), WITHIN_S)

    async def frame(self) -> tuple[int, bytes]:
        """One frame of the server: final, never masked."""
        first, second = await asyncio.wait_for(self.reader.readexactly(2), WITHIN_S)
        assert first & 0xF0 == 0x80
        assert second < 0x80
        size = second
        if size == 126:
            (size,) = struct.unpack(">H", await self.reader.readexactly(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", await self.reader.readexactly(8))
        return first & 0x0F, await asyncio.wait_for(self.reader.readexactly(size), WITHIN_S)

    async def close_code(self) -> int:
        """The code of the close frame that comes next; the server then ends the connection."""
        opcode, data = await self.frame()
        assert opcode == CLOSE, (opcode, data)
        return int.from_bytes(data[:2], "big")


def upgrade(path: str = "/ws", **changes: str | None) -> bytes:
    lines = {**HEAD, **{name.replace("_", "-"): value for name, value in changes.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value is not None)
    return f"GET {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1")


def masked(opcode: int, data: bytes = b"", *, fin: bool = True, flags: int = 0) -> bytes:
    mask = b"\x37\xfa\x21\x3d"  # of RFC 6455 §5.7: the same in every run, for it stands in the names of tests
    first = (0x80 if fin else 0) | flags | opcode
    size = (
        struct.pack(">BB", first, 0x80 | len(data)) if len(data) < 126
        else struct.pack(">BBH", first, 0xFE, len(data)) if len(data) < 65_536
        else struct.pack(">BBQ", first, 0xFF, len(data))
    )  # fmt: skip
    return size + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))


def goodbye(code: int = 1000, reason: bytes = b"") -> bytes:
    return masked(CLOSE, code.to_bytes(2, "big") + reason)


@asynccontextmanager
async def raw(server: Server, *pieces: bytes, rcvbuf: int | None = None) -> AsyncIterator[Raw]:
    sock = socket.socket()
    if rcvbuf is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", server.port))
    reader, writer = await asyncio.open_connection(sock=sock, limit=4096)
    client = Raw(reader, writer)
    try:
        await client.send(*pieces)
        yield client
    finally:
        writer.transport.abort()


@asynccontextmanager
async def opened(server: Server, **options: Any) -> AsyncIterator[Raw]:
    async with raw(server, upgrade(), **options) as client:
        assert (await client.head())[0] == 101
        yield client
