"""What a recording of a broadcast is, who may play it, and for how long it stays. Pure.

A recording begins and ends with its broadcast, and is ready as soon as media has stored what it still held:

    recording ──▶ processing ──▶ ready (failed: nothing of it could be stored)
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from veza.kit.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from veza.kit.fields import title_problems
from veza.media.units import VIDEO_TIMESCALE

TITLE_MAX = 140
SETTLE = "recordings.settle"
MAKE_MP4 = "recordings.make_mp4"
SETTLE_AFTER_S = 60.0
"""Media has so long to store what it still holds when a broadcast ends."""
WORD_EXPIRES_S = 12 * 3600
"""How long an address plays what is not published: as long as somebody may watch in one go."""
PUBLIC_WORD = "public"
"""Stands where a signed word would, in the addresses of what everybody may play."""


class RecordingStatus(StrEnum):
    """Where a recording is in its life."""

    RECORDING = "recording"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class Mp4Status(StrEnum):
    """How the one file of a recording stands, once it was asked for."""

    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


class RecordingProblem(StrEnum):
    """Why a recording lacks something: the last reason."""

    DISK_FULL = "disk_full"
    STORE_FAILED = "store_failed"
    TOO_SLOW = "too_slow"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One recording. Ticks are 1/90,000 s of media; `problem` says why `missing_ticks` are not there."""

    id: UUID
    stream_id: UUID
    user_id: UUID
    title: str
    started_at: datetime
    ended_at: datetime | None
    finished_at: datetime | None
    published_at: datetime | None
    duration_ticks: int
    missing_ticks: int
    problem: RecordingProblem | None
    size_bytes: int
    peak_bps: int
    target_duration_s: int | None
    thumbnail_bytes: int | None
    mp4_status: Mp4Status | None
    mp4_object_id: UUID | None

    @property
    def status(self) -> RecordingStatus:
        if self.ended_at is None:
            return RecordingStatus.RECORDING
        if self.finished_at is None:
            return RecordingStatus.PROCESSING
        return RecordingStatus.READY if self.duration_ticks else RecordingStatus.FAILED

    @property
    def is_open(self) -> bool:
        """Whether everybody may play it: it is published, or still on air, where everybody can watch anyhow."""
        return self.published_at is not None or self.ended_at is None

    @property
    def is_complete(self) -> bool:
        """Whether its playlist ends."""
        return self.ended_at is not None and self.finished_at is not None

    @property
    def duration_seconds(self) -> float:
        return round(self.duration_ticks / VIDEO_TIMESCALE, 3)

    @property
    def missing_seconds(self) -> float:
        return round(self.missing_ticks / VIDEO_TIMESCALE, 3)

    @property
    def average_bps(self) -> int:
        return self.size_bytes * 8 * VIDEO_TIMESCALE // self.duration_ticks if self.duration_ticks else 0

    def expires_at(self, keep_days: int) -> datetime | None:
        """When it goes by itself; None while it is on air, and where recordings stay for ever."""
        if self.ended_at is None or not keep_days:
            return None
        return self.ended_at + timedelta(days=keep_days)


def parse_title(title: str) -> str:
    """Trimmed and checked. Raises `Invalid`."""
    title = title.strip()
    problems = title_problems(title, TITLE_MAX)
    if problems:
        raise Invalid("Some fields are not right.", *problems)
    return title


def require_owner(recording: Recording, caller_id: UUID) -> None:
    """Raise unless it is the caller's: `NotFound` for what is not theirs to know of, else `Forbidden`."""
    if recording.user_id != caller_id:
        raise Forbidden("Only its owner may change a recording.") if recording.is_open else recording_not_found()


def require_ended(recording: Recording) -> None:
    """Raise `Conflict` (`on_air`) for the recording of a broadcast that goes on."""
    if recording.ended_at is None:
        raise Conflict("This broadcast is still on air. End it first.", code="on_air")


def require_ready(recording: Recording) -> None:
    """Raise `Conflict` (`not_ready`) unless all of it is there, and there is something."""
    if recording.status is not RecordingStatus.READY:
        raise Conflict("This recording is not ready.", code="not_ready")


def mp4_not_ready() -> Conflict:
    return Conflict("This file was not made yet.", code="not_ready")


def link_is_dead() -> Gone:
    return Gone("This link has run out. Ask for a new one.", code="link_expired")


def recording_not_found() -> NotFound:
    return NotFound("There is no such recording.")
