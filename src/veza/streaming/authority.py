"""The port through which media meets the rest of the product. Filled by `live/authority.py`; tests fill it too.

Media touches the database through five calls only (ARCHITECTURE.md): authorise, went live, interrupted, ended, and
one heartbeat for all streams of this process; and, off the way of what viewers see, through `archive.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from veza.media.health import IngestHealth


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to publish on one stream with one version of its key."""

    stream_id: UUID
    key_version: int


@dataclass(frozen=True, slots=True)
class Beat:
    """What a heartbeat says of one broadcast: it is alive, and this many people watch."""

    stream_id: UUID
    broadcast_id: UUID
    key_version: int
    viewer_count: int
    audio_only: bool
    thumbnail_version: int | None = None
    """Of its newest picture; None while there is none."""
    health: IngestHealth | None = None
    """How well its encoder sends; None while there is none."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A publisher that must go, and the sentence its encoder is told.

    `ended`: the owner or staff ended the broadcast, so there is no grace to wait for.
    """

    stream_id: UUID
    reason: str
    ended: bool


class Authority(Protocol):
    """Every call may raise `OSError` or a database error: the caller retries state changes, and refuses to publish."""

    async def authorise(self, key: str, peer: str) -> Grant:
        """Check a stream key before any media is accepted. Changes nothing. Raises `PublishRefused`."""
        ...

    async def went_live(self, grant: Grant, *, broadcast_id: UUID, resumed: bool, audio_only: bool) -> None:
        """Media flows: the stream is on air from now (`resumed`: again, inside the grace of the same broadcast).

        Raises `PublishRefused` when the key changed or the stream ended in between.
        """
        ...

    async def interrupted(self, stream_id: UUID, broadcast_id: UUID) -> None:
        """The encoder left; the grace runs."""
        ...

    async def ended(self, stream_id: UUID, broadcast_id: UUID) -> None:
        """The broadcast is over. Calling it again changes nothing."""
        ...

    async def heartbeat(self, beats: Sequence[Beat]) -> Sequence[Cut]:
        """Say what is alive (every 5 s, counts included); hear what must be cut.

        An empty `beats` is allowed, and answers nothing.
        """
        ...

    async def next_cut(self) -> UUID:
        """Wait until the product says that a publisher may have to go: the id of its stream.

        The caller answers with a `heartbeat` for that stream, which carries the verdict. Survives a lost database
        connection: after a reconnect it answers for nothing, and the periodic heartbeat catches up.
        """
        ...
