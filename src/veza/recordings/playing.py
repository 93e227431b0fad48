"""What players ask for: playlists written from rows, and the pieces that they name. Access is judged at each request.

A playlist is rendered once for all who ask while nothing was added: in a broadcast on air they ask every two seconds.
"""

import asyncio
from collections import OrderedDict
from datetime import timedelta
from uuid import UUID
from weakref import WeakKeyDictionary

import msgspec

from veza.auth.domain import Principal
from veza.context import Context
from veza.db.pool import Database
from veza.files.domain import ObjectKind, object_key
from veza.kit.signing import Forged, read_signed_word, sign_word
from veza.media.hls.playlist import Variant, write_recorded, write_variant
from veza.recordings import domain, queries
from veza.recordings.domain import WORD_EXPIRES_S, Recording
from veza.recordings.service import recording_of
from veza.streaming.archive import picture_name, segment_name
from veza.streaming.channel import Rendered

_WORD_MAX = 400
_REMEMBERED_MAX = 32


class _Claim(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a word in an address says: this recording may be played until then."""

    recording_id: UUID
    expires_s: int


class Piece(msgspec.Struct, frozen=True):
    """A piece to be given away: `data` itself, or the bytes under `key`."""

    key: str
    size_bytes: int
    data: bytes | None


def playback_word(ctx: Context, recording: Recording, caller: Principal | None) -> str:
    """What stands in the address of its playlist: for the owner of what is not published, a signed word."""
    if recording.is_open or caller is None or caller.user_id != recording.user_id:
        return domain.PUBLIC_WORD
    expires_at = ctx.clock.now() + timedelta(seconds=WORD_EXPIRES_S)
    claim = _Claim(recording.id, int(expires_at.timestamp()))
    return sign_word(ctx.keys.recording_link, msgspec.json.encode(claim))


async def index_playlist(ctx: Context, recording_id: UUID, word: str) -> Rendered:
    """The playlist that players open first. Raises `NotFound`, also while nothing was stored yet."""
    async with ctx.db.connection() as connection:
        row = await queries.recording.find(connection, recording_id)
        init = await queries.newest_init.find(connection, recording_id)
    found = _playable(ctx, row, word)
    if init is None:
        raise domain.recording_not_found()
    variant = Variant(
        codecs=init.codecs,
        width=init.width,
        height=init.height,
        frame_rate=init.frame_rate,
        peak_bps=found.peak_bps,
        average_bps=found.average_bps,
    )
    return Rendered(0, write_variant(variant, media_uri="media.m3u8").encode())


async def media_playlist(ctx: Context, recording_id: UUID, word: str) -> Rendered:
    """All segments that were stored; it ends when nothing more can come. Raises `NotFound`."""
    remembered = _memories.setdefault(ctx.db, OrderedDict())
    async with ctx.db.connection() as connection:
        found = _playable(ctx, await queries.recording.find(connection, recording_id), word)
        version = 2 * found.duration_ticks + found.is_complete
        known = remembered.get(recording_id)
        if known is not None and known.version == version:
            remembered.move_to_end(recording_id)
            return known
        segments = await queries.segments.list(connection, recording_id)
    if not segments or found.target_duration_s is None:
        raise domain.recording_not_found()
    fresh = await asyncio.to_thread(_render, segments, found.target_duration_s, found.is_complete, version)
    remembered[recording_id] = fresh
    while len(remembered) > _REMEMBERED_MAX:
        remembered.popitem(last=False)
    return fresh


def _render(segments: list[queries.SegmentRow], target_duration_s: int, ended: bool, version: int) -> Rendered:  # noqa: FBT001
    """Text and its compressed form. Ten hours take a tenth of a second: not on the event loop."""
    text = write_recorded(segments, target_duration_s=target_duration_s, ended=ended)
    rendered = Rendered(version, text.encode())
    rendered.packed()
    return rendered


_memories: WeakKeyDictionary[Database, OrderedDict[UUID, Rendered]] = WeakKeyDictionary()


async def get_segment(ctx: Context, recording_id: UUID, word: str, msn: int) -> Piece:
    """A segment's place in the store. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        row = await queries.segment_piece.find(connection, recording_id, msn)
    return _piece(ctx, row, recording_id, word, segment_name(msn))


async def get_init(ctx: Context, recording_id: UUID, word: str, number: int) -> Piece:
    """An init segment. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        row = await queries.init_piece.find(connection, recording_id, number)
    return _piece(ctx, row, recording_id, word, f"init{number}.mp4")


async def get_picture(ctx: Context, recording_id: UUID, word: str) -> Piece:
    """What it looks like. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        row = await queries.picture_piece.find(connection, recording_id)
    return _piece(ctx, row, recording_id, word, "" if row is None else picture_name(row.size_bytes))


def _piece(ctx: Context, row: queries.PieceRow | None, recording_id: UUID, word: str, name: str) -> Piece:
    if row is None or not (row.is_open or _is_good(ctx, recording_id, word)):
        raise domain.recording_not_found()
    return Piece(f"{object_key(ObjectKind.RECORDING, recording_id)}/{name}", row.size_bytes, row.data)


def _playable(ctx: Context, row: queries.RecordingRow | None, word: str) -> Recording:
    if row is None:
        raise domain.recording_not_found()
    found = recording_of(row)
    if not found.duration_ticks or not (found.is_open or _is_good(ctx, found.id, word)):
        raise domain.recording_not_found()
    return found


def _is_good(ctx: Context, recording_id: UUID, word: str) -> bool:
    try:
        said = read_signed_word(ctx.keys.recording_link, word, characters_max=_WORD_MAX)
        claim = msgspec.json.decode(said, type=_Claim)
    except (Forged, msgspec.DecodeError):
        return False
    return claim.recording_id == recording_id and ctx.clock.now().timestamp() < claim.expires_s
