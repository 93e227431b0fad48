"""The finished segments of one broadcast that wait to be stored: in order, bounded, and what did not fit is counted.

No store, no database and no task here (`recorder.py`). Belongs to one event loop.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from uuid import UUID

from veza.media.hls.playlist import codecs_of
from veza.media.hls.window import InitSegment, Segment, Window
from veza.media.units import VideoConfig
from veza.streaming.archive import Lack, Missing, RecordedInit, RecordedSegment


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment with its bytes: those of the window, not a copy."""

    segment: RecordedSegment
    init: RecordedInit
    parts: tuple[bytes, ...]


class Tape:
    """One broadcast on its way into the store.

    Args:
        broadcast_id: whose segments they are.
        bytes_max: how much may wait. What comes while it is full is missing from the recording.
    """

    def __init__(self, broadcast_id: UUID, *, bytes_max: int) -> None:
        self.broadcast_id = broadcast_id
        self.is_over = False
        """No more segments will come."""
        self.is_off = False
        """This broadcast is not recorded: nothing is kept."""
        self.picture: bytes | None = None
        """The newest picture of the broadcast, as JPEG."""
        self.waiting_bytes = 0
        self.missed = 0
        """Segments that are not in the recording."""
        self._bytes_max = bytes_max
        self._given = 0
        self._pictured_at = 0
        self._next_msn: int | None = None
        self._waiting: deque[Piece] = deque()
        self._woken = asyncio.Event()
        self._missing_ticks = 0
        self._problem: Lack | None = None

    def take(self, window: Window) -> None:
        """Whatever of the window is complete and was not taken before."""
        if self.is_off or not window.segments or window.target_duration_s is None:
            return
        first = window.segments[0].msn
        start = 0 if self._next_msn is None else max(0, self._next_msn - first)
        for segment in window.segments[start:]:
            if not segment.complete:
                break
            self._next_msn = segment.msn + 1
            self._add(segment, window, window.target_duration_s)

    def _add(self, segment: Segment, window: Window, target_duration_s: int) -> None:
        if self.waiting_bytes + segment.size_bytes > self._bytes_max:
            self.miss(segment.duration_ticks, Lack.TOO_SLOW)
            return
        recorded = RecordedSegment(
            msn=segment.msn,
            init=segment.init,
            discontinuity=segment.discontinuity,
            program_time_ms=segment.program_time_ms,
            duration_ticks=segment.duration_ticks,
            size_bytes=segment.size_bytes,
            target_duration_s=target_duration_s,
        )
        init = _recorded_init(window.inits[segment.init], window.frame_rate)
        self._waiting.append(Piece(recorded, init, tuple(part.data for part in segment.parts)))
        self.waiting_bytes += segment.size_bytes
        self._woken.set()  # only now: parts come three times a second, and a waking costs more than this all

    def picture_due(self) -> bytes | None:
        """A picture that is to be kept, because there is none yet, or the broadcast is twice as long as it was then."""
        if self.picture is None or self._given < self._pictured_at:
            return None
        picture, self.picture = self.picture, None
        self._pictured_at = 2 * self._given
        return picture

    def miss(self, ticks: int, problem: Lack) -> None:
        """So much will not be in the recording."""
        self.missed += 1
        self._missing_ticks += ticks
        self._problem = problem

    def take_missing(self) -> Missing:
        """What is missing and was not told yet; it counts as told from now on."""
        missing = Missing(self._missing_ticks, self._problem)
        self._missing_ticks, self._problem = 0, None
        return missing

    def end(self) -> None:
        """No more will come."""
        self.is_over = True
        self._woken.set()

    def turn_off(self) -> None:
        """Keep nothing, now and from now on."""
        self.is_off = True
        self._waiting.clear()
        self.waiting_bytes = 0
        self._woken.set()

    async def next(self) -> Piece | None:
        """The oldest that waits; None when it is over and all were given. It counts as waiting until `done`."""
        while not self._waiting:
            if self.is_over or self.is_off:
                return None
            self._woken.clear()
            await self._woken.wait()
        return self._waiting[0]

    def done(self) -> None:
        """The one that `next` gave needs no bytes any more."""
        if self._waiting:
            self._given += 1
            self.waiting_bytes -= self._waiting.popleft().segment.size_bytes


def no_tape(broadcast_id: UUID) -> Tape:
    """For a broadcast of which nothing is stored."""
    tape = Tape(broadcast_id, bytes_max=0)
    tape.turn_off()
    return tape


def _recorded_init(init: InitSegment, frame_rate: float | None) -> RecordedInit:
    video = next((track for track in init.tracks if isinstance(track, VideoConfig)), None)
    return RecordedInit(
        number=init.number,
        data=init.data,
        codecs=codecs_of(init.tracks),
        width=None if video is None else video.width,
        height=None if video is None else video.height,
        frame_rate=None if video is None else frame_rate,
    )
