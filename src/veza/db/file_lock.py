"""A lock between processes that no crash can leave behind: `flock` on a file, with the holder's process id inside.

The kernel lets go of it when the holder ends, however it ends. Never delete the file: a second one could be locked
beside it.
"""

import fcntl
import os
from pathlib import Path


class Locked(Exception):
    """Another process holds the lock. `holder` is its process id, or None when it is not known."""

    def __init__(self, path: Path, holder: int | None) -> None:
        super().__init__(f"{path} is locked by process {holder or '(unknown)'}")
        self.path = path
        self.holder = holder


class FileLock:
    """Held from `acquire` to `release`, or until this process ends. Children do not inherit it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    def acquire(self) -> None:
        """Take the lock now, or raise `Locked`. The folder must exist."""
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            text = os.read(fd, 32).decode(errors="replace").strip()
            os.close(fd)
            raise Locked(self.path, int(text) if text.isdigit() else None) from None
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        self._fd = fd

    def release(self) -> None:
        """Let go. Calling it twice is harmless."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
