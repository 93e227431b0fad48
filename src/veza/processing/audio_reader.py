"""Audio files as FFmpeg decodes them, to float blocks one after another. Runs in a child only; measures nothing.

A file is opened as the one format that its first bytes showed, with one protocol and a short list of decoders: a
playlist in disguise opens nothing else, and decoders that nobody sells music in are not reachable.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import TypeAlias

import av
import numpy as np
from av.audio.frame import AudioFrame

from veza.processing.audio_head import counts_its_frames
from veza.processing.failures import Unreadable

Block: TypeAlias = "np.ndarray[tuple[int, int], np.dtype[np.float32]]"
"""Samples in time, one row per channel, full scale ±1."""

DEMUXERS = {
    "wav": "wav", "flac": "flac", "aiff": "aiff", "mp3": "mp3", "aac": "aac", "m4a": "mov",
    "ogg-vorbis": "ogg", "ogg-opus": "ogg", "ogg-flac": "ogg",
}  # fmt: skip
DECODERS = frozenset(
    {
        "aac", "alac", "flac", "mp3", "mp3float", "opus", "libopus", "vorbis",
        "pcm_alaw", "pcm_mulaw", "pcm_s8", "pcm_u8",
        *(f"pcm_{kind}{end}" for kind in ("s16", "s24", "s32", "f32", "f64") for end in ("le", "be")),
    }
)  # fmt: skip
LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
"""What each number of channels is taken to mean: many files do not say, and no measure of ours depends on more."""

BLOCK_SAMPLES = 32_768
ENDS_EARLY = "The file ends in the middle."
NOT_AUDIO = "This is not audio we can read."
_HZ_MIN, _HZ_MAX = 4_000, 768_000
_ERRORS_IN_A_ROW_MAX = 1_000
_SCALES = {"u8": 128.0, "s16": 2.0**15, "s32": 2.0**31, "s64": 2.0**63}


class AudioReader:
    """One pass over the first audio stream of a file, from its start or from a place in it."""

    def __init__(self, source: str, file_format: str) -> None:
        demuxer = DEMUXERS.get(file_format)
        if demuxer is None:
            raise Unreadable(NOT_AUDIO, detail=f"no demuxer for {file_format}")
        options = {
            "protocol_whitelist": "file",
            "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2" if demuxer == "mov" else demuxer,
            "codec_whitelist": ",".join(sorted(DECODERS)),
        }
        try:
            self._container = av.open(
                f"file:{source}", format=demuxer, options=options, metadata_errors="surrogateescape"
            )
        except av.FFmpegError as error:
            _raise_if_memory(error)
            raise Unreadable(NOT_AUDIO, detail=repr(error)) from None
        if not self._container.streams.audio:
            raise Unreadable("There is no audio in this file.")
        self._stream = self._container.streams.audio[0]
        context = self._stream.codec_context
        if context.codec.name not in DECODERS:
            raise Unreadable(NOT_AUDIO, detail="the codec is not one of ours")
        context.thread_count = 1
        self.rate_hz = context.sample_rate
        self.channels = context.layout.nb_channels
        if not _is_playable(self.rate_hz, self.channels):
            raise Unreadable(
                f"This file holds {self.channels} channels at {self.rate_hz} Hz, which few people could play."
            )
        self.codec = _codec_name(context.codec.name)
        self.promised_ms = self._promise(source, file_format)
        self.first_s = 0.0
        self.coded_bytes = self.damaged_bytes = 0

    def close(self) -> None:
        self._container.close()

    @property
    def raw_tags(self) -> dict[str, str]:
        """The stream's words (Ogg has them there), then the file's, which win."""
        return {**self._stream.metadata, **self._container.metadata}

    def blocks(self) -> Iterator[Block]:
        """All that can be decoded, in blocks of BLOCK_SAMPLES (the last one shorter)."""
        waiting: list[Block] = []
        count = 0
        for frame in self._frames():
            block = self._floats(frame)
            waiting.append(block)
            count += block.shape[1]
            if count >= BLOCK_SAMPLES:
                whole = np.concatenate(waiting, axis=1)
                for start in range(0, count - BLOCK_SAMPLES + 1, BLOCK_SAMPLES):
                    yield whole[:, start : start + BLOCK_SAMPLES]
                rest = count % BLOCK_SAMPLES
                waiting, count = ([whole[:, -rest:]], rest) if rest else ([], 0)
        if count:
            yield np.concatenate(waiting, axis=1)

    def blocks_from(self, start_s: float) -> Iterator[Block]:
        """As `blocks`, from `start_s` after the first sample on. Each block is as its frame was."""
        base = float(self._stream.time_base or 1)
        target_s = self.first_s + start_s
        with suppress(av.FFmpegError):  # what cannot be sought is read from its start
            self._container.seek(max(0, int((target_s - 1.0) / base)), stream=self._stream, backward=True)
        for frame in self._frames():
            block = self._floats(frame)
            at_s = target_s if frame.time is None else frame.time
            skip = round((target_s - at_s) * self.rate_hz)
            if skip < block.shape[1]:
                yield block[:, max(0, skip) :]

    def _frames(self) -> Iterator[AudioFrame]:
        in_a_row, is_first = 0, True
        for packet in self._packets():
            try:
                frames = self._stream.decode(packet)
                in_a_row = 0
            except av.FFmpegError as error:
                _raise_if_memory(error)
                self.damaged_bytes += packet.size
                in_a_row += 1
                if in_a_row > _ERRORS_IN_A_ROW_MAX:
                    raise Unreadable("Too much of this file is damaged.", detail=repr(error)) from None
                continue
            for frame in frames:
                if not frame.samples:
                    continue
                form = frame.sample_rate, frame.layout.nb_channels
                if is_first and _is_playable(*form):
                    # A head may name half of what HE-AAC's decoder makes of it.
                    self.rate_hz, self.channels = form
                if form != (self.rate_hz, self.channels):
                    # Noise that looked like a header; of a file that changes halfway, one half.
                    self.damaged_bytes += packet.size
                    continue
                if is_first and frame.time is not None:
                    self.first_s = frame.time
                is_first = False
                yield frame

    def _packets(self) -> "Iterator[av.Packet[av.AudioStream]]":
        try:
            for packet in self._container.demux(self._stream):
                self.coded_bytes += packet.size
                yield packet
        except av.FFmpegError as error:  # the file's end, however it ends: what is missing is judged by its length
            _raise_if_memory(error)

    def _floats(self, frame: AudioFrame) -> Block:
        name = frame.format.name.removesuffix("p")
        samples = frame.to_ndarray()
        if not frame.format.is_planar:
            samples = samples.reshape(-1, self.channels).T
        if name in _SCALES:
            block = samples.astype(np.float32)
            if name == "u8":
                block -= 128.0
            block /= np.float32(_SCALES[name])
        else:
            # Float files may hold what is no number at all; one such sample would spoil every measure.
            block = np.nan_to_num(samples.astype(np.float32), nan=0.0, posinf=1.0, neginf=-1.0)
            np.clip(block, -64.0, 64.0, out=block)
        return np.ascontiguousarray(block)

    def _promise(self, source: str, file_format: str) -> int | None:
        """How long the file says it is; None when FFmpeg could only guess, by size and bit rate."""
        if (
            file_format == "aac"
            or file_format.startswith("ogg")
            or (file_format == "mp3" and not counts_its_frames(source))
        ):
            return None
        duration, base = self._stream.duration, self._stream.time_base
        return round(duration * base * 1000) if duration and base else None


def _is_playable(rate_hz: int, channels: int) -> bool:
    return _HZ_MIN <= rate_hz <= _HZ_MAX and channels in LAYOUTS


def _codec_name(decoder: str) -> str:
    return {"mp3float": "mp3", "libopus": "opus"}.get(decoder, decoder)


def _raise_if_memory(error: Exception) -> None:
    if isinstance(error, MemoryError):
        raise error
