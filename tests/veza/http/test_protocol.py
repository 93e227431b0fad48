"""Requests that drip, swell or make no sense, on a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.factories.server import serving

from veza.http.protocol import DeadlineProtocol


class Hasty(DeadlineProtocol):
    """The same protocol with deadlines that a test can wait for."""

    head_s = 0.2
    body_s = 0.2


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers the length of the body; `/slow` reads it only after being asked twice."""
    if scope["type"] == "lifespan":
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    body = str(size).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async with serving(echo, Hasty) as found:
        yield found


async def talk(port: int, *pieces: bytes) -> bytes:
    """Send the pieces, then read until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    answer = await reader.read()
    writer.close()
    return answer


def envelope(answer: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return found


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param((), id="nothing at all"),
        pytest.param((b"GET / HTTP/1.1\r\nHost: x\r\nX-Half: ",), id="half a head"),
        pytest.param((b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc",), id="half a body"),
        pytest.param((b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",), id="half a chunk"),
    ],
)
async def test_what_does_not_arrive_in_time_is_refused(port: int, pieces: tuple[bytes, ...]) -> None:
    answer = await talk(port, *pieces)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert envelope(answer)["code"] == "request_timeout"
    assert envelope(answer)["request_id"].encode() in answer.partition(b"\r\n\r\n")[0]


async def test_a_head_that_is_too_large_is_refused(port: int) -> None:
    answer = await talk(port, b"GET / HTTP/1.1\r\nHost: x\r\nX-Big: " + b"a" * 40_000)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert envelope(answer)["success"] is False


@pytest.mark.parametrize(
    "bytes_sent",
    [b"\x00\x01\x02\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"NONSENSE\r\n\r\n"],
)
async def test_what_is_no_request_gets_our_envelope(port: int, bytes_sent: bytes) -> None:
    answer = await talk(port, bytes_sent)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert envelope(answer)["code"] == "bad_request"


async def test_length_and_chunked_together_are_refused(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = await talk(port, head + b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")


async def test_many_requests_on_one_connection_all_get_answers(port: int) -> None:
    request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    last = request.replace(b"Host: x", b"Host: x\r\nConnection: close")
    answer = await talk(port, request * 50 + last)
    assert answer.count(b"HTTP/1.1 200 OK") == 51


async def test_two_hundred_dripping_connections_are_all_closed(port: int) -> None:
    answers = await asyncio.gather(*(talk(port, b"GET / HTTP/1.1\r\nX: ") for _ in range(200)))
    assert {answer[:12] for answer in answers} == {b"HTTP/1.1 408"}
