"""A real encoder into a whole platform, followed as a player follows: the stream must pass our LL-HLS linter."""

import contextlib
import io
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import imageio_ffmpeg
import pytest
from PIL import Image
from tests.factories.encoder import AAC, H264, NO_AUDIO, NO_VIDEO, Encoder, start_encoder
from tests.factories.platform import Channel, Platform, Streamer, data_of, encoder, running_platform
from tests.factories.processes import eventually
from tests.llhls_watch import watch_stream

pytestmark = pytest.mark.xdist_group("processes")

OBS_LIKE = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "60", "-bf", "2")
LONG_GOP = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "250", "-keyint_min", "250")


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("live")
    with running_platform(
        folder, LIVE_GRACE_S="2", LIVE_ENDLIST_S="3", LIVE_THUMBNAIL_S="2", RECORDINGS_FREE_SHARE="0"
    ) as found:
        yield found


@pytest.fixture
def streamer(platform: Platform, request: pytest.FixtureRequest) -> Iterator[Streamer]:
    name = "".join(character for character in request.node.name if character.isalnum())
    with platform.streamer(f"s{hash(request.node.nodeid) % 10**6}{name}"[:30]) as found:
        yield found


@contextlib.asynccontextmanager
async def publishing(url: str, **options: Any) -> AsyncIterator[Encoder]:
    """An encoder that sends in real time while the block runs, and is killed at its end."""
    running = await start_encoder(url, **{"seconds": 60, "realtime": True, **options})
    try:
        yield running
    finally:
        await running.kill()


async def becomes(streamer: Streamer, channel: Channel, status: str) -> None:
    """Wait until the API says so."""
    await anyio.to_thread.run_sync(lambda: eventually(lambda: status_of(streamer, channel.stream_id) == status))


def status_of(streamer: Streamer, stream_id: str) -> str:
    return str(streamer.stream(stream_id)["status"])


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("video", "audio", "tracks"),
    [
        pytest.param(H264, AAC, 2, id="zero latency"),
        pytest.param(OBS_LIKE, AAC, 2, id="B-frames"),
        pytest.param(H264, NO_AUDIO, 1, id="picture alone"),
        pytest.param(NO_VIDEO, AAC, 1, id="sound alone"),
    ],
)
async def test_what_an_encoder_sends_is_a_clean_low_latency_stream(
    streamer: Streamer, video: tuple[str, ...], audio: tuple[str, ...], tracks: int
) -> None:
    channel = streamer.new_stream("Clean")
    async with publishing(channel.publish_url, video=video, audio=audio):
        await becomes(streamer, channel, "live")
        seen = await watch_stream(channel.playback_url, parts=20, viewer="viewer-acceptance")
    assert seen.findings == []
    assert len(seen.tracks) == tracks
    assert channel.key not in seen.index


@pytest.mark.timeout(120)
async def test_a_keyframe_every_eight_seconds_still_plays(streamer: Streamer) -> None:
    channel = streamer.new_stream("Long GOP")
    async with publishing(channel.publish_url, video=LONG_GOP):
        await becomes(streamer, channel, "live")
        seen = await watch_stream(channel.playback_url, parts=30, keyed_segments=False)
    assert seen.findings == []


@pytest.mark.timeout(120)
async def test_dropped_returned_and_ended_is_one_clean_playlist(streamer: Streamer) -> None:
    channel = streamer.new_stream("Three acts")
    async with publishing(channel.publish_url):
        await becomes(streamer, channel, "live")
        await watch_stream(channel.playback_url, parts=6)
    await becomes(streamer, channel, "interrupted")
    async with publishing(channel.publish_url, seconds=4) as again:
        seen = await watch_stream(channel.playback_url, parts=200)
        assert (await again.wait()).status == 0
    # While the encoder is away there is nothing new, and a held reload is answered as it is rather than by an error.
    assert [finding for finding in seen.findings if finding.rule != "reload-unchanged"] == []
    assert seen.ended
    assert seen.discontinuities >= 1
    await becomes(streamer, channel, "ended")
    stream = streamer.stream(channel.stream_id)
    assert stream["ended_at"] is not None
    assert stream["is_live"] is False

    def gone() -> bool:
        return httpx.get(channel.playback_url).status_code == 404

    await anyio.to_thread.run_sync(lambda: eventually(gone))
    async with httpx.AsyncClient() as client:
        answer = await client.get(channel.playback_url)
    assert answer.json()["code"] == "not_found"
    assert answer.headers["x-request-id"] == answer.json()["request_id"]


@pytest.mark.timeout(120)
async def test_a_new_key_cuts_the_old_one(streamer: Streamer) -> None:
    channel = streamer.new_stream("Cut")
    where = {"stream_id": channel.stream_id}
    async with publishing(channel.publish_url) as cut:
        await becomes(streamer, channel, "live")
        renewed = data_of(streamer.client.post("/live/streams/me/key/regenerate", params=where))
        assert renewed["stream_key"] != channel.key
        assert (await cut.wait()).status != 0
    async with publishing(channel.publish_url) as old:
        assert "not valid" in (await old.wait()).stderr
    async with publishing(f"{channel.server}/{renewed['stream_key']}"):
        await becomes(streamer, channel, "live")


