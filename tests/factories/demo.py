"""A small HTTP server on a real socket that gives the answers it was told to, one after another."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any


class Answers:
    """What is answered, and what was asked: `GET /path`. The last answer is given again and again."""

    def __init__(self, *answers: tuple[int, Any], headers: str = "") -> None:
        self._answers, self._headers = list(answers), headers
        self.asked: list[str] = []

    def next(self, asked: str) -> bytes:
        self.asked.append(asked)
        status, body = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        content = json.dumps(body).encode()
        extra = self._headers if status in {429, 503} else ""
        head = f"HTTP/1.1 {status} Said\r\ncontent-length: {len(content)}\r\ncontent-type: application/json\r\n{extra}"
        return f"{head}\r\n".encode() + content


@contextlib.asynccontextmanager
async def answering(answers: Answers) -> AsyncIterator[str]:
    """The address of a server that gives these answers."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next((line for line in head.lower().split("\r\n") if line.startswith("content-length:")), ":0")
                await reader.readexactly(int(length.partition(":")[2]))
                writer.write(answers.next(" ".join(head.split(" ")[:2])))
                await writer.drain()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
