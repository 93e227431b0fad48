"""Routes of live streaming (api.md, live). Each parses, calls one thing and answers.

A key stands only in the answers of the `me` routes, and each of those carries `Cache-Control: no-store`.
"""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from veza.auth.domain import Principal
from veza.auth.guard import optional_user, public, signed_in
from veza.context import Context
from veza.http.envelope import Limit, Nothing, Offset, Ok, nothing, ok
from veza.http.errors import documented
from veza.kit.page import PageRequest
from veza.live import domain, service
from veza.live.domain import Category, Stream, StreamKey
from veza.live.schemas import (
    ChatView,
    EncoderView,
    NewStream,
    OwnStreamsView,
    OwnStreamView,
    RtmpHealthView,
    StreamChanges,
    StreamerView,
    StreamHealthView,
    StreamKeyView,
    StreamsView,
    StreamView,
    ViewersView,
)
from veza.recordings.api import recording_view
from veza.recordings.schemas import RecordingsView

TAGS = ["Live streaming"]
NO_STORE = [ResponseHeader(name="Cache-Control", value="no-store", description="The answer holds a secret.")]
Search = Annotated[str, QueryParameter(max_length=domain.SEARCH_MAX, description="Words and beginnings of words.")]


@get(
    "/live/streams",
    operation_id="listStreams",
    summary="List streams",
    description="On air first, by viewers; then the newest. Drafts are not listed.",
    tags=TAGS,
    **public,
)
async def list_streams(
    *,
    ctx: NamedDependency[Context],
    is_live: FromQuery[bool | None] = None,
    category: FromQuery[Category | None] = None,
    search: FromQuery[Search] = "",
    limit: FromQuery[Limit] = 20,
    offset: FromQuery[Offset] = 0,
) -> Ok[StreamsView]:
    """A page of the public list."""
    page = await service.list_streams(
        ctx, PageRequest(limit, offset), is_live=is_live, category=category, search=search
    )
    return ok(StreamsView([_view(ctx, stream) for stream in page.items], page.total, limit, offset))


@post(
    "/live/streams",
    operation_id="createStream",
    summary="Create a stream",
    description="A draft, with its key (`GET /live/streams/me/key`) and its chat room. The answer holds no key.",
    tags=TAGS,
    status_code=201,
    responses=documented(401, 403, 409),
    **signed_in,
)
async def create_stream(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], data: JSONBody[NewStream]
) -> Ok[StreamView]:
    """Make a draft."""
    details = domain.parse_details(data.title, data.description, data.category, data.tags, record=data.record)
    return ok(_view(ctx, await service.create_stream(ctx, principal, details)))


@get(
    "/live/streams/following",
    operation_id="listFollowedStreams",
    summary="List what is on air of the people you follow",
    description="By viewers; then the newest.",
    tags=TAGS,
    responses=documented(401, 403),
    **signed_in,
)
async def list_followed_streams(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    limit: FromQuery[Limit] = 20,
    offset: FromQuery[Offset] = 0,
) -> Ok[StreamsView]:
    """A page of what is on air now."""
    page = await service.list_followed(ctx, principal, PageRequest(limit, offset))
    return ok(StreamsView([_view(ctx, stream) for stream in page.items], page.total, limit, offset))


@get(
    "/live/streams/me",
    operation_id="listOwnStreams",
    summary="List your streams",
    description="On air first, then the newest, each with its `stream_key`.",
    tags=TAGS,
    response_headers=NO_STORE,
    responses=documented(401, 403),
    **signed_in,
)
async def list_own_streams(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    limit: FromQuery[Limit] = 20,
    offset: FromQuery[Offset] = 0,
) -> Ok[OwnStreamsView]:
    """A page of the caller's own streams."""
    page = await service.list_own(ctx, principal, PageRequest(limit, offset))
    views = [_own_view(ctx, stream, key) for stream, key in page.items]
    return ok(OwnStreamsView(views, page.total, limit, offset))


