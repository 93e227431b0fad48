"""A ZIP archive that is written while it is sent: nothing of it is held but what was compressed last.

The format is the standard library's, on an output that cannot be sought (data descriptors, APPNOTE 6.3.10 §4.4.4). To
compress is work: it runs in a thread, a piece at a time.
"""

import zipfile
from collections.abc import AsyncIterator
from datetime import datetime
from types import TracebackType
from typing import IO, Self, cast

import anyio


class _Spool:
    """An output that only takes in, and gives away what it took."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


class ArchiveWriter:
    """Files one after the other. What each call answers is the next piece of the archive, and may be empty."""

    def __init__(self, at: datetime) -> None:
        self._spool = _Spool()
        self._zip = zipfile.ZipFile(cast("IO[bytes]", self._spool), "w", zipfile.ZIP_DEFLATED)
        self._at = at

    async def file(self, name: str, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Add a file."""
        info = zipfile.ZipInfo(name, self._at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        with self._zip.open(info, "w", force_zip64=True) as entry:
            async for piece in pieces:
                await anyio.to_thread.run_sync(entry.write, piece)
                yield self._spool.take()
        yield self._spool.take()

    def end(self) -> bytes:
        """The archive's directory; nothing comes after it."""
        self._zip.close()
        return self._spool.take()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is not None:  # it is not whole: closing it would only say so
            self._zip.fp = None
