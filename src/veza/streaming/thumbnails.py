"""Keeps a picture of each stream that is on air, a few seconds old. Who draws it is not known here.

The picture stays in this process, beside the window; viewers fetch it from `hls_app.py`, and the tape takes it along
for the recording.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import structlog

from veza.media.units import VideoConfig
from veza.streaming.channel import Channel, ChannelState
from veza.streaming.hub import Hub

log = structlog.get_logger()

Draw: TypeAlias = Callable[[Sequence[bytes]], Awaitable[list[bytes | None]]]
"""From init segments with media that begins with a key frame: their pictures as JPEG; None for one that has none."""

_AT_ONCE = 20
_PIECE_BYTES_MAX = 4 << 20


async def keep_thumbnails(hub: Hub, draw: Draw, *, every_s: float = 10.0) -> None:
    """Draw all streams anew every `every_s` seconds, until cancelled."""
    while True:
        await asyncio.sleep(every_s)
        await draw_all(hub, draw)


async def draw_all(hub: Hub, draw: Draw) -> None:
    """Draw each stream that shows a picture, once. Trouble of any kind leaves the former ones."""
    found = [(channel, piece) for channel in hub.channels() if (piece := newest_piece(channel)) is not None]
    for start in range(0, len(found), _AT_ONCE):
        batch = found[start : start + _AT_ONCE]
        try:
            drawn = await draw([piece for _, piece in batch])
        except Exception as error:  # noqa: BLE001 -- whatever it is: streams go on without a picture
            log.warning("thumbnails_not_drawn", streams=len(batch), error=type(error).__name__)
            continue
        version = int(hub.clock.now().timestamp())
        for (channel, _), picture in zip(batch, drawn, strict=True):
            if picture is not None:
                channel.thumbnail, channel.thumbnail_version = picture, version
                channel.tape.picture = picture


def newest_piece(channel: Channel) -> bytes | None:
    """The newest key frame of a channel on air, with what a decoder needs before it; None where there is none."""
    if channel.state is not ChannelState.LIVE:
        return None
    window = channel.window
    for segment in reversed(window.segments):
        part = segment.parts[0] if segment.parts else None
        if part is not None and part.independent and segment.init in window.inits:
            init = window.inits[segment.init]
            has_picture = any(isinstance(track, VideoConfig) for track in init.tracks)
            return init.data + part.data if has_picture and len(part.data) <= _PIECE_BYTES_MAX else None
    return None
