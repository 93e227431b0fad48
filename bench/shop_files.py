"""Big files through a real `veza serve`: memory while 1 GiB comes in and 1 GiB goes out, and how fast beside nginx.

    python -m bench.shop_files [--mib 1024] [--rounds 5]

nginx serves the very same file with sendfile, on the same core, read by the same client on the other one; a ratio is
the median of the rounds' ratios. Then the platform stands behind that nginx and hands its downloads over
(`VEZA_ACCEL_PREFIX`): the same bytes must arrive, and the api process must have next to nothing to do.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import psutil
from tests.factories.platform import PASSWORD, Platform, data_of, running_platform

from bench.chat_room import Use, verdict
from bench.peers import NotMeasured
from bench.shop_transfer import Moved, finish, nginx, start

MIB = 1024 * 1024
SERVER_CORE = 0
CLIENT_CORE = min(1, (os.cpu_count() or 1) - 1)
LIMIT_RSS_MIB = 30.0
LIMIT_SHARE = 0.40
LIMIT_ACCEL_CPU_S = 0.1
SAMPLE_S = 0.01


@dataclass(frozen=True, slots=True)
class Seller:
    """Somebody logged in, with one product."""

    client: httpx.Client
    token: str
    product_id: str

    def link(self, file_id: str) -> str:
        """The path of a download link."""
        path = f"/marketplace/products/{self.product_id}/files/{file_id}/download"
        return str(urlsplit(data_of(self.client.get(path))["url"]).path)

    def files(self) -> list[dict[str, Any]]:
        """What the product holds."""
        found: list[dict[str, Any]] = data_of(self.client.get(f"/marketplace/products/{self.product_id}/files"))[
            "files"
        ]
        return found

    @property
    def upload_path(self) -> str:
        return f"/api/v1/marketplace/products/{self.product_id}/files?filename=samples.zip"


@dataclass(frozen=True, slots=True)
class Server:
    """Who serves the file, and where."""

    name: str
    process: psutil.Process
    port: int
    path: str


class Peak:
    """The most memory that a process has while the block runs, above what it had before (`before_bytes`)."""

    def __init__(self, process: psutil.Process, before_bytes: int) -> None:
        self._process = process
        self._before = before_bytes
        self._most = process.memory_info().rss
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def grown_mib(self) -> float:
        return float(self._most - self._before) / MIB

    def _watch(self) -> None:
        while not self._stop.wait(SAMPLE_S):
            self._most = max(self._most, self._process.memory_info().rss)


def archive(path: Path, size_mib: int, name: str) -> None:
    """A ZIP archive with one stored entry of so many bytes of noise that repeats."""
    noise = os.urandom(MIB)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file, file.open(name, "w", force_zip64=True) as entry:
        for _ in range(size_mib):
            entry.write(noise)


def enter(platform: Platform, *, is_new: bool) -> Seller:
    """Register with a product, or come back to it."""
    client = httpx.Client(base_url=f"{platform.base_url}/api/v1", timeout=60.0)
    account = {"username": "bench", "email": "bench@example.com", "password": PASSWORD}
    if not is_new:
        del account["username"]
    tokens = data_of(client.post("/auth/register" if is_new else "/auth/login", json=account))
    token = tokens["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    if is_new:
        product = {"title": "Samples", "type": "sample_pack", "price_cents": 999}
        product_id = data_of(client.post("/marketplace/products", json=product))["id"]
    else:
        product_id = data_of(client.get("/sell/products"))["products"][0]["id"]
    return Seller(client, token, product_id)


def send(seller: Seller, port: int, path: Path) -> Moved:
    """Upload a file and wait until the worker has looked into it, so that it disturbs nobody afterwards."""
    moved = finish(start(CLIENT_CORE, "send", str(port), seller.upload_path, str(path), seller.token))
    settle(seller)
    return moved


def settle(seller: Seller) -> None:
    """Wait until no file is being looked into."""
    while any(file["status"] == "processing" for file in seller.files()):
        time.sleep(0.2)


def judge_memory(platform: Platform, seller: Seller, port: int, path: Path, before_bytes: int) -> bool:
    """One file in and another out, at once; `before_bytes`: what the process held before it ever saw a file."""
    api = platform.role("api")
    link = seller.link(seller.files()[0]["id"])
    use = Use(api)
    with Peak(api, before_bytes) as peak:
        clients = [
            start(CLIENT_CORE, "send", str(port), seller.upload_path, str(path), seller.token),
            start(CLIENT_CORE, "get", str(port), link),
        ]
        sent, got = [finish(client) for client in clients]
    print(
        f"shop files, {path.stat().st_size / MIB:,.0f} MiB in at {sent.mib_per_s:,.0f} MiB/s and as much out at"
        f" {got.mib_per_s:,.0f} MiB/s at once:"
    )
    print(f"  RSS of the api process +{peak.grown_mib:.1f} MiB (claim: <= {LIMIT_RSS_MIB:g}), CPU {use.cpu_s:.1f} s")
    settle(seller)
    whole = sent.status == 201 and got.status == 200 and got.size_bytes >= path.stat().st_size
    return all([verdict("both arrived whole", whole), verdict("RSS", peak.grown_mib <= LIMIT_RSS_MIB)])


def judge_speed(servers: Sequence[Server], rounds: int) -> bool:
    """Downloads alone, ours and the peer's in turn."""
    for server in servers:
        server.process.cpu_affinity([SERVER_CORE])
    found: dict[str, list[tuple[Moved, float]]] = {server.name: [] for server in servers}
    for place in range(-1, rounds):
        for server in servers:
            name, use = server.name, Use(server.process)
            moved = finish(start(CLIENT_CORE, "get", str(server.port), server.path))
            if place >= 0:  # the first round warms the page cache
                found[name].append((moved, use.cpu_s))
    print(f"shop files, download alone, {rounds} rounds:")
    for name, rows in found.items():
        speed = statistics.median(moved.mib_per_s for moved, _ in rows)
        print(f"  {name:6} {speed:7,.0f} MiB/s  CPU {statistics.median(cpu for _, cpu in rows):.2f} s a file")
    share = _share(found["veza"], found["nginx"])
    print(f"  veza / nginx: {share:.2f} (claim: >= {LIMIT_SHARE:g})")
    return verdict("download speed", share >= LIMIT_SHARE)


