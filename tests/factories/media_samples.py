"""Real H.264 and AAC, encoded in memory, as the samples that an RTMP encoder would have sent.

Nothing here opens a socket or a file; tests push what it returns into a segmenter or a publisher.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import av
import numpy as np

from veza.media.units import AudioConfig, Sample, TrackKind, VideoConfig

WIDTH, HEIGHT = 160, 90
SAMPLE_RATE_HZ = 48_000


@dataclass(frozen=True)
class EncodedMedia:
    """Configurations and samples, the samples in the order in which an encoder sends them."""

    video: VideoConfig | None
    audio: AudioConfig | None
    samples: tuple[Sample, ...]


@lru_cache(maxsize=8)
def encode_media(
    *, seconds: int = 6, fps: int = 30, gop: int = 60, b_frames: int = 0, video: bool = True, audio: bool = True
) -> EncodedMedia:
    """A moving picture and a tone. `gop` in frames; with `b_frames` composition offsets are not zero."""
    video_config, pictures = _encode_video(seconds, fps, gop, b_frames) if video else (None, [])
    audio_config, sounds = _encode_audio(seconds) if audio else (None, [])
    samples = sorted([*pictures, *sounds], key=lambda sample: (sample.dts_ms, sample.kind is TrackKind.AUDIO))
    return EncodedMedia(video_config, audio_config, tuple(samples))


def _encode_video(seconds: int, fps: int, gop: int, b_frames: int) -> tuple[VideoConfig, list[Sample]]:
    stream: Any = av.CodecContext.create("libx264", "w")
    stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    stream.time_base, stream.framerate = Fraction(1, fps), Fraction(fps)
    rhythm = f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes={b_frames}:b-adapt=0"
    stream.options = {"preset": "ultrafast", "x264-params": f"{rhythm}:annexb=0:repeat-headers=0"}
    if not b_frames:
        stream.options = {**stream.options, "tune": "zerolatency"}
    stream.flags |= 1 << 22  # global header: the decoder configuration stands apart from the frames
    stream.open()
    packets = []
    for number in range(seconds * fps):
        picture = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint8)
        picture[:, (number * 3) % WIDTH :, :] = (number * 5) % 255
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, fps)
        packets += stream.encode(frame)
    packets += stream.encode(None)
    first_dts = packets[0].dts
    samples = [
        Sample(
            TrackKind.VIDEO,
            round((packet.dts - first_dts) * 1000 / fps),
            round((packet.pts - packet.dts) * 1000 / fps),
            packet.is_keyframe,
            _length_prefixed(bytes(packet)),
        )
        for packet in packets
    ]
    record = _decoder_record(bytes(stream.extradata))
    codec = f"avc1.{record[1]:02x}{record[2]:02x}{record[3]:02x}"
    return VideoConfig(codec, b"avc1", record, WIDTH, HEIGHT), samples


def _nal_units(data: bytes) -> list[bytes]:
    """Of an Annex B byte stream (ITU-T H.264)."""
    return [unit.strip(b"\0") if unit.endswith(b"\0") else unit for unit in data.split(b"\0\0\1")[1:]]


def _length_prefixed(data: bytes) -> bytes:
    if data[:4] != b"\0\0\0\1" and data[:3] != b"\0\0\1":
        return data
    units = _nal_units(data.replace(b"\0\0\0\1", b"\0\0\1"))
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


def _decoder_record(extradata: bytes) -> bytes:
    if extradata[0] == 1:
        return extradata
    units = _nal_units(extradata.replace(b"\0\0\0\1", b"\0\0\1"))
    sps = next(unit for unit in units if unit[0] & 31 == 7)
    pps = next(unit for unit in units if unit[0] & 31 == 8)
    head = bytes([1, sps[1], sps[2], sps[3], 0xFF, 0xE1])
    return head + len(sps).to_bytes(2, "big") + sps + b"\1" + len(pps).to_bytes(2, "big") + pps


def _encode_audio(seconds: int) -> tuple[AudioConfig, list[Sample]]:
    stream: Any = av.CodecContext.create("aac", "w")
    stream.sample_rate, stream.layout, stream.format = SAMPLE_RATE_HZ, "stereo", "fltp"
    stream.time_base, stream.bit_rate = Fraction(1, SAMPLE_RATE_HZ), 96_000
    stream.flags |= 1 << 22
    stream.open()
    packets = []
    for start in range(0, seconds * SAMPLE_RATE_HZ, 1024):
        moment = (np.arange(start, start + 1024) / SAMPLE_RATE_HZ).astype(np.float32)
        tone = (0.2 * np.sin(2 * np.pi * 440 * moment)).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(np.stack([tone, tone]), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE_HZ, start, Fraction(1, SAMPLE_RATE_HZ)
        packets += stream.encode(frame)
    samples = [
        Sample(TrackKind.AUDIO, index * 1024 * 1000 // SAMPLE_RATE_HZ, 0, True, bytes(packet))
        for index, packet in enumerate(packets)
    ]
    return AudioConfig("mp4a.40.2", b"mp4a", bytes(stream.extradata), SAMPLE_RATE_HZ, 2, 1024), samples
