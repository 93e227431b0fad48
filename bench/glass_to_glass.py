"""How far behind the camera a viewer is: a barcode clock in the picture, read back from the playing <video>.

    python -m bench.glass_to_glass [--seconds 40]

Ours is measured on the product's own page; the peer is nginx-rtmp's HLS in a bare hls.js page. Both play the same
packets of the same encoder at the same time, in the same browser.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from tests.browser.conftest import wait_until
from tests.factories.platform import Platform, Streamer, running_platform

from bench.barcode_publisher import BAR_PX, BARS, LEFT_PX
from bench.peers import NotMeasured, nginx_rtmp

HLS_JS = Path(__file__).parents[1] / "web" / "node_modules" / "hls.js" / "dist" / "hls.min.js"
LIMITS_P50_S = {"zerolatency": 1.7, "obs": 2.6}
LIMIT_P95_S = 2.5
LIMIT_PEER_RATIO = 3.5
LIMIT_FIRST_FRAME_S = 1.5
SETTLE_S = 12.0
BROWSER_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip

_PEER_PAGE = """<!doctype html><video muted autoplay playsinline width=640></video><script src="hls.min.js"></script>
<script>const h = new Hls(); h.loadSource("hls/bench.m3u8"); h.attachMedia(document.querySelector("video"));</script>
"""

# Reads the 42 bars of the row 20 px below the top and answers how old the picture is, in ms; null without a picture.
_READ = f"""() => {{
  const video = document.querySelector("video");
  if (!video || video.readyState < 2 || !video.videoWidth) return null;
  const canvas = window.benchCanvas ??= Object.assign(document.createElement("canvas"), {{width: 640, height: 360}});
  const context = canvas.getContext("2d", {{willReadFrequently: true}});
  context.drawImage(video, 0, 0, 640, 360);
  const now = Date.now();
  const row = context.getImageData(0, 20, 640, 1).data;
  let clock = 0n;
  for (let bar = 0; bar < {BARS}; bar++) {{
    clock = (clock << 1n) | (row[({LEFT_PX} + bar * {BAR_PX} + 7) * 4] > 127 ? 1n : 0n);
  }}
  return now - Number(clock);
}}"""
_FRAMES = "() => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0"


@dataclass(frozen=True, slots=True)
class Delay:
    """Glass to glass in seconds, and the time from opening the page to the first decoded picture."""

    p50_s: float
    p95_s: float
    first_frame_s: float


@contextmanager
def publishing(settings: str, urls: list[str], seconds: float) -> Iterator[None]:
    """The barcode camera, as a process."""
    command = [sys.executable, "-m", "bench.barcode_publisher", str(seconds), settings, *urls]
    process = subprocess.Popen(command)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def watch(browser: Browser, url: str, seconds: float) -> Delay:
    """Open a page, wait for its first picture, let it settle, then read the clock four times a second."""
    page: Page = browser.new_page(viewport={"width": 1280, "height": 800})
    opened = time.monotonic()
    page.goto(url)
    wait_until(page, f"({_FRAMES})() > 0")
    first_frame_s = time.monotonic() - opened
    page.wait_for_timeout(SETTLE_S * 1000)
    readings: list[float] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = page.evaluate(_READ)
        if found is not None and 0 < found < 60_000:
            readings.append(found / 1000)
        page.wait_for_timeout(250)
    page.close()
    return Delay(statistics.median(readings), statistics.quantiles(readings, n=20)[18], first_frame_s)


def measure(
    browser: Browser, platform: Platform, streamer: Streamer, settings: str, seconds: float
) -> tuple[Delay, Delay]:
    """(ours, peer), with one encoder for both."""
    channel = streamer.new_stream(f"bench {settings}")
    with tempfile.TemporaryDirectory() as folder, nginx_rtmp(Path(folder)) as peer:
        shutil.copy(HLS_JS, peer.root)
        (peer.root / "page.html").write_text(_PEER_PAGE)
        total_s = 2 * (seconds + SETTLE_S) + 60
        with publishing(settings, [channel.publish_url, f"{peer.rtmp_url}/bench"], total_s):
            wait_until_live(streamer, channel.stream_id)
            playlist = peer.root / "hls" / "bench.m3u8"
            while not playlist.exists() or playlist.read_text().count("#EXTINF") < 3:
                time.sleep(0.1)
            ours = watch(browser, f"{platform.base_url}/live/{channel.stream_id}", seconds)
            theirs = watch(browser, f"{peer.http_url}/page.html", seconds)
    return ours, theirs


def wait_until_live(streamer: Streamer, stream_id: str) -> None:
    """Return when the API says that the stream is live."""
    for _ in range(200):
        if streamer.stream(stream_id)["status"] == "live":
            return
        time.sleep(0.1)
    raise TimeoutError("the stream did not go live")


def main() -> int:
    """Print the figures; 1 when a claim does not hold or the peer is missing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=30.0)
    seconds = parser.parse_args().seconds
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    held = True
    with (
        tempfile.TemporaryDirectory() as folder,
        running_platform(Path(folder), LOG_LEVEL="warning") as platform,
        platform.streamer("bench") as streamer,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=BROWSER_FLAGS)
        for settings, limit_s in LIMITS_P50_S.items():
            try:
                ours, peer = measure(browser, platform, streamer, settings, seconds)
            except NotMeasured as missing:
                print(f"glass to glass: not measured, because {missing.what} is not installed")
                return 1
            ratio = peer.p50_s / ours.p50_s
            print(f"glass to glass, {settings}:")
            print(f"  veza        p50 {ours.p50_s:.2f} s (claim: <= {limit_s})  p95 {ours.p95_s:.2f} s")
            print(f"  nginx-rtmp  p50 {peer.p50_s:.2f} s  p95 {peer.p95_s:.2f} s  {ratio:.1f} x slower")
            print(
                f"  first picture after opening the page: {ours.first_frame_s:.2f} s (claim: <= {LIMIT_FIRST_FRAME_S})"
            )
            held &= ours.p50_s <= limit_s and ours.first_frame_s <= LIMIT_FIRST_FRAME_S
            if settings == "zerolatency":
                held &= ours.p95_s <= LIMIT_P95_S and ratio >= LIMIT_PEER_RATIO
        browser.close()
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
