"""Objects as answers over a real socket: whole, in ranges, unchanged, cut off by the reader."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from litestar import Litestar, Request, Response, get
from tests.factories.raw_http import raw_request
from tests.factories.server import serving

from veza.http.file_response import PIECE_BYTES, FileResponse
from veza.http.outer import Outer
from veza.kit.errors import NotFound
from veza.settings import Settings

CONTENT = bytes(range(256)) * (5 * PIECE_BYTES // 256) + b"the end"


class Store:
    """Counts what is read; an object can be missing."""

    def __init__(self) -> None:
        self.reads: list[tuple[int, int]] = []
        self.is_missing = False

    async def read(self, start: int, end: int) -> bytes:
        if self.is_missing:
            raise NotFound("Not there.")
        self.reads.append((start, end))
        return CONTENT[start:end]


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
async def port(store: Store) -> AsyncIterator[int]:
    @get("/object")
    async def handler() -> Response[Any]:
        return FileResponse(
            store.read, size_bytes=len(CONTENT), etag="abc", content_type="audio/mp4", headers={"x-mine": "1"}
        )

    def missing(_: Request[Any, Any, Any], error: Exception) -> Response[str]:
        return Response(str(error), status_code=404)

    app = Litestar([handler], exception_handlers={NotFound: missing}, logging_config=None)
    async with serving(Outer(app, Settings())) as found:
        yield found


@pytest.fixture
async def client(port: int) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as found:
        yield found


async def test_the_whole_comes_in_pieces(client: httpx.AsyncClient, store: Store) -> None:
    answer = await client.get("/object")
    assert (answer.status_code, answer.content == CONTENT) == (200, True)
    assert answer.headers["content-length"] == str(len(CONTENT))
    assert (answer.headers["accept-ranges"], answer.headers["etag"], answer.headers["x-mine"]) == (
        "bytes",
        '"abc"',
        "1",
    )
    assert max(end - start for start, end in store.reads) <= PIECE_BYTES
    assert [start for start, _ in store.reads] == sorted({start for start, _ in store.reads})


@pytest.mark.parametrize(("start", "end"), [(0, 1), (PIECE_BYTES - 1, PIECE_BYTES + 1), (7, len(CONTENT))])
async def test_a_range_is_just_that(client: httpx.AsyncClient, start: int, end: int) -> None:
    answer = await client.get("/object", headers={"range": f"bytes={start}-{end - 1}"})
    assert (answer.status_code, answer.content == CONTENT[start:end]) == (206, True)
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"


async def test_a_range_that_is_not_there_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/object", headers={"range": f"bytes={len(CONTENT)}-"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(CONTENT)}")
    assert answer.json()["code"] == "range_not_satisfiable"


async def test_who_has_it_already_gets_nothing(client: httpx.AsyncClient, store: Store) -> None:
    for tag in ('"abc"', 'W/"abc"', '"x", "abc"', "*"):
        answer = await client.get("/object", headers={"if-none-match": tag})
        assert (answer.status_code, answer.content) == (304, b"")
    assert store.reads == []
    assert (await client.get("/object", headers={"if-none-match": '"other"'})).status_code == 200


async def test_a_range_of_another_version_is_the_whole(client: httpx.AsyncClient) -> None:
    answer = await client.get("/object", headers={"range": "bytes=0-1", "if-range": '"old"'})
    assert answer.status_code == 200
    answer = await client.get("/object", headers={"range": "bytes=0-1", "if-range": '"abc"'})
    assert answer.status_code == 206


async def test_who_asks_for_the_head_costs_no_reading(client: httpx.AsyncClient, store: Store) -> None:
    answer = await client.head("/object", headers={"range": "bytes=7-"})
    assert (answer.status_code, answer.content) == (206, b"")
    assert answer.headers["content-length"] == str(len(CONTENT) - 7)
    assert sum(end - start for start, end in store.reads) <= 1
    store.is_missing = True
    assert (await client.head("/object")).status_code == 404


async def test_what_is_not_there_is_no_half_answer(client: httpx.AsyncClient, store: Store) -> None:
    store.is_missing = True
    assert (await client.get("/object")).status_code == 404


async def test_a_reader_that_leaves_ends_the_reading(port: int, store: Store) -> None:
    """What was not asked for by a socket is not read from the store: the last piece never is."""
    gone = asyncio.Event()
    read, whole = store.read, len(CONTENT)

    async def slowly(start: int, end: int) -> bytes:
        if end == whole:
            await gone.wait()
        return await read(start, end)

    store.read = slowly  # type: ignore[method-assign]
    async with raw_request(port, "GET", "/object", {}) as request:
        request.cut()
    gone.set()
    assert (whole - len(b"the end"), whole) not in store.reads[:1]
