"""Routes of recordings (api.md, recordings); the list of a stream's is in `live/api.py`, which knows streams.

Players are given plain HLS under one address, whose last folder is a word: `public`, or one that says for how long its
owner may play what is not published. Playlists name their pieces relative to it.
"""

import re
from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from veza.auth.domain import Principal
from veza.auth.guard import optional_user, public, signed_in
from veza.chat.api import said_view
from veza.chat.schemas import SaidView
from veza.context import Context
from veza.files.api import attachment
from veza.http.envelope import Limit, Nothing, Ok, Since, nothing, ok
from veza.http.errors import documented
from veza.http.file_response import FileResponse
from veza.kit.period import parse_period
from veza.recordings import domain, download, playing, service
from veza.recordings.domain import Recording
from veza.recordings.playing import Piece
from veza.recordings.schemas import RecordingChanges, RecordingDownloadView, RecordingView
from veza.streaming.channel import Rendered
from veza.streaming.hls_request import accepts_gzip

TAGS = ["Recordings"]
_PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
_PICTURE = "thumbnail.jpg"
_PIECE = re.compile(r"(s|init)([0-9]{1,18})\.(m4s|mp4)")
After = Annotated[int, QueryParameter(ge=0, le=2**53, description="Only messages with a higher `seq`.")]
_PIECE_CACHING = "private, max-age=3600, immutable"

Write = Callable[[Context, UUID, str], Coroutine[Any, Any, Rendered]]
_PLAYLISTS: dict[str, Write] = {"index.m3u8": playing.index_playlist, "media.m3u8": playing.media_playlist}


@get(
    "/live/recordings/{recording_id:uuid}",
    operation_id="getRecording",
    summary="Get a recording",
    description="One that is published or still on air; for the owner any of theirs.",
    tags=TAGS,
    responses=documented(404),
    **optional_user,
)
async def get_recording(
    ctx: NamedDependency[Context], caller: NamedDependency[Principal | None], recording_id: FromPath[UUID]
) -> Ok[RecordingView]:
    """With an address that plays it."""
    return ok(recording_view(ctx, await service.get_recording(ctx, recording_id, caller), caller))


@put(
    "/live/recordings/{recording_id:uuid}",
    operation_id="updateRecording",
    summary="Change or publish a recording",
    description="Only the fields that are sent change. 409 `on_air`: what is still on air cannot be published.",
    tags=TAGS,
    responses=documented(401, 403, 404, 409),
    **signed_in,
)
async def update_recording(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    recording_id: FromPath[UUID],
    data: JSONBody[RecordingChanges],
) -> Ok[RecordingView]:
    """Change what was sent."""
    changed = await service.change(
        ctx,
        principal,
        recording_id,
        title=None if data.title is msgspec.UNSET else data.title,
        is_published=None if data.is_published is msgspec.UNSET else data.is_published,
    )
    return ok(recording_view(ctx, changed, principal))


@delete(
    "/live/recordings/{recording_id:uuid}",
    operation_id="deleteRecording",
    summary="Delete a recording",
    description="For good. Its owner; the staff, what is published. 409 `on_air` while its broadcast goes on.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404, 409),
    **signed_in,
)
async def delete_recording(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], recording_id: FromPath[UUID]
) -> Ok[Nothing]:
    """Remove it."""
    await service.delete_recording(ctx, principal, recording_id)
    return nothing()


@get(
    "/live/recordings/{recording_id:uuid}/chat",
    operation_id="listRecordedChat",
    summary="Read what was said during a broadcast",
    description=(
        "Oldest first, from a moment on; `after` goes on where a page ended. The playlist's times of day say which "
        "moment is played. Deleted messages are left out."
    ),
    tags=TAGS,
    responses=documented(404),
    **optional_user,
)
async def list_recorded_chat(
    *,
    ctx: NamedDependency[Context],
    caller: NamedDependency[Principal | None],
    recording_id: FromPath[UUID],
    since: FromQuery[Since] = None,
    after: FromQuery[After] = 0,
    limit: FromQuery[Limit] = 100,
) -> Ok[SaidView]:
    """A page of the conversation."""
    moment = parse_period(since, None).since
    found = await service.said_meanwhile(ctx, recording_id, caller, since=moment, after=after, limit=limit + 1)
    return ok(said_view(found, limit))


@post(
    "/live/recordings/{recording_id:uuid}/mp4",
    operation_id="makeRecordingMp4",
    summary="Have one MP4 made of a recording",
    description="By the worker, without re-encoding; `mp4_status` says how it stands. Its owner. 409 `not_ready`.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404, 409),
    **signed_in,
)
async def make_recording_mp4(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], recording_id: FromPath[UUID]
) -> Ok[RecordingView]:
    """Ask for it; again changes nothing."""
    return ok(recording_view(ctx, await download.ask(ctx, principal, recording_id), principal))


@get(
    "/live/recordings/{recording_id:uuid}/mp4",
    operation_id="getRecordingDownload",
    summary="Get a link to the MP4 of a recording",
    description="Good for 15 minutes. It takes ranges. 409 `not_ready` until the file was made.",
    tags=TAGS,
    responses=documented(401, 403, 404, 409),
    **signed_in,
)
async def get_recording_download(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], recording_id: FromPath[UUID]
) -> Ok[RecordingDownloadView]:
    """A link for its owner."""
    link = await download.link_to(ctx, principal, recording_id)
    url = f"{ctx.settings.public_url}/api/v1/live/recordings/downloads/{link.word}"
    return ok(RecordingDownloadView(url, link.expires_at))


