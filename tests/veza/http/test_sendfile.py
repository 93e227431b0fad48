"""Files that go from the disk into the socket, behind a real uvicorn: whole, in ranges, cut off by either side."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar, Response, get
from structlog.testing import capture_logs
from tests.factories.processes import eventually
from tests.factories.raw_http import raw_request
from tests.factories.server import serving

from veza.http.file_response import PIECE_BYTES, FileResponse
from veza.http.outer import Outer
from veza.settings import Settings

SIZE = 24 * 1024 * 1024 + 7
"""More than the sockets of both sides take."""
CONTENT = os.urandom(SIZE)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "object"
    found.write_bytes(CONTENT)
    return found


@pytest.fixture
async def port(path: Path) -> AsyncIterator[int]:
    async def read(start: int, end: int) -> bytes:
        assert end - start <= PIECE_BYTES, "the rest is not read"
        return CONTENT[start:end]

    @get("/object")
    async def handler() -> Response[Any]:
        return FileResponse(read, size_bytes=SIZE, etag="abc", content_type="audio/wav", headers={}, path=path)

    async with serving(Outer(Litestar([handler], logging_config=None), Settings())) as found:
        yield found


async def until_open(path: Path, *, is_so: bool) -> None:
    """Until the process has the file open, or no longer."""
    links, real = Path("/proc/self/fd"), os.path.realpath
    await asyncio.to_thread(eventually, lambda: any(real(one) == str(path) for one in links.iterdir()) is is_so)


@pytest.mark.parametrize(("start", "end"), [(0, SIZE), (5, SIZE), (PIECE_BYTES - 1, 3 * PIECE_BYTES + 2), (9, 12)])
async def test_a_file_and_its_ranges_come_whole(port: int, path: Path, start: int, end: int) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for _ in range(2):  # the connection is kept
            answer = await client.get("/object", headers={"range": f"bytes={start}-{end - 1}"})
            assert (answer.status_code, answer.content == CONTENT[start:end]) == (206, True)
    await until_open(path, is_so=False)


async def test_questions_that_were_sent_together_are_answered_one_after_the_other(port: int) -> None:
    head = b"GET /object HTTP/1.1\r\nHost: localhost\r\n\r\n"
    async with raw_request(port, "GET", "/object", {}) as request:
        await request.send(head + head)
        for _ in range(3):
            status, body = await request.answer()
            assert (status, body == CONTENT) == (200, True)


async def test_a_reader_that_leaves_ends_it_and_nobody_complains(port: int, path: Path) -> None:
    with capture_logs() as logged:
        async with raw_request(port, "GET", "/object", {}) as request:
            await until_open(path, is_so=True)  # it is being sent, and nothing takes it
            request.cut()
        await until_open(path, is_so=False)
    assert [entry for entry in logged if entry["log_level"] in {"error", "warning"}] == []


async def test_a_file_that_became_shorter_is_no_whole_answer(port: int, path: Path) -> None:
    os.truncate(path, 2 * PIECE_BYTES)
    with capture_logs() as logged:
        async with raw_request(port, "GET", "/object", {}) as request:
            with pytest.raises(asyncio.IncompleteReadError):
                await request.answer()
    assert [entry["event"] for entry in logged if entry["log_level"] == "error"] == ["request_failed"]
