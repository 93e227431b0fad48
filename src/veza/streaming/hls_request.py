"""Reads what a player asks for: the path of a playlist, part or segment, and the query of a blocking reload. Pure.

No look-up and no answer here; what does not parse is either unknown (None) or `BadRequest` with a sentence.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import parse_qsl
from uuid import UUID

from veza.kit.ids import parse_id
from veza.streaming.channel import PlaylistKind

_PATH = re.compile(
    r"/hls/([0-9a-fA-F-]{36})/"
    r"(?:(index|media|plain)\.m3u8|init([0-9]{1,18})\.mp4|s([0-9]{1,18})\.m4s|p([0-9]{1,18})\.m4s|(thumbnail)\.jpg)"
)
_NUMBER = re.compile(r"[0-9]{1,18}")
_VIEWER = re.compile(r"[A-Za-z0-9_-]{8,64}")
_QUERY_MAX_BYTES = 1024


class BadRequest(Exception):
    """A query that cannot be meant. `sentence` names what is wrong."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class PlaylistRequest:
    stream_id: UUID
    kind: PlaylistKind


@dataclass(frozen=True, slots=True)
class InitRequest:
    stream_id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class SegmentRequest:
    stream_id: UUID
    msn: int


@dataclass(frozen=True, slots=True)
class PartRequest:
    stream_id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class ThumbnailRequest:
    stream_id: UUID


HlsRequest: TypeAlias = PlaylistRequest | InitRequest | SegmentRequest | PartRequest | ThumbnailRequest


@dataclass(frozen=True, slots=True)
class PlaylistQuery:
    """A blocking reload asks for segment `msn` (all of it, or as far as `part`), and may `skip` what it knows.

    `viewer` is a playback session.
    """

    msn: int | None = None
    part: int | None = None
    skip: bool = False
    viewer: str | None = None


def parse_path(path: str) -> HlsRequest | None:
    """What a path names; None when it names nothing of ours."""
    found = _PATH.fullmatch(path)
    stream_id = parse_id(found[1]) if found is not None else None
    if found is None or stream_id is None:
        return None
    if found[2]:
        return PlaylistRequest(stream_id, PlaylistKind(found[2]))
    if found[3]:
        return InitRequest(stream_id, int(found[3]))
    if found[4]:
        return SegmentRequest(stream_id, int(found[4]))
    if found[6]:
        return ThumbnailRequest(stream_id)
    return PartRequest(stream_id, int(found[5]))


def parse_playlist_query(query: bytes) -> PlaylistQuery:
    """Unknown names are ignored; wrong values of known ones raise `BadRequest`."""
    if not query:
        return PlaylistQuery()
    if len(query) > _QUERY_MAX_BYTES:
        raise BadRequest("The query is too long.")
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, max_num_fields=32)
    except ValueError as error:
        raise BadRequest("The query cannot be read.") from error
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in values and name in {"_HLS_msn", "_HLS_part", "_HLS_skip", "viewer"}:
            raise BadRequest(f"{name} may stand in the query once.")
        values[name] = value
    msn, part = _number(values, "_HLS_msn"), _number(values, "_HLS_part")
    if part is not None and msn is None:
        raise BadRequest("_HLS_part needs _HLS_msn.")
    skip = values.get("_HLS_skip")
    if skip not in {None, "YES", "v2"}:  # v2 skips date ranges too, of which we have none
        raise BadRequest("_HLS_skip must be YES or v2.")
    viewer = values.get("viewer")
    if viewer is not None and not _VIEWER.fullmatch(viewer):
        raise BadRequest("viewer must be 8 to 64 letters, digits, - or _.")
    return PlaylistQuery(msn, part, skip is not None, viewer)


def _number(values: dict[str, str], name: str) -> int | None:
    text = values.get(name)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text):
        raise BadRequest(f"{name} must be a whole number.")
    return int(text)


def accepts_gzip(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether a request takes gzip (RFC 9110 §12.5.3). A weight of zero refuses it."""
    for name, value in headers:
        if name == b"accept-encoding":
            for item in value.lower().split(b","):
                coding, _, weight = item.partition(b";")
                if coding.strip() in {b"gzip", b"*"}:
                    return weight.replace(b" ", b"") not in {b"q=0", b"q=0.0", b"q=0.00", b"q=0.000"}
    return False
