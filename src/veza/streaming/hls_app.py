"""Gives viewers what a channel holds, over HTTP: playlists, init segments, segments, parts. Raw ASGI, no framework.

Any origin may read it, without credentials. It decides nothing about a stream and never waits without a bound.
Reading the request is `hls_request.py`'s.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import structlog

from veza.kit.ids import new_id
from veza.kit.lifespan import live
from veza.media.hls.window import Window
from veza.streaming.channel import Channel, ChannelState, PlaylistKind
from veza.streaming.hls_request import (
    BadRequest,
    InitRequest,
    PartRequest,
    PlaylistRequest,
    SegmentRequest,
    ThumbnailRequest,
    accepts_gzip,
    parse_path,
    parse_playlist_query,
)
from veza.streaming.hub import Hub
from veza.streaming.viewers import is_loopback

log = structlog.get_logger()

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Headers: TypeAlias = list[tuple[bytes, bytes]]

_METHODS = b"GET, HEAD, OPTIONS"
_PLAYLIST_TYPE = b"application/vnd.apple.mpegurl"
_FRAGMENT_TYPE = b"video/iso.segment"
_INIT_TYPE = b"video/mp4"
_PICTURE_TYPE = b"image/jpeg"
_CHANGES = b"no-cache"
_CHANGES_SOON = b"public, max-age=5"
_NEVER_CHANGES = b"public, max-age=3600, immutable"

_ALWAYS: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"X-Request-ID"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"x-content-type-options", b"nosniff"),
]
_PREFLIGHT: Headers = [
    (b"access-control-allow-methods", _METHODS),
    (b"access-control-allow-headers", b"*"),
    (b"access-control-max-age", b"86400"),
    (b"allow", _METHODS),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class HlsSettings:
    """Bounds of what requests may cost.

    Attributes:
        start_wait_s: how long a playlist waits for the first segment of a stream that begins.
        send_s: how long one answer may take to leave; a slower reader is disconnected.
    """

    start_wait_s: float = 12.0
    send_s: float = 30.0
    waiting_per_channel: int = 10_000
    waiting_per_address: int = 500


@dataclass(frozen=True, slots=True)
class _Refusal:
    status: int
    code: str
    sentence: str
    headers: tuple[tuple[bytes, bytes], ...] = ()


class _Refused(Exception):
    def __init__(self, refusal: _Refusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal


_NOT_FOUND = _Refusal(404, "not_found", "There is no such stream, or this piece of it is not here.")
_NOT_READY = _Refusal(503, "not_ready", "The stream has nothing newer yet.", ((b"retry-after", b"1"),))
_WRONG_METHOD = _Refusal(405, "method_not_allowed", "Only GET, HEAD and OPTIONS.", ((b"allow", _METHODS),))
_CROWDED = _Refusal(429, "rate_limited", "Too many requests wait for this stream.", ((b"retry-after", b"1"),))
_TOO_FAR = _Refusal(400, "validation_error", "_HLS_msn or _HLS_part is too far ahead of the live edge.")


@dataclass(frozen=True, slots=True)
class _Answer:
    kind: bytes
    caching: bytes
    body: Sequence[bytes]
    headers: tuple[tuple[bytes, bytes], ...] = ()


class HlsApp:
    """The ASGI application of `/hls/<stream id>/…`."""

    def __init__(self, hub: Hub, settings: HlsSettings | None = None) -> None:
        self._hub = hub
        self._settings = settings or HlsSettings()
        self._waiting: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _serve(self, scope: Scope, send: Send) -> None:
        request_id = str(new_id())
        headers: Headers = [*_ALWAYS, (b"x-request-id", request_id.encode())]
        method = scope["method"]
        try:
            if method == "OPTIONS":
                await _send(send, 204, [*headers, *_PREFLIGHT], ())
                return
            answer = await self._answer(scope)
        except _Refused as error:
            refusal = error.refusal
            body = _envelope(refusal, request_id)
            headers += [*refusal.headers, (b"cache-control", b"no-store"), (b"content-type", b"application/json")]
            await self._send_in_time(send, refusal.status, headers, (body,), without_body=method == "HEAD")
        else:
            headers += [(b"cache-control", answer.caching), (b"content-type", answer.kind), *answer.headers]
            await self._send_in_time(send, 200, headers, answer.body, without_body=method == "HEAD")

    async def _send_in_time(
        self, send: Send, status: int, headers: Headers, body: Sequence[bytes], *, without_body: bool
    ) -> None:
        """A reader that takes longer pins old segments in memory: returning early makes the server hang up."""
        headers.append((b"content-length", str(sum(map(len, body))).encode()))
        try:
            async with asyncio.timeout(self._settings.send_s):
                await _send(send, status, headers, () if without_body else body)
        except TimeoutError:
            log.info("hls_reader_too_slow", status=status)

    # ---- what to answer ----

    async def _answer(self, scope: Scope) -> _Answer:
        if scope["method"] not in {"GET", "HEAD"}:
            raise _Refused(_WRONG_METHOD)
        request = parse_path(scope["path"])
        channel = self._hub.find(request.stream_id) if request is not None else None
        if request is None or channel is None:
            raise _Refused(_NOT_FOUND)
        address = scope["client"][0] if scope.get("client") else ""
        match request:
            case PlaylistRequest():
                return await self._playlist(channel, request.kind, scope, address)
            case PartRequest():
                return await self._part(channel, request.number, address)
            case _:
                return _piece(channel, request)

    async def _playlist(self, channel: Channel, kind: PlaylistKind, scope: Scope, address: str) -> _Answer:
        try:
            query = parse_playlist_query(scope["query_string"])
        except BadRequest as error:
            raise _Refused(_Refusal(400, "validation_error", error.sentence)) from error
        if query.viewer is not None and kind is not PlaylistKind.INDEX:
            self._hub.viewer_seen(channel, query.viewer, address)
        window = channel.window
        await self._until_playable(channel, address)
        if query.msn is not None and kind is PlaylistKind.MEDIA and not window.ended:
            msn, part = query.msn, query.part
            _refuse_too_far(window, msn, part)
            if channel.state is ChannelState.INTERRUPTED:
                await self._wait(channel, lambda: _has(window, msn, part), _calm_s(window), address)
            elif not await self._wait(
                channel,
                lambda: _has(window, msn, part) or channel.state is ChannelState.INTERRUPTED,
                3 * (window.target_duration_s or 1),
                address,
            ):
                raise _Refused(_NOT_READY)
        if kind is PlaylistKind.INDEX and query.viewer is not None:
            text = channel.rendered(kind).body.replace(b"media.m3u8", b"media.m3u8?viewer=" + query.viewer.encode())
            return _Answer(_PLAYLIST_TYPE, _CHANGES, (text,))
        if query.skip and kind is PlaylistKind.MEDIA:
            kind = PlaylistKind.DELTA
        playlist = channel.rendered(kind)
        if accepts_gzip(scope["headers"]):
            packed = ((b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding"))
            return _Answer(_PLAYLIST_TYPE, _CHANGES, (playlist.packed(),), packed)
        return _Answer(_PLAYLIST_TYPE, _CHANGES, (playlist.body,), ((b"vary", b"Accept-Encoding"),))

    async def _until_playable(self, channel: Channel, address: str) -> None:
        """A stream that begins has no playlist yet: wait for it, rather than send players away."""
        window = channel.window
        if not await self._wait(
            channel,
            lambda: window.playable or channel.state is ChannelState.ENDED,
            self._settings.start_wait_s,
            address,
        ):
            raise _Refused(_NOT_READY)
        if not window.playable:
            raise _Refused(_NOT_FOUND)

    async def _part(self, channel: Channel, number: int, address: str) -> _Answer:
        """A part that exists, or the next one, which playlists announce, as soon as it does."""
        window = channel.window
        if number == window.next_part and not window.ended and channel.state is not ChannelState.ENDED:
            timeout_s = 3 * (window.target_duration_s or 1)
            if not await self._wait(
                channel, lambda: window.next_part > number or channel.state is ChannelState.ENDED, timeout_s, address
            ):
                raise _Refused(_NOT_READY)
        part = window.find_part(number)
        if part is None:
            raise _Refused(_NOT_FOUND)
        return _Answer(_FRAGMENT_TYPE, _NEVER_CHANGES, (part.data,))

    async def _wait(self, channel: Channel, is_ready: Callable[[], bool], timeout_s: float, address: str) -> bool:
        if is_ready():
            return True
        crowded = self._waiting[address] >= self._settings.waiting_per_address and not is_loopback(address)
        if crowded or channel.waiting >= self._settings.waiting_per_channel:
            raise _Refused(_CROWDED)
        self._waiting[address] += 1
        try:
            return await channel.wait_until(is_ready, timeout_s)
        finally:
            self._waiting[address] -= 1
            if not self._waiting[address]:
                del self._waiting[address]


def _piece(channel: Channel, request: SegmentRequest | InitRequest | ThumbnailRequest) -> _Answer:
    """What is here at once, or not at all."""
    match request:
        case SegmentRequest():
            segment = channel.window.find_segment(request.msn)
            if segment is None or not segment.complete:
                raise _Refused(_NOT_FOUND)
            return _Answer(_FRAGMENT_TYPE, _NEVER_CHANGES, [part.data for part in segment.parts])
        case ThumbnailRequest():
            if channel.thumbnail is None:
                raise _Refused(_NOT_FOUND)
            return _Answer(_PICTURE_TYPE, _CHANGES_SOON, (channel.thumbnail,))
        case InitRequest():
            init = channel.window.inits.get(request.number)
            if init is None:
                raise _Refused(_NOT_FOUND)
            return _Answer(_INIT_TYPE, _NEVER_CHANGES, (init.data,))


def _has(window: Window, msn: int, part: int | None) -> bool:
    """Whether the playlist holds what a blocking reload asks for (RFC 8216bis §6.2.5.2)."""
    newest = window.segments[-1]
    if window.ended or newest.msn > msn:
        return True
    if newest.msn < msn:
        return False
    if part is None:
        return newest.complete
    return len(newest.parts) > part  # past the end of a complete segment: that is the first part of the next


def _calm_s(window: Window) -> float:
    """How long a reload waits while the encoder is away: then it gets the playlist as it stands.

    hls.js gives up on a reload after three part targets, and on the stream after a few of those.
    """
    return 2 * window.packaging.part_target_ms / 1000


def _refuse_too_far(window: Window, msn: int, part: int | None) -> None:
    """More than two segments, or a good second of parts, past the edge: the client is lost (§6.2.5.2)."""
    newest = window.segments[-1]
    ahead = max(3, -(-3000 // window.packaging.part_target_ms))
    there = len(newest.parts) if newest.msn == msn else 0
    if msn > newest.msn + 2 or (part is not None and msn >= newest.msn and part > there + ahead):
        raise _Refused(_TOO_FAR)


def _envelope(refusal: _Refusal, request_id: str) -> bytes:
    fields = {"success": False, "error": refusal.sentence, "code": refusal.code, "request_id": request_id}
    return json.dumps(fields).encode()


async def _send(send: Send, status: int, headers: Headers, body: Sequence[bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    if not body:
        await send({"type": "http.response.body", "body": b""})
    last = len(body) - 1
    for index, chunk in enumerate(body):
        await send({"type": "http.response.body", "body": chunk, "more_body": index < last})
