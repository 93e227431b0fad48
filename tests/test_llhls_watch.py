"""Following a stream over HTTP: a good one passes, and broken media behind a clean playlist is seen."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.factories.authority import MemoryAuthority
from tests.factories.clock import TurnableClock
from tests.factories.media_samples import encode_media
from tests.llhls_watch import Watched, watch_stream
from tests.veza.streaming.test_hls_app import serving
from tests.veza.streaming.test_hub import SETTINGS, channel_of, connect

from veza.media.hls.window import Part
from veza.streaming.hub import Hub


@pytest.fixture
async def hub(clock: TurnableClock) -> AsyncIterator[Hub]:
    hub = Hub(MemoryAuthority(), clock, SETTINGS)
    yield hub
    await hub.close()


@pytest.mark.parametrize(("video", "audio", "b_frames"), [(True, True, 2), (True, False, 0), (False, True, 0)])
async def test_a_good_stream_has_no_findings(hub: Hub, video: bool, audio: bool, b_frames: int) -> None:
    media = encode_media(video=video, audio=audio, b_frames=b_frames)
    encoder = (await connect(hub)).publication
    for config in (media.video, media.audio):
        if config is not None:
            encoder.configure(config)
    for sample in media.samples[: len(media.samples) // 2]:
        encoder.push(sample)
    async with serving(hub) as http, asyncio.TaskGroup() as group:
        watching = group.create_task(watch_stream("index.m3u8", parts=16, viewer="somebody", http=http))
        for sample in media.samples[len(media.samples) // 2 :]:
            before = channel_of(hub).window.next_part
            encoder.push(sample)
            if channel_of(hub).window.next_part != before:
                await _waits_again(hub, watching)
    seen = watching.result()
    assert seen.findings == []
    assert seen.parts >= 16
    assert seen.tracks == ({1} if video else set()) | ({2} if audio else set())
    assert seen.reloads >= 5
    assert hub.viewer_count(channel_of(hub).stream_id) == 1


async def test_broken_media_is_seen(hub: Hub) -> None:
    media = encode_media()
    assert media.video is not None
    encoder = (await connect(hub)).publication
    encoder.configure(media.video)
    for sample in media.samples:
        encoder.push(sample)
    segments = channel_of(hub).window.segments
    first, second, third = segments[0].parts[:3]
    segments[0].parts[0] = Part(first.number, first.duration_ticks, True, second.data)
    segments[0].parts[1] = Part(second.number, second.duration_ticks, False, b"\0\0\0\x08moof")
    segments[0].parts[2] = Part(third.number, third.duration_ticks, False, third.data[:-1])
    async with serving(hub) as http:
        seen = await watch_stream("index.m3u8", parts=3, http=http)
    assert {finding.rule for finding in seen.findings} >= {"part-not-key", "part-broken", "decode-time"}


async def _waits_again(hub: Hub, watching: asyncio.Task[Watched]) -> None:
    """Until the watcher has what there is and waits for more, or is done."""
    async with asyncio.timeout(5):
        while True:
            turn = asyncio.Event()  # the loop goes round: who was woken is no longer counted as waiting
            asyncio.get_running_loop().call_later(0.001, turn.set)
            await turn.wait()
            if channel_of(hub).waiting or watching.done():
                return
