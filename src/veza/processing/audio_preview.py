"""Writes the part of a track that everybody may hear: AAC in a fragmented MP4. Runs in a child only.

Only the samples of the window reach the encoder, and nothing of the source's words is copied: the file cannot hold
more of the work than its length.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler

from veza.processing.audio_loudness import frame_of
from veza.processing.audio_reader import Block

PREVIEW_S_MAX = 30
_FADE_S = 0.1
_LEAD_IN_S = 1024 / 44_100
_BIT_RATES_BPS = {"mono": 96_000, "stereo": 128_000}
# One index in front (`global_sidx`), so that a player knows the length and every place before it has the file.
_OPTIONS = {
    "movflags": "+empty_moov+default_base_moof+global_sidx+skip_trailer",
    "frag_duration": "5000000",
    "fflags": "+bitexact",
}


def preview_samples(track_samples: int, rate_hz: int) -> int:
    """How much of a track is given away: 30 s, never more than half, and the encoder's lead-in counts as ours."""
    samples, lead_in = min(PREVIEW_S_MAX * rate_hz, track_samples // 2), round(_LEAD_IN_S * rate_hz)
    return samples - lead_in if samples > 4 * lead_in else samples


def write_preview(blocks: Iterator[Block], samples: int, rate_hz: int, target: Path) -> int:
    """Encode the first `samples` of `blocks` to `target`; how many there were."""
    written = 0
    encoder_hz = 44_100 if rate_hz % 11_025 == 0 else 48_000
    first = next(blocks, None)
    if first is None:
        return 0
    layout = "mono" if first.shape[0] == 1 else "stereo"
    with av.open(f"file:{target}", "w", format="mp4", options=_OPTIONS) as output:
        stream = output.add_stream(
            "aac", rate=encoder_hz, layout=layout, options={"profile": "aac_low", "flags": "+bitexact"}
        )
        stream.bit_rate = _BIT_RATES_BPS[layout]
        stream.time_base = Fraction(1, encoder_hz)
        resampler = AudioResampler(format="fltp", layout=layout, rate=encoder_hz, frame_size=1024)
        for block in _with_first(first, blocks):
            part = _faded(block[:, : samples - written], written, samples, rate_hz)
            for frame in resampler.resample(frame_of(part, rate_hz, written)):
                output.mux(stream.encode(frame))
            written += part.shape[1]
            if written == samples:
                break
        for frame in resampler.resample(None):
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return written


def _with_first(first: Block, rest: Iterator[Block]) -> Iterator[Block]:
    yield first
    yield from rest


def _faded(block: Block, at: int, samples: int, rate_hz: int) -> Block:
    """The block with the window's fades on it: a cut into full sound is a click."""
    fade = max(1.0, min(_FADE_S * rate_hz, samples / 10))
    places = np.arange(at, at + block.shape[1], dtype=np.float32)
    gain = np.minimum(np.minimum(places, samples - 1 - places) / np.float32(fade), 1.0)
    return np.ascontiguousarray(block * gain.astype(np.float32))
