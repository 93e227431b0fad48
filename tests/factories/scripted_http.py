"""A server on loopback that answers as it is told, byte by byte: proper JSON, half an answer, a page, nothing.

It speaks HTTP by itself, so that it can also speak it wrongly. It knows nothing of any provider.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came in. Names of headers are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), strict_parsing=True))


Reply = Callable[[asyncio.StreamWriter], Awaitable[None]]


def raw(data: bytes, *, then_close: bool = True) -> Reply:
    """These bytes, and the end of the connection."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if then_close:
            writer.close()

    return reply


def answer(
    status: int, body: bytes = b"", kind: str = "application/json", headers: Mapping[str, str] | None = None
) -> Reply:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status} Scripted", f"content-type: {kind}", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return raw("\r\n".join([*lines, "", ""]).encode() + body, then_close=False)


def says(found: object, status: int = 200, **headers: str) -> Reply:
    """An answer in JSON. Underscores in the names of headers are hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return answer(status, json.dumps(found).encode(), headers=named)


async def cut(writer: asyncio.StreamWriter) -> None:
    """The request was read, and the connection dies without a word."""
    writer.transport.abort()


async def silence(writer: asyncio.StreamWriter) -> None:
    """The request was read, and nothing follows, until the other side gives up."""
    del writer


def drip(data: bytes, every_s: float = 0.02) -> Reply:
    """The head at once, then a byte at a time for ever."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        with contextlib.suppress(OSError):
            while not writer.is_closing():
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(every_s)

    return reply


def flood(head: bytes, size_bytes: int) -> Reply:
    """A head, and a body of so many bytes, as fast as they are taken."""

    async def reply(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        with contextlib.suppress(OSError):
            for _ in range(size_bytes // 65536):
                writer.write(b"x" * 65536)
                await writer.drain()
            writer.close()

    return reply


class ScriptedServer:
    """Answers each request with the next reply of the script; once that is used up, with the last one again."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.asked: list[Asked] = []
        self.script: list[Reply] = []
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def will(self, *replies: Reply) -> None:
        """What comes next. What was asked before is forgotten."""
        self.script = list(replies)
        self.asked.clear()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, for as long as it lasts."""
        self._open.add(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                self.asked.append(await _read(reader))
                reply = self.script.pop(0) if len(self.script) > 1 else self.script[0]
                await reply(writer)
        writer.close()
        self._open.discard(writer)

    def hang_up(self) -> None:
        """End every connection."""
        for writer in self._open:
            writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head[:-4].split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    method, target, _ = first.split(" ")
    return Asked(method, target, headers, await reader.readexactly(int(headers.get("content-length", 0))))


@contextlib.asynccontextmanager
async def scripted_server() -> AsyncIterator[ScriptedServer]:
    """The server, while the block runs."""
    found = ScriptedServer(0)
    server = await asyncio.start_server(found.talk, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        found.hang_up()
