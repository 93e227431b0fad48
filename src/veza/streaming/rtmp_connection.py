"""One encoder's socket: carries bytes between it and the sans-IO session, and media from the session to the hub.

No protocol here (`media/rtmp/`), no packaging (`hub.py`), and never the stream key in a log or an error.
"""

import asyncio
import contextlib
import traceback
from collections.abc import Coroutine
from typing import Any, Literal, Protocol, TypeAlias, cast

import structlog

from veza.kit.ids import random_bytes
from veza.media import flv
from veza.media.rtmp.errors import ProtocolError
from veza.media.rtmp.handshake import NONCE_BYTES
from veza.media.rtmp.session import (
    ConnectionRefused,
    Event,
    MediaKind,
    MediaMessage,
    Metadata,
    PublisherLeft,
    PublishRequested,
    RefusalCode,
    ServerSession,
)
from veza.media.units import MediaError, Sample, TrackConfig, TrackKind
from veza.streaming.ingest import Ingest, Publisher, PublishRefused
from veza.streaming.read_batching import ReadBatching
from veza.streaming.rtmp_limits import RefusedKeys, RtmpCounters, RtmpLimits, network_of

log = structlog.get_logger()

MAX_KEY_CHARACTERS = 128
"""Ours have 35. Longer ones, and any but printable ASCII, are not worth a look."""

_VIDEO = MediaKind.VIDEO

_STATUS_BY_CODE: dict[str, RefusalCode] = {
    "invalid_key": "NetStream.Publish.BadName",
    "already_publishing": "NetStream.Publish.BadName",
    "not_allowed": "NetStream.Publish.Denied",
    "too_many_attempts": "NetStream.Publish.Denied",
    "busy": "NetStream.Publish.Rejected",
    "unavailable": "NetStream.Publish.Rejected",
}
_BAD_KEY = "This stream key is not valid. Copy it again from your stream page."
_TOO_MANY = "Too many wrong stream keys from your network. Wait a minute, then try again."
_UNAVAILABLE = "The server cannot check stream keys right now. Try again in a moment."
_STOPPING = "The server is restarting. Start the stream again in a moment."

Closed: TypeAlias = Literal["deadline", "idle", "unread", "internal"]


class Listener(Protocol):
    """What a connection needs of the server that accepted it."""

    limits: RtmpLimits
    counters: RtmpCounters
    refused_keys: RefusedKeys
    ingest: Ingest

    def opened(self, connection: "RtmpConnection", network: str) -> bool:
        """Whether there is room for it."""
        ...

    def decided(self, connection: "RtmpConnection") -> None:
        """Its publish was accepted."""
        ...

    def closed(self, connection: "RtmpConnection") -> None: ...

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> None: ...


