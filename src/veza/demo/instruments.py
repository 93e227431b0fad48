"""Single sounds, made from nothing: drums of noise and falling tones, notes of harmonics that fade at their own pace.

Each function answers one mono sound as float32. No note knows its place in a song (`song.py`).
"""

from typing import TypeAlias

import numpy as np

Sound: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"
RATE_HZ = 44_100
_TABLE = 4096


def kick(hz: float, drive: float) -> Sound:
    """A tone that falls into the bass, with a click in front."""
    t = _time(0.42)
    phase = 2 * np.pi * (hz * t + hz * 3.2 * 0.028 * (1 - np.exp(-t / 0.028)))
    body = np.tanh(np.sin(phase) * (1.0 + drive * 0.6)) * np.exp(-t / 0.16)
    click = np.exp(-t / 0.0025) * np.sin(2 * np.pi * 1900 * t) * 0.3
    return _rounded(body + click)


def snare(chance: np.random.Generator, *, clap: bool) -> Sound:
    """Noise over a short tone; as a clap, four bursts of it."""
    t = _time(0.28)
    noise = band(chance.standard_normal(t.size).astype(np.float32), 900.0 if clap else 400.0, 9_500.0)
    if clap:
        shape = sum(np.where(t >= at, np.exp(-(t - at) / 0.008), 0.0) for at in (0.0, 0.011, 0.022))
        shape = shape * 0.6 + np.where(t >= 0.03, np.exp(-(t - 0.03) / 0.075), 0.0)
        return _rounded(noise * shape * 0.55)
    tone = np.sin(2 * np.pi * 186 * t) * np.exp(-t / 0.05) + np.sin(2 * np.pi * 331 * t) * np.exp(-t / 0.03) * 0.5
    return _rounded(noise * np.exp(-t / 0.085) * 0.42 + tone * 0.42)


def hat(chance: np.random.Generator, length_s: float) -> Sound:
    """High noise with a metal ring; its length says closed or open."""
    t = _time(length_s * 5)
    ring = sum(np.sign(np.sin(2 * np.pi * hz * t)) for hz in (4_163.0, 5_471.0, 6_203.0, 7_919.0))
    noise = chance.standard_normal(t.size).astype(np.float32) * 0.8 + ring * 0.25
    return _rounded(band(noise.astype(np.float32), 6_500.0, 16_000.0) * np.exp(-t / length_s) * 0.4)


def shaker(chance: np.random.Generator) -> Sound:
    """A soft, slow brush of noise."""
    t = _time(0.12)
    noise = band(chance.standard_normal(t.size).astype(np.float32), 3_500.0, 11_000.0)
    return _rounded(noise * np.sin(np.pi * np.minimum(t / 0.11, 1.0)) ** 2 * 0.3)


def pluck(hz: float, length_s: float, brightness: float, *, odd: bool = False) -> Sound:
    """A string or key: each harmonic fades faster than the one below it, as if a filter closed."""
    t = _time(length_s)
    count = int(min(3 + brightness * 22, 15_000 / hz))
    step = 2 if odd else 1
    sound = np.zeros(t.size, np.float32)
    for k in range(1, max(2, count), step):
        fade = np.exp(-t * (2.2 + k * (2.6 - 1.9 * brightness)))
        sound += np.sin(2 * np.pi * hz * k * t) * fade / k**1.15
    return _rounded(sound * 0.6, fade_s=0.02)


def keys(hz: float, length_s: float) -> Sound:
    """An electric piano: a tone that bends another, less and less."""
    t = _time(length_s)
    bend = np.sin(2 * np.pi * hz * t) * 1.6 * np.exp(-t / 0.5)
    bell = np.sin(2 * np.pi * hz * 7.0 * t) * 0.16 * np.exp(-t / 0.11)
    wobble = 1 + 0.12 * np.sin(2 * np.pi * 4.6 * t)
    return _rounded((np.sin(2 * np.pi * hz * t + bend) * np.exp(-t / 1.3) + bell) * wobble * 0.45, fade_s=0.05)


def bass(hz: float, length_s: float, brightness: float, *, deep: bool) -> Sound:
    """A bass note: round with a few harmonics, or (`deep`) one long tone under light distortion."""
    t = _time(length_s)
    if deep:
        glide = hz * t + hz * 0.5 * 0.03 * (1 - np.exp(-t / 0.03))
        return _rounded(np.tanh(np.sin(2 * np.pi * glide) * 1.8) * np.exp(-t / 0.7) * 0.8, fade_s=0.03)
    sound = np.sin(2 * np.pi * hz * t)
    for k in range(2, 4 + int(brightness * 8)):
        sound = sound + np.sin(2 * np.pi * hz * k * t) / k * np.exp(-t * k * (3.0 - 2.0 * brightness))
    return _rounded(np.tanh(sound * 1.1) * np.minimum(1.0, np.exp(-(t - length_s * 0.6) / 0.1)) * 0.7, fade_s=0.02)


def pad(hz: float, length_s: float, brightness: float, chance: np.random.Generator) -> Sound:
    """A held, wide sound: three copies of one rich wave, each a little out of tune."""
    t = _time(length_s)
    harmonics = np.arange(1, max(2, int(min(4 + brightness * 18, 12_000 / hz))))
    angles = np.arange(_TABLE, dtype=np.float32)[:, None] * (2 * np.pi / _TABLE) * harmonics
    table = (np.sin(angles) / harmonics**1.35).sum(axis=1).astype(np.float32)
    sound = np.zeros(t.size, np.float32)
    for cents in (-7.0, 0.0, 8.0):
        steps = t * (hz * 2 ** (cents / 1200) * _TABLE) + chance.integers(_TABLE)
        sound += table[steps.astype(np.int32) & (_TABLE - 1)]
    attack = np.minimum(t / min(0.6, length_s * 0.25), 1.0)
    return _rounded(sound * attack * 0.22, fade_s=min(0.5, length_s * 0.2))


def band(sound: Sound, low_hz: float, high_hz: float) -> Sound:
    """What lies between two frequencies, with soft edges. Works along the last axis."""
    size = sound.shape[-1]
    whole = fast_size(size)
    hz = np.fft.rfftfreq(whole, 1 / RATE_HZ).astype(np.float32)
    gain = 1 / (1 + (hz / high_hz) ** 6)
    if low_hz > 0:
        gain = gain * (hz**4 / (hz**4 + low_hz**4))
    return np.asarray(np.fft.irfft(np.fft.rfft(sound, whole) * gain.astype(np.float32), whole)[..., :size], np.float32)


def fast_size(size: int) -> int:
    """The next size that a Fourier transform is quick at."""
    power = 1 << max(0, size - 1).bit_length()
    return min(found for found in (power, power * 3 // 4, power * 5 // 8, power * 9 // 16) if found >= size)


def _time(length_s: float) -> Sound:
    return np.arange(max(64, int(length_s * RATE_HZ)), dtype=np.float32) / np.float32(RATE_HZ)


def _rounded(sound: "np.ndarray[tuple[int, ...], np.dtype[np.floating]]", fade_s: float = 0.008) -> Sound:
    """Without the clicks of a sudden beginning or end."""
    made = np.asarray(sound, np.float32)
    fade = min(made.size // 2, int(fade_s * RATE_HZ))
    start = min(made.size // 2, 32)
    made[:start] *= np.linspace(0, 1, start, dtype=np.float32)
    made[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return made
