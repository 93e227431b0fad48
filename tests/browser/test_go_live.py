"""The first thing a stranger does with Veza: register, copy a key, go live, and be watched by somebody else."""

import re
import subprocess
from typing import Any

import imageio_ffmpeg
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import WAIT_MS, Errors, new_visitor, wait_until
from tests.factories.platform import PASSWORD, Platform, Streamer, data_of, encoder

FRAMES = "() => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0"
SOUND = "() => document.querySelector('video')?.webkitAudioDecodedByteCount ?? 0"


def wait_for_frames(page: Page, more_than: int) -> int:
    """Wait until that many pictures were decoded; answers how many."""
    wait_until(page, f"({FRAMES})() > {more_than}")
    return int(page.evaluate(FRAMES))


def wait_for_state(page: Page, *states: str) -> None:
    expect(page.locator("[data-player]")).to_have_attribute(
        "data-state", re.compile("|".join(states)), timeout=WAIT_MS + 20_000
    )


def register_by_hand(page: Page, username: str) -> None:
    page.goto("/register")
    page.get_by_label("Username").fill(username)
    page.get_by_label("E-mail").fill(f"{username}@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.wait_for_url(lambda url: "/register" not in url)


@pytest.mark.timeout(240)
def test_a_stranger_goes_live_and_is_watched(page: Page, browser: Browser, platform: Platform, errors: Errors) -> None:
    register_by_hand(page, "ada")
    page.goto("/studio")
    page.get_by_label("Title").fill("First light")
    page.get_by_role("button", name="Create stream").click()
    server = page.get_by_label("Server", exact=True).input_value()
    page.get_by_role("button", name="Copy stream key").click()
    key = page.evaluate("() => navigator.clipboard.readText()")
    assert re.fullmatch(r"vz_[A-Za-z0-9]{32}", key)
    assert key not in page.content()
    status = page.locator("[data-studio-status]")
    expect(status).to_have_attribute("data-studio-status", "draft")
    public_link = page.get_by_role("link", name="Public page").get_attribute("href")
    assert public_link is not None

    visitor = new_visitor(browser, platform, errors)
    watching = visitor.new_page()
    watching.goto(public_link)
    wait_for_state(watching, "waiting")

    with encoder(f"{server}/{key}"):
        expect(status).to_have_attribute("data-studio-status", "live", timeout=WAIT_MS)
        seen = wait_for_frames(watching, 30)
        assert watching.evaluate(SOUND) > 0
        expect(watching.locator("[data-viewers]").first).to_have_attribute(
            "data-viewers", re.compile("[1-9]"), timeout=WAIT_MS
        )
        latency = float(watching.locator("[data-player]").get_attribute("data-latency-s") or "99")
        assert latency < 10
    wait_for_state(watching, "interrupted", "buffering")
    expect(status).to_have_attribute("data-studio-status", "interrupted", timeout=WAIT_MS)

    with encoder(f"{server}/{key}") as again:
        expect(status).to_have_attribute("data-studio-status", "live", timeout=WAIT_MS)
        wait_for_frames(watching, seen + 60)

        page.get_by_role("button", name="New key").click()
        dialog = page.get_by_role("alertdialog")
        dialog.get_by_role("textbox").fill("First light")
        dialog.get_by_role("button", name=re.compile("new key|Make", re.IGNORECASE)).click()
        assert again.wait(10) != 0
    refused = publish_once(f"{server}/{key}")
    assert "not valid" in refused

    wait_for_state(watching, "ended")
    expect(status).to_have_attribute("data-studio-status", "ended", timeout=WAIT_MS + 20_000)
    visitor.close()
    assert key.encode() not in platform.log


def publish_once(url: str) -> str:
    """What ffmpeg says when it is refused."""
    with encoder(url) as process:
        _, said = process.communicate(timeout=20)
        assert process.returncode != 0
        return said


@pytest.fixture
def streamer(platform: Platform, request: pytest.FixtureRequest) -> Any:
    name = "u" + format(abs(hash(request.node.nodeid)) % 10**8, "08d")
    with platform.streamer(name) as found:
        yield found


@pytest.mark.timeout(180)
def test_the_player_keeps_its_promises(page: Page, streamer: Streamer) -> None:
    channel = streamer.new_stream("Promises")
    page.add_init_script(
        """window.handlers = {};
        const set = navigator.mediaSession.setActionHandler.bind(navigator.mediaSession);
        navigator.mediaSession.setActionHandler = (name, f) => { window.handlers[name] = f; set(name, f); };"""
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with encoder(channel.publish_url):
        page.goto(f"/live/{channel.stream_id}")
        wait_for_frames(page, 200)
        assert page.evaluate("() => navigator.mediaSession.metadata?.title") == "Promises"
        before = page.evaluate("() => document.querySelector('video').currentTime")
        page.evaluate("() => window.handlers.seekbackward({action: 'seekbackward'})")
        wait_until(page, f"document.querySelector('video').currentTime < {before}")
        live_edge = page.get_by_role("button", name=re.compile("Go to live"))
        expect(live_edge).to_be_visible()
        live_edge.click()
        expect(live_edge).to_be_hidden(timeout=WAIT_MS)
        expect(page.locator("[data-viewers]").first).to_have_attribute(
            "data-viewers", re.compile("[1-9]"), timeout=WAIT_MS
        )
        player = page.locator("[data-player]")
        player.focus() if player.get_attribute("tabindex") else page.get_by_role("button", name="Pause").first.focus()
        page.keyboard.press("m")
        wait_until(page, "document.querySelector('video').muted")
    assert all(channel.key not in url for url in asked)
    assert any("viewer=" in url for url in asked if ".m3u8" in url)


@pytest.mark.timeout(120)
def test_sound_alone_plays_and_says_so(page: Page, streamer: Streamer) -> None:
    channel = streamer.new_stream("Only sound")
    with encoder(channel.publish_url, video=False):
        page.goto(f"/live/{channel.stream_id}")
        wait_until(page, f"({SOUND})() > 0")
        expect(page.locator("[data-player]")).to_have_attribute("data-audio-only", "true", timeout=WAIT_MS)


@pytest.mark.timeout(120)
def test_picture_alone_plays(page: Page, streamer: Streamer) -> None:
    channel = streamer.new_stream("Only pictures")
    with encoder(channel.publish_url, audio=False):
        page.goto(f"/live/{channel.stream_id}")
        wait_for_frames(page, 30)


NOW = "(document.querySelector('video')?.currentTime ?? -1)"


@pytest.mark.timeout(180)
def test_one_goes_back_in_a_broadcast_and_watches_it_again_when_its_owner_ended_it(
    page: Page, streamer: Streamer
) -> None:
    channel = streamer.new_stream("Curtain")
    with encoder(channel.publish_url) as process:
        page.goto(f"/live/{channel.stream_id}")
        wait_for_frames(page, 150)
        page.reload()
        page.get_by_role("link", name="From the beginning").click()
        expect(page.get_by_role("slider", name="Position in the recording")).to_be_visible()
        wait_until(page, f"{NOW} > 0.5 && {NOW} < 4")
        expect(page.get_by_role("link", name="Go to live")).to_be_visible()
        page.go_back()
        wait_for_frames(page, 30)
        streamer.client.post(f"/live/streams/{channel.stream_id}/end").raise_for_status()
        assert process.wait(10) != 0
        wait_for_state(page, "ended")
    recording = data_of(streamer.client.get(f"/live/streams/{channel.stream_id}/recordings"))["recordings"][0]
    path = f"/live/recordings/{recording['id']}"
    streamer.client.put(path, json={"is_published": True}).raise_for_status()
    page.goto(f"/live/{channel.stream_id}")
    page.get_by_role("link", name="Curtain").click()
    wait_until(page, f"{NOW} > 0.5")
    line = page.get_by_role("slider", name="Position in the recording")
    line.press("End")
    wait_for_state(page, "ended")
    line.press("Home")
    wait_until(page, f"{NOW} < 1")


def test_a_second_encoder_is_refused_and_the_first_plays_on(page: Page, streamer: Streamer) -> None:
    channel = streamer.new_stream("Mine")
    with encoder(channel.publish_url) as first:
        page.goto(f"/live/{channel.stream_id}")
        seen = wait_for_frames(page, 30)
        assert "already" in publish_once(channel.publish_url)
        wait_for_frames(page, seen + 60)
        assert first.poll() is None


def test_an_encoder_with_another_codec_is_told_why(streamer: Streamer) -> None:
    channel = streamer.new_stream("HEVC")
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=30",
        "-t", "20", "-c:v", "libx265", "-preset", "ultrafast", "-f", "flv", channel.publish_url,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert streamer.stream(channel.stream_id)["status"] == "draft"