@get(
    "/live/recordings/downloads/{word:str}",
    operation_id="downloadRecording",
    summary="Download a recording",
    description="By a link of `getRecordingDownload`. 410 when it has run out, or the recording is gone.",
    tags=TAGS,
    media_type="application/octet-stream",
    responses=documented(404, 410),
    **public,
)
async def download_recording(ctx: NamedDependency[Context], word: FromPath[str]) -> Response[Any]:
    """The file itself."""
    stored, filename = await download.follow_link(ctx, word)
    return await attachment(ctx, stored, filename)


@get(
    "/live/recordings/{recording_id:uuid}/play/{word:str}/{name:str}",
    operation_id="playRecording",
    summary="A playlist or a piece of a recording",
    description=(
        "HLS: `index.m3u8` is the `playback_url`, and names the rest. Segments take ranges. While the broadcast goes "
        "on, the playlist grows."
    ),
    tags=TAGS,
    media_type="application/octet-stream",
    responses=documented(404),
    **public,
)
async def play_recording(
    ctx: NamedDependency[Context],
    request: Request[Any, Any, Any],
    recording_id: FromPath[UUID],
    word: FromPath[str],
    name: FromPath[str],
) -> Response[Any]:
    """What a player asks for."""
    write = _PLAYLISTS.get(name)
    if write is not None:
        return _playlist(request, await write(ctx, recording_id, word))
    if name == _PICTURE:
        picture = await playing.get_picture(ctx, recording_id, word)
        return _piece_response(ctx, picture, f"{recording_id.hex}-{picture.size_bytes}", "image/jpeg")
    found = _PIECE.fullmatch(name)
    if found is None:
        raise domain.recording_not_found()
    number = int(found[2])
    get_piece = playing.get_segment if found[1] == "s" else playing.get_init
    return _piece_response(ctx, await get_piece(ctx, recording_id, word, number), f"{recording_id.hex}-{name}")


def _playlist(request: Request[Any, Any, Any], playlist: Rendered) -> Response[bytes]:
    headers = {"cache-control": "private, no-cache", "vary": "Accept-Encoding"}
    if not accepts_gzip(request.scope["headers"]):
        return Response(playlist.body, headers=headers, media_type=_PLAYLIST_TYPE)
    headers["content-encoding"] = "gzip"
    return Response(playlist.packed(), headers=headers, media_type=_PLAYLIST_TYPE)


def _piece_response(ctx: Context, piece: Piece, etag: str, content_type: str = "video/iso.segment") -> Response[Any]:
    headers = {"cache-control": _PIECE_CACHING, "cross-origin-resource-policy": "same-origin"}
    if piece.data is not None:
        return Response(piece.data, headers=headers, media_type="video/mp4")

    async def read(start: int, end: int) -> bytes:
        return await ctx.files.read(piece.key, start, end)

    return FileResponse(
        read,
        size_bytes=piece.size_bytes,
        etag=etag,
        content_type=content_type,
        headers=headers,
        path=ctx.files.path(piece.key),
    )


def recording_view(ctx: Context, recording: Recording, caller: Principal | None) -> RecordingView:
    """A recording as the caller may see it."""
    word = playing.playback_word(ctx, recording, caller)
    return RecordingView(
        id=recording.id,
        stream_id=recording.stream_id,
        user_id=recording.user_id,
        title=recording.title,
        status=recording.status,
        is_published=recording.published_at is not None,
        duration_seconds=recording.duration_seconds,
        missing_seconds=recording.missing_seconds,
        problem=recording.problem,
        size_bytes=recording.size_bytes,
        playback_url=playback_url(ctx, recording.id, word) if recording.duration_ticks else None,
        thumbnail_url=thumbnail_url(ctx, recording, word),
        mp4_status=recording.mp4_status if caller is not None and caller.user_id == recording.user_id else None,
        started_at=recording.started_at,
        ended_at=recording.ended_at,
        published_at=recording.published_at,
        expires_at=recording.expires_at(ctx.settings.recordings_keep_days),
    )


def playback_url(ctx: Context, recording_id: UUID, word: str = domain.PUBLIC_WORD) -> str:
    """Where players find a recording."""
    return f"{ctx.settings.public_url}/api/v1/live/recordings/{recording_id}/play/{word}/index.m3u8"


def thumbnail_url(ctx: Context, recording: Recording, word: str) -> str | None:
    """A picture of it; another address for each."""
    if recording.thumbnail_bytes is None:
        return None
    folder = f"{ctx.settings.public_url}/api/v1/live/recordings/{recording.id}/play/{word}"
    return f"{folder}/{_PICTURE}?v={recording.thumbnail_bytes}"


routes: list[BaseRouteHandler] = [
    get_recording,
    update_recording,
    delete_recording,
    list_recorded_chat,
    make_recording_mp4,
    get_recording_download,
    download_recording,
    play_recording,
]