def _share(ours: Sequence[tuple[Moved, float]], theirs: Sequence[tuple[Moved, float]]) -> float:
    return statistics.median(our.mib_per_s / their.mib_per_s for (our, _), (their, _) in zip(ours, theirs, strict=True))


def judge_accel(platform: Platform, seller: Seller, peer_port: int, size_bytes: int) -> bool:
    """Through nginx, which the platform hands the file over to."""
    api = platform.role("api")
    link = seller.link(seller.files()[0]["id"])
    use = Use(api)
    moved = finish(start(CLIENT_CORE, "get", str(peer_port), link))
    cpu_s = use.cpu_s
    print(f"shop files, handed over to nginx: {moved.mib_per_s:,.0f} MiB/s, api process {cpu_s:.2f} s CPU")
    whole = moved.status == 200 and moved.size_bytes == size_bytes
    return all([verdict("arrived whole", whole), verdict("api CPU", cpu_s <= LIMIT_ACCEL_CPU_S)])


def measure(size_mib: int, rounds: int) -> bool:
    """Everything, on one data folder."""
    if shutil.which("taskset") is None:
        raise NotMeasured("taskset (Debian: util-linux)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first, second = folder / "first.zip", folder / "second.zip"
        archive(first, size_mib, "one.wav")
        archive(second, size_mib, "two.wav")
        files = folder / "data" / "files"
        with running_platform(folder, LOG_LEVEL="warning") as platform:
            port = _port(platform)
            seller = enter(platform, is_new=True)
            before_bytes = platform.role("api").memory_info().rss
            send(seller, port, first)
            stored = next(path for path in (files / "file").rglob("*") if path.is_file())
            held = [judge_memory(platform, seller, port, second, before_bytes)]
            with nginx(folder / "nginx", files, port) as (peer_port, worker):
                link = seller.link(seller.files()[0]["id"])
                ours = Server("veza", platform.role("api"), port, link)
                peer = Server("nginx", worker, peer_port, f"/files/{stored.relative_to(files)}")
                held.append(judge_speed([ours, peer], rounds))
        with running_platform(folder, LOG_LEVEL="warning", ACCEL_PREFIX="/protected") as platform:
            seller = enter(platform, is_new=False)
            with nginx(folder / "accel", files, _port(platform)) as (peer_port, _):
                held.append(judge_accel(platform, seller, peer_port, first.stat().st_size))
    return all(held)


def _port(platform: Platform) -> int:
    port = urlsplit(platform.base_url).port
    assert port is not None
    return port


def main() -> int:
    """Print the figures; 1 when a claim does not hold or the peer is missing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    try:
        held = measure(options.mib, options.rounds)
    except NotMeasured as missing:
        print(f"shop files: not measured, because {missing.what} is not installed")
        return 1
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
