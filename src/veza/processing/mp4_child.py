"""The child program that makes one MP4 of a recording: packets are copied, none decoded, and the index comes first."""

import av
import msgspec

from veza.processing.failures import Unreadable
from veza.processing.wire import Mp4Facts, Mp4Request

_OPTIONS = {"protocol_whitelist": "file", "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2", "codec_whitelist": "h264,aac"}


def answer(request: bytes) -> bytes:
    """The program's door."""
    return msgspec.json.encode(remux(msgspec.json.decode(request, type=Mp4Request)))


def remux(asked: Mp4Request) -> Mp4Facts:
    """Copy every packet of `source` into `target`."""
    packets = 0
    try:
        with (
            av.open(f"file:{asked.source}", format="mov", options=_OPTIONS) as source,
            av.open(f"file:{asked.target}", "w", format="mp4", options={"movflags": "faststart"}) as target,
        ):
            streams = {
                stream.index: target.add_stream_from_template(stream)
                for stream in (*source.streams.video[:1], *source.streams.audio[:1])
            }
            for packet in source.demux():
                stream = streams.get(packet.stream.index)
                if packet.dts is None or stream is None:
                    continue
                packet.stream = stream
                target.mux(packet)
                packets += 1
    except (av.FFmpegError, ValueError, IndexError) as error:
        raise Unreadable("This recording cannot be put into one file.", detail=repr(error)) from None
    if not packets:
        raise Unreadable("This recording cannot be put into one file.", detail="there are no packets")
    return Mp4Facts(packets=packets)