@get(
    "/live/streams/me/key",
    operation_id="getStreamKey",
    summary="Get your stream key and RTMP address",
    description="Of the stream on air, else of the newest; a draft is made if there is none.",
    tags=TAGS,
    response_headers=NO_STORE,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def get_stream_key(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], stream_id: FromQuery[UUID | None] = None
) -> Ok[StreamKeyView]:
    """What goes into the encoder."""
    return ok(_key_view(ctx, await service.get_key(ctx, principal, stream_id)))


@post(
    "/live/streams/me/key/regenerate",
    operation_id="regenerateStreamKey",
    summary="Replace your stream key",
    description="The old key is dead at once; an encoder that uses it is cut within a second.",
    tags=TAGS,
    status_code=200,
    response_headers=NO_STORE,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def regenerate_stream_key(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], stream_id: FromQuery[UUID | None] = None
) -> Ok[StreamKeyView]:
    """A new key for the same stream."""
    return ok(_key_view(ctx, await service.regenerate_key(ctx, principal, stream_id)))


@get(
    "/live/streams/{stream_id:uuid}",
    operation_id="getStream",
    summary="Get a stream",
    tags=TAGS,
    responses=documented(404),
    **public,
)
async def get_stream(ctx: NamedDependency[Context], stream_id: FromPath[UUID]) -> Ok[StreamView]:
    """Any stream, drafts included."""
    return ok(_view(ctx, await service.get_stream(ctx, stream_id)))


@put(
    "/live/streams/{stream_id:uuid}",
    operation_id="updateStream",
    summary="Change a stream",
    description="Only the fields that are sent change.",
    tags=TAGS,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def update_stream(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    stream_id: FromPath[UUID],
    data: JSONBody[StreamChanges],
) -> Ok[StreamView]:
    """Change what was sent."""
    stream = await service.change_details(
        ctx,
        principal,
        stream_id,
        title=None if data.title is msgspec.UNSET else data.title,
        description=None if data.description is msgspec.UNSET else data.description,
        category=None if data.category is msgspec.UNSET else data.category,
        tags=None if data.tags is msgspec.UNSET else data.tags,
        record=None if data.record is msgspec.UNSET else data.record,
    )
    return ok(_view(ctx, stream))


@delete(
    "/live/streams/{stream_id:uuid}",
    operation_id="deleteStream",
    summary="Delete a stream",
    description="For good, with its key. A stream on air is ended first.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def delete_stream(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], stream_id: FromPath[UUID]
) -> Ok[Nothing]:
    """Remove it."""
    await service.delete_stream(ctx, principal, stream_id)
    return nothing()


@post(
    "/live/streams/{stream_id:uuid}/end",
    operation_id="endStream",
    summary="End a broadcast",
    description="The encoder is cut within a second. A stream that has ended stays as it is.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404, 409),
    **signed_in,
)
async def end_stream(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], stream_id: FromPath[UUID]
) -> Ok[StreamView]:
    """Go off air."""
    return ok(_view(ctx, await service.end_stream(ctx, principal, stream_id)))


@get(
    "/live/streams/{stream_id:uuid}/recordings",
    operation_id="listRecordings",
    summary="List the recordings of a stream",
    description="The newest first: what is published, and for the owner everything.",
    tags=["Recordings"],
    responses=documented(404),
    **optional_user,
)
async def list_recordings(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Principal | None],
    stream_id: FromPath[UUID],
    limit: FromQuery[Limit] = 20,
    offset: FromQuery[Offset] = 0,
) -> Ok[RecordingsView]:
    """A page of them."""
    page = await service.list_recordings(ctx, stream_id, caller, PageRequest(limit, offset))
    views = [recording_view(ctx, found, caller) for found in page.items]
    return ok(RecordingsView(views, page.total, limit, offset))


