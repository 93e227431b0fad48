"""Where publishers and viewers meet: one channel per stream, one publisher per channel, the grace between two.

Knows no socket and no protocol (`rtmp_server.py`, `hls_app.py` do) and no SQL: the rest of the product is the
`Authority`. Media never waits for it: a database that is away delays what others hear, not what viewers see.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from veza.kit.clock import Clock
from veza.kit.ids import new_id
from veza.kit.tasks import TaskSet
from veza.media.hls.window import Packaging, Window
from veza.streaming.authority import Authority, Beat, Cut, Grant
from veza.streaming.channel import Channel, ChannelState
from veza.streaming.ingest import PublishRefused
from veza.streaming.publication import Publication
from veza.streaming.recorder import Recorder
from veza.streaming.reports import Report, ReportKind, StateReports
from veza.streaming.tape import no_tape
from veza.streaming.viewers import ViewerSessions

log = structlog.get_logger()

_PARTS_PER_SECOND = 10
"""More than a stream ever makes: part numbers that start at the clock times this never meet those of before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSettings:
    """Intervals and bounds of one media process. Tests shorten the intervals instead of waiting."""

    grace_s: float = 30.0
    endlist_s: float = 60.0
    heartbeat_s: float = 5.0
    authority_timeout_s: float = 5.0
    retry_s: float = 0.2
    retry_max_s: float = 5.0
    close_s: float = 3.0
    streams_max: int = 1_000
    viewer_window_s: float = 10.0
    viewers_max: int = 100_000
    viewers_per_address: int = 200
    packaging: Packaging = field(default_factory=Packaging)


@dataclass(frozen=True, slots=True)
class HubStats:
    """What metrics say of this process. `newest_part_age_s` is that of the live stream that waited longest."""

    publishers: int
    streams_live: int
    streams_interrupted: int
    streams_ended: int
    viewers: int
    waiting_requests: int
    window_bytes: int
    newest_part_age_s: float
    received_bytes: int
    refused_publishers: int


