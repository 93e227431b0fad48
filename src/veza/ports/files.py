"""The port of the file store: where uploads, covers and previews live. A folder or an S3 bucket stands behind it.

Keys are ours (`file/3f/<id>`), never a name that somebody sent. The store knows no content types and no owners; those
stand in the database.
"""

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Listed:
    """One object of the store."""

    key: str
    size_bytes: int
    modified_at: datetime


class Files(Protocol):
    """Calls raise `kit.errors.Unavailable` when the store does not answer or is full."""

    async def put(self, key: str, chunks: AsyncIterable[bytes], *, filename: str, content_type: str) -> None:
        """Write an object whole or not at all: when `chunks` raises, nothing is there afterwards. Memory stays flat.

        `filename` and `content_type` are what a link gives it away as.
        """

    async def read(self, key: str, start: int, end: int) -> bytes:
        """Bytes `start` to `end` (exclusive) of an object. Raises `NotFound` when it is not there."""

    async def delete(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""

    def list(self, prefix: str = "") -> AsyncIterator[Listed]:
        """Every object whose key begins with `prefix` (which ends with a slash), in no particular order."""

    async def link(self, key: str, expires_s: int) -> str | None:
        """An address that gives the object to anybody for `expires_s` seconds; None: this store has none."""

    def path(self, key: str) -> Path | None:
        """Where the object lies on this machine; None when it lies elsewhere. It need not exist."""
