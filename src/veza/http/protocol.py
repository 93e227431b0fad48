"""uvicorn's HTTP protocol with the deadlines it lacks: the head and the body must arrive in time and in size.

Measured without it: 200 of 200 dripping connections still open after 25 s. One sweep per second and loop instead of
a timer per request (a timer costs 10 µs each). Refusals are our envelope, never in the middle of another answer.
"""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from veza.http.refusal import refusal_bytes
from veza.http.sendfile import send_file

HEAD_S = 10.0
BODY_S = 10.0
MIN_BODY_BYTES_PER_S = 1024
"""An upload that keeps up this rate may take as long as it needs; its size is the route's own limit."""
MAX_HEAD_BYTES = 32 * 1024
SWEEP_S = 1.0
FILE_EXTENSION = "veza.file"
"""In a scope's `extensions`: awaited with a path, a start and an end (exclusive), it sends that much of the body."""
WHOLE = "veza.whole"
"""In a scope's `extensions`: called with status, headers and body, it sends all in one write and says whether it could.

Also the type of the message with these three that an answer may send where the extension is there (`response.py`).
"""


class DeadlineProtocol(HttpToolsProtocol):
    """One connection. `deadline` is the loop's time by which the peer must have moved on, or None."""

    head_s = HEAD_S
    body_s = BODY_S

    deadline: float | None = None
    in_body = False
    head_bytes = 0
    body_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.deadline = self.loop.time() + self.head_s
        if not getattr(self.server_state, "veza_sweeping", False):
            self.server_state.veza_sweeping = True  # type: ignore[attr-defined]
            self.loop.call_later(SWEEP_S, _sweep, self.server_state, self.loop)

    def data_received(self, data: bytes) -> None:
        if not self.in_body:
            self.head_bytes += len(data)
            if self.deadline is None:  # the first byte of the next request on a kept connection
                self.deadline = self.loop.time() + self.head_s
            if self.head_bytes > MAX_HEAD_BYTES and b"\r\n\r\n" not in data[:MAX_HEAD_BYTES]:
                self.refuse(431, "headers_too_large", "The headers are too large.")
                return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        self.in_body, self.head_bytes, self.body_bytes = True, 0, 0
        self.deadline = self.loop.time() + self.body_s
        super().on_headers_complete()
        ours: Any = {FILE_EXTENSION: partial(self._send_file, self.cycle), WHOLE: partial(self._send_whole, self.cycle)}
        self.scope["extensions"] = ours

    def on_body(self, body: bytes) -> None:
        self.body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.in_body, self.deadline = False, None
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self.deadline = None
        super().handle_websocket_upgrade()
        del self.parser  # it holds us and we hold it; nothing is parsed any more

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words are not for people
        self.refuse(400, "bad_request", "The request cannot be read.")

    async def _send_file(self, cycle: Any, path: Path, start: int, end: int) -> None:
        try:
            await send_file(self.transport, self.flow, path, start, end)
        except ConnectionError:
            self.transport.abort()
        cycle.expected_content_length -= end - start

    def _send_whole(self, cycle: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> bool:
        """What uvicorn's `send` does in two writes and twice the work, for the plain case; False leaves it to that."""
        is_plain = cycle.keep_alive and not (cycle.response_started or cycle.disconnected or self.flow.write_paused)
        if not is_plain or cycle.scope["method"] == "HEAD":
            return False
        headers = [*cycle.default_headers, *headers]
        lines = [name + b": " + value for name, value in headers]
        head = STATUS_LINE[status] + b"\r\n".join(lines)
        if head.count(b"\n") != len(lines) or head.count(b"\r") != len(lines):
            raise RuntimeError("a header holds a line break")
        self.transport.write(head + b"\r\n\r\n" + body)
        cycle.response_started = cycle.response_complete = True
        cycle.waiting_for_100_continue = False
        cycle.message_event.set()
        cycle.on_response()
        return True

    def check(self, now: float) -> None:
        """Called by the sweep: refuse what is late, unless we are the slow side or the body keeps moving."""
        if self.deadline is None or self.deadline >= now:
            return
        if self.in_body and (self.flow.read_paused or self.body_bytes >= self.body_s * MIN_BODY_BYTES_PER_S):
            self.body_bytes, self.deadline = 0, now + self.body_s
            return
        self.refuse(408, "request_timeout", "The request took too long to arrive.")

    def refuse(self, status: int, code: str, sentence: str) -> None:
        """Answer in our envelope if nothing was answered yet, and close."""
        self.deadline = None
        if self.transport.is_closing():
            return
        cycle: Any = self.cycle
        running = cycle is not None and not cycle.response_complete
        if not (running and cycle.response_started):
            self.transport.write(refusal_bytes(status, code, sentence))
        if running:
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.close()


def _sweep(state: Any, loop: asyncio.AbstractEventLoop) -> None:
    now = loop.time()
    for connection in list(state.connections):
        if isinstance(connection, DeadlineProtocol):
            connection.check(now)
    loop.call_later(SWEEP_S, _sweep, state, loop)
