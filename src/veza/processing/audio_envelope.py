"""How loud a track is over its length, in bounded memory and one pass: peaks to draw, the loudest window. No I/O.

The length is not known before the end, so bins grow: when they are full, neighbours become one.
"""

import numpy as np

from veza.processing.audio_reader import Block

PEAKS = 800
BINS_MAX = 16_384
"""At least half of them are in use once a track is longer than that many samples: ten bins and more per peak."""


class Envelope:
    """Feed it blocks with `add`, then `finish`, then ask."""

    def __init__(self) -> None:
        self.samples = 0
        self._bin_samples = 1
        self._peaks = np.zeros(BINS_MAX, np.float32)
        self._energies = np.zeros(BINS_MAX, np.float64)
        self._full = 0
        self._open_peak, self._open_energy, self._open_samples = np.float32(0), 0.0, 0

    def add(self, block: Block) -> None:
        """The next samples."""
        peaks = np.abs(block).max(axis=0)
        energies = np.square(block, dtype=np.float64).mean(axis=0)
        count = len(peaks)
        self.samples += count
        while self._full + (self._open_samples + count) // self._bin_samples > BINS_MAX:
            self._fold()
        head = min(count, self._bin_samples - self._open_samples)
        self._into_open(peaks[:head], energies[:head])
        whole = (count - head) // self._bin_samples
        end = head + whole * self._bin_samples
        if whole:
            shape = (whole, self._bin_samples)
            self._peaks[self._full : self._full + whole] = peaks[head:end].reshape(shape).max(axis=1)
            self._energies[self._full : self._full + whole] = energies[head:end].reshape(shape).sum(axis=1)
            self._full += whole
        self._into_open(peaks[end:], energies[end:])

    def finish(self) -> None:
        """No more samples come: the last, shorter bin counts too."""
        if self._open_samples:
            if self._full == BINS_MAX:
                self._fold()
            self._close_open()

    def peaks(self) -> list[int]:
        """The absolute peak of each of 800 equal slices, 255 for full scale."""
        starts = np.arange(PEAKS) * self._full // PEAKS
        filled = self._peaks[: self._full]
        found = np.maximum.reduceat(filled, starts) if self._full >= PEAKS else filled[starts]
        return [int(value) for value in np.rint(np.minimum(found, 1.0) * 255)]

    def loudest(self, window_samples: int) -> int:
        """The sample at which the window of this length with most energy begins."""
        width = max(1, min(self._full, round(window_samples / self._bin_samples)))
        sums = np.concatenate(([0.0], np.cumsum(self._energies[: self._full])))
        start = int(np.argmax(sums[width:] - sums[:-width])) * self._bin_samples
        return max(0, min(start, self.samples - window_samples))

    def _into_open(
        self,
        peaks: "np.ndarray[tuple[int], np.dtype[np.float32]]",
        energies: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    ) -> None:
        if not len(peaks):
            return
        self._open_peak = max(self._open_peak, peaks.max())
        self._open_energy += float(energies.sum())
        self._open_samples += len(peaks)
        if self._open_samples == self._bin_samples:
            self._close_open()

    def _close_open(self) -> None:
        self._peaks[self._full], self._energies[self._full] = self._open_peak, self._open_energy
        self._full += 1
        self._open_peak, self._open_energy, self._open_samples = np.float32(0), 0.0, 0

    def _fold(self) -> None:
        pairs = self._full // 2
        if self._full % 2:  # the odd one is the beginning of what is open
            self._open_peak = max(self._open_peak, self._peaks[self._full - 1])
            self._open_energy += float(self._energies[self._full - 1])
            self._open_samples += self._bin_samples
        self._peaks[:pairs] = self._peaks[: 2 * pairs].reshape(pairs, 2).max(axis=1)
        self._energies[:pairs] = self._energies[: 2 * pairs].reshape(pairs, 2).sum(axis=1)
        self._full = pairs
        self._bin_samples *= 2
