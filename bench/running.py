"""A whole Veza for a benchmark: `veza serve` in a folder of its own, a streamer, streams with keys."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from bench.ports import free_port, wait_until_listening

READY_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Channel:
    """A stream that can be published to and watched."""

    stream_id: str
    publish_url: str
    playback_url: str


@dataclass(frozen=True, slots=True)
class Platform:
    """A running platform. `process` is `veza serve`."""

    base_url: str
    process: psutil.Process
    client: httpx.Client

    def role(self, name: str) -> psutil.Process:
        """The process of a role: api, media or worker."""
        for child in self.process.children(recursive=True):
            if name in child.cmdline()[1:5]:
                return child
        raise LookupError(name)

    def new_stream(self, title: str) -> Channel:
        """Create a stream and read its key."""
        stream = _data(self.client.post("/live/streams", json={"title": title}))
        key = _data(self.client.get("/live/streams/me/key", params={"stream_id": stream["id"]}))
        return Channel(stream["id"], f"{key['rtmp_url']}/{key['stream_key']}", stream["playback_url"])


@contextlib.contextmanager
def running_platform() -> Iterator[Platform]:
    """`veza serve` on free ports while the block runs, with one streamer signed in."""
    http, rtmp, hls = free_port(), free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("VEZA_")} | {
            "VEZA_HTTP_ADDR": f"127.0.0.1:{http}",
            "VEZA_RTMP_ADDR": f"127.0.0.1:{rtmp}",
            "VEZA_HLS_ADDR": f"127.0.0.1:{hls}",
            "VEZA_PUBLIC_URL": f"http://127.0.0.1:{http}",
            "VEZA_DATA_DIR": str(Path(folder) / "data"),
            "VEZA_RTMP_PENDING_PER_ADDRESS": "1000",
            "VEZA_LOG_LEVEL": "warning",
        }
        command = [sys.executable, "-m", "veza", "serve"]
        process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
        try:
            yield _sign_in(f"http://127.0.0.1:{http}", http, process)
        finally:
            process.terminate()
            process.wait(30)


def _sign_in(base_url: str, port: int, process: "subprocess.Popen[bytes]") -> Platform:
    wait_until_listening(port)
    client = httpx.Client(base_url=f"{base_url}/api/v1", timeout=10.0)
    deadline = time.monotonic() + READY_WITHIN_S
    while client.get("/readyz").json()["data"]["status"] != "ready":
        if time.monotonic() > deadline or process.poll() is not None:
            raise TimeoutError("the platform did not become ready")
        time.sleep(0.1)
    account = {"username": "bench", "email": "bench@example.com", "password": "a long bench passphrase"}
    tokens = _data(client.post("/auth/register", json=account))
    client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    return Platform(base_url, psutil.Process(process.pid), client)


def _data(answer: httpx.Response) -> Any:
    answer.raise_for_status()
    return answer.json()["data"]
