"""Children of ours: they end when we end, and we hear at once when one does. Linux first; elsewhere by asking.

Knows nothing of roles or databases.
"""

import asyncio
import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_POLL_S = 0.05
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(number: signal.Signals) -> None:
    """Ask the kernel to send us `number` when our parent's main thread ends, however it ends (prctl(2)).

    For a child between fork and exec. Forgotten by setuid and unshare: call it after them.
    """
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, number)


def bound_to_parent(number: signal.Signals, *, parent: int | None = None) -> Callable[[], None]:
    """A `preexec_fn`: `die_with_parent`, without the gap in which the parent is gone before the kernel was asked.

    `parent`: the process to end with, where the caller is the child itself.
    """
    expected = os.getpid() if parent is None else parent

    def enter() -> None:
        die_with_parent(number)
        if os.getppid() != expected:
            os._exit(1)

    return enter


def raise_file_limit() -> None:
    """Let this process open as many files and sockets as the system allows without asking."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 1_048_576)), hard))


async def wait_ended(process: "subprocess.Popen[bytes]") -> int:
    """Wait until `process` ended, reap it, answer its code (negative: the signal that ended it)."""
    if not hasattr(os, "pidfd_open"):
        while process.poll() is None:  # noqa: ASYNC110 - no event to wait for on this system
            await asyncio.sleep(_POLL_S)
        return process.wait()
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    with contextlib.suppress(ProcessLookupError):
        pidfd = os.pidfd_open(process.pid)
        try:
            loop.add_reader(pidfd, ended.set)
            if process.poll() is None:
                await ended.wait()
        finally:
            loop.remove_reader(pidfd)
            os.close(pidfd)
    return process.wait()
