"""A short piece of music: a loop of four bars on several buses, arranged into sections, mixed and brought to a level.

The same score always gives the same samples. Files and their formats are `encode.py`'s.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from veza.demo import instruments
from veza.demo.genres import GENRES, MAJOR, Genre
from veza.demo.instruments import RATE_HZ, Sound, band, fast_size

LUFS: Final = -12.0
PEAK: Final = 0.92
NOTES: Final = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
BUSES: Final = ("drums", "bass", "chords", "lead")
_LOOP_BARS = 4
# Which buses sound in each section of a piece; a longer piece has more of them.
_SECTIONS = {
    "intro": (0.0, 0.0, 1.0, 0.35),
    "build": (0.75, 0.8, 1.0, 0.0),
    "main": (1.0, 1.0, 0.85, 0.9),
    "break": (0.0, 0.35, 1.1, 1.0),
    "peak": (1.0, 1.0, 1.0, 1.0),
    "outro": (0.85, 0.6, 0.8, 0.0),
}
_PLANS: Final[dict[int, tuple[str, ...]]] = {
    1: ("peak",),
    2: ("build", "peak"),
    3: ("intro", "main", "peak"),
    4: ("intro", "build", "main", "peak"),
    5: ("intro", "build", "main", "break", "peak"),
    6: ("intro", "build", "main", "break", "peak", "outro"),
}


@dataclass(frozen=True, slots=True)
class Score:
    """What is played. `key` counts half tones above C."""

    genre: str
    bpm: int
    key: int
    seconds: float
    seed: int

    @property
    def key_name(self) -> str:
        """As tags say it: `Am`, `Eb`."""
        return NOTES[self.key] + ("" if GENRES[self.genre].scale == MAJOR else "m")


@dataclass(frozen=True, slots=True)
class Song:
    """The mix, and each bus of it alone at the same level: stereo, one row per channel, full scale ±1."""

    mix: Sound
    buses: dict[str, Sound]


def render(score: Score) -> Song:
    """Play it. All but the arrangement is done on one loop: transforms of a whole piece take six times as long."""
    genre, chance = GENRES[score.genre], np.random.default_rng([score.seed, 7])
    loop = _Loop(score, genre, chance)
    buses = {
        "drums": loop.drums(),
        "bass": [loop.bass()],
        "chords": [loop.chords()],
        "lead": [loop.lead(), loop.lead()],
    }
    pump, room = loop.pump(), _room(genre.space, chance)
    for name in ("bass", "chords", "lead"):
        buses[name] = [sound * pump for sound in buses[name]]
    buses["chords"][0] += _wet(buses["chords"][0] * 0.7 + buses["drums"][0] * 0.12, room, genre.space)
    echoed = [_echoed(sound, round(loop.step * 3)) for sound in buses["lead"]]
    buses["lead"] = [sound + _wet(sound, room, genre.space) for sound in echoed]
    if genre.brightness < 0.3:
        buses = {name: [band(one, 0.0, 4_000 + 14_000 * genre.brightness) for one in buses[name]] for name in BUSES}
    count = max(1, round(score.seconds / (loop.size / RATE_HZ)))
    plan = (_PLANS[min(count, 6)] + ("main", "peak", "outro") * max(0, -(-(count - 6) // 3)))[:count]
    arranged = {
        name: _arranged(buses[name], [_SECTIONS[section][place] for section in plan])
        for place, name in enumerate(BUSES)
    }
    together = sum((buses[name][-1] for name in BUSES), np.zeros((2, loop.size), np.float32))
    return _mastered(arranged, genre, chance, weight_db=_loudness(together) - _power_db(together))


class _Loop:
    """Four bars, bus by bus. What rings on past the end comes in at the beginning: it is a loop."""

    def __init__(self, score: Score, genre: Genre, chance: np.random.Generator) -> None:
        self._genre, self._chance, self._key = genre, chance, score.key
        self.step = 60 / score.bpm / 4 * RATE_HZ
        self.size = round(self.step * 16 * _LOOP_BARS)
        self._chords = genre.progressions[int(chance.integers(len(genre.progressions)))]
        self._brightness = float(np.clip(genre.brightness + chance.uniform(-0.12, 0.12), 0.1, 0.9))

    def drums(self) -> list[Sound]:
        """Twice: the second time with a fill at its end."""
        genre, chance, made = self._genre, self._chance, self._empty()
        clap = instruments.snare(chance, clap=bool(chance.random() < 0.5))
        for sound, pattern, level, side in (
            (instruments.kick(genre.kick_hz, genre.drive), genre.kick, 0.95, 0.0),
            (clap, genre.snare, 0.62, 0.04),
            (instruments.hat(chance, 0.022), genre.hat, 0.34, 0.22),
            (instruments.hat(chance, 0.09), genre.open_hat, 0.3, -0.2),
        ):
            for bar in range(_LOOP_BARS):
                for place, mark in enumerate(pattern):
                    if mark == "." or (mark == "x" and chance.random() < 0.12):
                        continue
                    force = level * (1.0 if mark == "X" else 0.55) * chance.uniform(0.9, 1.0)
                    self._put(made, sound * np.float32(force), bar * 16 + place, side)
        if "x" in genre.hat:
            brush = instruments.shaker(chance)
            for place in range(1, 16 * _LOOP_BARS, 2):
                self._put(made, brush * np.float32(chance.uniform(0.15, 0.4)), place, -0.35)
        filled = made.copy()
        if "X" in genre.snare:
            for place in (10, 11, 13, 14, 15):
                self._put(filled, clap * np.float32(0.16 + 0.02 * place), 48 + place, 0.1)
        return [made, filled]

    def bass(self) -> Sound:
        made, genre = self._empty(), self._genre
        deep = genre.name in {"trap", "dub", "drum & bass"}
        marks = [place for place, mark in enumerate(genre.bass) if mark != "."]
        for bar, chord in enumerate(self._chords):
            for index, place in enumerate(marks):
                until = marks[index + 1] if index + 1 < len(marks) else 16
                length_s = (until - place) * self.step / RATE_HZ * (0.98 if deep else 0.82)
                jump = 12 if index and self._chance.random() < 0.14 else 0
                note = instruments.bass(self._hz(chord, 31 + jump), length_s, self._brightness, deep=deep)
                self._put(made, note * np.float32(0.62 if genre.bass[place] == "X" else 0.45), bar * 16 + place, 0.0)
        return made

    def chords(self) -> Sound:
        made, genre = self._empty(), self._genre
        bar_s = self.step * 16 / RATE_HZ
        soft = genre.name in {"lo-fi", "jazz-hop", "garage", "house"}
        stabs = [0, 3, 10] if genre.name in {"house", "garage", "dub"} else [0]
        for bar, chord in enumerate(self._chords):
            for tone, degree in enumerate((0, 2, 4, 6)):
                hz = self._hz(chord + degree, 50)
                side = (-0.5, 0.4, -0.25, 0.55)[tone]
                if soft:
                    for place in stabs:
                        note = instruments.keys(hz, min(bar_s * 0.9, 1.8)) * np.float32(0.4 / (1 + 0.5 * (place > 0)))
                        self._put(made, note, bar * 16 + place, side, late=tone * 0.006)
                quiet = np.float32(0.2 if soft else 0.42)
                for channel in (0, 1):
                    held = instruments.pad(hz, bar_s * 1.12, self._brightness, self._chance) * quiet
                    self._put(made, held, bar * 16, -1.0 if channel == 0 else 1.0)
        return made

    def lead(self) -> Sound:
        made, genre, chance = self._empty(), self._genre, self._chance
        motif = chance.choice([0, 2, 4, 6, 7, 9], size=16)
        odd = bool(chance.random() < 0.4)
        for bar, chord in enumerate(self._chords):
            for place, mark in enumerate(genre.lead):
                if mark == "." or chance.random() < 0.1:
                    continue
                degree = int(motif[(place + 4 * (bar % 2)) % 16])
                hz = self._hz(chord + degree, 62)
                length_s = float(chance.uniform(0.35, 0.8)) * (2.2 if genre.name == "ambient" else 1.0)
                note = instruments.pluck(hz, length_s, self._brightness, odd=odd)
                side = 0.3 * (-1) ** place
                self._put(made, note * np.float32(0.8 if mark == "X" else 0.58), bar * 16 + place, side)
        return made

    def pump(self) -> Sound:
        """How loud all but the drums is: down at each kick, back within an eighth."""
        gain = np.ones(self.size, np.float32)
        length = round(self.step * 3)
        dip = np.float32(self._genre.pump) * np.linspace(1, 0, length, dtype=np.float32) ** 2
        for bar in range(_LOOP_BARS):
            for place, mark in enumerate(self._genre.kick):
                if mark == "X":
                    at = round((bar * 16 + place) * self.step)
                    gain[at : at + length] = np.minimum(gain[at : at + length], 1 - dip[: self.size - at])
        return gain

    def _hz(self, degree: int, lowest: int) -> float:
        scale = self._genre.scale
        note = scale[degree % len(scale)] + 12 * (degree // len(scale)) + self._key
        floor = lowest - lowest % 12 if lowest < 48 else lowest - lowest % 12 - (12 if self._key > 6 else 0)
        return float(440.0 * 2 ** ((floor + note - 69) / 12))

    def _empty(self) -> Sound:
        return np.zeros((2, self.size), np.float32)

    def _put(self, made: Sound, sound: Sound, place: int, side: float, *, late: float = 0.0) -> None:
        swing = self._genre.swing * self.step if place % 2 else 0.0
        at = round(place * self.step + swing + late * RATE_HZ) % self.size
        left, right = np.float32(min(1.0, 1 - side)), np.float32(min(1.0, 1 + side))
        while sound.size:
            room = min(sound.size, self.size - at)
            made[0, at : at + room] += sound[:room] * left
            made[1, at : at + room] += sound[:room] * right
            sound, at = sound[room:], 0


def _arranged(loops: list[Sound], gains: list[float]) -> Sound:
    """The loops in turn, each as loud as its section says, without a click between them."""
    size = loops[0].shape[1]
    curve = np.repeat(np.array(gains, np.float32), size)
    ramp = min(size // 8, 2_000)
    for place in range(1, len(gains)):
        at = place * size
        curve[at - ramp : at] = np.linspace(gains[place - 1], gains[place], ramp, dtype=np.float32)
    made = np.concatenate([loops[place % len(loops)] for place in range(len(gains))], axis=1)
    made *= curve
    return made


def _echoed(sound: Sound, delay: int) -> Sound:
    """With three echoes, from side to side; those of its end come in at the beginning."""
    made = sound.copy()
    for turn, level in enumerate((0.34, 0.2, 0.1), start=1):
        made += np.roll(sound[::-1] if turn % 2 else sound, delay * turn, axis=1) * np.float32(level)
    return made


def _room(space: float, chance: np.random.Generator) -> Sound:
    """What a clap would leave behind in it: noise that dies away, for each side."""
    t = np.arange(int((0.9 + 2.4 * space) * RATE_HZ), dtype=np.float32) / np.float32(RATE_HZ)
    noise = chance.standard_normal((2, t.size)).astype(np.float32) * np.exp(-t / (0.16 + 0.5 * space))
    noise = band(noise, 180.0, 7_000.0)
    return np.asarray(noise / np.sqrt((noise**2).sum(axis=1, keepdims=True)), np.float32)


def _wet(sound: Sound, room: Sound, space: float) -> Sound:
    """What the room answers to a loop that never ends."""
    size = sound.shape[1]
    whole = fast_size(size + room.shape[1])
    heard = np.fft.rfft((sound[0] + sound[1]) * np.float32(0.5), whole)  # the room makes two sides of it
    made = np.fft.irfft(heard * np.fft.rfft(room, whole), whole)[:, : size + room.shape[1]]
    made[:, : room.shape[1]] += made[:, size:] if room.shape[1] <= size else 0
    return np.asarray(made[:, :size] * (space * 1.1), np.float32)


def _mastered(buses: dict[str, Sound], genre: Genre, chance: np.random.Generator, *, weight_db: float) -> Song:
    """Together, at the loudness of the house, under the ceiling, with quiet ends."""
    mix = buses["drums"] + buses["bass"] + buses["chords"] + buses["lead"]
    if genre.hiss:
        hiss = band(chance.standard_normal((2, 1 << 17)).astype(np.float32), 600.0, 9_000.0) * np.float32(genre.hiss)
        mix += np.tile(hiss, -(-mix.shape[1] // hiss.shape[1]))[:, : mix.shape[1]]
    mix *= np.float32(10 ** ((LUFS - weight_db - _power_db(mix)) / 20))
    made = _limited(mix)
    made = _limited(made * np.float32(10 ** ((LUFS - weight_db - _power_db(made)) / 20)))
    ends = _ends(made.shape[1])
    loudest = max(float(np.abs(sound).max()) for sound in buses.values())
    level = np.float32(PEAK / max(loudest, 1e-6))
    return Song(made * ends, {name: sound * level for name, sound in buses.items()})


def _limited(sound: Sound) -> Sound:
    """Nothing beyond the ceiling: straight up to two thirds of it, then bending."""
    knee = np.float32(PEAK * 0.66)
    room = np.float32(PEAK) - knee
    made = sound.copy()
    loud = np.abs(sound) > knee
    bent = knee + room * np.tanh((np.abs(sound[loud]) - knee) / room)
    made[loud] = np.copysign(bent, sound[loud])
    return made


def _ends(size: int) -> Sound:
    fade_in, fade_out = min(size // 4, int(0.05 * RATE_HZ)), min(size // 3, int(2.5 * RATE_HZ))
    made = np.ones(size, np.float32)
    made[:fade_in] = np.linspace(0, 1, fade_in, dtype=np.float32)
    made[-fade_out:] *= np.linspace(1, 0, fade_out, dtype=np.float32) ** 1.5
    return made


def _loudness(sound: Sound) -> float:
    """About the loudness of EBU R128 in LUFS: power where ears are keen."""
    size = fast_size(sound.shape[1])
    hz = np.fft.rfftfreq(size, 1 / RATE_HZ).astype(np.float32)
    shelf = 1 + 0.585 * hz**4 / (hz**4 + np.float32(1_500.0**4))
    weight = shelf * hz**2 / (hz**2 + np.float32(38.0**2))
    heard = np.fft.irfft(np.fft.rfft(sound, size) * weight, size)[:, : sound.shape[1]]
    return _power_db(np.asarray(heard, np.float32)) - 0.691


def _power_db(sound: Sound) -> float:
    """Mean power over both channels, in blocks of 400 ms, those 10 dB below the rest left out."""
    block = min(sound.shape[1], int(0.4 * RATE_HZ))
    count = sound.shape[1] // block
    power = (sound[:, : count * block] ** 2).reshape(2, count, -1).mean(axis=2).sum(axis=0)
    return float(10 * np.log10(power[power >= power.mean() / 10].mean() + 1e-12))
