"""The media process: encoders in, live video out. Wiring only."""

import asyncio
import contextlib
import ctypes
import socket
from collections import Counter

import uvicorn

from veza import metrics
from veza.context import Context
from veza.http.protocol import DeadlineProtocol
from veza.listeners import CannotListen, explain_refusal, open_listener
from veza.live.authority import LiveAuthority
from veza.media.hls.window import Packaging
from veza.processing.pictures import draw_pictures
from veza.recordings.authority import RecordingArchive
from veza.roles import SignalFreeServer, role_tasks
from veza.settings import Settings
from veza.streaming.hls_app import HlsApp
from veza.streaming.hub import Hub, HubSettings
from veza.streaming.recorder import Recorder, RecorderSettings
from veza.streaming.rtmp_limits import RtmpLimits
from veza.streaming.rtmp_server import RtmpServer, start_rtmp
from veza.streaming.thumbnails import keep_thumbnails

_M_MMAP_THRESHOLD = -3  # malloc.h
_PART_APART_BYTES = 64 * 1024
_GRACEFUL_S = 2
_MEASURE_EVERY_S = 2.0


async def run_media(ctx: Context, stop: asyncio.Event) -> None:
    """RTMP and HLS until `stop`; then encoders are told, and what is on air is marked as interrupted."""
    keep_parts_apart()
    settings = ctx.settings
    hls_listener = open_listener(settings.hls_addr, setting="VEZA_HLS_ADDR")
    authority = LiveAuthority(ctx, node=f"{socket.gethostname()}:{settings.rtmp_addr.port}")
    recorder = Recorder(ctx.files, RecordingArchive(ctx), ctx.clock, recorder_settings(settings))
    hub = Hub(authority, ctx.clock, hub_settings(settings), recorder)
    hub.start()
    tasks = role_tasks()
    try:
        rtmp = await _start_rtmp(settings, hub)
        hls = SignalFreeServer(_hls_config(hub))
        tasks.spawn(_measure(hub, rtmp), "measure")
        tasks.spawn(keep_thumbnails(hub, draw_pictures, every_s=settings.live_thumbnail_s), "thumbnails")
        tasks.spawn(_end_when(stop, hub, hls, rtmp), "watch-for-stop")
        await hls.serve(sockets=[hls_listener])
        await rtmp.close()
    finally:
        await hub.close()
        await authority.close()
        await tasks.close()


def keep_parts_apart() -> None:
    """Give each part pages of its own, which go back to the system with it (mallopt(3); where there is a glibc).

    Parts live for a minute among small objects; on one heap they leave holes. Measured with ten streams of 3 Mbps and
    full windows: 23.9 MB a stream from the first minute on, instead of 25.5 MB after two.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _PART_APART_BYTES)


def hub_settings(settings: Settings) -> HubSettings:
    """The intervals and bounds of the settings, in the hub's words."""
    listed_ms = round(settings.live_window_s * 1000)
    return HubSettings(
        grace_s=settings.live_grace_s,
        endlist_s=settings.live_endlist_s,
        heartbeat_s=settings.live_heartbeat_s,
        packaging=Packaging(listed_ms=listed_ms, kept_ms=2 * listed_ms),
    )


def recorder_settings(settings: Settings) -> RecorderSettings:
    """The same for what is recorded."""
    return RecorderSettings(free_share_min=settings.recordings_free_share)


async def _start_rtmp(settings: Settings, hub: Hub) -> RtmpServer:
    limits = RtmpLimits(
        max_connections=settings.rtmp_max_connections,
        max_undecided_per_network=settings.rtmp_pending_per_address,
        refused_keys_per_minute=settings.rtmp_refusals_per_minute,
    )
    address = settings.rtmp_addr
    try:
        return await start_rtmp(address.host, address.port, hub, limits)
    except OSError as error:
        raise CannotListen(explain_refusal(address, "VEZA_RTMP_ADDR", error)) from error


def _hls_config(hub: Hub) -> uvicorn.Config:
    return uvicorn.Config(
        HlsApp(hub),
        http=DeadlineProtocol,
        ws="none",
        loop="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_GRACEFUL_S,
    )


async def _end_when(stop: asyncio.Event, hub: Hub, hls: uvicorn.Server, rtmp: RtmpServer) -> None:
    """The hub first: it tells encoders why, and that their streams are interrupted, not over."""
    await stop.wait()
    await hub.close()
    await rtmp.close()
    hls.should_exit = True


async def _measure(hub: Hub, rtmp: RtmpServer) -> None:
    """Copy what hub and listener counted into the metrics, every two seconds."""
    seen: Counter[str] = Counter()
    while True:
        stats, counters = hub.stats(), rtmp.counters
        metrics.streams_live.set(stats.streams_live + stats.streams_interrupted)
        metrics.viewers.set(stats.viewers)
        metrics.newest_part_age.set(stats.newest_part_age_s)
        metrics.rtmp_connections.set(counters.connections)
        now = Counter({"received": counters.bytes_received, "accepted": counters.publishes_accepted})
        now["protocol_errors"] = counters.protocol_errors.total()
        recorder = hub.recorder
        if recorder is not None:
            now["segments:stored"], now["segments:missing"] = recorder.stored_segments, recorder.missing_segments
            metrics.recording_waiting.set(recorder.waiting_bytes)
        now.update({f"refused:{code}": count for code, count in counters.refused.items()})
        for name, more in (now - seen).items():
            if name == "received":
                metrics.rtmp_received.inc(more)
            elif name.startswith("segments:"):
                metrics.recorded_segments.labels(name.removeprefix("segments:")).inc(more)
            elif name == "protocol_errors":
                metrics.rtmp_protocol_errors.inc(more)
            else:
                metrics.rtmp_publishes.labels(name.removeprefix("refused:")).inc(more)
        seen = now
        await asyncio.sleep(_MEASURE_EVERY_S)
