"""FLV tag bodies, as RTMP carries them, to decoder configurations and samples (Adobe FLV 10.1, annex E).

H.264 and AAC. Anything else is refused with a sentence that names it and says what to choose.
"""

from typing import TypeAlias

from veza.media.codecs.aac import parse_aac_config
from veza.media.codecs.avc import parse_avc_config
from veza.media.units import AudioConfig, MediaError, Sample, TrackKind, VideoConfig

Payload: TypeAlias = bytes | bytearray | memoryview

_VIDEO, _AUDIO = TrackKind.VIDEO, TrackKind.AUDIO  # looked up once: a member costs more through its enum (hot path)
_AVC, _AAC = 7, 10
_ENHANCED_VIDEO = 0x80
_ENHANCED_AUDIO = 9
_KEYS = frozenset({1, 4})
"""Key frames, and those that a server generated."""
_INFORMATION = 5
_CONFIG, _FRAME = 0, 1
_HALF_24, _WRAP_24 = 1 << 23, 1 << 24

_VIDEO_NAMES = {2: "Sorenson H.263", 3: "Screen video", 4: "VP6", 5: "VP6", 6: "Screen video", 12: "HEVC", 13: "AV1"}
_VIDEO_FOURCC_NAMES = {
    b"hvc1": "HEVC", b"av01": "AV1", b"vp09": "VP9", b"vp08": "VP8", b"vvc1": "VVC",
    b"avc1": "H.264 in the enhanced form",
}  # fmt: skip
_AUDIO_NAMES = {
    0: "uncompressed", 1: "ADPCM", 2: "MP3", 3: "uncompressed", 4: "Nellymoser", 5: "Nellymoser", 6: "Nellymoser",
    7: "G.711", 8: "G.711", 11: "Speex", 14: "MP3",
}  # fmt: skip
_AUDIO_FOURCC_NAMES = {
    b"Opus": "Opus", b"fLaC": "FLAC", b".mp3": "MP3", b"ac-3": "AC-3", b"ec-3": "E-AC-3",
    b"mp4a": "AAC in the enhanced form",
}  # fmt: skip


def parse_video(payload: Payload, dts_ms: int) -> VideoConfig | Sample | None:
    """One video message: a configuration, a frame, or None for what carries neither (empty, end of sequence, seek).

    Raises:
        MediaError: another codec than H.264, or a tag that is cut short.
    """
    if not payload:
        return None
    first = payload[0]
    frame_type = first >> 4
    if first & _ENHANCED_VIDEO or first & 15 != _AVC:
        raise _unsupported_video(payload)
    if frame_type == _INFORMATION:
        return None
    if len(payload) < 5:
        raise MediaError("The encoder sent a video frame that is cut short. Stop and start the stream.")
    kind = payload[1]
    if kind == _FRAME:
        offset_ms = payload[2] << 16 | payload[3] << 8 | payload[4]
        data = bytes(payload[5:])
        if not data:
            return None
        return Sample(
            _VIDEO,
            dts_ms,
            offset_ms if offset_ms < _HALF_24 else offset_ms - _WRAP_24,
            frame_type in _KEYS,
            data,
        )
    return parse_avc_config(bytes(payload[5:])) if kind == _CONFIG else None


def parse_audio(payload: Payload, dts_ms: int) -> AudioConfig | Sample | None:
    """One audio message: a configuration, a frame, or None for what carries neither.

    Raises:
        MediaError: another codec than AAC, or a tag that is cut short.
    """
    if not payload:
        return None
    if payload[0] >> 4 != _AAC:
        raise _unsupported_audio(payload)
    if len(payload) < 2:
        raise MediaError("The encoder sent an audio frame that is cut short. Stop and start the stream.")
    kind = payload[1]
    if kind == _FRAME:
        data = bytes(payload[2:])
        return Sample(_AUDIO, dts_ms, 0, True, data) if data else None  # noqa: FBT003 - a field, by place
    return parse_aac_config(bytes(payload[2:])) if kind == _CONFIG else None


def _unsupported_video(payload: Payload) -> MediaError:
    if payload[0] & _ENHANCED_VIDEO:
        name = _VIDEO_FOURCC_NAMES.get(bytes(payload[1:5]))
    else:
        name = _VIDEO_NAMES.get(payload[0] & 15)
    return MediaError(
        f"This server takes H.264 video; your encoder sends {name or 'another codec'}. "
        "Choose H.264 (x264) in the encoder's output settings."
    )


def _unsupported_audio(payload: Payload) -> MediaError:
    if payload[0] >> 4 == _ENHANCED_AUDIO:
        name = _AUDIO_FOURCC_NAMES.get(bytes(payload[1:5]))
    else:
        name = _AUDIO_NAMES.get(payload[0] >> 4)
    return MediaError(
        f"This server takes AAC audio; your encoder sends {name or 'another codec'}. "
        "Choose AAC in the encoder's output settings."
    )
