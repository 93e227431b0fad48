"""What each genre sounds like, as data for the synthesiser: tempo, swing, patterns of sixteen steps, chords, colours.

No sound is made here. A pattern is sixteen characters a bar: `X` loud, `x` quiet, `.` silent. Chords are steps of the
scale from its root on (0 is the tonic).
"""

from dataclasses import dataclass
from typing import Final

MINOR: Final = (0, 2, 3, 5, 7, 8, 10)
DORIAN: Final = (0, 2, 3, 5, 7, 9, 10)
MAJOR: Final = (0, 2, 4, 5, 7, 9, 11)


@dataclass(frozen=True, slots=True)
class Genre:
    """A way to make music. `pump`: how far the kick pushes the rest down; `space`: how much of it is reverb."""

    name: str
    bpm: tuple[int, int]
    scale: tuple[int, ...]
    kick: str
    snare: str
    hat: str
    open_hat: str
    bass: str
    lead: str
    progressions: tuple[tuple[int, ...], ...]
    tags: tuple[str, ...]
    swing: float = 0.0
    pump: float = 0.0
    space: float = 0.2
    drive: float = 1.0
    brightness: float = 0.5
    kick_hz: float = 48.0
    hiss: float = 0.0


GENRES: Final = {
    genre.name: genre
    for genre in (
        Genre(
            "house", (120, 126), DORIAN, "X...X...X...X...", "....X.......X...", "x.x.x.x.x.x.x.xx", "..X...X...X...X.",
            "..X..xX...X.x.X.", "X..x..x.X..x..x.", ((0, 3, 4, 3), (0, 5, 3, 4), (1, 4, 0, 0)),
            ("house", "deep house", "club", "four to the floor"),
            pump=0.55, space=0.18, drive=1.3, brightness=0.55,
        ),
        Genre(
            "techno", (128, 136), MINOR, "X...X...X...X...", "............x...", "..x...x...x...x.", "..X...X...X...X.",
            "x.XXx.XXx.XXx.XX", "x..x..x.x..x..x.", ((0, 0, 5, 0), (0, 0, 0, 3)),
            ("techno", "warehouse", "hypnotic", "club"),
            pump=0.6, space=0.28, drive=1.9, brightness=0.45, kick_hz=45.0,
        ),
        Genre(
            "drum & bass", (170, 176), MINOR, "X.........X.....", "....X.......X..x", "x.xxx.xxx.xxx.xx",
            "......x.......x.", "X.....x...X..x..", "X.....x.....x...", ((0, 5, 3, 4), (0, 2, 5, 4)),
            ("drum & bass", "liquid", "rollers", "bass music"),
            pump=0.25, space=0.22, drive=1.5, brightness=0.6, kick_hz=52.0,
        ),
        Genre(
            "lo-fi", (74, 88), DORIAN, "X......xX.......", "....X.......X...", "x.x.x.x.x.x.x.x.", "..............x.",
            "X.....X...X.....", "x...x..x....x...", ((1, 4, 0, 5), (0, 3, 1, 4), (3, 4, 2, 5)),
            ("lo-fi", "chillhop", "study", "dusty"),
            swing=0.30, pump=0.15, space=0.16, drive=1.4, brightness=0.22, kick_hz=55.0, hiss=0.012,
        ),
        Genre(
            "ambient", (64, 78), MAJOR, "................", "................", "................", "................",
            "X...............", "x.....x...x.....", ((0, 4, 5, 3), (0, 2, 3, 5), (5, 3, 0, 4)),
            ("ambient", "drone", "sleep", "cinematic"),
            space=0.55, drive=1.0, brightness=0.3, hiss=0.006,
        ),
        Genre(
            "synthwave", (96, 112), MINOR, "X...X...X...X...", "....X.......X...", "x.x.x.x.x.x.x.x.",
            "..............X.", "X.XXX.XXX.XXX.XX", "X.x.x.X.x.x.X.x.", ((0, 5, 2, 6), (0, 3, 5, 4)),
            ("synthwave", "retro", "neon", "night drive"),
            pump=0.4, space=0.25, drive=1.4, brightness=0.65,
        ),
        Genre(
            "trap", (136, 148), MINOR, "X.....x...X.....", "........X.......", "x.x.x.xxx.x.xxxx",
            "..............x.", "X.....X...X.....", "X...x.....x.....", ((0, 5, 0, 4), (0, 0, 3, 5)),
            ("trap", "hip-hop", "808", "dark"),
            pump=0.2, space=0.2, drive=1.8, brightness=0.4, kick_hz=44.0,
        ),
        Genre(
            "afro house", (116, 122), DORIAN, "X...X...X...X...", "...x..X....x..X.", "x.xxx.x.x.xxx.x.",
            "..X...X...X...X.", "X..x..X.....X...", "x..x..x...x..x..", ((0, 3, 0, 4), (0, 5, 4, 3)),
            ("afro house", "percussive", "organic", "sunset"),
            swing=0.12, pump=0.4, space=0.24, drive=1.2, brightness=0.5,
        ),
        Genre(
            "dub", (70, 80), MINOR, "X.......X.......", "........X.......", "..x...x...x...x.", "......x.......x.",
            "X..X..x.X.....x.", "....X.......X...", ((0, 3, 0, 4), (0, 6, 5, 6)),
            ("dub", "echo", "sound system", "steppers"),
            swing=0.1, pump=0.1, space=0.42, drive=1.5, brightness=0.28, hiss=0.004,
        ),
        Genre(
            "garage", (130, 136), MINOR, "X.........X.....", "....X.......X...", "x.xx..x.x.xx..x.",
            "..X.......X...X.", "X..x..X...X..x..", "X..x....x..x....", ((0, 5, 3, 6), (5, 4, 0, 2)),
            ("garage", "2-step", "shuffle", "bass music"),
            swing=0.22, pump=0.25, space=0.2, drive=1.4, brightness=0.55,
        ),
        Genre(
            "jazz-hop", (82, 94), DORIAN, "X..x..x.X....x..", "....X..x....X...", "x.x.x.x.x.x.x.x.",
            "......x.......x.", "X..x..X.x..X..x.", "x..xx...x.x..x..", ((1, 4, 0, 5), (2, 5, 1, 4)),
            ("jazz-hop", "keys", "chillhop", "live feel"),
            swing=0.34, pump=0.1, space=0.2, drive=1.2, brightness=0.38, hiss=0.005,
        ),
        Genre(
            "downtempo", (92, 104), MINOR, "X.....x.X.......", "....X.......X...", "x..xx..xx..xx..x",
            "......X.......x.", "X.....x.X..x....", "X..x..x..x..x...", ((0, 2, 5, 3), (0, 6, 5, 3)),
            ("downtempo", "trip-hop", "headphones", "late night"),
            swing=0.14, pump=0.2, space=0.32, drive=1.3, brightness=0.36,
        ),
    )
}  # fmt: skip
