"""Ports of this machine: a free one, and waiting until somebody listens."""

import socket
import time

WAIT_S = 20.0


def free_port() -> int:
    """A TCP port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_listening(port: int) -> None:
    """Return when a TCP connection to the port is accepted; raises `TimeoutError`."""
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1.0):
                return
        except OSError as error:
            if time.monotonic() > deadline:
                raise TimeoutError(f"nobody listens on port {port}") from error
            time.sleep(0.05)
