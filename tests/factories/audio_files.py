"""Audio files as people upload them: small, the same on every run, made with the same library that reads them."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

Sound = np.ndarray[tuple[int, int], np.dtype[np.float32]]
"""Samples in time, one row per channel."""

LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}
# file ending: (container, codec, the encoder's options)
CODECS: dict[str, tuple[str, str, dict[str, str]]] = {
    "wav": ("wav", "pcm_s16le", {}),
    "24.wav": ("wav", "pcm_s24le", {}),
    "32.wav": ("wav", "pcm_s32le", {}),
    "float.wav": ("wav", "pcm_f32le", {}),
    "flac": ("flac", "flac", {}),
    "aiff": ("aiff", "pcm_s16be", {}),
    "mp3": ("mp3", "libmp3lame", {}),
    "aac": ("adts", "aac", {}),
    "m4a": ("ipod", "aac", {}),
    "alac.m4a": ("ipod", "alac", {}),
    "ogg": ("ogg", "vorbis", {"strict": "-2"}),
    "opus": ("ogg", "libopus", {}),
}


def sine(
    seconds: float, *, rate_hz: int = 48_000, hz: float = 1000, amplitude: float = 0.5, channels: int = 2
) -> Sound:
    """A tone, the same on each channel."""
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    wave = (amplitude * np.sin(2 * np.pi * hz * times)).astype(np.float32)
    return np.repeat(wave[np.newaxis, :], channels, axis=0)


def quiet_then_loud(seconds: float, *, rate_hz: int = 48_000, channels: int = 2) -> Sound:
    """A tone that is 40 dB louder in its second half."""
    sound = sine(seconds, rate_hz=rate_hz, channels=channels)
    sound[:, : sound.shape[1] // 2] *= 0.01
    return sound


def write_audio(
    path: Path,
    sound: Sound,
    *,
    rate_hz: int = 48_000,
    kind: str = "",
    tags: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """`sound` as the kind of file that the name (or `kind`, a key of CODECS) asks for."""
    container, codec, codec_options = CODECS[kind or path.name.partition(".")[2]]
    layout = LAYOUTS[sound.shape[0]]
    with av.open(path, "w", format=container, options=options or {}) as output:
        output.metadata.update(tags or {})
        stream: Any = output.add_stream(codec, rate=rate_hz, layout=layout, options=codec_options)
        wanted = stream.codec_context.codec.audio_formats
        resampler = AudioResampler(
            format=wanted[0]
            if codec.startswith(("pcm", "flac", "alac")) and wanted
            else "fltp"
            if codec != "libopus"
            else "flt",
            layout=layout,
            rate=rate_hz,
            frame_size=stream.codec_context.frame_size or 4096,
        )
        stream.codec_context.format = resampler.format
        for start in range(0, sound.shape[1], 4096):
            frame = AudioFrame.from_ndarray(np.ascontiguousarray(sound[:, start : start + 4096]), "fltp", layout)
            frame.sample_rate, frame.pts, frame.time_base = rate_hz, start, Fraction(1, rate_hz)
            for packed in resampler.resample(frame):
                output.mux(stream.encode(packed))
        for packed in resampler.resample(None):
            output.mux(stream.encode(packed))
        output.mux(stream.encode(None))
    return path


def id3_tag(size_bytes: int, frames: bytes = b"") -> bytes:
    """An ID3v2.4 tag of exactly this size, padded."""
    body = size_bytes - 10
    size = bytes(body >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x04\x00\x00" + size + frames.ljust(body, b"\0")


def decoded(path: Path) -> Sound:
    """The whole of a file as a player hears it."""
    with av.open(path) as source:
        resampler = AudioResampler(format="fltp")
        frames = [part for frame in source.decode(audio=0) for part in resampler.resample(frame)]
        return np.concatenate([frame.to_ndarray() for frame in frames], axis=1)
