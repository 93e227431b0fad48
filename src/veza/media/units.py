"""The values that travel from the encoder's bytes to a viewer's part. Frozen; times in ticks of their track.

RTMP and FLV know milliseconds; a track's own timescale takes over here and stays until the playlist.
"""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

VIDEO_TIMESCALE = 90_000
"""Ticks per second of every video track (the field's usual 90 kHz, ISO/IEC 13818-1)."""


class MediaError(Exception):
    """The encoder sent media that we refuse. `reason` is a sentence that the streamer can act on."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TrackKind(Enum):
    VIDEO = "video"
    AUDIO = "audio"


@dataclass(frozen=True, slots=True)
class VideoConfig:
    """What a decoder must know before the first frame.

    Attributes:
        codec: RFC 6381 string, e.g. `avc1.64001f`.
        sample_entry: four-character code of the sample description, e.g. `b"avc1"`.
        decoder_config: the codec's own record as the encoder sent it (`avcC`, ISO/IEC 14496-15).
        width: luma samples after cropping.
        height: luma samples after cropping.
    """

    codec: str
    sample_entry: bytes
    decoder_config: bytes
    width: int
    height: int

    @property
    def timescale(self) -> int:
        return VIDEO_TIMESCALE


@dataclass(frozen=True, slots=True)
class AudioConfig:
    """What a decoder must know before the first audio frame.

    Attributes:
        codec: RFC 6381 string, e.g. `mp4a.40.2`.
        sample_entry: four-character code, e.g. `b"mp4a"`.
        decoder_config: AudioSpecificConfig for AAC (ISO/IEC 14496-3).
        sample_rate_hz: also the timescale of the track.
        channels: 1–8.
        frame_ticks: samples in one frame (1024 for AAC-LC).
    """

    codec: str
    sample_entry: bytes
    decoder_config: bytes
    sample_rate_hz: int
    channels: int
    frame_ticks: int

    @property
    def timescale(self) -> int:
        return self.sample_rate_hz


TrackConfig: TypeAlias = VideoConfig | AudioConfig


@dataclass(frozen=True, slots=True)
class Sample:
    """One coded frame as the encoder sent it.

    Attributes:
        kind: the track that it belongs to.
        dts_ms: decode time as RTMP carries it, unwrapped past 32 bits, monotonic only if the encoder is.
        cts_ms: presentation minus decode time, in ms (B-frames); 0 for audio.
        keyframe: a decoder can start here. True for every audio frame.
        data: the frame without any FLV header (AVCC length-prefixed NAL units; raw AAC).
    """

    kind: TrackKind
    dts_ms: int
    cts_ms: int
    keyframe: bool
    data: bytes
