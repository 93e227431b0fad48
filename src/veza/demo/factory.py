"""Makes the bytes of a product's files and pictures. Runs in child processes: it keeps a core busy for seconds.

Only this module's functions cross into a child, with specs, and only bytes come back.
"""

import json
import signal

import numpy as np

from veza.demo import covers, instruments, song
from veza.demo.catalogue import FileSpec
from veza.demo.covers import Palette
from veza.demo.encode import encode, pack
from veza.demo.genres import GENRES
from veza.demo.instruments import RATE_HZ, Sound
from veza.demo.song import Score, Song
from veza.processes import bound_to_parent

_STEM_S = 20
_PACK_PEAK = 0.9


def begin(parent: int) -> None:
    """How a child begins: it leaves Ctrl-C to its parent, and ends when that is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    bound_to_parent(signal.SIGTERM, parent=parent)()


def make_cover(palette: Palette, seed: int, style: int) -> bytes:
    """A cover."""
    return covers.cover(palette, seed, style)


def make_avatar(palette: Palette, seed: int) -> bytes:
    """A face."""
    return covers.avatar(palette, seed)


def make_files(specs: list[FileSpec]) -> list[bytes]:
    """The files of a product, in order. What is played once is rendered once."""
    played: dict[Score, Song] = {}
    made = []
    for spec in specs:
        if spec.recipe in {"audio", "stems"} and spec.score not in played:
            played = {spec.score: song.render(spec.score)}
        made.append(_make(spec, played.get(spec.score)))
    return made


def _make(spec: FileSpec, played: Song | None) -> bytes:
    if spec.recipe == "audio":
        assert played is not None
        return encode(played.mix, spec.filename.rpartition(".")[2], spec.tags)
    if spec.recipe == "stems":
        assert played is not None
        return _stems(spec, played)
    count = int(spec.tags["count"])
    if spec.recipe == "samples":
        return _samples(spec.score, count)
    if spec.recipe == "presets":
        names = _patch_names(spec.score.seed, count)
        return pack({f"{name}.vital": _patch(name, spec.score.seed + place) for place, name in enumerate(names)})
    return _patch(spec.filename.rpartition(".")[0], spec.score.seed)


def _stems(spec: FileSpec, played: Song) -> bytes:
    """Each bus of the loudest twenty seconds."""
    size = next(iter(played.buses.values())).shape[1]
    start = max(0, size - (_STEM_S + 8) * RATE_HZ)
    cut = {name: sound[:, start : start + _STEM_S * RATE_HZ] for name, sound in played.buses.items()}
    heard = {name: sound for name, sound in cut.items() if float(np.abs(sound).max()) > 0.001}
    files = {f"{spec.score.bpm} {name}.flac": encode(sound, "flac", {}) for name, sound in heard.items()}
    return pack(files)


def _samples(score: Score, count: int) -> bytes:
    """One shots of every kind, as many as are promised."""
    genre, chance = GENRES[score.genre], np.random.default_rng([score.seed, 5])
    made: dict[str, bytes] = {}
    for place in range(count):
        note = float(110 * 2 ** ((score.key + int(chance.integers(0, 24))) / 12))
        name, sound = (
            ("Kick", instruments.kick(genre.kick_hz * float(chance.uniform(0.85, 1.25)), genre.drive)),
            ("Snare", instruments.snare(chance, clap=False)),
            ("Clap", instruments.snare(chance, clap=True)),
            ("Hat", instruments.hat(chance, float(chance.uniform(0.015, 0.05)))),
            ("Open hat", instruments.hat(chance, float(chance.uniform(0.08, 0.2)))),
            ("Shaker", instruments.shaker(chance)),
            ("Bass", instruments.bass(note / 2, 0.8, genre.brightness, deep=bool(chance.random() < 0.5))),
            ("Keys", instruments.keys(note * 2, 1.4)),
            ("Pluck", instruments.pluck(note * 2, 0.9, genre.brightness)),
        )[place % 9]
        made[f"{name} {place // 9 + 1:02}.wav"] = encode(_level(sound), "wav", {})
    return pack(made)


def _level(sound: Sound) -> Sound:
    return sound[None] * np.float32(_PACK_PEAK / max(float(np.abs(sound).max()), 1e-6))


def _patch_names(seed: int, count: int) -> list[str]:
    chance = np.random.default_rng([seed, 6])
    firsts = ("Warm", "Glass", "Slow", "Dusty", "Wide", "Small", "Bright", "Velvet", "Hollow", "Rubber")
    seconds = ("Pad", "Bass", "Lead", "Keys", "Pluck", "Choir", "Drone", "Stab")
    every = [f"{first} {second}" for first in firsts for second in seconds]
    return [every[int(place)] for place in chance.permutation(len(every))[:count]]


def _patch(name: str, seed: int) -> bytes:
    """A text file in the manner of synthesiser presets."""
    chance = np.random.default_rng([seed, 8])
    knobs = {
        f"{part}_{knob}": round(float(chance.random()), 4)
        for part in ("osc_1", "osc_2", "filter_1", "env_1", "lfo_1", "reverb")
        for knob in ("level", "tune", "shape", "attack", "decay", "mix")
    }
    macros = {f"macro{place}": word for place, word in enumerate(("Tone", "Motion", "Space", "Dirt"), start=1)}
    return json.dumps({"preset_name": name, "comments": "", **macros, "settings": knobs}, indent=1).encode()
