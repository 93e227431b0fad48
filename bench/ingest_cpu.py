"""CPU and memory of taking live video in and packaging it, against nginx-rtmp with HLS, in the same run.

    python -m bench.ingest_cpu [--streams 20] [--seconds 60] [--flat-minutes 0]

Real ffmpeg processes push a pre-encoded 3 Mbps file (no encoding while measuring). The servers are measured one after
the other, then again in the other order; the smaller figure of each counts.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg
import psutil
from tests.factories.platform import running_platform

from bench.peers import NotMeasured, nginx_rtmp

LIMIT_CPU_RATIO = 1.2
LIMIT_RSS_MB_PER_STREAM = 25.0
LIMIT_GROWTH_MB_PER_STREAM_HOUR = 6.0
WARM_UP_S = 8.0
FILL_WINDOW_S = 75.0


@dataclass(frozen=True, slots=True)
class Reading:
    """CPU in per cent of a core and per stream, memory in MB per stream, both over one stretch of time."""

    cpu_percent: float
    rss_mb: float


def make_clip(folder: Path) -> Path:
    """30 s of 720p H.264 at 3 Mbps with AAC, keyframes every 2 s."""
    clip = folder / "clip.flv"
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=30",
        "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", "30", "-c:v", "libx264", "-preset",
        "veryfast", "-b:v", "2900k", "-minrate", "2900k", "-maxrate", "2900k", "-bufsize", "2900k", "-x264-params",
        "nal-hrd=cbr:keyint=60:min-keyint=60:scenecut=0", "-c:a", "aac", "-b:a", "128k", "-f", "flv", str(clip),
    ]  # fmt: skip
    subprocess.run(command, check=True)
    return clip


@contextmanager
def pushing(clip: Path, urls: list[str]) -> Iterator[None]:
    """One ffmpeg per address, in real time, for as long as the block runs."""
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    with ExitStack() as stack:
        for url in urls:
            command = [ffmpeg, "-loglevel", "error", "-re", "-stream_loop", "-1", "-i", str(clip)]
            process = subprocess.Popen([*command, "-c", "copy", "-f", "flv", url], stdin=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.kill)
            time.sleep(0.1)
        yield


def read(processes: list[psutil.Process], streams: int, seconds: float) -> Reading:
    """What the processes used in the next `seconds`."""
    before = sum(sum(p.cpu_times()[:2]) for p in processes)
    started = time.monotonic()
    time.sleep(seconds)
    used = sum(sum(p.cpu_times()[:2]) for p in processes) - before
    rss = sum(p.memory_info().rss for p in processes)
    return Reading(100 * used / (time.monotonic() - started) / streams, rss / 1e6 / streams)


def measure_nginx(clip: Path, streams: int, seconds: float) -> Reading:
    """The peer, on its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        nginx_rtmp(Path(folder)) as peer,
        pushing(clip, [f"{peer.rtmp_url}/s{n}" for n in range(streams)]),
    ):
        time.sleep(WARM_UP_S)
        return read(peer.tree(), streams, seconds)


def measure_veza(clip: Path, streams: int, seconds: float, flat_minutes: float) -> tuple[Reading, float]:
    """Ours, with a full window; the second figure is the growth of memory in MB per stream and hour."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_platform(Path(folder), RTMP_PENDING_PER_ADDRESS="1000", LOG_LEVEL="warning") as platform,
        platform.streamer("bench") as streamer,
    ):
        urls = [streamer.new_stream(f"bench {n}").publish_url for n in range(streams)]
        media = platform.role("media")
        idle = media.memory_info().rss
        with pushing(clip, urls):
            time.sleep(WARM_UP_S)
            reading = read([media], streams, seconds)
            time.sleep(max(0.0, FILL_WINDOW_S - WARM_UP_S - seconds))
            full = media.memory_info().rss
            time.sleep(flat_minutes * 60)
            growth = (media.memory_info().rss - full) / 1e6 / streams / max(flat_minutes / 60, 1 / 60)
    return Reading(reading.cpu_percent, (full - idle) / 1e6 / streams), growth if flat_minutes else 0.0


def main() -> int:
    """Print the figures; 1 when a claim does not hold or the peer is missing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--streams", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--flat-minutes", type=float, default=0.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clip = make_clip(Path(folder))
        try:
            peers = [measure_nginx(clip, options.streams, options.seconds)]
            ours = [measure_veza(clip, options.streams, options.seconds, options.flat_minutes)]
            ours.append(measure_veza(clip, options.streams, options.seconds, 0.0))
            peers.append(measure_nginx(clip, options.streams, options.seconds))
        except NotMeasured as missing:
            print(f"ingest: not measured, because {missing.what} is not installed")
            return 1
    peer_cpu = min(reading.cpu_percent for reading in peers)
    our_cpu = min(reading.cpu_percent for reading, _ in ours)
    rss, growth = max(reading.rss_mb for reading, _ in ours), ours[0][1]
    ratio = our_cpu / peer_cpu
    print(f"ingest, {options.streams} publishers of 3 Mbps, per stream:")
    print(f"  CPU  veza {our_cpu:.2f} %  nginx-rtmp {peer_cpu:.2f} %  ratio {ratio:.2f} (claim: <= {LIMIT_CPU_RATIO})")
    print(f"  RSS  veza +{rss:.1f} MB with a full window (claim: <= {LIMIT_RSS_MB_PER_STREAM})")
    if options.flat_minutes:
        print(f"  growth over {options.flat_minutes:g} min: {growth:+.2f} MB per stream and hour")
    flat = growth <= LIMIT_GROWTH_MB_PER_STREAM_HOUR
    return 0 if ratio <= LIMIT_CPU_RATIO and rss <= LIMIT_RSS_MB_PER_STREAM and flat else 1


if __name__ == "__main__":
    sys.exit(main())
