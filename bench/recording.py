"""What recording costs media beside carrying the same streams unrecorded, and how soon a recording can be played.

    python -m bench.recording [--streams 10] [--seconds 20]

The peer is ourselves with VEZA_RECORDINGS=0, in the same run: measured first and last, the smaller figure of each
counts. Pushers and clip are those of `ingest_cpu`.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import httpx
from tests.factories.platform import Channel, Streamer, data_of, running_platform
from tests.factories.processes import eventually

from bench.ingest_cpu import WARM_UP_S, Reading, make_clip, pushing, read

LIMIT_CPU_RATIO = 1.25
LIMIT_READY_S = 1.0
THUMBNAILS_OFF = "3600"


def measure(clip: Path, streams: int, seconds: float, *, recordings: str) -> tuple[Reading, float]:
    """CPU and memory of media per stream; the second figure is how long the slowest recording took to be ready."""
    settings = {
        "RECORDINGS": recordings,
        "RECORDINGS_FREE_SHARE": "0",
        "LIVE_THUMBNAIL_S": THUMBNAILS_OFF,
        "RTMP_PENDING_PER_ADDRESS": "1000",
    }
    with (
        tempfile.TemporaryDirectory() as folder,
        running_platform(Path(folder), LOG_LEVEL="warning", **settings) as platform,
        platform.streamer("bench") as streamer,
    ):
        channels = [streamer.new_stream(f"bench {n}") for n in range(streams)]
        with pushing(clip, [channel.publish_url for channel in channels]):
            time.sleep(WARM_UP_S)
            reading = read([platform.role("media")], streams, seconds)
            ready = [ready_s(streamer, channel) for channel in channels] if recordings == "1" else [0.0]
    return reading, max(ready)


def ready_s(streamer: Streamer, channel: Channel) -> float:
    """From the end of a broadcast to a playlist of it that ends."""
    path = f"/live/streams/{channel.stream_id}"
    data_of(streamer.client.post(f"{path}/end"))
    ended = time.perf_counter()

    def plays() -> bool:
        found = data_of(streamer.client.get(f"{path}/recordings"))["recordings"][0]
        if found["status"] != "ready":
            return False
        playlist = httpx.get(found["playback_url"].replace("index.m3u8", "media.m3u8")).text
        return playlist.endswith("#EXT-X-ENDLIST\n")

    eventually(plays)
    return time.perf_counter() - ended


def main() -> int:
    """Print the figures; 1 when a claim does not hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--streams", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clip = make_clip(Path(folder))
        runs = [(on, measure(clip, options.streams, options.seconds, recordings=on)) for on in ("0", "1", "1", "0")]
    without = min(reading.cpu_percent for on, (reading, _) in runs if on == "0")
    recorded = min(reading.cpu_percent for on, (reading, _) in runs if on == "1")
    ready = max(seconds for _, (_, seconds) in runs)
    ratio = recorded / without
    print(f"recording, {options.streams} publishers of 3 Mbps, per stream:")
    print(f"  CPU  recorded {recorded:.2f} %  not recorded {without:.2f} %")
    print(f"  ratio {ratio:.2f} (claim: <= {LIMIT_CPU_RATIO})")
    print(f"  ready to play {ready:.2f} s after the end, the slowest of all (claim: <= {LIMIT_READY_S:g})")
    return 0 if ratio <= LIMIT_CPU_RATIO and ready <= LIMIT_READY_S else 1


if __name__ == "__main__":
    sys.exit(main())
