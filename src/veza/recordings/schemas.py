"""Bodies of the routes of recordings."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from veza.http.envelope import Body
from veza.recordings.domain import TITLE_MAX, Mp4Status, RecordingProblem, RecordingStatus

RecordingTitle = Annotated[str, msgspec.Meta(min_length=1, max_length=TITLE_MAX, pattern=r"\S")]


class RecordingChanges(Body, frozen=True, kw_only=True):
    """Body of PUT /live/recordings/:id: only what is sent changes."""

    title: RecordingTitle | msgspec.UnsetType = msgspec.UNSET
    is_published: bool | msgspec.UnsetType = msgspec.UNSET


class RecordingView(msgspec.Struct, frozen=True, kw_only=True):
    """A recording (docs/reference/recordings.md). `problem`: why `missing_seconds` of the broadcast are not in it.

    `mp4_status` is its owner's to see. `playback_url` is null while nothing can be played. `expires_at` is when it is
    deleted by itself.
    """

    id: UUID
    stream_id: UUID
    user_id: UUID
    title: str
    status: RecordingStatus
    is_published: bool
    duration_seconds: float
    missing_seconds: float
    problem: RecordingProblem | None
    size_bytes: int
    playback_url: str | None
    thumbnail_url: str | None
    mp4_status: Mp4Status | None
    started_at: datetime
    ended_at: datetime | None
    published_at: datetime | None
    expires_at: datetime | None


class RecordingDownloadView(msgspec.Struct, frozen=True):
    """Where the MP4 is, and until when the address is good."""

    url: str
    expires_at: datetime


class RecordingsView(msgspec.Struct, frozen=True):
    """A page of recordings."""

    recordings: list[RecordingView]
    total: int
    limit: int
    offset: int
