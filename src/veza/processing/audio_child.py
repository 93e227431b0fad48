"""The child program that looks into an audio file: length, loudness, shape, tags, and a preview. Decides no policy.

The source is decoded once, block by block, so memory stays flat however long it is; the preview's window, which is
known only then, is decoded a second time.
"""

from pathlib import Path

import av.logging
import msgspec

from veza.processing.audio_envelope import Envelope
from veza.processing.audio_head import missing_share
from veza.processing.audio_loudness import LoudnessMeter
from veza.processing.audio_preview import preview_samples, write_preview
from veza.processing.audio_reader import ENDS_EARLY, NOT_AUDIO, AudioReader
from veza.processing.audio_tags import clean_tags
from veza.processing.failures import TooHeavy, Unreadable
from veza.processing.wire import AudioFacts, AudioRequest

_MISSING_MAX = 0.05
_DAMAGED_MAX = 0.05


def answer(request: bytes) -> bytes:
    """The program's door."""
    av.logging.set_level(None)
    return msgspec.json.encode(look(msgspec.json.decode(request, type=AudioRequest)))


def look(request: AudioRequest) -> AudioFacts:
    """Everything we say about one file. The preview is on disk when this returns."""
    reader = _open(request)
    too_long = f"This audio is longer than the {request.duration_ms_max // 3_600_000} hours we take."
    if reader.promised_ms is not None and reader.promised_ms > request.duration_ms_max:
        raise TooHeavy(too_long)
    envelope = Envelope()
    meter: LoudnessMeter | None = None
    for block in reader.blocks():
        meter = meter or LoudnessMeter(reader.rate_hz, reader.channels)  # known for certain since the first frame
        envelope.add(block)
        meter.add(block)
        if envelope.samples * 1000 > request.duration_ms_max * reader.rate_hz:
            raise TooHeavy(too_long)
    envelope.finish()
    reader.close()
    duration_ms = round(envelope.samples * 1000 / reader.rate_hz)
    _require_whole(reader, duration_ms)
    start, length = _write_preview(request, envelope, reader)
    bit_rate_bps = reader.coded_bytes * 8000 // duration_ms if duration_ms else None
    return AudioFacts(
        duration_ms=duration_ms,
        codec=reader.codec,
        sample_rate_hz=reader.rate_hz,
        channels=reader.channels,
        bit_rate_bps=bit_rate_bps,
        loudness_lufs=meter.finish() if meter else None,
        peaks=envelope.peaks(),
        tags=clean_tags(reader.raw_tags),
        preview_start_ms=round(start * 1000 / reader.rate_hz),
        preview_duration_ms=round(length * 1000 / reader.rate_hz),
    )


def _open(request: AudioRequest) -> AudioReader:
    missing = missing_share(request.source, request.format)
    if missing > _MISSING_MAX:
        raise Unreadable(ENDS_EARLY, detail=f"{missing:.1%} of its bytes are missing")
    try:
        return AudioReader(request.source, request.format)
    except Unreadable as error:
        raise (Unreadable(ENDS_EARLY, detail=error.detail) if missing else error) from None


def _require_whole(reader: AudioReader, duration_ms: int) -> None:
    if not duration_ms:
        raise Unreadable(NOT_AUDIO, detail=f"{reader.coded_bytes} bytes, {reader.damaged_bytes} damaged, no sample")
    if reader.damaged_bytes > reader.coded_bytes * _DAMAGED_MAX:
        detail = f"{reader.damaged_bytes} of {reader.coded_bytes} bytes"
        raise Unreadable("Too much of this file is damaged.", detail=detail)
    promised_ms = reader.promised_ms
    if promised_ms is not None and duration_ms < promised_ms * (1 - _MISSING_MAX):
        raise Unreadable(ENDS_EARLY, detail=f"{duration_ms} of {promised_ms} ms")


def _write_preview(request: AudioRequest, envelope: Envelope, first: AudioReader) -> tuple[int, int]:
    """Where the preview begins and how long it is, in samples."""
    wanted = max(1, preview_samples(envelope.samples, first.rate_hz))
    start = envelope.loudest(wanted)
    reader = AudioReader(request.source, request.format)
    reader.first_s = first.first_s
    length = write_preview(reader.blocks_from(start / first.rate_hz), wanted, first.rate_hz, Path(request.preview))
    reader.close()
    return start, length
