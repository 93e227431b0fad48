"""One WebSocket connection (RFC 6455) over a transport: handshake, frames in, bytes out. Knows no room and no message.

uvicorn makes one of these for each upgrade (its `ws` class). The protocol is the sans-IO core of `websockets`, without
compression; what is sent to many is framed once (`text_frame`) and written straight to the transport. No task and no
queue per connection: what has not left yet is the transport's buffer, and `is_paused` says that nothing may be written
now, because that is full or the end has come.
"""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import structlog
from websockets.exceptions import InvalidState
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import CONNECTING, OPEN
from websockets.server import ServerProtocol

from veza.http.refusal import refusal_bytes
from veza.kit.tasks import TaskSet

log = structlog.get_logger()

FRAME_BYTES_MAX = 8192
OUTBOX_BYTES_MAX = 64 * 1024
CLOSE_WITHIN_S = 5.0
_quiet = logging.getLogger("veza.websocket")
_quiet.addHandler(logging.NullHandler())
_quiet.propagate = False
_quiet.setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a client said to get in. `scope` is enough of an ASGI scope for `http.client`."""

    path: str
    query: dict[str, list[str]]
    origin: str | None
    scope: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Not let in: an HTTP answer in our envelope, before any upgrade."""

    status: int
    code: str
    sentence: str


_UNREADABLE = Refusal(400, "bad_request", "This is not a WebSocket upgrade that can be read.")


class Session(Protocol):
    """What stands behind an open connection. None of these calls may wait."""

    def opened(self) -> None:
        """The upgrade is done; frames may be written."""

    def received(self, data: str | bytes) -> None:
        """One whole message: text, or bytes if it was a binary one."""

    def writable(self) -> None:
        """The transport's buffer, once full, has drained. Nothing was read meanwhile: `transport.resume_reading`."""

    def closed(self) -> None:
        """The connection is gone, for whatever reason. Called once, also if `opened` never was."""


Admit = Callable[["WebSocket", Handshake], Awaitable[Session | Refusal]]
"""Judges a handshake. The session may keep the connection."""


def text_frame(payload: bytes) -> bytes:
    """An unmasked, final text frame."""
    size = len(payload)
    if size < 126:
        return b"\x81" + bytes((size,)) + payload
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


