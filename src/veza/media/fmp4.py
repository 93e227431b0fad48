"""Writes fragmented MP4 (CMAF-style): the init segment that a decoder needs first, and fragments (moof + mdat).

Pure bytes: no playlist, no timing decision, no clock. Reading MP4 is not done here (tests do that with other tools).
Sources: ISO/IEC 14496-12 (boxes), 14496-14 and -15 (mp4a, avc1), 23000-19 (CMAF); names of boxes are theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from struct import Struct, pack

from veza.media.units import AudioConfig, MediaError, TrackConfig, VideoConfig

VIDEO_TRACK_ID = 1
AUDIO_TRACK_ID = 2

_UNITY_MATRIX = pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_DECODER_BOX = {b"avc1": b"avcC", b"hvc1": b"hvcC", b"av01": b"av1C"}

# ISO/IEC 14496-12 §8.8.3.1: depends on no other sample / depends on others and is not a sync sample.
_KEY_FRAME = 0x02000000
_DELTA_FRAME = 0x01010000

_TFHD_BASE_IS_MOOF = 0x020000
_TFHD_DEFAULT_DURATION = 0x000008
_TFHD_DEFAULT_FLAGS = 0x000020
_TRUN_PER_SAMPLE = 0x000F01  # data offset; duration, size, flags, composition offset of each sample
_TRUN_SIZES = 0x000201  # data offset; size of each sample

_BOX = Struct(">I4s")
_VIDEO_TRAF = Struct(">I4s I4sII I4sIQ I4sIIi")
_AUDIO_TRAF = Struct(">I4s I4sIIII I4sIQ I4sIIi")
_MOOF = Struct(">I4s I4sII")


@dataclass(frozen=True, slots=True)
class VideoSample:
    """One coded picture. Times in ticks of 1/90,000 s; `cts` is presentation minus decode time and may be negative."""

    dts: int
    duration: int
    cts: int
    keyframe: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class AudioRun:
    """Audio frames without a gap: the first starts at `dts` (ticks of the sample rate), each lasts `frame_ticks`."""

    dts: int
    frame_ticks: int
    frames: Sequence[bytes]


def _box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return _BOX.pack(8 + len(body), kind) + body


def _full_box(kind: bytes, version: int, flags: int, *content: bytes) -> bytes:
    return _box(kind, pack(">I", version << 24 | flags), *content)


def write_init_segment(tracks: Sequence[TrackConfig]) -> bytes:
    """`ftyp` + `moov` of a stream with these tracks (one video, one audio, or both). Raises `MediaError`."""
    movie = _full_box(
        b"mvhd",
        0,
        0,
        pack(">IIII", 0, 0, 1000, 0),
        pack(">IH", 0x10000, 0x100),
        bytes(10),
        _UNITY_MATRIX,
        bytes(24),
        pack(">I", max(_track_id(track) for track in tracks) + 1),
    )
    extends = b"".join(_full_box(b"trex", 0, 0, pack(">IIIII", _track_id(track), 1, 0, 0, 0)) for track in tracks)
    brands = _box(b"ftyp", b"iso6", pack(">I", 1), b"iso6cmfcmp41")
    return brands + _box(b"moov", movie, *map(_write_track, tracks), _box(b"mvex", extends))


def _track_id(track: TrackConfig) -> int:
    match track:
        case VideoConfig():
            return VIDEO_TRACK_ID
        case AudioConfig():
            return AUDIO_TRACK_ID


def _write_track(track: TrackConfig) -> bytes:
    if isinstance(track, VideoConfig):
        handler, media_header, entry = b"vide", _full_box(b"vmhd", 0, 1, bytes(8)), _video_entry(track)
        volume, width, height = 0, track.width, track.height
    else:
        handler, media_header, entry = b"soun", _full_box(b"smhd", 0, 0, bytes(4)), _audio_entry(track)
        volume, width, height = 0x100, 0, 0
    header = _full_box(
        b"tkhd",
        0,
        3,
        pack(">IIIII", 0, 0, _track_id(track), 0, 0),
        bytes(8),
        pack(">HHHH", 0, 0, volume, 0),
        _UNITY_MATRIX,
        pack(">II", width << 16, height << 16),
    )
    tables = _box(
        b"stbl",
        _full_box(b"stsd", 0, 0, pack(">I", 1), entry),
        *(_full_box(empty, 0, 0, bytes(4)) for empty in (b"stts", b"stsc", b"stco")),
        _full_box(b"stsz", 0, 0, bytes(8)),
    )
    data_here = _box(b"dinf", _full_box(b"dref", 0, 0, pack(">I", 1), _full_box(b"url ", 0, 1)))
    media = _box(
        b"mdia",
        _full_box(b"mdhd", 0, 0, pack(">IIIIHH", 0, 0, track.timescale, 0, 0x55C4, 0)),
        _full_box(b"hdlr", 0, 0, bytes(4), handler, bytes(12), b"veza\0"),
        _box(b"minf", media_header, data_here, tables),
    )
    return _box(b"trak", header, media)


def _video_entry(config: VideoConfig) -> bytes:
    if config.sample_entry not in _DECODER_BOX:
        raise MediaError(f"Video of the kind {config.codec} cannot be streamed. Choose H.264 in your encoder.")
    return _box(
        config.sample_entry,
        bytes(6),
        pack(">H", 1),
        bytes(16),
        pack(">HHIIIH", config.width, config.height, 0x480000, 0x480000, 0, 1),
        bytes(32),
        pack(">Hh", 24, -1),
        _box(_DECODER_BOX[config.sample_entry], config.decoder_config),
    )


def _audio_entry(config: AudioConfig) -> bytes:
    if config.sample_entry != b"mp4a":
        raise MediaError(f"Audio of the kind {config.codec} cannot be streamed. Choose AAC in your encoder.")
    # The 16.16 rate has no room above 65,535 Hz; players then take it from the AudioSpecificConfig.
    rate = config.sample_rate_hz << 16 if config.sample_rate_hz < 1 << 16 else 0
    decoder = _descriptor(4, b"\x40\x15\0\0\0", pack(">II", 0, 0), _descriptor(5, config.decoder_config))
    stream = _descriptor(3, pack(">HB", AUDIO_TRACK_ID, 0), decoder, _descriptor(6, b"\x02"))
    return _box(
        b"mp4a",
        bytes(6),
        pack(">H", 1),
        bytes(8),
        pack(">HHHHI", config.channels, 16, 0, 0, rate),
        _full_box(b"esds", 0, 0, stream),
    )


def _descriptor(tag: int, *content: bytes) -> bytes:
    """An MPEG-4 descriptor (ISO/IEC 14496-1 §7.2.2) with the four-byte length that every parser knows."""
    body = b"".join(content)
    size = len(body)
    return bytes([tag, 0x80 | size >> 21 & 127, 0x80 | size >> 14 & 127, 0x80 | size >> 7 & 127, size & 127]) + body


@lru_cache(maxsize=512)
def _words(count: int) -> Struct:
    return Struct(f">{count}I")


def write_fragment(sequence: int, video: Sequence[VideoSample], audio: AudioRun | None) -> bytes:
    """One `moof` + `mdat`. The samples' bytes are copied once, into the answer.

    `sequence` counts fragments of a stream from 1. Either track may be absent, not both.
    """
    frames = audio.frames if audio is not None else ()
    video_bytes = sum(len(sample.data) for sample in video)
    video_size = _VIDEO_TRAF.size + 16 * len(video) if video else 0
    audio_size = _AUDIO_TRAF.size + 4 * len(frames) if frames else 0
    moof_size = _MOOF.size + video_size + audio_size
    pieces = [_MOOF.pack(moof_size, b"moof", 16, b"mfhd", 0, sequence & 0xFFFFFFFF)]
    data_offset = moof_size + 8
    if video:
        pieces += _video_traf(video, video_size, data_offset)
    total = video_bytes
    if audio is not None and frames:
        sizes = [len(frame) for frame in frames]
        pieces += _audio_traf(audio, sizes, audio_size, data_offset + video_bytes)
        total += sum(sizes)
    pieces.append(_BOX.pack(8 + total, b"mdat"))
    pieces += [sample.data for sample in video]
    pieces += frames
    return b"".join(pieces)


def _video_traf(samples: Sequence[VideoSample], size: int, data_offset: int) -> tuple[bytes, bytes]:
    table = [
        word
        for sample in samples
        for word in (
            sample.duration,
            len(sample.data),
            _KEY_FRAME if sample.keyframe else _DELTA_FRAME,
            sample.cts & 0xFFFFFFFF,
        )
    ]
    header = _VIDEO_TRAF.pack(
        size,
        b"traf",
        16,
        b"tfhd",
        _TFHD_BASE_IS_MOOF,
        VIDEO_TRACK_ID,
        20,
        b"tfdt",
        1 << 24,
        samples[0].dts,
        20 + 4 * len(table),
        b"trun",
        1 << 24 | _TRUN_PER_SAMPLE,
        len(samples),
        data_offset,
    )
    return header, _words(len(table)).pack(*table)


def _audio_traf(run: AudioRun, sizes: list[int], size: int, data_offset: int) -> tuple[bytes, bytes]:
    header = _AUDIO_TRAF.pack(
        size,
        b"traf",
        24,
        b"tfhd",
        _TFHD_BASE_IS_MOOF | _TFHD_DEFAULT_DURATION | _TFHD_DEFAULT_FLAGS,
        AUDIO_TRACK_ID,
        run.frame_ticks,
        _KEY_FRAME,
        20,
        b"tfdt",
        1 << 24,
        run.dts,
        20 + 4 * len(sizes),
        b"trun",
        1 << 24 | _TRUN_SIZES,
        len(sizes),
        data_offset,
    )
    return header, _words(len(sizes)).pack(*sizes)
