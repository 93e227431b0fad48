"""What a stream is, how it goes on and off air, and who may do what with it. Pure: no row, clock or socket here.

A stream is a channel. Each of its periods on air is a broadcast, named by the media process that carries it; a word
about any other broadcast than the stream's present one changes nothing, so a late one cannot end a new one.

    draft ──▶ live ◀──▶ interrupted      (the encoder left; it has `live_grace_s` to come back)
               │ ▲          │
               ▼ │          ▼
              ended ◀───────┘
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from veza.chat.domain import RoomSettings
from veza.kit.errors import Conflict, Forbidden, Invalid, NotFound
from veza.kit.fields import clean_prose, description_problems, different_tags, tag_problems, title_problems
from veza.kit.ids import random_alphanumeric
from veza.kit.text import search_words

TITLE_MAX = 140
DESCRIPTION_MAX = 5_000
TAGS_MAX = 10
TAG_MAX = 30
SEARCH_MAX = 200
SEARCH_WORDS_MAX = 10
INDEXED_WORDS_MAX = 400
STREAMS_PER_USER_MAX = 200
PART_TARGET_MS = 333
"""The part of LL-HLS that players are told to expect (facts behind it: docs/explanation, measured)."""

KEY_PREFIX = "vz_"
KEY_RANDOM_CHARACTERS = 32
_KEY = re.compile(r"vz_[A-Za-z0-9]{32}")

CUT_CHANNEL = "veza_live_cut"
"""PostgreSQL channel: the id of a stream whose publisher may have to go. Media listens."""
ANNOUNCE = "live.announce"
ANNOUNCE_EVERY_S = 3600.0
"""Followers hear of one person at most this often."""
ANNOUNCE_BATCH = 500
"""Followers who are looked at in one transaction."""
STATUS_CHANNEL = "veza_live"
"""PostgreSQL channel: `{"stream_id", "status"}` as JSON, at each change of a status. Chat sockets listen."""


class Status(StrEnum):
    """Where a stream is in its life."""

    DRAFT = "draft"
    LIVE = "live"
    INTERRUPTED = "interrupted"
    ENDED = "ended"

    @property
    def is_live(self) -> bool:
        """On air, as viewers see it: an interrupted stream is expected back any second."""
        return self in {Status.LIVE, Status.INTERRUPTED}


class Category(StrEnum):
    """What a stream is about."""

    MUSIC = "music"
    TALK = "talk"
    PODCAST = "podcast"
    GAMING = "gaming"
    NEWS = "news"
    EDUCATION = "education"
    ENTERTAINMENT = "entertainment"
    OTHER = "other"


class EndReason(StrEnum):
    """Why a broadcast is over."""

    ENCODER = "encoder"
    OWNER = "owner"
    DELETED = "deleted"
    LOST = "lost"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Details:
    """What a streamer says of a stream. Made by `parse_details`, so always within the rules."""

    title: str
    description: str = ""
    category: Category = Category.MUSIC
    tags: tuple[str, ...] = ()
    record: bool = True
    """Whether its broadcasts are recorded, where the install records at all."""

    def words(self, username: str) -> list[str]:
        """What a search finds this stream by: title, tags, streamer, then the description."""
        texts = [self.title, *self.tags, username, self.category.value, self.description]
        return search_words(texts, INDEXED_WORDS_MAX)


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream as other slices and its viewers may see it: no key in any form."""

    id: UUID
    user_id: UUID
    username: str
    details: Details
    status: Status
    viewer_count: int
    peak_viewers: int
    started_at: datetime | None
    ended_at: datetime | None
    audio_only: bool
    recording_id: UUID | None
    """Of the broadcast on air, once one can go back in it."""
    thumbnail_version: int | None
    """Of the newest picture of what is on air."""
    chat: RoomSettings
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class StreamKey:
    """The key of a stream in the clear: for its owner only, never for a log."""

    stream_id: UUID
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OnAir:
    """What decides whether a publisher may begin, go on or come back: the stream's row, read under its lock."""

    stream_id: UUID
    status: Status
    key_version: int
    is_deleted: bool
    broadcast_id: UUID | None
    node: str
    is_beating: bool
    """A media process said within `live_sweep_after_s` that it carries the broadcast."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a publisher may not begin: a code of `streaming.ingest.PublishRefused`, and what its encoder is told."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A publisher must go. `ended`: there is no grace to wait for."""

    reason: str
    ended: bool


INVALID_KEY = Refusal("invalid_key", "This stream key is not valid. Copy the key again from the studio.")
"""The one answer to a wrong, empty or old key, and to that of a deleted stream."""

