"""The hub: one publisher per stream, the grace between two, cuts, and a database that is away."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

import pytest
from tests.factories.authority import KEY, STREAM_ID, MemoryAuthority
from tests.factories.clock import TurnableClock
from tests.veza.media.hls.synthetic import AUDIO, VIDEO, audio_samples, interleaved, video_samples

from veza.media.units import MediaError, Sample
from veza.streaming.authority import Cut, Grant
from veza.streaming.channel import Channel, ChannelState
from veza.streaming.hub import Hub, HubSettings
from veza.streaming.ingest import PublishRefused
from veza.streaming.publication import Publication

NEVER_S = 1000.0
SETTINGS = HubSettings(
    grace_s=NEVER_S, endlist_s=NEVER_S, heartbeat_s=NEVER_S, retry_s=0.001, retry_max_s=0.002, close_s=1.0
)
SAMPLES = interleaved(video_samples(5), audio_samples(5))


@pytest.fixture
def authority() -> MemoryAuthority:
    return MemoryAuthority()


@pytest.fixture
async def hub(authority: MemoryAuthority, clock: TurnableClock) -> AsyncIterator[Hub]:
    hub = Hub(authority, clock, SETTINGS)
    hub.start()
    yield hub
    authority.away = False
    await hub.close()


class Encoder:
    """A publisher from the protocol server's side."""

    def __init__(self, publication: Publication, cuts: list[str]) -> None:
        self.publication = publication
        self.cuts = cuts

    def send(self, samples: Iterable[Sample] = SAMPLES) -> None:
        self.publication.configure(VIDEO)
        self.publication.configure(AUDIO)
        for sample in samples:
            self.publication.push(sample)

    def leave(self) -> None:
        self.publication.left(reason="unpublish", clean=True)


async def connect(hub: Hub, key: str = KEY) -> Encoder:
    cuts: list[str] = []
    return Encoder(await hub.publish(key=key, peer="192.0.2.1", cut=cuts.append), cuts)


def channel_of(hub: Hub) -> Channel:
    channel = hub.find(STREAM_ID)
    assert channel is not None
    return channel


def state_of(hub: Hub) -> ChannelState | None:
    channel = hub.find(STREAM_ID)
    return channel.state if channel is not None else None


async def ended(hub: Hub) -> None:
    """Wait until the stream has ended here."""
    assert await channel_of(hub).wait_until(lambda: state_of(hub) in {None, ChannelState.ENDED}, 10)


async def test_the_first_playable_media_puts_the_stream_on_air(hub: Hub, authority: MemoryAuthority) -> None:
    encoder = await connect(hub)
    assert state_of(hub) is ChannelState.WAITING
    encoder.send(SAMPLES[:100])
    assert authority.said == []
    encoder.send(SAMPLES[100:])
    await authority.heard("live")
    assert state_of(hub) is ChannelState.LIVE


async def test_audio_alone_is_said_to_be_audio(hub: Hub, authority: MemoryAuthority) -> None:
    encoder = await connect(hub)
    encoder.publication.configure(AUDIO)
    for sample in audio_samples(4):
        encoder.publication.push(sample)
    await authority.heard("audio")


async def test_a_wrong_key_is_refused_and_leaves_nothing(hub: Hub) -> None:
    with pytest.raises(PublishRefused) as refusal:
        await connect(hub, "vz_wrong")
    assert refusal.value.code == "invalid_key"
    assert "vz_wrong" not in refusal.value.sentence
    assert hub.find(STREAM_ID) is None
    assert hub.stats().refused_publishers == 1


async def test_a_second_publisher_is_refused_and_the_first_goes_on(hub: Hub) -> None:
    first = await connect(hub)
    with pytest.raises(PublishRefused) as refusal:
        await connect(hub)
    assert refusal.value.code == "already_publishing"
    assert first.cuts == []
    first.send()
    assert state_of(hub) is ChannelState.LIVE


