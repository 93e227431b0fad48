"""Peaks and the loudest window, against the same asked of the whole track at once."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from veza.processing.audio_envelope import BINS_MAX, Envelope


def measured(sound: np.ndarray[tuple[int, int], np.dtype[np.float32]], block: int) -> Envelope:
    envelope = Envelope()
    for start in range(0, sound.shape[1], block):
        envelope.add(sound[:, start : start + block])
    envelope.finish()
    return envelope


@pytest.mark.parametrize("samples", [1, 2, 799, 800, 801, BINS_MAX, BINS_MAX + 1, 3 * BINS_MAX + 7, 1_000_003])
@pytest.mark.parametrize("block", [7919, 32_768])
def test_peaks_are_those_of_the_whole_track(samples: int, block: int) -> None:
    ramp = np.linspace(0.0, 1.0, samples, dtype=np.float32)[np.newaxis, :]
    envelope = measured(np.concatenate([-ramp, ramp / 2]), block)
    peaks = envelope.peaks()
    assert envelope.samples == samples
    assert len(peaks) == 800
    if samples >= 800:
        assert peaks == sorted(peaks)
        assert max(abs(peak - 255 * (at + 1) / 800) for at, peak in enumerate(peaks)) < 1.5
        assert peaks[-1] == 255


def test_louder_than_full_scale_is_full_scale() -> None:
    assert set(measured(np.full((2, 5000), -3.0, np.float32), 1000).peaks()) == {255}


@settings(max_examples=25)
@given(
    samples=st.integers(1000, 200_000),
    at=st.floats(0, 1),
    share=st.floats(0.05, 0.5),
    block=st.integers(500, 40_000),
)
def test_the_loudest_window_covers_what_is_loud(samples: int, at: float, share: float, block: int) -> None:
    window = max(1, int(samples * share))
    loud = int(at * (samples - window))
    sound = np.full((1, samples), 0.01, np.float32)
    sound[:, loud : loud + window] = 0.5
    start = measured(sound, block).loudest(window)
    assert 0 <= start <= samples - window
    assert abs(start - loud) <= 2 + 2 * samples // (BINS_MAX // 2)