class WebSocket(asyncio.Protocol):
    """A connection in the making, open, or gone."""

    __slots__ = (
        "_admit", "_closing", "_connections", "_core", "_opcode", "_parts", "_session", "_tasks", "is_paused",
        "last_heard_s", "paused_at_s", "ping_sent_s", "transport",
    )  # fmt: skip

    transport: asyncio.Transport

    def __init__(self, admit: Admit, tasks: TaskSet, connections: set[Any]) -> None:
        self._admit = admit
        self._tasks = tasks
        self._connections = connections
        self._core = ServerProtocol(max_size=FRAME_BYTES_MAX, logger=_quiet)
        self._session: Session | None = None
        self._opcode = Opcode.TEXT
        self._parts: list[bytes] | None = None
        self._closing = False
        self.is_paused = False
        self.paused_at_s = 0.0
        self.last_heard_s = 0.0
        self.ping_sent_s = 0.0

    # --- the transport's side ----------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        self._connections.add(self)
        transport.set_write_buffer_limits(high=OUTBOX_BYTES_MAX)
        _bound_kernel_buffer(transport)
        self.last_heard_s = asyncio.get_running_loop().time()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - why it went does not matter
        self._stop_writing()
        self._connections.discard(self)
        session, self._session = self._session, None
        if session is not None:
            session.closed()
        self._core.parser.close()  # its generator holds the core, which holds it: nobody would find out for long

    def pause_writing(self) -> None:
        if not self.is_paused:
            self.is_paused, self.paused_at_s = True, asyncio.get_running_loop().time()
            self.transport.pause_reading()  # what is asked is answered (pings too): no question without an ear

    def resume_writing(self) -> None:
        if self._session is not None and not self._closing:
            self.is_paused = False
            self._session.writable()

    def data_received(self, data: bytes) -> None:
        self.last_heard_s, self.ping_sent_s = asyncio.get_running_loop().time(), 0.0
        core = self._core
        core.receive_data(data)
        for event in core.events_received():
            if isinstance(event, Request):
                self._handshake(event)
            elif isinstance(event, Frame) and not self._closing:
                self._frame(event)
        if core.handshake_exc is not None and core.state is CONNECTING:
            self._refuse(_UNREADABLE)
            return
        self._write_answers()

    def eof_received(self) -> None:
        self._core.receive_eof()
        self._write_answers()

    # --- the session's side ------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        return not self._closing and self._session is not None

    def send(self, payload: bytes) -> None:
        """One text message to this client alone. Dropped when the connection is closing."""
        if not self._closing:
            self.transport.write(text_frame(payload))

    def close(self, code: int, reason: str = "") -> None:
        """Say goodbye, and cut if the peer does not answer in time."""
        if self._closing:
            return
        if self._core.state is not OPEN:
            self.abort()
            return
        self._core.send_close(code, reason)
        self._write_answers()
        self._stop_writing()
        if not self.transport.is_closing():
            self.transport.resume_reading()  # for the peer's goodbye
        asyncio.get_running_loop().call_later(CLOSE_WITHIN_S, self.transport.abort)

    def ping(self, now_s: float) -> None:
        """Ask the peer to show that it is there."""
        if not self._closing and self._core.state is OPEN:
            self.ping_sent_s = now_s
            self._core.send_ping(b"")
            self._write_answers()

    def abort(self) -> None:
        """Cut without a word."""
        self._stop_writing()
        self.transport.abort()

    def shutdown(self) -> None:
        """The server is ending (RFC 6455 §7.4.1, code 1012 of the registry: service restart)."""
        self.close(1012, "restart")

    # --- inside ------------------------------------------------------------------------------------------------

    def _handshake(self, request: Request) -> None:
        self.transport.pause_reading()  # a client has nothing to say before it is let in
        self._tasks.spawn(self._decide(request), "websocket-handshake")

    async def _decide(self, request: Request) -> None:
        answer = self._core.accept(request)
        if answer.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            self._refuse(_UNREADABLE)
            return
        try:
            handshake = _handshake_of(request, self.transport)
        except ValueError:
            self._refuse(_UNREADABLE)
            return
        try:
            found = await self._admit(self, handshake)
        except Exception as error:  # noqa: BLE001 - the last door of a handshake: it becomes a 503 in the envelope
            log.warning("websocket_handshake_failed", error=type(error).__name__)
            found = Refusal(503, "unavailable", "This cannot be opened right now. Try again in a moment.")
        if isinstance(found, Refusal):
            self._refuse(found)
            return
        if self.transport.is_closing():  # gone while it was judged
            found.closed()
            return
        self._session = found
        self._core.send_response(answer)
        self._write_answers()
        found.opened()
        self.transport.resume_reading()

    def _refuse(self, refusal: Refusal) -> None:
        if self.transport.is_closing():
            return
        lines = ["cache-control: no-store", *(["retry-after: 5"] if refusal.status in {429, 503} else [])]
        self._stop_writing()
        self.transport.write(refusal_bytes(refusal.status, refusal.code, refusal.sentence, *lines))
        self.transport.close()
        log.info("websocket_refused", status=refusal.status, code=refusal.code)

    def _frame(self, frame: Frame) -> None:
        session = self._session
        if session is None:
            return
        if frame.opcode in {Opcode.TEXT, Opcode.BINARY}:
            if frame.fin:
                self._deliver(session, frame.opcode, bytes(frame.data))
            else:
                self._opcode, self._parts = frame.opcode, [bytes(frame.data)]
        elif frame.opcode is Opcode.CONT and self._parts is not None:
            self._parts.append(bytes(frame.data))
            if frame.fin:
                data, self._parts = b"".join(self._parts), None
                self._deliver(session, self._opcode, data)

    def _deliver(self, session: Session, opcode: Opcode, data: bytes) -> None:
        if opcode is Opcode.BINARY:
            session.received(data)
            return
        try:
            text = data.decode()
        except UnicodeDecodeError:
            self.close(1007, "not UTF-8")
            return
        session.received(text)

    def _stop_writing(self) -> None:
        self._closing = self.is_paused = True

    def _write_answers(self) -> None:
        try:
            answers = self._core.data_to_send()
        except InvalidState:
            return
        for data in answers:
            if not data:
                self._stop_writing()
                self._hang_up()
            elif not self._closing:
                self.transport.write(data)

    def _hang_up(self) -> None:
        """Both sides said goodbye, or the peer broke the rules.

        In that case it may be sending still, and data that reaches a closed socket is answered with a reset, which
        takes our last words with it: so the peer closes first (RFC 6455 §7.1.1).
        """
        if self._core.close_rcvd is not None or not self.transport.can_write_eof():
            self.transport.close()
        elif not self.transport.is_closing():
            self.transport.write_eof()
            asyncio.get_running_loop().call_later(CLOSE_WITHIN_S, self.transport.abort)


def websocket_class(admit: Admit, tasks: TaskSet) -> Callable[..., WebSocket]:
    """What uvicorn's `ws` setting takes: makes a connection for each upgrade.

    Args:
        admit: judges each handshake.
        tasks: owns the handshakes that are being judged.
    """

    def make(*, server_state: Any, **_: Any) -> WebSocket:
        return WebSocket(admit, tasks, server_state.connections)

    return make


def _bound_kernel_buffer(transport: asyncio.Transport) -> None:
    """Let the kernel keep no more unsent bytes than we do: by itself it takes up to 4 MB for one who does not read."""
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    if option is not None and (found := transport.get_extra_info("socket")) is not None:
        with contextlib.suppress(OSError):  # a Unix socket has no such thing
            found.setsockopt(socket.IPPROTO_TCP, option, OUTBOX_BYTES_MAX)


def _handshake_of(request: Request, transport: asyncio.Transport) -> Handshake:
    """Raises `ValueError` when its address cannot be read."""
    parts = urlsplit(request.path)
    peer = transport.get_extra_info("peername")
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in request.headers.raw_items()]
    origins = request.headers.get_all("Origin")
    return Handshake(
        path=parts.path,
        query=parse_qs(parts.query, keep_blank_values=True, max_num_fields=16),
        origin=origins[0] if len(origins) == 1 else (None if not origins else "null"),
        scope={"client": tuple(peer[:2]) if peer else None, "headers": headers},
    )
