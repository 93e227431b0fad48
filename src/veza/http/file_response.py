"""An object of the file store as an answer: whole or a range of it, piece by piece, with the reader's pace.

The next piece is read while the last one is on its way; two pieces is all that is in memory. What lies on this machine
(`path`) is read no further than its first piece: the rest goes from the file into the socket.
"""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response

from veza.http.envelope import Failure
from veza.http.protocol import FILE_EXTENSION
from veza.http.ranges import ByteRange, RangeNotSatisfiable, parse_range

PIECE_BYTES = 1024 * 1024

Read = Callable[[int, int], Coroutine[Any, Any, bytes]]
"""Bytes from a start to an end (exclusive)."""


class FileResponse(Response[None]):
    """Answers 200, 206 or 416, and 304 to who has it already. `etag`: of the bytes, without quotes."""

    def __init__(
        self,
        read: Read,
        *,
        size_bytes: int,
        etag: str,
        content_type: str,
        headers: dict[str, str],
        path: Path | None = None,
    ) -> None:
        super().__init__(None, media_type=content_type)
        self._read = read
        self._path = path
        self._size_bytes = size_bytes
        self._etag = f'"{etag}"'
        self._fixed = {**headers, "accept-ranges": "bytes", "etag": self._etag}

    def to_asgi_response(self, app: Any, request: Request[Any, Any, Any], **_: Any) -> Any:  # noqa: ARG002
        """What Litestar calls to send it."""
        given = request.headers
        headers = dict(self._fixed)
        if _names(given.get("if-none-match"), self._etag):
            return _Sent(304, headers, None, self._read)
        wanted_range = given.get("range")
        if given.get("if-range") not in {None, self._etag}:
            wanted_range = None
        try:
            part = parse_range(wanted_range, self._size_bytes)
        except RangeNotSatisfiable:
            return self._out_of_range(headers, request.scope["state"].get("request_id", "-"))
        headers["content-type"] = str(self.media_type)
        if part is None:
            return _Sent(200, headers, ByteRange(0, self._size_bytes), self._read, self._path)
        headers["content-range"] = f"bytes {part.start}-{part.end - 1}/{self._size_bytes}"
        return _Sent(206, headers, part, self._read, self._path)

    def _out_of_range(self, headers: dict[str, str], request_id: str) -> "_Sent":
        sentence = "The range begins behind the end of the file."
        failure = Failure(success=False, error=sentence, code="range_not_satisfiable", request_id=request_id)
        body = msgspec.json.encode(failure)
        headers |= {"content-range": f"bytes */{self._size_bytes}", "content-type": "application/json"}

        async def read(start: int, end: int) -> bytes:
            return body[start:end]

        return _Sent(416, headers, ByteRange(0, len(body)), read)


class _Sent:
    """The ASGI application of one answer."""

    def __init__(
        self, status: int, headers: dict[str, str], part: ByteRange | None, read: Read, path: Path | None = None
    ) -> None:
        self._status = status
        self._headers = headers | {"content-length": str(part.size_bytes if part else 0)}
        if status == 304:
            del self._headers["content-length"]
        self._part = part
        self._read = read
        self._path = path

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        part = self._part
        is_head = scope.get("state", {}).get("is_head", False)
        position = 0 if part is None else min(part.end, part.start + (1 if is_head else PIECE_BYTES))
        # What is not there is a 404, and no half answer.
        piece = b"" if part is None or part.size_bytes == 0 else await self._read(part.start, position)
        await self._start(send)
        if part is None or not piece or is_head:
            await send({"type": "http.response.body", "body": b""})
            return
        send_file = scope.get("extensions", {}).get(FILE_EXTENSION)
        if self._path is not None and send_file is not None and position < part.end:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send_file(self._path, position, part.end)
            await send({"type": "http.response.body", "body": b""})
            return
        gone = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            watch = tasks.create_task(_until_gone(receive, gone))
            while not gone.is_set():
                following = min(part.end, position + PIECE_BYTES)
                next_piece = tasks.create_task(self._read(position, following)) if following > position else None
                await send({"type": "http.response.body", "body": piece, "more_body": next_piece is not None})
                if next_piece is None:
                    break
                piece, position = await next_piece, following
            watch.cancel()

    async def _start(self, send: Any) -> None:
        headers = [(name.encode(), value.encode("latin-1")) for name, value in self._headers.items()]
        await send({"type": "http.response.start", "status": self._status, "headers": headers})


async def _until_gone(receive: Any, gone: asyncio.Event) -> None:
    """Set `gone` when the client leaves in the middle: uvicorn then swallows what is sent, however much it is."""
    while (await receive())["type"] != "http.disconnect":
        pass
    gone.set()


def _names(header: str | None, etag: str) -> bool:
    if header is None:
        return False
    return header.strip() == "*" or etag in {tag.strip().removeprefix("W/") for tag in header.split(",")}
