"""Answers that leave in one piece: on a real connection, with everything that uvicorn would have written."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from litestar import Litestar, Response, get
from litestar.datastructures import Cookie
from tests.factories.server import serving

from veza.http.envelope import Ok, ok
from veza.http.outer import Outer
from veza.http.protocol import WHOLE
from veza.http.response import JsonResponse
from veza.settings import Settings


@get("/plain", sync_to_thread=False)
def plain() -> Ok[list[int]]:
    return ok([1, 2])


@get("/cookie", response_cookies=[Cookie("a", value="b")], sync_to_thread=False)
def cookie() -> Ok[int]:
    return ok(1)


@get("/own", sync_to_thread=False)
def own() -> Response[str]:
    return Response("text", headers={"x-own": "1"}, media_type="text/plain")


@get("/nothing", status_code=204, sync_to_thread=False)
def nothing() -> None:
    return None


@get("/broken", sync_to_thread=False)
def broken() -> Ok[object]:
    return ok(object())


kinds: dict[str, str] = {}
"""By path: the type of the last message of an answer."""


@pytest.fixture
async def port() -> AsyncIterator[int]:
    app = Litestar([plain, cookie, own, nothing, broken], response_class=JsonResponse, openapi_config=None)

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        async def note(message: Any) -> None:
            kinds[scope["path"]] = message["type"]
            await send(message)

        await app(scope, receive, note)

    kinds.clear()
    async with serving(Outer(inner, Settings())) as found:
        yield found


async def ask(port: int, *lines: bytes) -> bytes:
    """All that comes back for these lines; the server closes at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\r\n".join([*lines, b"", b""]))
    answer = await reader.read()
    writer.close()
    return answer


async def test_it_is_what_two_messages_would_have_been(port: int) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        kept = [await client.get("/plain") for _ in range(3)]
        closed = await client.get("/plain", headers={"connection": "close"})
    assert kinds == {"/plain": WHOLE}
    for answer in (*kept, closed):
        assert answer.json() == {"success": True, "data": [1, 2]}
        assert answer.headers["content-length"] == str(len(answer.content))
        assert len(answer.headers["x-request-id"]) == 36
    names = [sorted(answer.headers) for answer in (*kept, closed)]
    assert names[0] == names[1] == names[2] == sorted(set(names[3]) - {"connection"})
    assert closed.headers["connection"] == "close"


async def test_pipelined_requests_are_answered_in_order(port: int) -> None:
    asked = [b"GET /plain HTTP/1.1", b"Host: x", b""] * 3 + [b"GET /own HTTP/1.1", b"Host: x", b"Connection: close"]
    answers = (await ask(port, *asked)).split(b"HTTP/1.1 ")[1:]
    assert [answer[:3] for answer in answers] == [b"200"] * 4
    assert all(json.loads(answer.partition(b"\r\n\r\n")[2])["data"] == [1, 2] for answer in answers[:3])
    assert answers[3].endswith(b"\r\n\r\ntext")


async def test_head_has_the_head_and_no_body(port: int) -> None:
    answer = await ask(port, b"HEAD /plain HTTP/1.1", b"Host: x", b"Connection: close")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"content-length: 29\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


async def test_what_is_more_than_json_goes_the_long_way(port: int) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get("/cookie")).headers["set-cookie"].startswith("a=b;")
        assert (await client.get("/own")).headers["x-own"] == "1"
        empty = await client.get("/nothing")
        assert (empty.status_code, empty.content) == (204, b"")
        assert (await client.get("/broken")).status_code == 500
    assert WHOLE not in kinds.values()


async def test_no_header_can_smuggle_a_line(port: int) -> None:
    answer = await ask(port, b"GET /plain HTTP/1.1", b"Host: x", b"X-Request-Id: aaaaaaaa\tb", b"Connection: close")
    assert b"aaaaaaaa" not in answer