class RtmpConnection(asyncio.Protocol):
    """The socket's callbacks. `left` of the publisher is called exactly once, whatever ends the connection."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._limits = listener.limits
        self._counters = listener.counters
        self._loop = asyncio.get_running_loop()
        self._session = ServerSession(random_bytes(NONCE_BYTES))
        self._transport: asyncio.Transport | None = None
        self._peer = ""
        self._network = ""
        self._publisher: Publisher | None = None
        self._configs: dict[TrackKind, TrackConfig] = {}
        self._batching: ReadBatching | None = None
        self._heard_at_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._closing = False

    # ---- the socket's side ----

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast("asyncio.Transport", transport)  # uvloop's own class is not one
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self._peer = str(peer[0]) if peer else ""
        self._network = network_of(self._peer)
        self._counters.connections_total += 1
        self._counters.connections += 1
        if self._listener.opened(self, self._network):
            self._timer = self._loop.call_later(self._limits.publish_deadline_s, self._close_now, "deadline")
        else:
            self._counters.refused["busy"] += 1
            self._closing = True
            transport.abort()

    def data_received(self, data: bytes) -> None:
        self._counters.bytes_received += len(data)
        self._heard_at_s = self._loop.time()
        if self._batching is not None:
            self._batching.received(len(data))
        if not self._closing:
            self._consume(data)

    def tick(self) -> None:
        """Called by the listener every `read_batching.TICK_S`."""
        if self._batching is not None:
            self._batching.tick()

    def eof_received(self) -> None:
        """The encoder sends no more. Returning nothing closes the socket."""

    def connection_lost(self, exc: Exception | None) -> None:
        del exc  # every loss is told alike
        self._closing = True
        self._stop_timer()
        self._counters.connections -= 1
        self._listener.closed(self)
        self._leave("connection lost", clean=False)

    # ---- the session's side ----

    def _consume(self, data: bytes) -> None:
        try:
            for event in self._session.receive(data):
                if self._closing:
                    break
                self._handle(event)
        except ProtocolError as error:
            self._counters.protocol_errors[error.reason] += 1
            log.info("rtmp_protocol_error", peer=self._peer, reason=error.reason, detail=error.detail)
            self._leave(f"protocol error: {error.reason}", clean=False)
            self._abort()
        except MediaError as error:
            self._refuse_media(error)
        except Exception as error:  # noqa: BLE001 - a fault of ours ends this one connection, and no other
            # Formatted here, since a renderer that shows local variables would show the stream key.
            log.error("rtmp_internal_error", peer=self._peer, trace="".join(traceback.format_exception(error)))  # noqa: TRY400
            self._close_now("internal")
        self._flush()

    def _handle(self, event: Event) -> None:
        match event:
            case MediaMessage():
                self._media(event)
            case PublishRequested():
                self._ask(event)
            case PublisherLeft():
                self._leave("the encoder stopped", clean=True)
                self._close_politely()
            case ConnectionRefused():
                self._counters.refused[event.code] += 1
                log.info("rtmp_refused", peer=self._peer, code=event.code)
                self._close_politely()
            case Metadata():
                pass  # hints only; everything we need stands in the codecs' own headers

    def _media(self, message: MediaMessage) -> None:
        publisher = self._publisher
        if publisher is None:
            return
        parse = flv.parse_video if message.kind is _VIDEO else flv.parse_audio
        found = parse(message.payload, message.timestamp_ms)
        if isinstance(found, Sample):
            if found.kind in self._configs:
                publisher.push(found)
        elif found is not None:
            kind = TrackKind.VIDEO if message.kind is _VIDEO else TrackKind.AUDIO
            if self._configs.get(kind) != found:
                self._configs[kind] = found
                publisher.configure(found)

    # ---- the decision ----

    def _ask(self, request: PublishRequested) -> None:
        key, refused_keys = request.key, self._listener.refused_keys
        if refused_keys.exhausted(self._network, self._loop.time()):
            self._refuse(PublishRefused("too_many_attempts", _TOO_MANY))
        elif not (0 < len(key) <= MAX_KEY_CHARACTERS and key.isascii() and key.isprintable()):
            self._refuse(PublishRefused("invalid_key", _BAD_KEY))
        else:
            self._pause()
            self._listener.spawn(self._decide(key), "rtmp publish decision")

    async def _decide(self, key: str) -> None:
        try:
            async with asyncio.timeout(self._limits.decision_timeout_s):
                publisher = await self._listener.ingest.publish(key=key, peer=self._peer, cut=self.cut)
        except PublishRefused as refusal:
            self._refuse(refusal)
        except Exception as error:  # noqa: BLE001 - whatever the port's other side raises, the encoder gets an answer
            log.warning("rtmp_decision_failed", peer=self._peer, error=type(error).__name__)
            self._refuse(PublishRefused("unavailable", _UNAVAILABLE))
        else:
            self._accept(publisher)

    def _accept(self, publisher: Publisher) -> None:
        if self._closing:
            publisher.left(reason="the encoder left while its key was checked", clean=False)
            return
        self._publisher = publisher
        self._counters.publishers += 1
        self._counters.publishes_accepted += 1
        self._listener.decided(self)
        if self._transport is not None:
            self._batching = ReadBatching(self._transport.get_extra_info("socket"))
        self._stop_timer()
        self._heard_at_s = self._loop.time()
        self._timer = self._loop.call_later(self._limits.idle_s, self._check_idle)
        log.info("rtmp_publish_started", peer=self._peer)
        self._session.accept_publish()
        self._flush()
        self._resume()
        self._consume(b"")

    def _refuse(self, refusal: PublishRefused) -> None:
        self._counters.refused[refusal.code if refusal.code in _STATUS_BY_CODE else "other"] += 1
        log.info("rtmp_publish_refused", peer=self._peer, code=refusal.code)
        if refusal.code == "invalid_key":
            self._listener.refused_keys.add(self._network, self._loop.time())
        if self._closing:
            return
        self._session.refuse_publish(
            _STATUS_BY_CODE.get(refusal.code, "NetStream.Publish.Rejected"), refusal.sentence
        )  # fmt: skip
        self._close_politely()

    # ---- the end ----

    def cut(self, sentence: str) -> None:
        """End this connection with a sentence for the encoder. May be called at any time, more than once.

        The publisher's `left` follows from the event loop, never from inside this call.
        """
        if self._closing:
            return
        log.info("rtmp_publisher_cut", peer=self._peer)
        self._session.cut(sentence)
        self._loop.call_soon(lambda: self._leave("cut", clean=False))
        self._close_politely()

    def stop(self) -> None:
        """The server closes."""
        self.cut(_STOPPING)

    def abort(self) -> None:
        """Now, without a word."""
        self._abort()

    def _refuse_media(self, error: MediaError) -> None:
        self._counters.refused["unsupported_media"] += 1
        log.info("rtmp_media_refused", peer=self._peer, reason=error.reason)
        self._session.cut(error.reason, code="NetStream.Publish.Rejected")
        self._leave(error.reason, clean=False)
        self._close_politely()

    def _leave(self, reason: str, *, clean: bool) -> None:
        publisher, self._publisher = self._publisher, None
        if publisher is None:
            return
        self._counters.publishers -= 1
        log.info("rtmp_publish_ended", peer=self._peer, reason=reason, clean=clean)
        publisher.left(reason=reason, clean=clean)

    def _check_idle(self) -> None:
        silent_s = self._loop.time() - self._heard_at_s
        if silent_s >= self._limits.idle_s:
            self._close_now("idle")
        else:
            self._timer = self._loop.call_later(self._limits.idle_s - silent_s, self._check_idle)

    def _close_now(self, why: Closed) -> None:
        self._counters.closed[why] += 1
        log.info("rtmp_closed", peer=self._peer, why=why)
        self._leave(why, clean=False)
        self._abort()

    def _close_politely(self) -> None:
        """Send what is queued, then read and drop for a while: a reset would take the reason from the encoder."""
        self._flush()
        transport = self._transport
        if self._closing or transport is None:
            return
        self._closing = True
        self._stop_timer()
        if self._batching is not None:
            self._batching.stop()
            self._batching = None
        self._timer = self._loop.call_later(self._limits.linger_s, self._abort)
        self._resume()
        if not transport.is_closing():
            with contextlib.suppress(OSError):  # the encoder was faster, and its socket is gone already
                transport.write_eof()

    def _abort(self) -> None:
        self._closing = True
        self._stop_timer()
        if self._transport is not None:
            self._transport.abort()

    def _flush(self) -> None:
        data = self._session.data_to_send()
        transport = self._transport
        if not data or self._closing or transport is None or transport.is_closing():
            return
        transport.write(data)
        if transport.get_write_buffer_size() > self._limits.max_unsent_bytes:
            self._close_now("unread")

    def _pause(self) -> None:
        if self._transport is not None:
            self._transport.pause_reading()

    def _resume(self) -> None:
        if self._transport is not None and not self._transport.is_closing() and not self._transport.is_reading():
            self._transport.resume_reading()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