# --- what a streamer may write ---------------------------------------------------------------------------------


def parse_details(
    title: str, description: str, category: Category, tags: Sequence[str], *, record: bool = True
) -> Details:
    """Trimmed and checked. Raises `Invalid` that names every wrong field."""
    title, description = title.strip(), clean_prose(description)
    problems = [
        *title_problems(title, TITLE_MAX),
        *description_problems(description, DESCRIPTION_MAX),
        *tag_problems(tags, TAGS_MAX, TAG_MAX),
    ]
    if problems:
        raise Invalid("Some fields are not right.", *problems)
    return Details(title, description, category, different_tags(tags, lambda tag: tag.strip().casefold()), record)


def default_details(username: str) -> Details:
    """What a stream is called that was made for its key, before its owner said anything."""
    return Details(title=f"{username} live")


# --- stream keys -----------------------------------------------------------------------------------------------


def new_key() -> str:
    """`vz_` and 32 random letters and digits: 190 bits."""
    return KEY_PREFIX + random_alphanumeric(KEY_RANDOM_CHARACTERS)


def is_key(text: str) -> bool:
    """Whether a text has the form of a stream key. Says nothing of whether there is such a key."""
    return _KEY.fullmatch(text) is not None


# --- decisions -------------------------------------------------------------------------------------------------


def require_owner(owner_id: UUID, caller_id: UUID) -> None:
    """Raise `Forbidden` unless the stream is the caller's. Streams are public, so there is nothing to hide."""
    if owner_id != caller_id:
        raise Forbidden("Only its owner may change a stream.")


def can_end(status: Status) -> bool:
    """Whether ending changes anything. Raises `Conflict` (`not_live`) for a stream that was never on air."""
    if status is Status.DRAFT:
        raise Conflict("This stream is not on air.", code="not_live")
    return status.is_live


def refuse_publisher(stream: OnAir, *, is_suspended: bool, node: str) -> Refusal | None:
    """Judge a publisher that showed a key of this stream; None means that it may begin.

    A broadcast that `node` itself carries is no hindrance here: the node's own hub refuses a second publisher, and a
    node that was restarted finds its former broadcast still beating.
    """
    if stream.is_deleted:
        return INVALID_KEY
    if is_suspended:
        return Refusal("not_allowed", "This account may not stream.")
    if stream.status is Status.LIVE and stream.is_beating and stream.node != node:
        return Refusal("already_publishing", "This stream is already on air from another encoder.")
    return None


def refuse_media(stream: OnAir, *, key_version: int, broadcast_id: UUID, resumed: bool) -> Refusal | None:
    """Judge again when media flows, under the row's lock: the key and the broadcast must still be good."""
    if stream.is_deleted or stream.key_version != key_version:
        return INVALID_KEY
    if resumed and (stream.broadcast_id != broadcast_id or not stream.status.is_live):
        return Refusal("not_allowed", "This broadcast has ended. Start again to begin a new one.")
    return None


def judge_beat(stream: OnAir | None, *, key_version: int, broadcast_id: UUID, is_suspended: bool) -> Verdict | None:
    """What a media process must do about a broadcast that it says it carries; None means: go on."""
    if stream is None or stream.is_deleted:
        return Verdict("This stream was deleted.", ended=True)
    if stream.broadcast_id != broadcast_id:
        return Verdict("This stream went on air from another encoder.", ended=True)
    if not stream.status.is_live:
        return Verdict("This broadcast was ended.", ended=True)
    if is_suspended:
        return Verdict("This account may not stream.", ended=True)
    if stream.key_version != key_version:
        return Verdict("The stream key was replaced. Copy the new one from the studio.", ended=False)
    return None


# --- errors ----------------------------------------------------------------------------------------------------


def stream_not_found() -> NotFound:
    return NotFound("There is no such stream.")


def still_on_air() -> Conflict:
    return Conflict("You are on air. End your stream first.", code="on_air")


def too_many_streams() -> Conflict:
    return Conflict(f"You have {STREAMS_PER_USER_MAX} streams. Delete one first.", code="too_many_streams")


@dataclass(frozen=True, slots=True)
class OnAirCounts:
    """How much is on air, over the whole install. Interrupted streams count."""

    streams_live: int
    viewers: int


@dataclass(frozen=True, slots=True)
class RtmpHealth:
    """Whether encoders can reach us. `error` is a sentence without any detail of the machine."""

    reachable: bool
    address: str
    error: str | None
    checked_at: datetime
