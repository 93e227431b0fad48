"""Covers and faces: abstract pictures from a palette and a seed, no two alike. No text is drawn, no file is read."""

import io
import itertools
from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
from PIL import Image

Plane: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"
Palette: TypeAlias = tuple[str, ...]
"""Five colours as #rrggbb: ground, deep, middle, bright, accent."""

COVER_PX: Final = 1200
AVATAR_PX: Final = 512
_QUALITY: Final = 88


def cover(palette: Palette, seed: int, style: int) -> bytes:
    """A square JPEG. `style` counts on and on: neighbours look different."""
    return draw(STYLES[style % len(STYLES)], palette, np.random.default_rng([seed, 11]), COVER_PX)


def avatar(palette: Palette, seed: int) -> bytes:
    """A face for an artist: a few shapes around a centre, so that a round crop keeps them."""
    return draw(_orb, palette, np.random.default_rng([seed, 13]), AVATAR_PX)


def draw(style: "Style", palette: Palette, chance: np.random.Generator, side_px: int) -> bytes:
    """One picture in one style, with a little grain."""
    board = Board(palette, chance, side_px)
    style(board)
    grain = chance.standard_normal((side_px, side_px)).astype(np.float32) * np.float32(0.014)
    pixels = np.clip(board.pixels + grain[..., None], 0, 1)
    held = io.BytesIO()
    Image.fromarray((pixels * 255 + 0.5).astype(np.uint8)).save(held, "JPEG", quality=_QUALITY, subsampling=0)
    return held.getvalue()


class Board:
    """What is drawn on: places from -1 to 1, y downwards; colours mixed in linear steps."""

    def __init__(self, palette: Palette, chance: np.random.Generator, side_px: int) -> None:
        line = np.linspace(-1, 1, side_px, dtype=np.float32)
        self.x, self.y = np.meshgrid(line, line)
        self.chance = chance
        self.soft = np.float32(2.4 / side_px)
        self.colours = [_rgb(colour) for colour in palette]
        self.pixels = np.broadcast_to(self.colours[0], (side_px, side_px, 3)).copy()

    def paint(self, colour: Plane, amount: "np.ndarray[tuple[int, ...], np.dtype[np.floating]]") -> None:
        """Lay a colour over what is there, `amount` of it in each place."""
        self.pixels += (colour - self.pixels) * np.clip(amount, 0, 1)[..., None]

    def fill(self, colour: Plane, distance: Plane, *, strength: float = 1.0) -> None:
        """Fill where a signed distance is below zero, with smooth edges."""
        self.paint(colour, np.clip(0.5 - distance / self.soft, 0, 1) * np.float32(strength))

    def gradient(self, first: int, second: int, angle: float) -> None:
        """From one colour to another across the whole."""
        along = (self.x * np.cos(angle) + self.y * np.sin(angle)) * 0.5 + 0.5
        self.pixels[:] = self.colours[first]
        self.paint(self.colours[second], _smooth(along))

    def noise(self, scale: float, *, octaves: int = 3) -> Plane:
        """Soft clouds between about -1 and 1."""
        made = np.zeros_like(self.x)
        for octave in range(octaves):
            for _ in range(3):
                angle, offset = self.chance.uniform(0, 2 * np.pi, 2)
                waves = np.float32(scale * 2**octave * self.chance.uniform(0.7, 1.3))
                bend = np.sin(self.x * waves * np.float32(0.7) + offset) * np.float32(0.9)
                made += np.sin((self.x * np.cos(angle) + self.y * np.sin(angle)) * waves + bend + offset) / 2**octave
        return np.asarray(made / 4.0, np.float32)

    def pick(self, low: float, high: float) -> float:
        return float(self.chance.uniform(low, high))


Style: TypeAlias = Callable[[Board], None]


def _ridges(board: Board) -> None:
    """Hills behind hills, under a low sun."""
    board.gradient(1, 4, np.pi / 2)
    sun_x, sun_y, size = board.pick(-0.5, 0.5), board.pick(-0.45, -0.1), board.pick(0.2, 0.36)
    away = np.hypot(board.x - sun_x, board.y - sun_y) - size
    board.paint(board.colours[3], np.exp(-np.maximum(away, 0) * 3.2) * 0.45)
    board.fill(board.colours[3], away)
    layers = 6
    for layer in range(layers):
        part = (layer + 1) / layers
        height = board.pick(0.10, 0.2) * (1.2 - part * 0.5)
        waves = sum(
            np.sin(board.x * board.pick(1.2, 3.0) * (octave + 1) + board.pick(0, 6.3)) * height / (octave + 1) ** 1.4
            for octave in range(4)
        )
        colour = board.colours[2] * (1 - part) + board.colours[0] * part
        board.fill(colour, (-0.12 + 0.95 * part + waves) - board.y)


