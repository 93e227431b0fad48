"""Requests in, answers out, over plain ASGI: small enough to read whole, and able to hang up without a word.

Knows neither provider. A route is a method, a path with `{}` for each variable piece, and a handler.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from veza.sandbox.box import Box

BODY_BYTES_MAX = 256 * 1024
HANG_UP = "veza.hang_up"


@dataclass(frozen=True, slots=True)
class Request:
    """One request, read whole. Header names are lower case; `pieces` are the variable pieces of the path."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    pieces: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        """As `only` of a fault switch sees it."""
        return f"{self.method} {self.path}"

    def form(self) -> dict[str, str]:
        """The fields of a submitted page; the last of a name counts."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=200))


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    stored: bool = True
    """Whether it is given again to whoever repeats the request with its idempotency key (Stripe)."""


class Refused(Exception):
    """Ends a handler with an answer that is not a success."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


Handler = Callable[[Box, Request], Answer | Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    handler: Handler


def as_json(body: object, status: int = 200, **headers: str) -> Answer:
    return Answer(status, msgspec.json.encode(body), headers=headers)


def as_page(text: str, status: int = 200) -> Answer:
    """Our own HTML: no script, nothing from elsewhere, in nobody's frame.

    No `form-action`: browsers hold it against the redirect after a form, which leads back to the shop.
    """
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return Answer(status, text.encode(), "text/html; charset=utf-8", headers)


def see_other(address: str) -> Answer:
    """The browser asks for `address` next (303)."""
    return Answer(303, b"", "text/plain", {"Location": address, "Cache-Control": "no-store"})


class Router:
    """Finds the route of a request."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = [(route.method, _pattern(route.path), route.handler) for route in routes]

    def find(self, request: Request) -> tuple[Handler, Request] | None:
        """The handler, and the request with its pieces. HEAD is GET."""
        method = "GET" if request.method == "HEAD" else request.method
        for wanted, pattern, handler in self._routes:
            if wanted == method and (found := pattern.fullmatch(request.path)):
                pieces = found.groups()
                return handler, Request(
                    request.method, request.path, request.query, request.headers, request.body, pieces
                )
        return None


def _pattern(path: str) -> "re.Pattern[str]":
    return re.compile("([^/]+)".join(re.escape(part) for part in path.split("{}")))


class SandboxProtocol(HttpToolsProtocol):
    """uvicorn's protocol, from which an application can cut the connection: it finds how in its scope."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        scope: Any = self.scope
        scope["extensions"] = {HANG_UP: self.transport.abort}


async def read_request(scope: Mapping[str, Any], receive: Callable[[], Awaitable[Any]]) -> Request | None:
    """The whole request; None when the caller left. A body above `BODY_BYTES_MAX` raises `Refused` (413)."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > BODY_BYTES_MAX:
            raise Refused(as_json({"error": {"type": "invalid_request", "message": "The body is too large."}}, 413))
        if not message.get("more_body"):
            break
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=100))
    return Request(scope["method"], scope["path"], query, headers, bytes(body))


async def send_answer(send: Callable[[Any], Awaitable[None]], answer: Answer, method: str) -> None:
    headers = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in answer.headers.items()]
    headers += [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", str(len(answer.body)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else answer.body})
