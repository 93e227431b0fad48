"""What tests of whole processes need: to inherit orphans, and to wait for what has no event of its own."""

import contextlib
import ctypes
import os
import threading
import time
from collections.abc import Callable, Iterator

import psutil

_PR_SET_CHILD_SUBREAPER = 36


@contextlib.contextmanager
def adopting_orphans() -> Iterator[None]:
    """While it lasts, processes whose parent ends become children of this one: it can wait for them."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    try:
        yield
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 0)


def descendants(process: psutil.Process) -> list[psutil.Process]:
    """All that it started, at any depth, now."""
    found: list[psutil.Process] = process.children(recursive=True)
    return found


def wait_for_orphans(orphans: list[psutil.Process], within_s: float = 40.0) -> None:
    """Wait until each has ended, and reap those that became ours. Fails when one still runs."""
    _, alive = psutil.wait_procs(orphans, timeout=within_s)
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    left = [process for process in alive if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]
    assert not left, [process.cmdline() for process in left]


def eventually(check: Callable[[], bool], within_s: float = 40.0) -> None:
    """Ask until it is so. Only for what another process does and tells nobody."""
    pause, deadline = threading.Event(), time.monotonic() + within_s
    while not check():
        assert time.monotonic() < deadline, f"not within {within_s:g} s"
        pause.wait(0.02)
