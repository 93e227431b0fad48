"""Samples to files as musicians sell them: WAV, FLAC, MP3, AAC and Opus, with their tags; and ZIPs of them.

The bytes depend on nothing but the samples and the tags.
"""

import io
import zipfile
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

import av
import numpy as np
from av.audio.frame import AudioFrame

from veza.demo.instruments import RATE_HZ, Sound

_FORMATS: Final[dict[str, tuple[str, str, str, int]]] = {
    # our word: container, codec, sample format, bits per second
    "wav": ("wav", "pcm_s16le", "s16", 0),
    "flac": ("flac", "flac", "s16", 0),
    "mp3": ("mp3", "libmp3lame", "s16p", 160_000),
    "m4a": ("ipod", "aac", "fltp", 128_000),
    "opus": ("ogg", "libopus", "s16", 96_000),
}
ENDINGS: Final = tuple(_FORMATS)
_BLOCK = 1 << 15
_ZIP_DATE = (2026, 1, 1, 0, 0, 0)
# Each format has its own words for what is not in all of them.
_WORDS: Final[dict[str, dict[str, str]]] = {
    "mp3": {"bpm": "TBPM", "key": "TKEY", "isrc": "TSRC"},
    "wav": {},
    "m4a": {},
}
_VORBIS_WORDS: Final = {"bpm": "BPM", "key": "INITIALKEY", "isrc": "ISRC"}
_EVERYWHERE: Final = ("title", "artist", "album")


def encode(sound: Sound, ending: str, tags: Mapping[str, str]) -> bytes:
    """A file. `tags`: title, artist, album, bpm, key, isrc; what the format has no word for is left out."""
    container_name, codec, sample_format, bit_rate = _FORMATS[ending]
    rate = 48_000 if ending == "opus" else RATE_HZ
    layout = "stereo" if sound.shape[0] == 2 else "mono"
    held = io.BytesIO()
    with av.open(held, "w", format=container_name, options={"fflags": "+bitexact"}) as container:
        container.metadata.update(_tags(ending, tags))
        options = {"flags": "+bitexact"} | ({"compression_level": "8"} if ending == "mp3" else {})
        stream: Any = container.add_stream(codec, rate=rate, layout=layout, options=options)
        stream.codec_context.format = sample_format
        if bit_rate:
            stream.bit_rate = bit_rate if layout == "stereo" else bit_rate // 2
        resampler = av.AudioResampler(format=sample_format, layout=layout, rate=rate)
        for at in range(0, sound.shape[1], _BLOCK):
            for frame in resampler.resample(_frame(sound[:, at : at + _BLOCK], layout, at)):
                container.mux(stream.encode(frame))
        for frame in resampler.resample(None):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return held.getvalue()


def pack(files: Mapping[str, bytes]) -> bytes:
    """A ZIP archive; what is compressed already is only stored."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in files.items():
            kind = zipfile.ZIP_STORED if name.endswith(("mp3", "flac", "m4a", "opus")) else zipfile.ZIP_DEFLATED
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, kind, compresslevel=1)
    return held.getvalue()


def _tags(ending: str, tags: Mapping[str, str]) -> dict[str, str]:
    words = _WORDS.get(ending, _VORBIS_WORDS)
    return {
        **{name: tags[name] for name in _EVERYWHERE if tags.get(name)},
        **{word: tags[name] for name, word in words.items() if tags.get(name)},
    }


def _frame(sound: Sound, layout: str, at: int) -> AudioFrame:
    frame = AudioFrame.from_ndarray(np.ascontiguousarray(sound), format="fltp", layout=layout)
    frame.sample_rate, frame.time_base, frame.pts = RATE_HZ, Fraction(1, RATE_HZ), at
    return frame
