"""The port through which media says what it records. Filled by `recordings/authority.py`; tests fill it too.

Bytes go into the file store, and never through here but for init segments, which are a kilobyte.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Lack(StrEnum):
    """Why a recording lacks something."""

    DISK_FULL = "disk_full"
    STORE_FAILED = "store_failed"
    TOO_SLOW = "too_slow"


@dataclass(frozen=True, slots=True)
class Missing:
    """How much was not stored since it was last told, in ticks of 1/90,000 s, and the newest reason."""

    ticks: int = 0
    problem: Lack | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedInit:
    """An init segment, and what playlists say of the tracks in it."""

    number: int
    data: bytes
    codecs: str
    width: int | None
    height: int | None
    frame_rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSegment:
    """A finished segment, without its bytes."""

    msn: int
    init: int
    discontinuity: bool
    program_time_ms: int
    duration_ticks: int
    size_bytes: int
    target_duration_s: int


class Archive(Protocol):
    """Every call may raise `OSError` or a database error, and may be repeated: it is tried until it was heard."""

    async def begin(self, broadcast_id: UUID) -> str | None:
        """Where in the store the pieces of a broadcast go; None when it is not to be recorded."""
        ...

    async def add_init(self, broadcast_id: UUID, init: RecordedInit) -> bool:
        """What the segments after it need. False: nothing more is to be stored."""
        ...

    async def expect(self, broadcast_id: UUID, segment: RecordedSegment, missing: Missing) -> bool:
        """The bytes of this segment are about to be stored. False: nothing more is to be."""
        ...

    async def stored(self, broadcast_id: UUID, msn: int) -> None:
        """The bytes are there: from now on the segment is played."""
        ...

    async def lost(self, broadcast_id: UUID, msn: int, problem: Lack) -> None:
        """The bytes could not be stored."""
        ...

    async def pictured(self, broadcast_id: UUID, size_bytes: int) -> None:
        """A picture of it is in the store, under `picture_name(size_bytes)`."""
        ...

    async def finished(self, broadcast_id: UUID, missing: Missing) -> None:
        """Nothing more of this broadcast will be stored."""
        ...


def picture_name(size_bytes: int) -> str:
    """What a picture is called: a newer one of another size does not disturb who reads the former."""
    return f"thumbnail-{size_bytes}.jpg"


def segment_name(msn: int) -> str:
    """What the piece of a segment is called, in the store as in playlists."""
    return f"s{msn}.m4s"
