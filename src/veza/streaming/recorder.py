"""Stores each finished segment of a broadcast, beside the broadcast and never in its way (ADR 0019).

The hub hands over and goes on; one task per broadcast stores what waits on its tape, one segment after the other, row
before bytes. What store or database cannot take in time is missing from the recording, and said to be.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import structlog

from veza.kit.clock import Clock
from veza.kit.tasks import TaskSet
from veza.ports.files import Files
from veza.streaming.archive import Archive, Lack, picture_name, segment_name
from veza.streaming.tape import Piece, Tape

log = structlog.get_logger()

Answer = TypeVar("Answer")
_CONTENT_TYPE = "video/iso.segment"
_DISK_LOOK_EVERY_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecorderSettings:
    """Bounds and intervals. `free_share_min`: nothing is stored while less of the disk is free.

    `waiting_bytes_max`: of one broadcast; a minute at 6 Mbps. A segment is tried `tries` times, for `put_s` each.
    """

    free_share_min: float = 0.10
    waiting_bytes_max: int = 48 << 20
    tries: int = 3
    put_s: float = 10.0
    call_s: float = 5.0
    retry_s: float = 0.2
    retry_max_s: float = 5.0


class Recorder:
    """The recordings of one media process. All calls but `close` are synchronous and never wait."""

    def __init__(self, files: Files, archive: Archive, clock: Clock, settings: RecorderSettings | None = None) -> None:
        self._files = files
        self._archive = archive
        self._settings = settings or RecorderSettings()
        self._disk = _Disk(files, clock, self._settings.free_share_min)
        self._followed: set[Tape] = set()
        self._tasks = TaskSet(_report_lost_task)
        self._idle = asyncio.Event()
        self._idle.set()
        self.stored_segments = 0
        self._missing_segments = 0

    @property
    def missing_segments(self) -> int:
        """What was not stored, for whatever reason, since the process began."""
        return self._missing_segments + sum(tape.missed for tape in self._followed)

    @property
    def waiting_bytes(self) -> int:
        """What waits to be stored, of all broadcasts."""
        return sum(tape.waiting_bytes for tape in self._followed)

    def new_tape(self, broadcast_id: UUID) -> Tape:
        """Where the segments of a broadcast wait. Nothing of it is stored before `follow`."""
        return Tape(broadcast_id, bytes_max=self._settings.waiting_bytes_max)

    def follow(self, tape: Tape) -> None:
        """The product knows of this broadcast: store what waits, and what will come. Again: no effect."""
        if tape not in self._followed and not tape.is_off:
            self._followed.add(tape)
            self._idle.clear()
            self._tasks.spawn(self._follow(tape), f"record-{tape.broadcast_id}")

    async def close(self, timeout_s: float) -> None:
        """Store what waits for `timeout_s` at most; the rest is missing."""
        for tape in self._followed:
            tape.end()
        try:
            async with asyncio.timeout(timeout_s):
                await self._idle.wait()
        except TimeoutError:
            log.warning("recordings_cut_short", waiting_bytes=self.waiting_bytes)
        await self._tasks.close()

    # ---- one broadcast ----

    async def _follow(self, tape: Tape) -> None:
        try:
            folder = await self._heard(tape, lambda: self._archive.begin(tape.broadcast_id))
            if folder is not None:
                await self._store_all(tape, folder)
        finally:
            tape.turn_off()
            self._followed.discard(tape)
            self._missing_segments += tape.missed
            if not self._followed:
                self._idle.set()

    async def _store_all(self, tape: Tape, folder: str) -> None:
        """Until the end, or until nothing of this broadcast is to be stored any more."""
        init = None
        while (piece := await tape.next()) is not None:
            known = piece.segment.init == init
            if not await self._store(tape, folder, piece, knows_init=known):
                return
            init = piece.segment.init
            tape.done()
            await self._keep_picture(tape, folder)
        missing = tape.take_missing()
        await self._heard(tape, lambda: self._archive.finished(tape.broadcast_id, missing))

    async def _store(self, tape: Tape, folder: str, piece: Piece, *, knows_init: bool) -> bool:
        """One segment. False: nothing more is to be stored."""
        said, msn = tape.broadcast_id, piece.segment.msn
        if await self._disk.is_full():
            self._miss(tape, piece, Lack.DISK_FULL)
            return True
        if not knows_init and not await self._heard(tape, lambda: self._archive.add_init(said, piece.init)):
            return False
        missing = tape.take_missing()
        if not await self._heard(tape, lambda: self._archive.expect(said, piece.segment, missing)):
            return False
        if await self._put(f"{folder}/{segment_name(msn)}", piece.parts):
            await self._heard(tape, lambda: self._archive.stored(said, msn))
            self.stored_segments += 1
        else:
            tape.missed += 1
            await self._heard(tape, lambda: self._archive.lost(said, msn, Lack.STORE_FAILED))
        return True

    def _miss(self, tape: Tape, piece: Piece, problem: Lack) -> None:
        tape.miss(piece.segment.duration_ticks, problem)
        log.warning("recording_paused", broadcast_id=str(tape.broadcast_id), problem=problem.value)

    async def _put(self, key: str, parts: Sequence[bytes]) -> bool:
        backoff_s = self._settings.retry_s
        for attempt in range(1, self._settings.tries + 1):
            try:
                async with asyncio.timeout(self._settings.put_s):
                    await self._files.put(key, _chunks(parts), filename=key, content_type=_CONTENT_TYPE)
            except Exception as error:  # noqa: BLE001 -- whatever a store raises: the broadcast goes on
                log.warning("segment_not_stored", stored_as=key, attempt=attempt, error=type(error).__name__)
                if attempt < self._settings.tries:
                    await asyncio.sleep(backoff_s)
                    backoff_s = min(backoff_s * 2, self._settings.retry_max_s)
            else:
                return True
        return False

    async def _keep_picture(self, tape: Tape, folder: str) -> None:
        """Each time that the broadcast is twice as long: what it looks like for most of its time, at little cost."""
        picture = tape.picture_due()
        if picture is None or not await self._put(f"{folder}/{picture_name(len(picture))}", [picture]):
            return
        await self._heard(tape, lambda: self._archive.pictured(tape.broadcast_id, len(picture)))

    async def _heard(self, tape: Tape, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """Say it again and again until it was heard. Meanwhile the tape fills, and then lacks what does not fit."""
        backoff_s = self._settings.retry_s
        while True:
            try:
                async with asyncio.timeout(self._settings.call_s):
                    return await call()
            except Exception as error:  # noqa: BLE001 -- whatever the database's driver raises
                log.warning("recording_not_heard", broadcast_id=str(tape.broadcast_id), error=type(error).__name__)
                await asyncio.sleep(backoff_s)
                backoff_s = min(backoff_s * 2, self._settings.retry_max_s)


class _Disk:
    """Whether the disk of the store is nearly full, looked at every few seconds. A bucket is never full."""

    def __init__(self, files: Files, clock: Clock, free_share_min: float) -> None:
        self._folder = files.path("")
        self._clock = clock
        self._free_share_min = free_share_min
        self._looked_at_s: float | None = None
        self._is_full = False

    async def is_full(self) -> bool:
        now_s = self._clock.monotonic_s()
        if self._folder is not None and (self._looked_at_s is None or now_s - self._looked_at_s >= _DISK_LOOK_EVERY_S):
            usage = await asyncio.to_thread(shutil.disk_usage, self._folder)
            self._is_full = usage.free < usage.total * self._free_share_min
            self._looked_at_s = now_s
        return self._is_full


async def _chunks(parts: Sequence[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def _report_lost_task(name: str, error: BaseException) -> None:
    log.error("recorder_task_failed", task=name, error=type(error).__name__)