async def test_of_two_at_the_same_moment_one_is_accepted(hub: Hub, authority: MemoryAuthority) -> None:
    authority.slow.clear()
    async with asyncio.TaskGroup() as group:
        tries = [group.create_task(_code_of(connect(hub))) for _ in range(2)]
        await authority.until(lambda: authority.tries >= 3)  # two keys and the listener
        authority.slow.set()
    assert sorted(task.result() for task in tries) == ["", "already_publishing"]


async def _code_of(connecting: object) -> str:
    try:
        await connecting  # type: ignore[misc]
    except PublishRefused as refusal:
        return refusal.code
    return ""


async def test_a_publisher_that_leaves_before_media_leaves_nothing(hub: Hub, authority: MemoryAuthority) -> None:
    encoder = await connect(hub)
    encoder.leave()
    assert hub.find(STREAM_ID) is None
    assert authority.said == []
    (await connect(hub)).send()
    await authority.heard("live")


async def test_an_encoder_that_comes_back_in_the_grace_goes_on(hub: Hub, authority: MemoryAuthority) -> None:
    first = await connect(hub)
    first.send()
    first.leave()
    await authority.heard("live", "interrupted")
    channel = channel_of(hub)
    assert channel.state is ChannelState.INTERRUPTED
    next_msn = channel.window.next_msn
    second = await connect(hub)
    assert channel.state is ChannelState.INTERRUPTED
    second.send()
    await authority.heard("live", "interrupted", "resumed")
    assert channel_of(hub) is channel
    returned = channel.window.find_segment(next_msn)
    assert returned is not None
    assert returned.discontinuity
    assert authority.broadcasts[0] == authority.broadcasts[1]


async def test_the_grace_ends_the_broadcast_and_the_playlist_goes_later(
    authority: MemoryAuthority, clock: TurnableClock
) -> None:
    hub = Hub(authority, clock, replace(SETTINGS, grace_s=0.01, endlist_s=0.01))
    encoder = await connect(hub)
    encoder.send()
    channel = channel_of(hub)
    encoder.leave()
    await ended(hub)
    assert channel.window.ended
    await authority.heard("live", "interrupted", "ended")
    assert await channel.wait_until(lambda: hub.find(STREAM_ID) is None, 10)
    await hub.close()


async def test_a_new_broadcast_never_reuses_a_name(hub: Hub, authority: MemoryAuthority) -> None:
    encoder = await connect(hub)
    encoder.send()
    await authority.heard("live")
    authority.verdicts = [Cut(STREAM_ID, "The owner ended this stream.", ended=True)]
    authority.note_cut()
    await authority.heard("live", "interrupted", "ended")
    old = channel_of(hub).window
    (await connect(hub)).send()
    await authority.heard("live", "interrupted", "ended", "live")
    new = channel_of(hub).window
    assert new.segments[0].msn >= old.next_msn
    assert new.segments[0].parts[0].number >= old.next_part
    assert authority.broadcasts[0] != authority.broadcasts[1]


async def test_a_cut_reaches_the_publisher_at_once(hub: Hub, authority: MemoryAuthority) -> None:
    encoder = await connect(hub)
    encoder.send()
    await authority.heard("live")
    authority.verdicts = [Cut(STREAM_ID, "This stream key was replaced.", ended=False)]
    authority.note_cut()
    await authority.heard("live", "interrupted")
    assert encoder.cuts == ["This stream key was replaced."]
    with pytest.raises(MediaError, match="replaced"):
        encoder.send()
    encoder.leave()
    assert state_of(hub) is ChannelState.INTERRUPTED


async def test_a_cut_announced_while_going_live_is_asked_about_afterwards(hub: Hub, authority: MemoryAuthority) -> None:
    encoder = await connect(hub)
    authority.away = True
    encoder.send()
    authority.note_cut()
    tries = authority.tries
    await authority.until(lambda: authority.tries > tries + 3)
    authority.verdicts = [Cut(STREAM_ID, "This stream key was replaced.", ended=False)]
    authority.away = False
    await authority.heard("live", "interrupted")
    assert encoder.cuts == ["This stream key was replaced."]


