"""An `Ingest` that records what a protocol server hands it, and can be told to refuse, stall or fail."""

import asyncio
from collections.abc import Callable

from veza.media.units import Sample, TrackConfig, TrackKind
from veza.streaming.ingest import PublishRefused


class RecordingPublisher:
    """What one publisher sent. Wait with `until`, never with a sleep."""

    def __init__(self, cut: Callable[[str], None]) -> None:
        self.cut = cut
        self.configs: list[TrackConfig] = []
        self.samples: list[Sample] = []
        self.departures: list[tuple[str, bool]] = []
        self.refuse_pushes_with: Exception | None = None
        self._waiters: list[tuple[Callable[[], bool], asyncio.Event]] = []

    def configure(self, config: TrackConfig) -> None:
        self.configs.append(config)
        self._wake()

    def push(self, sample: Sample) -> None:
        if self.refuse_pushes_with is not None:
            raise self.refuse_pushes_with
        self.samples.append(sample)
        self._wake()

    def left(self, *, reason: str, clean: bool) -> None:
        self.departures.append((reason, clean))
        self._wake()

    def count(self, kind: TrackKind) -> int:
        return sum(sample.kind is kind for sample in self.samples)

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until `true()`, asked after every call."""
        event = asyncio.Event()
        self._waiters.append((true, event))
        self._wake()
        await event.wait()

    async def until_left(self) -> tuple[str, bool]:
        """Wait for the end: its reason, and whether it was clean."""
        await self.until(lambda: bool(self.departures))
        return self.departures[0]

    def _wake(self) -> None:
        for waiter in [waiter for waiter in self._waiters if waiter[0]()]:
            self._waiters.remove(waiter)
            waiter[1].set()


class RecordingIngest:
    """Accepts the keys it was given; refuses `refusals`; counts what it was asked."""

    def __init__(self, *keys: str) -> None:
        self.keys = set(keys)
        self.refusals: dict[str, Exception] = {}
        self.asked: list[tuple[str, str]] = []
        self.publishers: dict[str, list[RecordingPublisher]] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self._arrived = asyncio.Event()

    async def publish(self, *, key: str, peer: str, cut: Callable[[str], None]) -> RecordingPublisher:
        self.asked.append((key, peer))
        self._arrived.set()
        await self.gate.wait()
        if key in self.refusals:
            raise self.refusals[key]
        if key not in self.keys:
            raise PublishRefused("invalid_key", "This stream key is not valid.")
        publisher = RecordingPublisher(cut)
        self.publishers.setdefault(key, []).append(publisher)
        self._arrived.set()
        return publisher

    async def publisher(self, key: str) -> RecordingPublisher:
        """Wait for the first publisher with `key`."""
        while key not in self.publishers:
            self._arrived.clear()
            await self._arrived.wait()
        return self.publishers[key][0]

    async def until_asked(self, times: int = 1) -> None:
        """Wait until it was asked `times` times."""
        while len(self.asked) < times:
            self._arrived.clear()
            await self._arrived.wait()
