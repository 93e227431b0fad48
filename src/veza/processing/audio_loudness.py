"""Integrated loudness by EBU R128, as FFmpeg's own meter measures it. Runs in a child only."""

import math
from contextlib import suppress
from fractions import Fraction

import av
from av.audio.frame import AudioFrame

from veza.processing.audio_reader import LAYOUTS, Block

_GATE_LUFS = -70.0


def frame_of(block: Block, rate_hz: int, at_samples: int) -> AudioFrame:
    """A block as FFmpeg takes it."""
    frame = AudioFrame.from_ndarray(block, format="fltp", layout=LAYOUTS[block.shape[0]])
    frame.sample_rate = rate_hz
    frame.time_base = Fraction(1, rate_hz)
    frame.pts = at_samples
    return frame


class LoudnessMeter:
    """Feed it blocks with `add`; `finish` answers."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._rate_hz = rate_hz
        self._samples = 0
        self._last = ""
        self._graph = av.filter.Graph()
        source = self._graph.add_abuffer(
            sample_rate=rate_hz, format="fltp", layout=LAYOUTS[channels], time_base=Fraction(1, rate_hz)
        )
        meter = self._graph.add("ebur128", "metadata=1:framelog=quiet")
        sink = self._graph.add("abuffersink")
        source.link_to(meter)
        meter.link_to(sink)
        self._graph.configure()

    def add(self, block: Block) -> None:
        """The next samples."""
        self._graph.push(frame_of(block, self._rate_hz, self._samples))
        self._samples += block.shape[1]
        self._drain()

    def finish(self) -> float | None:
        """LUFS to a tenth; None for silence, and for less than the 400 ms that one measure takes."""
        self._graph.push(None)
        self._drain()
        if not self._last or self._samples < 0.4 * self._rate_hz:
            return None
        lufs = float(self._last)
        return round(lufs, 1) if math.isfinite(lufs) and lufs > _GATE_LUFS else None

    def _drain(self) -> None:
        with suppress(av.error.BlockingIOError, av.error.EOFError):
            while True:
                self._last = self._graph.pull().metadata.get("lavfi.r128.I", self._last)
