"""One stream as this process holds it in memory: its window, its state, and those who wait for its next part.

No decision about publishers, grace or the database is taken here (`hub.py`), and no request is read (`hls_app.py`).
"""

import asyncio
import gzip
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from veza.media.hls.playlist import write_media, write_multivariant, write_plain
from veza.media.hls.window import Window
from veza.streaming.tape import Tape
from veza.streaming.viewers import ViewerSessions


class ChannelState(Enum):
    """Where a broadcast stands, as far as this process knows."""

    WAITING = "waiting"  # a publisher is there, nothing can be played yet
    LIVE = "live"
    INTERRUPTED = "interrupted"  # the encoder left; the grace runs
    ENDED = "ended"


class PlaylistKind(Enum):
    MEDIA = "media"
    DELTA = "delta"
    """MEDIA without what its reader knows; asked for by a query, not by a path."""
    PLAIN = "plain"
    INDEX = "index"


@dataclass(slots=True)
class Rendered:
    """A playlist as bytes, the same for everyone who asks while the window stands at `version`."""

    version: int
    body: bytes
    _packed: bytes | None = None

    def packed(self) -> bytes:
        """Compressed with gzip, once."""
        if self._packed is None:
            self._packed = gzip.compress(self.body, compresslevel=5, mtime=0)
        return self._packed


class Channel:
    """The broadcast of one stream. Belongs to one event loop."""

    def __init__(
        self, stream_id: UUID, broadcast_id: UUID, window: Window, viewers: ViewerSessions, tape: Tape
    ) -> None:
        self.stream_id = stream_id
        self.broadcast_id = broadcast_id
        self.window = window
        self.viewers = viewers
        self.tape = tape
        self.state = ChannelState.WAITING
        self.announced = False
        """Whether the rest of the product knows that this broadcast is on air."""
        self.key_version = 0
        self.audio_only = False
        self.newest_part_at_s = 0.0
        self.thumbnail: bytes | None = None
        """A picture of what is on air, as JPEG."""
        self.thumbnail_version: int | None = None
        self.waiting = 0
        self.timer: asyncio.TimerHandle | None = None
        self._changed = asyncio.Event()
        self._rendered: dict[PlaylistKind, Rendered] = {}

    def wake(self) -> None:
        """Everyone who waits looks again."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def wait_until(self, is_ready: Callable[[], bool], timeout_s: float) -> bool:
        """Wait for a change that makes `is_ready` true; False when it did not come in time."""
        if is_ready():
            return True
        self.waiting += 1
        try:
            async with asyncio.timeout(timeout_s):
                while not is_ready():
                    await self._changed.wait()
        except TimeoutError:
            return is_ready()
        finally:
            self.waiting -= 1
        return True

    def rendered(self, kind: PlaylistKind) -> Rendered:
        """The newest playlist of a kind; written once per version."""
        known = self._rendered.get(kind)
        if known is not None and known.version == self.window.version:
            return known
        fresh = Rendered(self.window.version, self._write(kind).encode())
        self._rendered[kind] = fresh
        return fresh

    def _write(self, kind: PlaylistKind) -> str:
        match kind:
            case PlaylistKind.MEDIA:
                return write_media(self.window)
            case PlaylistKind.DELTA:
                return write_media(self.window, skip=True)
            case PlaylistKind.PLAIN:
                return write_plain(self.window)
            case PlaylistKind.INDEX:
                return write_multivariant(self.window, media_uri="media.m3u8")

    def cancel_timer(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