async def test_a_newer_key_takes_the_place_of_the_older(hub: Hub, authority: MemoryAuthority) -> None:
    old = await connect(hub)
    old.send()
    authority.keys = {KEY: Grant(STREAM_ID, 2)}
    new = await connect(hub)
    assert len(old.cuts) == 1
    new.send()
    await authority.heard("live", "interrupted", "resumed")
    authority.verdicts = [Cut(STREAM_ID, "Old.", ended=False)]
    authority.note_cut()
    await authority.heard("live", "interrupted", "resumed", "interrupted")


async def test_leave_refused_when_going_live_cuts_and_ends(hub: Hub, authority: MemoryAuthority) -> None:
    authority.refusal = PublishRefused("invalid_key", "This stream key is not valid any more.")
    encoder = await connect(hub)
    encoder.send()
    await ended(hub)
    assert encoder.cuts == ["This stream key is not valid any more."]


async def test_media_plays_on_while_the_database_is_away(hub: Hub, authority: MemoryAuthority) -> None:
    encoder = await connect(hub)
    authority.away = True
    encoder.send()
    assert channel_of(hub).window.playable
    tries = authority.tries
    await authority.until(lambda: authority.tries > tries + 3)
    encoder.leave()
    (again := authority).away = True
    with pytest.raises(PublishRefused) as refusal:
        await connect(hub)
    assert refusal.value.code == "unavailable"
    again.away = False
    await authority.heard("live", "interrupted")


async def test_the_heartbeat_says_who_watches(authority: MemoryAuthority, clock: TurnableClock) -> None:
    hub = Hub(authority, clock, replace(SETTINGS, heartbeat_s=0.01))
    hub.start()
    encoder = await connect(hub)
    encoder.send()
    await authority.heard("live")
    for number in range(3):
        hub.viewer_seen(channel_of(hub), f"viewer-{number}", "192.0.2.9")
    await authority.until(lambda: bool(authority.beats) and authority.beats[-1][0].viewer_count == 3)
    assert authority.beats[-1][0].health is not None
    assert hub.viewer_count(STREAM_ID) == 3
    clock.turn(11)
    await authority.until(lambda: authority.beats[-1][0].viewer_count == 0)
    assert authority.beats[-1][0].broadcast_id == channel_of(hub).broadcast_id
    await hub.close()


async def test_closing_interrupts_and_does_not_end(authority: MemoryAuthority, clock: TurnableClock) -> None:
    hub = Hub(authority, clock, SETTINGS)
    hub.start()
    encoder = await connect(hub)
    encoder.send()
    await authority.heard("live")
    await hub.close()
    assert authority.said == ["live", "interrupted"]
    assert len(encoder.cuts) == 1
    with pytest.raises(PublishRefused) as refusal:
        await connect(hub)
    assert refusal.value.code == "unavailable"


async def test_streams_are_bounded(authority: MemoryAuthority, clock: TurnableClock) -> None:
    hub = Hub(authority, clock, replace(SETTINGS, streams_max=0))
    with pytest.raises(PublishRefused) as refusal:
        await connect(hub)
    assert refusal.value.code == "busy"
    await hub.close()


async def test_refused_media_publishes_what_was_good(hub: Hub) -> None:
    encoder = await connect(hub)
    encoder.send()
    encoder_stats = hub.stats()
    assert (encoder_stats.publishers, encoder_stats.streams_live) == (1, 1)
    assert encoder_stats.window_bytes > 0
    version = channel_of(hub).window.version
    with pytest.raises(MediaError, match="keyframe interval"):
        encoder.send(video_samples(40, gop=10_000, start_ms=5000)[1:])
    assert channel_of(hub).window.version > version
    encoder.publication.left(reason="refused", clean=False)
    assert hub.stats().streams_interrupted == 1