def _arcs(board: Board) -> None:
    """Rings around two centres that cut each other."""
    board.gradient(0, 1, board.pick(0, 6.3))
    for turn in range(2):
        x, y = board.pick(-0.8, 0.8), board.pick(-0.8, 0.8)
        away = np.hypot(board.x - x, board.y - y)
        step = board.pick(0.11, 0.2)
        ring = np.abs((away / step) % 1.0 - 0.5) * step - step * (0.16 + 0.1 * turn)
        inside = np.clip((1.35 - away) * 3, 0, 1)
        colour = board.colours[3] if turn else board.colours[2]
        board.paint(colour, np.clip(0.5 - ring / board.soft, 0, 1) * inside * np.float32(0.92))
    board.fill(board.colours[4], np.hypot(board.x - board.pick(-0.5, 0.5), board.y - board.pick(-0.5, 0.5)) - 0.2)


def _tiles(board: Board) -> None:
    """A grid of quarter circles, discs, triangles and bars."""
    count = int(board.chance.integers(3, 6))
    edges = np.linspace(0, board.pixels.shape[0], count + 1).round().astype(int)
    for top, bottom in itertools.pairwise(edges):
        for left, right in itertools.pairwise(edges):
            cell = board.pixels[top:bottom, left:right]
            u, v = np.meshgrid(
                np.linspace(0, 1, right - left, dtype=np.float32), np.linspace(0, 1, bottom - top, dtype=np.float32)
            )
            ground, shape = board.chance.permutation(5)[:2]
            for _ in range(int(board.chance.integers(4))):
                u, v = v, 1 - u
            kinds = (np.hypot(u, v) - 1.0, np.hypot(u - 0.5, v - 0.5) - 0.36, u - v, np.abs(v - 0.5) - 0.22)
            chosen = kinds[int(board.chance.choice(4, p=(0.5, 0.2, 0.2, 0.1)))]
            cell[:] = board.colours[int(ground)]
            amount = np.clip(0.5 - chosen * (2 / count) / board.soft, 0, 1)[..., None]
            cell += (board.colours[int(shape)] - cell) * amount


def _silk(board: Board) -> None:
    """Folds of colour, as of cloth in wind."""
    bend = board.noise(board.pick(1.2, 2.2))
    field = board.noise(board.pick(1.0, 1.8)) + bend * 0.8
    fold = np.sin(field * board.pick(5, 8) + board.x * 1.5)
    board.pixels[:] = board.colours[0]
    board.paint(board.colours[1], _smooth(bend * 0.5 + 0.6))
    board.paint(board.colours[2], _smooth(fold * 0.5 + 0.5) * 0.85)
    board.paint(board.colours[3], _smooth(np.clip(fold * 1.4 - 0.35, 0, 1)) * 0.9)
    board.paint(board.colours[4], np.clip(fold * 4 - 3.35, 0, 1) * 0.85)


def _horizon(board: Board) -> None:
    """A striped sun over a floor that runs away."""
    board.gradient(0, 2, np.pi / 2)
    line, size, side = board.pick(0.1, 0.4), board.pick(0.36, 0.58), board.pick(-0.3, 0.3)
    away = np.hypot(board.x - side, board.y - line + size * 0.84) - size
    glow = np.exp(-np.maximum(away, 0) * 2.6) * 0.5
    board.paint(board.colours[4], glow.astype(np.float32))
    height = (board.y - (line - size * 1.84)) / (size * 2)
    stripes = np.sin(board.y * board.pick(38, 74)) * 0.5 + 0.5 - (1.15 - height)
    sun = np.clip(0.5 - away / board.soft, 0, 1)
    mixed = board.colours[3] + (board.colours[4] - board.colours[3]) * _smooth(height)[..., None]
    amount = sun * np.where(height > 0.5, np.clip(0.5 - stripes * 8, 0, 1), 1.0)
    board.pixels += (mixed - board.pixels) * amount[..., None].astype(np.float32)
    floor = np.clip(0.5 - (line - board.y) / board.soft, 0, 1)
    board.paint(board.colours[0], floor)
    depth = 1 / np.maximum(board.y - line + 0.02, 0.02)
    rows = np.abs((depth * 1.1 + board.pick(0, 1)) % 1.0 - 0.5) * 2
    columns = np.abs((board.x * depth * 0.9) % 1.0 - 0.5) * 2
    width = np.clip(0.035 * depth, 0.04, 0.5)
    lines = np.maximum(np.clip(1 - rows / width, 0, 1), np.clip(1 - columns / width, 0, 1))
    board.paint(board.colours[3], lines * floor * np.clip((board.y - line) * 2.2, 0, 0.9))


