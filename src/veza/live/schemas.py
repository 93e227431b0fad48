"""Bodies of the live routes. A key stands only in what `OwnStreamView` and `StreamKeyView` answer to its owner."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from veza.http.envelope import Body
from veza.live.domain import DESCRIPTION_MAX, TAG_MAX, TAGS_MAX, TITLE_MAX, Category, Status
from veza.live.signal import Advice

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=TITLE_MAX, pattern=r"\S")]
Description = Annotated[str, msgspec.Meta(max_length=DESCRIPTION_MAX)]
Tags = Annotated[
    list[Annotated[str, msgspec.Meta(min_length=1, max_length=TAG_MAX, pattern=r"\S")]],
    msgspec.Meta(max_length=TAGS_MAX),
]


class NewStream(Body, frozen=True, kw_only=True):
    """Body of POST /live/streams."""

    title: Title
    description: Description = ""
    category: Category = Category.MUSIC
    tags: Tags = msgspec.field(default_factory=list)
    record: bool = True


class StreamChanges(Body, frozen=True, kw_only=True):
    """Body of PUT /live/streams/:id: only what is sent changes."""

    title: Title | msgspec.UnsetType = msgspec.UNSET
    description: Description | msgspec.UnsetType = msgspec.UNSET
    category: Category | msgspec.UnsetType = msgspec.UNSET
    tags: Tags | msgspec.UnsetType = msgspec.UNSET
    record: bool | msgspec.UnsetType = msgspec.UNSET


class StreamerView(msgspec.Struct, frozen=True):
    """Whose stream it is."""

    id: UUID
    username: str


class ChatView(msgspec.Struct, frozen=True):
    """The settings of the stream's chat room."""

    enabled: bool
    slow_mode_seconds: int
    followers_only: bool


class StreamView(msgspec.Struct, frozen=True, kw_only=True):
    """A stream as anybody may see it (api.md, live)."""

    id: UUID
    user_id: UUID
    streamer: StreamerView
    title: str
    description: str
    category: Category
    tags: list[str]
    status: Status
    is_live: bool
    viewer_count: int
    peak_viewers: int
    started_at: datetime | None
    ended_at: datetime | None
    thumbnail_url: str | None
    playback_url: str
    audio_only: bool
    record: bool
    recording_id: UUID | None
    chat: ChatView
    created_at: datetime
    updated_at: datetime


class OwnStreamView(StreamView, frozen=True, kw_only=True):
    """A stream as its owner sees it: with the key."""

    stream_key: str


class StreamsView(msgspec.Struct, frozen=True):
    """A page of the public list."""

    streams: list[StreamView]
    total: int
    limit: int
    offset: int


class OwnStreamsView(msgspec.Struct, frozen=True):
    """A page of one's own streams."""

    streams: list[OwnStreamView]
    total: int
    limit: int
    offset: int


class StreamKeyView(msgspec.Struct, frozen=True):
    """What goes into OBS: server `rtmp_url`, stream key `stream_key`."""

    stream_id: UUID
    stream_key: str
    rtmp_url: str


class EncoderView(msgspec.Struct, frozen=True, kw_only=True):
    """What an encoder sent in the last ten seconds (docs/reference/api.md, live). Null: not known, or no such track."""

    video_bps: int | None
    audio_bps: int | None
    fps: float | None
    keyframe_interval_ms: int | None
    skew_ms: int | None
    longest_gap_ms: int


class StreamHealthView(msgspec.Struct, frozen=True, kw_only=True):
    """How well an encoder sends, and what to mend. `encoder` is null while it sends nothing."""

    measured_at: datetime | None
    encoder: EncoderView | None
    advice: list[Advice]


class ViewersView(msgspec.Struct, frozen=True):
    """How many people watch."""

    viewer_count: int


class RtmpHealthView(msgspec.Struct, frozen=True):
    """Whether encoders can reach us. `error` is null when they can."""

    rtmp_reachable: bool
    rtmp_addr: str
    error: str | None
    last_check_at: datetime
