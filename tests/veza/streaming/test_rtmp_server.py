"""The listener over real sockets: a client of the tests' own for every turn, ffmpeg for what encoders really do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import structlog
from structlog.typing import EventDict
from tests.factories.codec_headers import (
    flv_aac_config,
    flv_aac_frame,
    flv_avc_config,
    flv_avc_frame,
)
from tests.factories.encoder import AAC, H264, NO_AUDIO, NO_VIDEO, start_encoder
from tests.factories.ingest import RecordingIngest
from tests.factories.rtmp_client import HANDSHAKE, Answer, RtmpClient

from veza.media.units import AudioConfig, MediaError, TrackKind, VideoConfig
from veza.streaming.ingest import PublishRefused
from veza.streaming.rtmp_limits import RtmpLimits
from veza.streaming.rtmp_server import RtmpServer, start_rtmp

KEY = "vz_0123456789abcdefghijklmnopqrstuv"
LIMITS = RtmpLimits()


@pytest.fixture
def logs() -> Iterator[list[EventDict]]:
    with structlog.testing.capture_logs() as captured:
        yield captured


@asynccontextmanager
async def serving(ingest: RecordingIngest, limits: RtmpLimits = LIMITS) -> AsyncIterator[RtmpServer]:
    server = await start_rtmp("127.0.0.1", 0, ingest, limits)
    try:
        yield server
    finally:
        await server.close()


async def send_media(client: RtmpClient, frames: int = 4) -> None:
    script = client.script
    await client.send(script.video(0, flv_avc_config()) + script.audio(0, flv_aac_config()))
    for number in range(frames):
        await client.send(script.video(number * 33, flv_avc_frame(b"nal" * 2000, keyframe=number == 0)))
        await client.send(script.audio(number * 21, flv_aac_frame(b"aac" * 100)))


# ---- the life of a publisher ----


async def test_publishes_and_says_goodbye(logs: list[EventDict]) -> None:
    ingest = RecordingIngest(KEY)
    async with serving(ingest) as server, await RtmpClient.open(server.port) as client:
        assert (await client.publish(KEY)).code == "NetStream.Publish.Start"
        publisher = await ingest.publisher(KEY)
        await send_media(client)
        await client.send(client.script.unpublish(KEY))
        assert await publisher.until_left() == ("the encoder stopped", True)
        await client.wait_closed_by_server()
    assert [type(config) for config in publisher.configs] == [VideoConfig, AudioConfig]
    assert [publisher.count(kind) for kind in TrackKind] == [4, 4]
    assert publisher.samples[0].data == b"nal" * 2000
    assert ingest.asked == [(KEY, "127.0.0.1")]
    assert len(publisher.departures) == 1
    assert KEY not in str(logs)
    assert server.counters.publishes_accepted == 1
    assert server.counters.publishers == server.counters.connections == 0
    assert server.counters.bytes_received > 4 * 6000


async def test_a_lost_connection_is_no_goodbye() -> None:
    ingest = RecordingIngest(KEY)
    async with serving(ingest) as server:
        client = await RtmpClient.open(server.port)
        await client.publish(KEY)
        publisher = await ingest.publisher(KEY)
        await client.close()
        assert await publisher.until_left() == ("connection lost", False)
    assert len(publisher.departures) == 1


async def test_frames_without_configuration_are_dropped_and_a_repeated_one_is_told_once() -> None:
    ingest = RecordingIngest(KEY)
    async with serving(ingest) as server, await RtmpClient.open(server.port) as client:
        await client.publish(KEY)
        publisher = await ingest.publisher(KEY)
        await client.send(client.script.audio(0, flv_aac_frame(b"early")))
        await send_media(client, 1)
        await send_media(client, 1)
        await publisher.until(lambda: len(publisher.samples) == 4)
    assert len(publisher.configs) == 2


async def test_media_that_came_before_the_verdict_is_kept() -> None:
    ingest = RecordingIngest(KEY)
    ingest.gate.clear()
    async with serving(ingest) as server, await RtmpClient.open(server.port) as client:
        await client.send(client.script.connect() + client.script.publish(KEY))
        await ingest.until_asked()
        await send_media(client)
        ingest.gate.set()
        publisher = await ingest.publisher(KEY)
        await publisher.until(lambda: publisher.count(TrackKind.AUDIO) == 4)


# ---- refusals ----


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (PublishRefused("invalid_key", "Wrong."), "NetStream.Publish.BadName"),
        (PublishRefused("already_publishing", "On air already."), "NetStream.Publish.BadName"),
        (PublishRefused("not_allowed", "Suspended."), "NetStream.Publish.Denied"),
        (PublishRefused("busy", "Full."), "NetStream.Publish.Rejected"),
        (PublishRefused("unavailable", "Down."), "NetStream.Publish.Rejected"),
        (PublishRefused("something new", "Hm."), "NetStream.Publish.Rejected"),
    ],
)
async def test_a_refusal_reaches_the_encoder(refusal: PublishRefused, code: str) -> None:
    ingest = RecordingIngest()
    ingest.refusals[KEY] = refusal
    async with serving(ingest) as server, await RtmpClient.open(server.port) as client:
        assert await client.publish(KEY) == Answer("onStatus", code, refusal.sentence)
        await client.wait_closed_by_server()
        assert sum(server.counters.refused.values()) == 1


async def test_a_failing_authority_is_unavailable(logs: list[EventDict]) -> None:
    ingest = RecordingIngest()
    ingest.refusals[KEY] = OSError(f"no database for {KEY}")
    async with serving(ingest) as server, await RtmpClient.open(server.port) as client:
        assert (await client.publish(KEY)).code == "NetStream.Publish.Rejected"
        assert server.counters.refused == {"unavailable": 1}
    assert KEY not in str(logs)


async def test_an_authority_that_does_not_answer_is_unavailable() -> None:
    ingest = RecordingIngest(KEY)
    ingest.gate.clear()
    limits = replace(LIMITS, decision_timeout_s=0.05)
    async with serving(ingest, limits) as server, await RtmpClient.open(server.port) as client:
        assert (await client.publish(KEY)).code == "NetStream.Publish.Rejected"


@pytest.mark.parametrize("key", ["", "x" * 129, "nul\0", "späť", "line\nbreak"])
async def test_keys_that_cannot_be_are_not_asked_for(key: str) -> None:
    ingest = RecordingIngest()
    async with serving(ingest) as server, await RtmpClient.open(server.port) as client:
        assert (await client.publish(key)).code == "NetStream.Publish.BadName"
    assert ingest.asked == []


async def test_guessing_is_limited_and_the_right_key_waits_too() -> None:
    ingest = RecordingIngest(KEY)
    limits = replace(LIMITS, refused_keys_per_minute=3)
    async with serving(ingest, limits) as server:
        for number in range(5):
            async with await RtmpClient.open(server.port) as client:
                await client.publish(f"guess{number}")
        async with await RtmpClient.open(server.port) as client:
            assert (await client.publish(KEY)).code == "NetStream.Publish.Denied"
        assert server.counters.refused == {"invalid_key": 3, "too_many_attempts": 3}
    assert len(ingest.asked) == 3


async def test_a_publisher_that_leaves_before_the_verdict_is_told_to_the_hub() -> None:
    ingest = RecordingIngest(KEY)
    ingest.gate.clear()
    limits = replace(LIMITS, publish_deadline_s=0.2)
    async with serving(ingest, limits) as server, await RtmpClient.open(server.port) as client:
        await client.send(client.script.connect() + client.script.publish(KEY))
        await client.wait_closed_by_server()
        ingest.gate.set()
        publisher = await ingest.publisher(KEY)
        _, clean = await publisher.until_left()
        assert not clean
        assert server.counters.publishers == 0


@pytest.mark.parametrize(
    ("send", "sentence"),
    [
        (lambda script: script.video(0, b"\x90hvc1"), "HEVC"),
        (lambda script: script.audio(0, b"\x2f\xff"), "MP3"),
        (lambda script: script.video(0, b"\x17"), "cut short"),
    ],
    ids=["HEVC", "MP3", "short"],
)
async def test_unsupported_media_is_refused_with_the_reason(send: Callable[..., bytes], sentence: str) -> None:
    ingest = RecordingIngest(KEY)
    async with serving(ingest) as server, await RtmpClient.open(server.port) as client:
        await client.publish(KEY)
        await client.send(send(client.script))
        verdict = await client.verdict()
        assert verdict.code == "NetStream.Publish.Rejected"
        assert sentence in verdict.description
        await client.wait_closed_by_server()
        reason, clean = await (await ingest.publisher(KEY)).until_left()
        assert (reason, clean) == (verdict.description, False)
        assert server.counters.refused == {"unsupported_media": 1}


@pytest.mark.parametrize("fault", [MediaError("The picture cannot be carried."), RuntimeError("a fault of ours")])
async def test_what_the_hub_raises_ends_that_connection_only(fault: Exception, logs: list[EventDict]) -> None:
    ingest = RecordingIngest(KEY, "other")
    async with (
        serving(ingest) as server,
        await RtmpClient.open(server.port) as other,
        await RtmpClient.open(server.port) as client,
    ):
        await other.publish("other")
        await client.publish(KEY)
        publisher = await ingest.publisher(KEY)
        publisher.refuse_pushes_with = fault
        await send_media(client, 1)
        await client.wait_closed_by_server()
        _, clean = await publisher.until_left()
        assert not clean
        await send_media(other, 1)
        survivor = await ingest.publisher("other")
        await survivor.until(lambda: len(survivor.samples) == 2)
    assert KEY not in str(logs)


async def test_a_protocol_error_closes_and_is_counted() -> None:
    ingest = RecordingIngest(KEY)
    async with serving(ingest) as server, await RtmpClient.open(server.port) as client:
        await client.publish(KEY)
        await client.send(b"\xc7" * 10)
        await client.wait_closed_by_server()
        assert await (await ingest.publisher(KEY)).until_left() == ("protocol error: chunk_header", False)
        assert server.counters.protocol_errors == {"chunk_header": 1}


# ---- cutting, closing, limits ----


async def test_a_cut_says_why_and_may_be_repeated() -> None:
    ingest = RecordingIngest(KEY)
    async with serving(ingest) as server, await RtmpClient.open(server.port) as client:
        await client.publish(KEY)
        publisher = await ingest.publisher(KEY)
        publisher.cut("Your stream key was replaced.")
        assert publisher.departures == []  # never from inside the call
        publisher.cut("Again.")
        assert await publisher.until_left() == ("cut", False)
        assert await client.verdict() == Answer(
            "onStatus", "NetStream.Publish.Denied", "Your stream key was replaced."
        )  # fmt: skip
        await client.wait_closed_by_server()
    publisher.cut("Long gone.")
    assert len(publisher.departures) == 1


async def test_an_encoder_that_sends_on_after_a_cut_is_read_and_dropped_then_closed() -> None:
    ingest = RecordingIngest(KEY)
    async with serving(ingest, replace(LIMITS, linger_s=0.1)) as server, await RtmpClient.open(server.port) as client:
        await client.publish(KEY)
        publisher = await ingest.publisher(KEY)
        publisher.cut("Enough.")
        with pytest.raises((ConnectionError, EOFError)):  # noqa: PT012 - the loop is what must fail
            while True:
                await send_media(client, 1)
                await asyncio.wait_for(client.next_message(), 5)
        assert publisher.samples == []


async def test_closing_tells_publishers() -> None:
    ingest = RecordingIngest(KEY)
    server = await start_rtmp("127.0.0.1", 0, ingest)
    async with await RtmpClient.open(server.port) as client:
        await client.publish(KEY)
        closing = asyncio.ensure_future(server.close())
        assert "restarting" in (await client.verdict()).description
        await client.close()
        await closing
    assert len((await ingest.publisher(KEY)).departures) == 1
    with pytest.raises(ConnectionRefusedError):
        await RtmpClient.open(server.port)


async def test_closing_does_not_wait_for_ever() -> None:
    ingest = RecordingIngest(KEY)
    server = await start_rtmp("127.0.0.1", 0, ingest, replace(LIMITS, shutdown_s=0.05))
    async with await RtmpClient.open(server.port) as client:
        await client.publish(KEY)
        await server.close()
        assert server.counters.publishers == 0


async def test_200_half_open_handshakes_are_closed() -> None:
    limits = replace(LIMITS, publish_deadline_s=0.3, max_undecided_per_network=500)
    async with serving(RecordingIngest(), limits) as server:

        async def half_open() -> bool:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            try:
                writer.write(HANDSHAKE[:100])
                return await reader.read(1) == b""
            except ConnectionError:
                return True
            finally:
                writer.close()

        assert all(await asyncio.gather(*(half_open() for _ in range(200))))
        assert server.counters.closed["deadline"] == 200


async def test_undecided_connections_of_a_network_are_bounded() -> None:
    async with (
        serving(RecordingIngest(KEY), replace(LIMITS, max_undecided_per_network=1)) as server,
        await RtmpClient.open(server.port),
    ):
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await RtmpClient.open(server.port)
        assert server.counters.refused == {"busy": 1}


async def test_a_silent_publisher_is_closed() -> None:
    ingest = RecordingIngest(KEY)
    async with serving(ingest, replace(LIMITS, idle_s=0.1)) as server, await RtmpClient.open(server.port) as client:
        await client.publish(KEY)
        await send_media(client, 2)
        await client.wait_closed_by_server()
        assert await (await ingest.publisher(KEY)).until_left() == ("idle", False)
        assert server.counters.closed == {"idle": 1}


async def test_an_encoder_that_does_not_read_is_closed() -> None:
    async with (
        serving(RecordingIngest(KEY), replace(LIMITS, max_unsent_bytes=1000)) as server,
        await RtmpClient.open(server.port) as client,
    ):
        await client.publish(KEY)
        pings = b"".join(client.script.message(2, 4, 0, 0, b"\0\x06" + bytes(4)) for _ in range(2000))
        with pytest.raises(ConnectionError):  # noqa: PT012 - the loop is what must fail
            while True:
                await client.send(pings)
        assert server.counters.closed["unread"] == 1


async def test_connections_are_bounded() -> None:
    async with serving(RecordingIngest(KEY), replace(LIMITS, max_connections=1)) as server:
        async with await RtmpClient.open(server.port) as client:
            await client.publish(KEY)
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await RtmpClient.open(server.port)
        assert server.counters.refused == {"busy": 1}


async def test_publishers_do_not_count_as_undecided() -> None:
    keys = [f"key{number}" for number in range(5)]
    ingest = RecordingIngest(*keys)
    async with serving(ingest, replace(LIMITS, max_undecided_per_network=1)) as server:
        clients = [await RtmpClient.open(server.port) for _ in range(1)]
        await clients[0].publish(keys[0])
        for key in keys[1:]:
            clients.append(await RtmpClient.open(server.port))
            assert (await clients[-1].publish(key)).code == "NetStream.Publish.Start"
        assert server.counters.publishers == 5
        for client in clients:
            await client.close()


async def test_many_publishers_at_once() -> None:
    keys = [f"key{number}" for number in range(40)]
    ingest = RecordingIngest(*keys)
    async with serving(ingest) as server:

        async def publish(key: str) -> None:
            async with await RtmpClient.open(server.port, chunk_bytes=128) as client:
                await client.publish(key)
                await send_media(client, 10)
                await client.send(client.script.unpublish(key))
                await client.wait_closed_by_server()

        await asyncio.gather(*map(publish, keys))
        for key in keys:
            publisher = await ingest.publisher(key)
            assert await publisher.until_left() == ("the encoder stopped", True)
            assert [publisher.count(kind) for kind in TrackKind] == [10, 10]


# ---- a real encoder ----


@pytest.mark.encoder
async def test_ffmpeg_publishes() -> None:
    ingest = RecordingIngest(KEY)
    async with serving(ingest) as server:
        encoder = await start_encoder(f"rtmp://127.0.0.1:{server.port}/live/{KEY}", size="322x242")
        assert (await encoder.wait()).status == 0
        publisher = await ingest.publisher(KEY)
        assert await publisher.until_left() == ("the encoder stopped", True)
    video, audio = publisher.configs
    assert isinstance(video, VideoConfig)
    assert isinstance(audio, AudioConfig)
    assert (video.width, video.height) == (322, 242)
    assert (audio.codec, audio.sample_rate_hz, audio.channels, audio.frame_ticks) == ("mp4a.40.2", 48000, 1, 1024)
    assert publisher.count(TrackKind.VIDEO) == 60
    assert 93 <= publisher.count(TrackKind.AUDIO) <= 96
    pictures = [sample for sample in publisher.samples if sample.kind is TrackKind.VIDEO]
    assert [sample.keyframe for sample in pictures].count(True) == 2
    assert pictures[-1].dts_ms - pictures[0].dts_ms in {1966, 1967}
    lengths = [int.from_bytes(sample.data[:4], "big") + 4 <= len(sample.data) for sample in pictures]
    assert all(lengths)


@pytest.mark.encoder
@pytest.mark.parametrize(
    ("video", "audio", "configs"), [(H264, NO_AUDIO, [VideoConfig]), (NO_VIDEO, AAC, [AudioConfig])]
)
async def test_ffmpeg_publishes_one_kind_only(
    video: tuple[str, ...], audio: tuple[str, ...], configs: list[type]
) -> None:
    ingest = RecordingIngest(KEY)
    async with serving(ingest) as server:
        encoder = await start_encoder(f"rtmp://127.0.0.1:{server.port}/live/{KEY}", video=video, audio=audio, seconds=1)
        assert (await encoder.wait()).status == 0
        publisher = await ingest.publisher(KEY)
        await publisher.until_left()
    assert [type(config) for config in publisher.configs] == configs
    assert len(publisher.samples) >= 30


@pytest.mark.encoder
async def test_b_frames_keep_their_offsets() -> None:
    ingest = RecordingIngest(KEY)
    video = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p")
    async with serving(ingest) as server:
        encoder = await start_encoder(f"rtmp://127.0.0.1:{server.port}/live/{KEY}", video=video)
        await encoder.wait()
        publisher = await ingest.publisher(KEY)
        await publisher.until_left()
    pictures = [sample for sample in publisher.samples if sample.kind is TrackKind.VIDEO]
    assert any(sample.cts_ms > 33 for sample in pictures)
    assert len({sample.dts_ms + sample.cts_ms for sample in pictures}) == len(pictures)


Ending = Callable[[RecordingIngest], Awaitable[None]]


async def refuse(ingest: RecordingIngest) -> None:
    ingest.keys.clear()


async def cut(ingest: RecordingIngest) -> None:
    publisher = await ingest.publisher(KEY)
    await publisher.until(lambda: len(publisher.samples) > 20)
    publisher.cut("Your stream key was replaced. Copy the new one.")


async def nothing(_: RecordingIngest) -> None:
    pass


@pytest.mark.encoder
@pytest.mark.parametrize(
    ("video", "audio", "end", "sentence"),
    [
        (H264, AAC, refuse, "This stream key is not valid."),
        (H264, AAC, cut, "Your stream key was replaced. Copy the new one."),
        (("-c:v", "libx265", "-preset", "ultrafast"), AAC, nothing, "your encoder sends HEVC."),
        (NO_VIDEO, ("-c:a", "libmp3lame"), nothing, "your encoder sends MP3."),
    ],
    ids=["refused", "cut", "HEVC", "MP3"],
)
async def test_ffmpeg_is_told_why_and_stops(
    video: tuple[str, ...], audio: tuple[str, ...], end: Ending, sentence: str
) -> None:
    ingest = RecordingIngest(KEY)
    async with serving(ingest) as server:
        url = f"rtmp://127.0.0.1:{server.port}/live/{KEY}"
        ending = asyncio.ensure_future(end(ingest)) if end is cut else None
        if ending is None:
            await end(ingest)
        encoder = await start_encoder(url, video=video, audio=audio, seconds=30, realtime=True)
        finished = await encoder.wait()
        if ending is not None:
            await ending
    assert finished.status != 0
    assert f"Server error: {sentence}" in finished.stderr or sentence in finished.stderr


@pytest.mark.encoder
async def test_a_killed_ffmpeg_is_no_goodbye() -> None:
    ingest = RecordingIngest(KEY)
    async with serving(ingest) as server:
        url = f"rtmp://127.0.0.1:{server.port}/live/{KEY}"
        encoder = await start_encoder(url, seconds=60, realtime=True)
        publisher = await ingest.publisher(KEY)
        await publisher.until(lambda: len(publisher.samples) > 20)
        await encoder.kill()
        assert await publisher.until_left() == ("connection lost", False)