def _discs(board: Board) -> None:
    """Large, thin discs that lie over each other."""
    board.gradient(0, 1, board.pick(0, 6.3))
    for place in range(9):
        x, y, size = board.pick(-0.9, 0.9), board.pick(-0.9, 0.9), board.pick(0.18, 0.62)
        away = np.hypot(board.x - x, board.y - y) - size
        colour = board.colours[2 + place % 3]
        shade = 0.35 + 0.45 * _smooth((board.x - x) / (2 * size) + 0.5)
        board.paint(colour, np.clip(0.5 - away / board.soft, 0, 1) * shade)
        if place % 3 == 0:
            board.fill(board.colours[3], np.abs(away + 0.03) - 0.004)


def _contours(board: Board) -> None:
    """A map of a land that is not there."""
    land = board.noise(board.pick(1.1, 1.9), octaves=2) * 1.2
    level = land * board.pick(4.5, 7.0)
    board.gradient(0, 1, board.pick(0, 6.3))
    board.paint(board.colours[2], _smooth(land * 0.8 + 0.45) * 0.9)
    board.paint(board.colours[4], _smooth(land * 1.6 - 0.55))
    slope = np.hypot(*np.gradient(level)) + 1e-4
    line = np.abs((level % 1.0) - 0.5)
    board.paint(board.colours[3], np.clip(1.6 - (0.5 - line) / slope, 0, 1) * 0.85)


def _beams(board: Board) -> None:
    """Slanted bars of light, dense in the middle."""
    angle = board.pick(-0.9, 0.9)
    across = board.x * np.cos(angle) + board.y * np.sin(angle)
    along = -board.x * np.sin(angle) + board.y * np.cos(angle)
    board.gradient(0, 1, angle + np.pi / 2)
    for place in range(18):
        middle, width = board.pick(-1.1, 1.1), board.pick(0.01, 0.11)
        start, length = board.pick(-0.9, 0.5), board.pick(0.5, 1.5)
        capsule = np.hypot(across - middle, np.maximum(np.abs(along - start) - length / 2, 0)) - width
        board.fill(board.colours[2 + place % 3], capsule, strength=board.pick(0.5, 1.0))


def _dots(board: Board) -> None:
    """A screen of dots that swell and shrink like a wave."""
    board.gradient(1, 0, board.pick(0, 6.3))
    count, angle = int(board.chance.integers(18, 30)), board.pick(0.2, 1.2)
    u = (board.x * np.cos(angle) - board.y * np.sin(angle)) * count / 2
    v = (board.x * np.sin(angle) + board.y * np.cos(angle)) * count / 2
    swell = board.noise(board.pick(1.2, 2.2), octaves=1)
    away = np.hypot(u - np.round(u), v - np.round(v)) - np.clip(0.26 + swell * 0.34, 0.02, 0.62)
    shade = _smooth(swell * 0.8 + 0.5)[..., None]
    colour = board.colours[2] + (board.colours[3] - board.colours[2]) * shade
    amount = np.clip(0.5 - away * (2 / count) / board.soft, 0, 1)
    board.pixels += (colour - board.pixels) * amount[..., None]
    spot = np.hypot(board.x - board.pick(-0.5, 0.5), board.y - board.pick(-0.5, 0.5)) - board.pick(0.2, 0.34)
    board.fill(board.colours[4], spot, strength=0.94)


def _orb(board: Board) -> None:
    """A lit ball in front of arcs: for faces."""
    board.gradient(0, 1, board.pick(0, 6.3))
    turn = board.pick(0, 6.3)
    for place, size in enumerate((0.86, 0.7, 0.54)):
        away = np.abs(np.hypot(board.x, board.y) - size) - 0.05
        around = np.cos(np.arctan2(board.y, board.x) - turn - place * board.pick(1.2, 2.4))
        board.paint(board.colours[2 + place], np.clip(0.5 - away / board.soft, 0, 1) * np.clip(around * 9 + 3, 0, 1))
    x, y = board.pick(-0.08, 0.08), board.pick(-0.08, 0.08)
    away = np.hypot(board.x - x, board.y - y) - 0.36
    light = _smooth(((board.x - x) * np.cos(turn) + (board.y - y) * np.sin(turn)) / 0.8 + 0.5)[..., None]
    colour = board.colours[4] + (board.colours[3] - board.colours[4]) * light
    board.pixels += (colour - board.pixels) * np.clip(0.5 - away / board.soft, 0, 1)[..., None]


STYLES: Final[tuple[Style, ...]] = (
    _ridges, _tiles, _silk, _arcs, _beams, _horizon, _contours, _discs, _dots,
)  # fmt: skip


def _smooth(amount: "np.ndarray[tuple[int, ...], np.dtype[np.floating]]") -> Plane:
    inside = np.clip(amount, 0, 1)
    return np.asarray(inside * inside * (3 - 2 * inside), np.float32)


def _rgb(colour: str) -> Plane:
    return np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)], np.float32)
