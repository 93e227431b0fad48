"""HTTP/1.1 byte by byte over a real socket, for requests that no proper client sends."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping


class RawRequest:
    """A request that is under way."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        """Some more of the body."""
        self._writer.write(data)
        await self._writer.drain()

    async def send_chunk(self, data: bytes) -> None:
        """One chunk of a chunked body; an empty one ends it."""
        await self.send(b"%x\r\n%s\r\n" % (len(data), data))

    async def answer(self) -> tuple[int, bytes]:
        """Status and body, once the whole answer is there."""
        head = await self._reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        length = next(int(line[15:]) for line in lines if line.lower().startswith("content-length:"))
        return int(lines[0].split(" ")[1]), await self._reader.readexactly(length)

    def cut(self) -> None:
        """Let the connection die without a word."""
        self._writer.transport.abort()


@contextlib.asynccontextmanager
async def raw_request(port: int, method: str, path: str, headers: Mapping[str, str]) -> AsyncIterator[RawRequest]:
    """The head of a request is sent; its body is up to the block."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    try:
        yield RawRequest(reader, writer)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
