"""What surrounds every request, whoever answers it: its id, its limits on the line, security headers, log and metric.

Raw ASGI, since sockets, static files and the API share it. Knows no route; `app.py` says who answers what.
"""

import re
import time
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog
from structlog.contextvars import bind_contextvars, reset_contextvars

from veza import metrics
from veza.http.client import client_address, network_of
from veza.http.envelope import Failure
from veza.http.errors import failure_of
from veza.http.protocol import WHOLE
from veza.kit.errors import Invalid, VezaError
from veza.kit.ids import new_id_text
from veza.settings import Settings

_REQUEST_ID = re.compile(rb"[A-Za-z0-9-]{8,64}")
_SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), interest-cohort=()"),
]
_NOT_KEPT = [(b"cache-control", b"no-store"), (b"vary", b"Authorization, Cookie")]


def content_security_policy(settings: Settings) -> bytes:
    """The policy of our pages: own origin only, plus the origin that live video comes from."""
    video = urlsplit(settings.hls_base_url)
    origins = f"{video.scheme}://{video.netloc}"
    if settings.is_loopback:  # a loopback install is reached as localhost, 127.0.0.1 and [::1]
        port = video.port or settings.hls_addr.port
        origins = f"{origins} http://127.0.0.1:{port} http://localhost:{port}"
    return (
        "default-src 'self'; script-src 'self'; style-src 'self'; font-src 'self'; "
        f"img-src 'self' data: blob: {origins}; "
        f"connect-src 'self' {origins}; media-src 'self' blob: {origins}; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ).encode()


class Outer:
    """Wraps an ASGI application for HTTP. One instance per process."""

    def __init__(self, inner: Any, settings: Settings) -> None:
        self._inner = inner
        self._settings = settings
        self._log = structlog.get_logger().bind()  # bound once: to find out that a line is not wanted costs 0.2 µs so
        self._page_headers = [*_SECURITY, (b"content-security-policy", content_security_policy(settings))]
        if settings.is_https:
            self._page_headers.append((b"strict-transport-security", b"max-age=31536000"))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request. Whatever fails inside becomes an answer; nothing is raised to the server."""
        request_id = _request_id(scope["headers"])
        address = client_address(scope, self._settings)
        state = {**scope.get("state", {}), "request_id": request_id, "client_address": address}
        scope = {**scope, "state": state}
        method = scope["method"]
        if method == "HEAD":  # uvicorn drops the body itself; routes know GET only
            scope["method"] = "GET"
            state["is_head"] = True  # for who can spare the work of making a body
        answer = _Answer(send, request_id, self._page_headers, scope)
        started = time.perf_counter()
        metrics.active_requests.inc()
        tokens = bind_contextvars(request_id=request_id)
        try:
            _refuse_nul(scope)
            await self._inner(scope, receive, answer)
        except Exception as error:  # noqa: BLE001 - the last door: it becomes a 500 with a request id
            if not isinstance(error, VezaError):
                self._log.error("request_failed", path=scope.get("path_template", ""), exc_info=error)
            await answer.fail(error)
        finally:
            metrics.active_requests.dec()
            self._record(scope, method, answer.status, time.perf_counter() - started, network_of(address))
            reset_contextvars(**tokens)

    def _record(self, scope: Any, method: str, status: int, seconds: float, network: str) -> None:
        route = "unmatched" if scope["state"].get("unrouted") else scope.get("path_template") or "static"
        known = method if method in {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"} else "OTHER"
        metrics.request_duration.labels(known, route, str(status)).observe(seconds)
        is_quiet = known in {"GET", "HEAD"} and status < 400  # pages poll; changes are rarer
        write = self._log.debug if is_quiet else self._log.info
        write("request", method=known, route=route, status=status, duration_ms=round(seconds * 1000, 1), client=network)


class _Answer:
    """The `send` handed inwards: adds headers to the first message, remembers the status."""

    def __init__(self, send: Any, request_id: str, headers: list[tuple[bytes, bytes]], scope: Any) -> None:
        self._send = send
        self._request_id = request_id
        self._headers = headers
        self._scope = scope
        self.status = 0

    async def __call__(self, message: Any) -> None:
        kind = message["type"]
        if kind == WHOLE:
            self.status = message["status"]
            headers, body = self._with_ours(message["headers"]), message["body"]
            if self._scope["extensions"][WHOLE](self.status, headers, body):
                return
            await self._send({"type": "http.response.start", "status": self.status, "headers": headers})
            message = {"type": "http.response.body", "body": body}
        elif kind == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": self._with_ours(message.get("headers", ()))}
        await self._send(message)

    def _with_ours(self, given: Collection[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        names = {name.lower() for name, _ in given}
        headers = [*given, *[header for header in self._headers if header[0] not in names]]
        headers.append((b"x-request-id", self._request_id.encode()))
        if b"cache-control" not in names:
            headers += _NOT_KEPT
        return headers

    async def fail(self, error: Exception) -> None:
        """Answer with the envelope, unless an answer has begun (then the connection ends unfinished)."""
        if self.status:
            return
        status, body, headers = failure_of(error, self._request_id)
        await send_failure(self, status, body, headers)


async def send_failure(send: Any, status: int, body: Failure, headers: dict[str, str]) -> None:
    """One failure as an ASGI answer."""
    raw = msgspec.json.encode(body)
    listed = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    listed += [(b"content-type", b"application/json"), (b"content-length", str(len(raw)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": listed})
    await send({"type": "http.response.body", "body": raw})


def _request_id(headers: list[tuple[bytes, bytes]]) -> str:
    """The caller's own id when it is harmless in a log, else a new one."""
    given = next((value for name, value in headers if name == b"x-request-id"), b"")
    return given.decode() if _REQUEST_ID.fullmatch(given) else new_id_text()


def _refuse_nul(scope: Any) -> None:
    """PostgreSQL cannot store U+0000, and no route has a use for it."""
    if "\0" in scope["path"] or b"%00" in scope["query_string"]:
        raise Invalid("NUL characters are not allowed in an address.")