class Hub:
    """The streams of one media process. Implements `Ingest`; `find` serves `hls_app`.

    Call `start` inside the running loop, and `close` at the end: it marks what is on air as interrupted, so that
    a restart of this process does not end a broadcast.
    """

    def __init__(
        self,
        authority: Authority,
        clock: Clock,
        settings: HubSettings | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self.clock = clock
        self.settings = settings or HubSettings()
        self.received_bytes = 0
        self.refused_publishers = 0
        self.recorder = recorder
        self._authority = authority
        self._channels: dict[UUID, Channel] = {}
        self._publications: dict[UUID, Publication] = {}
        self._noted: set[UUID] = set()
        self._closing = False
        self._tasks = TaskSet(_report_lost_task)
        self._reports = StateReports(
            self._tasks,
            timeout_s=self.settings.authority_timeout_s,
            backoff_s=self.settings.retry_s,
            backoff_max_s=self.settings.retry_max_s,
        )

    # ---- life ----

    def start(self) -> None:
        """Begin to listen for cuts and to send heartbeats."""
        self._tasks.spawn(self._listen_for_cuts(), "hub-cuts")
        self._tasks.spawn(self._beat_for_ever(), "hub-heartbeat")

    async def close(self) -> None:
        """Cut every publisher, say that their streams are interrupted (for 3 s at most), stop all tasks."""
        self._closing = True
        for publication in list(self._publications.values()):
            self._cut(publication, "The server restarts. Your encoder can reconnect in a moment.")
        for channel in self._channels.values():
            channel.cancel_timer()
            channel.wake()
        await self._reports.drained(self.settings.close_s)
        if self.recorder is not None:
            await self.recorder.close(self.settings.close_s)
        await self._tasks.close()

    # ---- publishers ----

    async def publish(self, *, key: str, peer: str, cut: Callable[[str], None]) -> Publication:
        """See `Ingest`. The key is checked before anything else, and nothing of it is kept."""
        try:
            return self._accept(await self._authorise(key, peer), peer, cut)
        except PublishRefused as refusal:
            self.refused_publishers += 1
            log.info("publisher_refused", peer=peer, code=refusal.code)
            raise

    async def _authorise(self, key: str, peer: str) -> Grant:
        if self._closing:
            raise PublishRefused("unavailable", "The server is stopping. Try again in a moment.")
        try:
            async with asyncio.timeout(self.settings.authority_timeout_s):
                return await self._authority.authorise(key, peer)
        except PublishRefused:
            raise
        except Exception as error:
            log.warning("authorise_failed", peer=peer, error=type(error).__name__)
            raise PublishRefused("unavailable", "The server cannot check stream keys now. Try again soon.") from error

    def _accept(self, grant: Grant, peer: str, cut: Callable[[str], None]) -> Publication:
        if self._closing:
            raise PublishRefused("unavailable", "The server is stopping. Try again in a moment.")
        former = self._publications.get(grant.stream_id)
        if former is not None:
            if grant.key_version <= former.grant.key_version:
                raise PublishRefused("already_publishing", "Another encoder is already live with this stream key.")
            self._cut(former, "This stream key was replaced.")
        channel = self._channels.get(grant.stream_id)
        if channel is None or channel.state is ChannelState.ENDED:
            if channel is None and len(self._channels) >= self.settings.streams_max:
                raise PublishRefused("busy", "The server carries as many streams as it can. Try again later.")
            channel = self._open_channel(grant.stream_id, channel)
        channel.key_version = grant.key_version
        publication = Publication(self, channel, grant, cut)
        self._publications[grant.stream_id] = publication
        log.info("publisher_accepted", stream_id=str(grant.stream_id), peer=peer)
        return publication

    def _open_channel(self, stream_id: UUID, former: Channel | None) -> Channel:
        now_s = int(self.clock.now().timestamp())
        first_msn, first_part = now_s, now_s * _PARTS_PER_SECOND
        if former is not None:
            former.cancel_timer()
            first_msn = max(first_msn, former.window.next_msn)
            first_part = max(first_part, former.window.next_part)
        window = Window(self.settings.packaging, first_msn=first_msn, first_part=first_part)
        viewers = ViewerSessions(
            window_s=self.settings.viewer_window_s,
            limit=self.settings.viewers_max,
            limit_per_address=self.settings.viewers_per_address,
        )
        broadcast_id = new_id()
        tape = self.recorder.new_tape(broadcast_id) if self.recorder is not None else no_tape(broadcast_id)
        channel = Channel(stream_id, broadcast_id, window, viewers, tape)
        self._channels[stream_id] = channel
        return channel

    def grew(self, publication: Publication) -> None:
        """A publisher's media changed the window: tell those who wait for it, and go on air with the first of it."""
        channel = publication.channel
        channel.newest_part_at_s = self.clock.monotonic_s()
        channel.wake()
        channel.tape.take(channel.window)
        if not channel.window.playable or channel.state is ChannelState.LIVE:
            return
        resumed = channel.state is ChannelState.INTERRUPTED
        channel.cancel_timer()
        channel.state = ChannelState.LIVE
        channel.audio_only = publication.audio_only
        self._report_live(publication, resumed=resumed)

    def publisher_left(self, publication: Publication) -> None:
        """A publisher is gone by itself: the grace begins."""
        stream_id = publication.grant.stream_id
        publication.channel.tape.take(publication.channel.window)
        if self._publications.get(stream_id) is publication:
            del self._publications[stream_id]
            self._interrupt(publication.channel)

    def _cut(self, publication: Publication, sentence: str) -> None:
        publication.cut(sentence)
        self.publisher_left(publication)

    # ---- states ----

    def _report_live(self, publication: Publication, *, resumed: bool) -> None:
        channel, grant = publication.channel, publication.grant

        async def say() -> None:
            await self._authority.went_live(
                grant, broadcast_id=channel.broadcast_id, resumed=resumed, audio_only=channel.audio_only
            )

        def heard() -> None:
            channel.announced = True
            if self.recorder is not None:
                self.recorder.follow(channel.tape)
            if grant.stream_id in self._noted:  # a cut was announced while this was under way
                self._tasks.spawn(self._ask(grant.stream_id), "hub-ask")

        def refused(sentence: str) -> None:
            if self._publications.get(grant.stream_id) is publication:
                self._cut(publication, sentence)
            if not channel.announced:
                self._end(channel)
                channel.tape.turn_off()

        kind = ReportKind.RESUMED if resumed else ReportKind.WENT_LIVE
        self._reports.add(grant.stream_id, Report(kind, say, heard, refused))

    def _interrupt(self, channel: Channel) -> None:
        if channel.state is ChannelState.WAITING:
            self._forget(channel)
        elif channel.state is ChannelState.LIVE:
            channel.state = ChannelState.INTERRUPTED
            self._reports.add(
                channel.stream_id,
                Report(
                    ReportKind.INTERRUPTED,
                    lambda: self._authority.interrupted(channel.stream_id, channel.broadcast_id),
                ),
            )
            channel.wake()
            if not self._closing:
                self._start_grace(channel)

    def _start_grace(self, channel: Channel) -> None:
        channel.cancel_timer()
        channel.timer = asyncio.get_running_loop().call_later(self.settings.grace_s, self._grace_over, channel)

    def _grace_over(self, channel: Channel) -> None:
        if channel.stream_id in self._publications:  # an encoder is there again, its media not yet
            self._start_grace(channel)
        else:
            self._end(channel)

    def _end(self, channel: Channel) -> None:
        if channel.state is ChannelState.ENDED:
            return
        channel.state = ChannelState.ENDED
        channel.window.end()
        channel.tape.take(channel.window)
        channel.tape.end()
        self._reports.add(
            channel.stream_id,
            Report(ReportKind.ENDED, lambda: self._authority.ended(channel.stream_id, channel.broadcast_id)),
        )
        channel.cancel_timer()
        channel.timer = asyncio.get_running_loop().call_later(self.settings.endlist_s, self._forget, channel)
        channel.wake()

    def _forget(self, channel: Channel) -> None:
        channel.cancel_timer()
        if self._channels.get(channel.stream_id) is channel:
            del self._channels[channel.stream_id]
        channel.state = ChannelState.ENDED
        channel.wake()

    # ---- the rest of the product ----

    async def _listen_for_cuts(self) -> None:
        while True:
            try:
                stream_id = await self._authority.next_cut()
                await self._ask(stream_id)
            except Exception as error:  # noqa: BLE001 -- the periodic heartbeat catches up
                log.warning("cut_listener_failed", error=type(error).__name__)
                await asyncio.sleep(self.settings.retry_s)

    async def _ask(self, stream_id: UUID) -> None:
        """Ask what is to become of one stream, now. Until the product knows of it, the question waits."""
        channel = self._channels.get(stream_id)
        if channel is None or channel.state is ChannelState.ENDED:
            return
        if not channel.announced:
            self._noted.add(stream_id)
            return
        self._noted.discard(stream_id)
        await self._beat([channel])

    async def _beat_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self.settings.heartbeat_s)
            self._noted.intersection_update(self._channels)
            channels = [channel for channel in self._channels.values() if channel.announced]
            try:
                await self._beat(channels)
            except Exception as error:  # noqa: BLE001 -- the next beat tries again
                log.warning("heartbeat_failed", error=type(error).__name__)

    async def _beat(self, channels: Iterable[Channel]) -> None:
        now_s = self.clock.monotonic_s()
        beats = [
            Beat(
                channel.stream_id,
                channel.broadcast_id,
                channel.key_version,
                channel.viewers.count(now_s),
                channel.audio_only,
                channel.thumbnail_version,
                publication.health() if (publication := self._publications.get(channel.stream_id)) else None,
            )
            for channel in channels
            if channel.state in {ChannelState.LIVE, ChannelState.INTERRUPTED}
        ]
        if not beats:
            return
        async with asyncio.timeout(self.settings.authority_timeout_s):
            cuts = await self._authority.heartbeat(beats)
        self._obey(cuts, {beat.stream_id: beat for beat in beats})

    def _obey(self, cuts: Sequence[Cut], asked: Mapping[UUID, Beat]) -> None:
        for cut in cuts:
            beat = asked.get(cut.stream_id)
            channel = self._channels.get(cut.stream_id)
            if beat is None or channel is None or channel.broadcast_id != beat.broadcast_id:
                continue
            publication = self._publications.get(cut.stream_id)
            # An encoder that came with a newer key while we asked is not the one that the answer means.
            if publication is not None and (cut.ended or publication.grant.key_version == beat.key_version):
                self._cut(publication, cut.reason)
            if cut.ended:
                self._end(channel)

    # ---- viewers ----

    def find(self, stream_id: UUID) -> Channel | None:
        """The channel of a stream that is on air here, or ended less than a minute ago."""
        return self._channels.get(stream_id)

    def channels(self) -> list[Channel]:
        """All that this process holds."""
        return list(self._channels.values())

    def viewer_seen(self, channel: Channel, session: str, address: str) -> None:
        """A playback session fetched a playlist."""
        channel.viewers.seen(session, address, self.clock.monotonic_s())

    def viewer_count(self, stream_id: UUID) -> int:
        channel = self._channels.get(stream_id)
        return channel.viewers.count(self.clock.monotonic_s()) if channel is not None else 0

    def stats(self) -> HubStats:
        """Now. Cheap enough for each scrape."""
        now_s = self.clock.monotonic_s()
        channels = list(self._channels.values())
        states = [channel.state for channel in channels]
        ages = [now_s - channel.newest_part_at_s for channel in channels if channel.state is ChannelState.LIVE]
        return HubStats(
            publishers=len(self._publications),
            streams_live=states.count(ChannelState.LIVE),
            streams_interrupted=states.count(ChannelState.INTERRUPTED),
            streams_ended=states.count(ChannelState.ENDED),
            viewers=sum(channel.viewers.count(now_s) for channel in channels),
            waiting_requests=sum(channel.waiting for channel in channels),
            window_bytes=sum(channel.window.size_bytes for channel in channels),
            newest_part_age_s=max(ages, default=0.0),
            received_bytes=self.received_bytes,
            refused_publishers=self.refused_publishers,
        )


def _report_lost_task(name: str, error: BaseException) -> None:
    log.error("hub_task_failed", task=name, error=type(error).__name__)
