"""A whole Veza: `veza serve` as a child process on ports that the system chose, and what a streamer would do with it.

For tests through the real doors and for `bench/`. Everything is told by the server's own words: no polling.
"""

import contextlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import imageio_ffmpeg
import psutil

from veza.kit.sandbox_keys import sandbox_keys

PASSWORD = "a passphrase for tests"
_LISTENS = re.compile(rb"listens on ([0-9.]+:[0-9]+)")


@dataclass(frozen=True, slots=True)
class Channel:
    """A stream that can be published to and watched."""

    stream_id: str
    server: str
    key: str
    playback_url: str

    @property
    def publish_url(self) -> str:
        return f"{self.server}/{self.key}"


@dataclass(frozen=True, slots=True)
class Streamer:
    """Somebody who is logged in. `client` speaks to /api/v1 as them."""

    username: str
    email: str
    client: httpx.Client

    def new_stream(self, title: str, **fields: Any) -> Channel:
        """Create a stream and read its key."""
        stream = data_of(self.client.post("/live/streams", json={"title": title, **fields}))
        key = data_of(self.client.get("/live/streams/me/key", params={"stream_id": stream["id"]}))
        return Channel(stream["id"], key["rtmp_url"], key["stream_key"], stream["playback_url"])

    def stream(self, stream_id: str) -> dict[str, Any]:
        """The stream as the API shows it now."""
        found: dict[str, Any] = data_of(self.client.get(f"/live/streams/{stream_id}"))
        return found


@dataclass(slots=True)
class Platform:
    """A running platform. `process` is `veza serve`; `log` holds all that it printed so far."""

    base_url: str
    rtmp_addr: str
    hls_addr: str
    sandbox_addr: str
    process: psutil.Process
    log: bytearray = field(default_factory=bytearray)

    def role(self, name: str) -> psutil.Process:
        """The process of a role: api, media, worker or sandbox."""
        for child in self.process.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if name in child.cmdline()[1:6]:
                    return child
        raise LookupError(name)

    @property
    def sandbox_url(self) -> str:
        """Where the payment sandbox answers, as a browser reaches it."""
        return f"http://localhost:{self.sandbox_addr.rpartition(':')[2]}"

    def sandbox(self) -> httpx.Client:
        """Speaks to the sandbox with both API keys: as Hyperswitch's and Stripe's customer, and to `/sandbox/…`."""
        folder = Path(self.process.environ()["VEZA_DATA_DIR"])
        keys = sandbox_keys((folder / "secret_key").read_bytes().strip())
        headers = {"api-key": keys.hyperswitch_api_key, "authorization": f"Bearer {keys.stripe_api_key}"}
        return httpx.Client(base_url=self.sandbox_url, headers=headers, timeout=15.0)

    @contextlib.contextmanager
    def streamer(self, username: str) -> Iterator[Streamer]:
        """Register somebody, and speak as them while the block runs."""
        email = f"{username}@example.com"
        with httpx.Client(base_url=f"{self.base_url}/api/v1", timeout=15.0) as client:
            account = {"username": username, "email": email, "password": PASSWORD}
            tokens = data_of(client.post("/auth/register", json=account))
            client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
            yield Streamer(username, email, client)

    @contextlib.contextmanager
    def admin(self, username: str) -> Iterator[Streamer]:
        """Have the command line make an admin, and speak as them while the block runs."""
        email = f"{username}@example.com"
        command = [sys.executable, "-m", "veza", "user", "create", "--admin", "--username", username, "--email", email]
        made = subprocess.run(
            command, env=self.process.environ(), input=PASSWORD, capture_output=True, text=True, check=False
        )
        assert made.returncode == 0, made.stdout + made.stderr
        with httpx.Client(base_url=f"{self.base_url}/api/v1", timeout=15.0) as client:
            tokens = data_of(client.post("/auth/login", json={"email": email, "password": PASSWORD}))
            client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
            yield Streamer(username, email, client)


def data_of(answer: httpx.Response) -> Any:
    """The `data` of a success; raises for any other answer, with its body."""
    if answer.is_error:
        raise AssertionError(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}")
    return answer.json()["data"]


@contextlib.contextmanager
def running_platform(folder: Path, **settings: str) -> Iterator[Platform]:
    """`veza serve` while the block runs. `settings` are `VEZA_` names without the prefix."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VEZA_")}
    environ |= {
        "VEZA_HTTP_ADDR": "127.0.0.1:0",
        "VEZA_RTMP_ADDR": "127.0.0.1:0",
        "VEZA_HLS_ADDR": "127.0.0.1:0",
        "VEZA_SANDBOX_ADDR": "127.0.0.1:0",
        "VEZA_DATA_DIR": str(folder / "data"),
        **{f"VEZA_{name}": value for name, value in settings.items()},
    }
    command = [sys.executable, "-m", "veza", "serve"]
    process = subprocess.Popen(
        command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    platform = Platform("", "", "", "", psutil.Process(process.pid))
    try:
        _wait_until_ready(process, platform)
        reader = threading.Thread(target=_drain, args=(process, platform.log), daemon=True)
        reader.start()
        yield platform
        process.terminate()
        code = process.wait(40)
        reader.join(10)
        assert code == 0, bytes(platform.log[-4000:]).decode(errors="replace")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        assert process.stdout is not None
        process.stdout.close()


def _wait_until_ready(process: "subprocess.Popen[bytes]", platform: Platform) -> None:
    assert process.stdout is not None
    listening: list[str] = []
    for line in process.stdout:
        platform.log += line
        listening += [found.decode() for found in _LISTENS.findall(line)]
        if line.startswith(b"  Ctrl-C"):
            http, platform.rtmp_addr, platform.hls_addr, *sandbox = listening
            platform.sandbox_addr = "".join(sandbox)
            platform.base_url = f"http://localhost:{http.rpartition(':')[2]}"
            return
    raise AssertionError(f"veza serve ended with {process.wait()}:\n{platform.log.decode(errors='replace')}")


def _drain(process: "subprocess.Popen[bytes]", log: bytearray) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        log += line


TEST_PICTURE = "testsrc2=size=640x360:rate=30"
TEST_SOUND = "sine=frequency=440:sample_rate=48000"


@contextlib.contextmanager
def encoder(
    url: str, *, video: bool = True, audio: bool = True, seconds: int = 300
) -> Iterator["subprocess.Popen[str]"]:
    """A real ffmpeg that publishes a test picture and a tone in real time while the block runs (2 s GOP)."""
    inputs: list[str] = []
    codecs: list[str] = []
    if video:
        inputs += ["-f", "lavfi", "-i", TEST_PICTURE]
        codecs += ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-pix_fmt", "yuv420p", "-g", "60"]
    if audio:
        inputs += ["-f", "lavfi", "-i", TEST_SOUND]
        codecs += ["-c:a", "aac", "-b:a", "96k"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-re", *inputs, "-t", str(seconds), *codecs]
    process = subprocess.Popen(
        [*command, "-f", "flv", url], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()