@pytest.mark.timeout(120)
async def test_viewers_are_counted_and_leave(streamer: Streamer) -> None:
    channel = streamer.new_stream("Counted")

    def viewers() -> int:
        data: dict[str, Any] = data_of(streamer.client.get(f"/live/streams/{channel.stream_id}/viewers"))
        return int(data["viewer_count"])

    async with publishing(channel.publish_url):
        await becomes(streamer, channel, "live")
        async with anyio.create_task_group() as group:
            for name in ("viewer-one", "viewer-two", "viewer-three"):
                group.start_soon(lambda name=name: watch_stream(channel.playback_url, parts=40, viewer=name))  # type: ignore[misc]
            await anyio.to_thread.run_sync(lambda: eventually(lambda: viewers() == 3))
        await anyio.to_thread.run_sync(lambda: eventually(lambda: viewers() == 0))
        assert streamer.stream(channel.stream_id)["peak_viewers"] == 3


async def test_guesses_are_refused_then_not_even_looked_at(tmp_path: Path) -> None:
    said = []
    with running_platform(tmp_path, RTMP_REFUSALS_PER_MINUTE="3") as platform:
        server = f"rtmp://{platform.rtmp_addr}/live"
        for _ in range(5):
            async with publishing(f"{server}/vz_{'x' * 32}") as guessing:
                said.append((await guessing.wait()).stderr)
    assert "not valid" in said[0]
    assert "too many" in said[-1].lower()
    assert b"x" * 32 not in platform.log


def test_the_log_holds_no_secret(platform: Platform, streamer: Streamer) -> None:
    channel = streamer.new_stream("Secret")
    token = str(streamer.client.headers["Authorization"]).removeprefix("Bearer ")
    for secret in (channel.key, token, "a passphrase for tests"):
        assert secret.encode() not in platform.log


def test_ffprobe_reads_the_stream(streamer: Streamer, tmp_path: Path) -> None:
    """A player that knows nothing of low latency: ffmpeg reads the plain playlist and decodes without a complaint."""
    channel = streamer.new_stream("Plain")
    with encoder(channel.publish_url):
        eventually(lambda: status_of(streamer, channel.stream_id) == "live")
        plain = channel.playback_url.replace("index.m3u8", "plain.m3u8")
        eventually(lambda: "#EXTINF" in httpx.get(plain).text)
        command = [
            imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-xerror", "-i", plain, "-t", "3", "-f", "null", "-",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def recording_of(streamer: Streamer, channel: Channel, *, seconds: float, status: str) -> dict[str, Any]:
    """The oldest recording of a stream, as soon as it holds so much and stands so."""

    def oldest() -> dict[str, Any] | None:
        listed = data_of(streamer.client.get(f"/live/streams/{channel.stream_id}/recordings"))["recordings"]
        return listed[-1] if listed else None

    def is_so() -> bool:
        found = oldest()
        return found is not None and found["duration_seconds"] >= seconds and found["status"] == status

    eventually(is_so)
    found = oldest()
    assert found is not None
    return found


def picture_at(url: str) -> tuple[str | None, tuple[int, int]]:
    """What is shown at an address: its format and size."""
    with Image.open(io.BytesIO(httpx.get(url).raise_for_status().content)) as picture:
        return picture.format, picture.size


def decoded_s(url: str, folder: Path, *, start_s: float = 0.0) -> float:
    """How many seconds a strict decoder makes of what is at this address, from a place on."""
    progress = folder / "progress"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-xerror", "-progress", str(progress)]
    command += ["-ss", str(start_s), "-i", url, "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=folder, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    said = [line for line in progress.read_text().splitlines() if line.startswith("out_time_us=")]
    return int(said[-1].partition("=")[2]) / 1e6


@pytest.mark.timeout(120)
def test_the_recording_of_a_broadcast_plays_and_seeks(streamer: Streamer, tmp_path: Path) -> None:
    channel = streamer.new_stream("Recorded")
    with encoder(channel.publish_url):
        recording_of(streamer, channel, seconds=4, status="recording")
        eventually(lambda: streamer.stream(channel.stream_id)["thumbnail_url"] is not None)
        health = data_of(streamer.client.get(f"/live/streams/{channel.stream_id}/health"))
        assert health["encoder"]["fps"] == pytest.approx(30, abs=1)
        assert health["encoder"]["keyframe_interval_ms"] == pytest.approx(2000, abs=50)
        assert picture_at(streamer.stream(channel.stream_id)["thumbnail_url"]) == ("JPEG", (640, 360))
        data_of(streamer.client.post(f"/live/streams/{channel.stream_id}/end"))
    found = recording_of(streamer, channel, seconds=4, status="ready")
    whole = decoded_s(found["playback_url"], tmp_path)
    assert whole == pytest.approx(found["duration_seconds"], abs=0.2)
    assert decoded_s(found["playback_url"], tmp_path, start_s=2.5) == pytest.approx(whole - 2.5, abs=0.6)
    assert found["missing_seconds"] == 0
    assert picture_at(found["thumbnail_url"]) == ("JPEG", (640, 360))
    assert streamer.stream(channel.stream_id)["thumbnail_url"] is None


@pytest.mark.timeout(120)
def test_a_kill_of_media_costs_a_recording_the_open_segment_at_most(
    platform: Platform, streamer: Streamer, tmp_path: Path
) -> None:
    channel = streamer.new_stream("Killed")
    with encoder(channel.publish_url):
        before = recording_of(streamer, channel, seconds=4, status="recording")
        media = platform.role("media")
        media.kill()
        media.wait(10)
    eventually(lambda: accepts(platform.rtmp_addr))
    with encoder(channel.publish_url):  # the next broadcast of the stream says that the last one is over
        found = recording_of(streamer, channel, seconds=4, status="ready")
    assert found["id"] == before["id"]
    assert found["duration_seconds"] >= before["duration_seconds"]
    assert decoded_s(found["playback_url"], tmp_path) == pytest.approx(found["duration_seconds"], abs=0.2)


def accepts(address: str) -> bool:
    """Whether something listens there."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True