@get(
    "/live/streams/{stream_id:uuid}/viewers",
    operation_id="getStreamViewers",
    summary="Count the viewers",
    tags=TAGS,
    responses=documented(404),
    **public,
)
async def get_stream_viewers(ctx: NamedDependency[Context], stream_id: FromPath[UUID]) -> Ok[ViewersView]:
    """How many people watch now."""
    return ok(ViewersView(await service.get_viewer_count(ctx, stream_id)))


@get(
    "/live/streams/{stream_id:uuid}/health",
    operation_id="getStreamHealth",
    summary="How well does my encoder send?",
    description="Of the last ten seconds, measured every two; `advice` names what to mend. Its owner.",
    tags=TAGS,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def get_stream_health(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], stream_id: FromPath[UUID]
) -> Ok[StreamHealthView]:
    """Figures and advice."""
    signal, measured_at = await service.get_signal(ctx, principal, stream_id)
    found = signal.health
    fields = {} if found is None else {name: getattr(found, name) for name in EncoderView.__struct_fields__}
    encoder = EncoderView(**fields) if fields else None
    return ok(StreamHealthView(measured_at=measured_at, encoder=encoder, advice=list(signal.advice)))


@get(
    "/live/health",
    operation_id="getLiveHealth",
    summary="Can encoders reach us?",
    description="From a check that is at most five seconds old.",
    tags=TAGS,
    **public,
)
async def get_live_health(ctx: NamedDependency[Context]) -> Ok[RtmpHealthView]:
    """Whether the RTMP server accepts connections."""
    found = await service.check_rtmp(ctx)
    return ok(RtmpHealthView(found.reachable, found.address, found.error, found.checked_at))


def playback_url(ctx: Context, stream_id: UUID) -> str:
    """Where players find a stream. Known before it is on air, and the same for ever."""
    return f"{ctx.settings.hls_base_url}/hls/{stream_id}/index.m3u8"


def thumbnail_url(ctx: Context, stream: Stream) -> str | None:
    """A picture of what is on air; another address for each, so that nobody is shown an old one."""
    if stream.thumbnail_version is None:
        return None
    return f"{ctx.settings.hls_base_url}/hls/{stream.id}/thumbnail.jpg?v={stream.thumbnail_version}"


def _view(ctx: Context, stream: Stream) -> StreamView:
    return StreamView(
        id=stream.id,
        user_id=stream.user_id,
        streamer=StreamerView(stream.user_id, stream.username),
        title=stream.details.title,
        description=stream.details.description,
        category=stream.details.category,
        tags=list(stream.details.tags),
        status=stream.status,
        is_live=stream.status.is_live,
        viewer_count=stream.viewer_count,
        peak_viewers=stream.peak_viewers,
        started_at=stream.started_at,
        ended_at=stream.ended_at,
        thumbnail_url=thumbnail_url(ctx, stream),
        playback_url=playback_url(ctx, stream.id),
        audio_only=stream.audio_only,
        record=stream.details.record,
        recording_id=stream.recording_id,
        chat=ChatView(stream.chat.enabled, stream.chat.slow_mode_seconds, stream.chat.followers_only),
        created_at=stream.created_at,
        updated_at=stream.updated_at,
    )


def _own_view(ctx: Context, stream: Stream, key: StreamKey) -> OwnStreamView:
    shown = _view(ctx, stream)
    fields = {name: getattr(shown, name) for name in StreamView.__struct_fields__}
    return OwnStreamView(**fields, stream_key=key.key)


def _key_view(ctx: Context, key: StreamKey) -> StreamKeyView:
    return StreamKeyView(key.stream_id, key.key, ctx.settings.rtmp_base_url)


routes: list[BaseRouteHandler] = [
    list_streams,
    create_stream,
    list_followed_streams,
    list_own_streams,
    get_stream_key,
    regenerate_stream_key,
    get_stream,
    update_stream,
    delete_stream,
    end_stream,
    list_recordings,
    get_stream_viewers,
    get_stream_health,
    get_live_health,
]
