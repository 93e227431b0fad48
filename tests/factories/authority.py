"""The product as media sees it (`streaming.authority.Authority`), in memory: says what tests tell it to, and remembers.

Tests wait for what media says (`heard`), never for time.
"""

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID

from veza.streaming.authority import Beat, Cut, Grant
from veza.streaming.ingest import PublishRefused

STREAM_ID = UUID("01932b2e-0000-7000-8000-000000000001")
KEY = "vz_" + "k" * 32


class MemoryAuthority:
    """Knows one stream by its key.

    Attributes:
        away: while set, every call fails as if the database were gone.
        slow: while cleared, `authorise` waits.
        refusal: what `went_live` answers.
        verdicts: what the next heartbeats answer.
    """

    def __init__(self) -> None:
        self.keys = {KEY: Grant(STREAM_ID, 1)}
        self.away = False
        self.slow = asyncio.Event()
        self.slow.set()
        self.refusal: PublishRefused | None = None
        self.verdicts: list[Cut] = []
        self.said: list[str] = []
        self.broadcasts: list[UUID] = []
        self.beats: list[Sequence[Beat]] = []
        self.tries = 0
        self._cuts: asyncio.Queue[UUID] = asyncio.Queue(maxsize=100)
        self._changed = asyncio.Event()

    async def heard(self, *said: str) -> None:
        """Wait until media said exactly this, in this order."""
        await self.until(lambda: self.said == list(said))

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until `holds()` is true; looked at after each call of media's."""
        async with asyncio.timeout(10):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    def note_cut(self, stream_id: UUID = STREAM_ID) -> None:
        self._cuts.put_nowait(stream_id)

    async def authorise(self, key: str, peer: str) -> Grant:
        self._called()
        await self.slow.wait()
        if key not in self.keys:
            raise PublishRefused("invalid_key", "This stream key is not known.")
        return self.keys[key]

    async def went_live(self, grant: Grant, *, broadcast_id: UUID, resumed: bool, audio_only: bool) -> None:
        self._called()
        if self.refusal is not None:
            raise self.refusal
        self.broadcasts.append(broadcast_id)
        self._say("resumed" if resumed else "audio" if audio_only else "live")

    async def interrupted(self, stream_id: UUID, broadcast_id: UUID) -> None:
        self._called()
        self._say("interrupted")

    async def ended(self, stream_id: UUID, broadcast_id: UUID) -> None:
        self._called()
        self._say("ended")

    async def heartbeat(self, beats: Sequence[Beat]) -> Sequence[Cut]:
        self._called()
        self.beats.append(beats)
        self._changed.set()
        verdicts, self.verdicts = self.verdicts, []
        return verdicts

    async def next_cut(self) -> UUID:
        self._called()
        return await self._cuts.get()

    def _called(self) -> None:
        self.tries += 1
        self._changed.set()
        if self.away:
            raise OSError("the database is away")

    def _say(self, word: str) -> None:
        self.said.append(word)
        self._changed.set()
