"""What surrounds every request: ids, headers, HEAD, NUL, and a failure that never leaves without an envelope."""

import json
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs
from tests.factories.server import serving

from veza.http.outer import Outer, content_security_policy
from veza.kit.errors import TooMany
from veza.settings import Settings


async def inner(scope: Any, receive: Any, send: Any) -> None:
    match scope["path"]:
        case "/boom":
            raise RuntimeError("a secret detail")
        case "/late":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            raise RuntimeError("after the start")
        case "/busy":
            raise TooMany("Slow down.", retry_after_s=7)
        case "/cached":
            headers = [(b"cache-control", b"max-age=9")]
        case _:
            headers = []
    await receive()
    body = json.dumps({"method": scope["method"], "client": scope["state"]["client_address"]}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def ask(path: str, method: str = "GET", settings: Settings | None = None, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(Outer(inner, settings or Settings()), client=("203.0.113.9", 5))
    async with httpx.AsyncClient(transport=transport, base_url="http://veza.test") as client:
        return await client.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})


async def test_every_answer_has_an_id_and_the_security_headers() -> None:
    answer = await ask("/")
    assert len(answer.headers["x-request-id"]) == 36
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in answer.headers


async def test_a_route_may_say_how_long_its_answer_keeps() -> None:
    assert (await ask("/cached")).headers["cache-control"] == "max-age=9"


async def test_https_installs_ask_for_https() -> None:
    answer = await ask("/", settings=Settings(public_url="https://music.example"))
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert b"localhost" not in content_security_policy(Settings(public_url="https://music.example"))


@pytest.mark.parametrize(("given", "kept"), [("abc-12345", True), ("short", False), ("evil\x1b[31m!!", False)])
async def test_a_callers_id_is_kept_when_it_is_harmless(given: str, kept: bool) -> None:
    answer = await ask("/", x_request_id=given)
    assert (answer.headers["x-request-id"] == given) is kept


async def test_head_reaches_a_get_route_and_has_no_body() -> None:
    async with serving(Outer(inner, Settings())) as port, httpx.AsyncClient() as client:
        seen, head = [await client.request(method, f"http://127.0.0.1:{port}/cached") for method in ("GET", "HEAD")]
    assert head.status_code == seen.status_code == 200
    assert head.headers["cache-control"] == "max-age=9"
    assert head.content == b""
    assert seen.json()["method"] == "GET"


@pytest.mark.parametrize("path", ["/x?search=%00", "/a%00b"])
async def test_nul_in_an_address_is_refused(path: str) -> None:
    answer = await ask(path)
    assert answer.status_code == 400
    assert answer.json()["code"] == "validation_error"


async def test_a_bug_becomes_a_500_that_tells_nothing() -> None:
    with capture_logs() as logs:
        answer = await ask("/boom")
    assert answer.status_code == 500
    assert answer.json() == {
        "success": False,
        "error": "Something broke on our side. It has been written down.",
        "code": "internal",
        "request_id": answer.headers["x-request-id"],
    }
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["request_failed"]


async def test_an_answer_that_began_is_not_answered_twice() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": "/late",
        "query_string": b"",
        "headers": [],
        "client": None,
    }
    with capture_logs() as logs:
        await Outer(inner, Settings())(scope, None, send)
    assert [message["type"] for message in sent] == ["http.response.start"]
    assert "request_failed" in [entry["event"] for entry in logs]


async def test_a_limit_says_when_to_come_back() -> None:
    answer = await ask("/busy")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


async def test_the_log_line_has_no_query() -> None:
    with capture_logs() as logs:
        await ask("/cached?ticket=verysecret")
    assert "verysecret" not in str(logs)
