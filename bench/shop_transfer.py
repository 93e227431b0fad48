"""Clients and the peer of shop_files.py: a reader that throws everything away, a sender, and nginx.

    python -m bench.shop_transfer get PORT PATH
    python -m bench.shop_transfer send PORT PATH FILE TOKEN

Run as programs of their own, on another core than the servers; print the seconds and the bytes they took. The same
reader reads from everybody.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.peers import NotMeasured
from bench.ports import free_port, wait_until_listening

READ_BYTES = 1024 * 1024
_CONFIG = """
{user}
daemon off;
worker_processes 1;
pid {root}/nginx.pid;
error_log {root}/error.log warn;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {root}; proxy_temp_path {root}; fastcgi_temp_path {root};
  uwsgi_temp_path {root}; scgi_temp_path {root};
  sendfile on;
  tcp_nopush on;
  server {{
    listen 127.0.0.1:{port};
    location /files/ {{ alias {files}/; }}
    location /protected/ {{ internal; alias {files}/; }}
    location /api/ {{ proxy_pass http://127.0.0.1:{upstream}; }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a client did."""

    seconds: float
    size_bytes: int
    status: int

    @property
    def mib_per_s(self) -> float:
        return self.size_bytes / 1024 / 1024 / self.seconds


@contextlib.contextmanager
def nginx(root: Path, files: Path, upstream: int) -> Iterator[tuple[int, psutil.Process]]:
    """Its port and its worker, while the block runs: the files at /files/, the platform behind /api/."""
    binary = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if binary is None:
        raise NotMeasured("nginx (Debian: nginx-light)")
    root.mkdir()
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    config = root / "nginx.conf"
    config.write_text(_CONFIG.format(user=user, root=root, port=port, files=files, upstream=upstream))
    process = subprocess.Popen([binary, "-p", str(root), "-c", str(config)], stderr=subprocess.DEVNULL)
    try:
        wait_until_listening(port)
        yield port, psutil.Process(process.pid).children()[0]
    finally:
        process.terminate()
        process.wait(10)


def start(core: int, *arguments: str) -> "subprocess.Popen[str]":
    """A client of this file on a core."""
    command = ["taskset", "-c", str(core), sys.executable, "-m", "bench.shop_transfer", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def finish(process: "subprocess.Popen[str]") -> Moved:
    """Wait for a client; what it printed."""
    out, _ = process.communicate(timeout=600)
    if process.returncode != 0:
        raise RuntimeError(f"the client ended with {process.returncode}")
    return Moved(**json.loads(out))


def _get(port: int, path: str) -> Moved:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        began_s = time.monotonic()
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        buffer = bytearray(READ_BYTES)
        head = b""
        while b"\r\n\r\n" not in head:
            piece = connection.recv(4096)
            if not piece:
                raise RuntimeError("no answer")
            head += piece
        size = len(head.partition(b"\r\n\r\n")[2])
        while count := connection.recv_into(buffer):
            size += count
        return Moved(time.monotonic() - began_s, size, int(head.split(b" ", 2)[1]))


def _send(port: int, path: str, file: Path, token: str) -> Moved:
    size = file.stat().st_size
    with socket.create_connection(("127.0.0.1", port)) as connection, file.open("rb") as source:
        began_s = time.monotonic()
        connection.sendall(
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/octet-stream\r\nContent-Length: {size}\r\n\r\n".encode()
        )
        connection.sendfile(source)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return Moved(time.monotonic() - began_s, size, int(answer.split(b" ", 2)[1]))


def main() -> None:
    """Do what the arguments say."""
    what, port, path, *more = sys.argv[1:]
    moved = _get(int(port), path) if what == "get" else _send(int(port), path, Path(more[0]), more[1])
    print(json.dumps({"seconds": moved.seconds, "size_bytes": moved.size_bytes, "status": moved.status}))


if __name__ == "__main__":
    main()
