"""One accepted publisher: its samples go through a segmenter into the channel's window. No socket, no database."""

from collections.abc import Callable
from typing import Protocol

import structlog

from veza.kit.clock import Clock
from veza.media.health import HealthMeter, IngestHealth
from veza.media.hls.segmenter import Segmenter
from veza.media.units import MediaError, Sample, TrackConfig
from veza.streaming.authority import Grant
from veza.streaming.channel import Channel

log = structlog.get_logger()


class PublisherWatch(Protocol):
    """Whoever must know what a publisher does: the hub."""

    clock: Clock
    received_bytes: int

    def grew(self, publication: "Publication") -> None: ...

    def publisher_left(self, publication: "Publication") -> None: ...


class Publication:
    """The `Publisher` that a protocol server feeds. After `cut` or `left` every call raises `MediaError`."""

    def __init__(self, hub: PublisherWatch, channel: Channel, grant: Grant, cut: Callable[[str], None]) -> None:
        self.channel = channel
        self.grant = grant
        self._hub = hub
        self._cut = cut
        self._segmenter = Segmenter(channel.window, hub.clock.now)
        self._gone: str | None = None
        self._meter = HealthMeter()

    @property
    def audio_only(self) -> bool:
        return self._segmenter.audio_only

    def health(self) -> IngestHealth:
        """How well the publisher sends."""
        return self._meter.read(self._hub.clock.monotonic_s())

    def configure(self, config: TrackConfig) -> None:
        self._refuse_if_gone()
        version = self.channel.window.version
        try:
            self._segmenter.configure(config)
        finally:
            if self.channel.window.version != version:
                self._hub.grew(self)

    def push(self, sample: Sample) -> None:
        self._refuse_if_gone()
        self._hub.received_bytes += len(sample.data)
        self._meter.add(sample, self._hub.clock.monotonic_s())
        version = self.channel.window.version
        try:
            self._segmenter.push(sample)
        finally:
            if self.channel.window.version != version:
                self._hub.grew(self)

    def left(self, *, reason: str, clean: bool) -> None:
        if self._gone is None:
            log.info("publisher_left", stream_id=str(self.channel.stream_id), reason=reason, clean=clean)
            self.detach(reason)
            self._hub.publisher_left(self)

    def cut(self, sentence: str) -> None:
        """End the connection. What was received so far is published first."""
        self.detach(sentence)
        self._cut(sentence)

    def detach(self, sentence: str) -> None:
        if self._gone is None:
            self._gone = sentence
            try:
                self._segmenter.finish()
            except MediaError as error:
                log.info("media_refused_at_the_end", stream_id=str(self.channel.stream_id), reason=error.reason)
            self.channel.wake()

    def _refuse_if_gone(self) -> None:
        if self._gone is not None:
            raise MediaError(self._gone)
