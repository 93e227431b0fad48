"""Pictures are square, colourful, different from each other, and the same for a seed."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image

from veza.demo.covers import AVATAR_PX, COVER_PX, STYLES, Style, avatar, cover, draw
from veza.demo.people import ARTISTS


def pixels(picture: bytes, side_px: int = 32) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    with Image.open(io.BytesIO(picture)) as image:
        return np.asarray(image.convert("RGB").resize((side_px, side_px)), np.float64)


def test_a_cover_is_a_square_jpeg_and_always_the_same() -> None:
    made = cover(ARTISTS[0].palette, 5, 2)
    with Image.open(io.BytesIO(made)) as image:
        assert (image.format, image.size) == ("JPEG", (COVER_PX, COVER_PX))
    assert made == cover(ARTISTS[0].palette, 5, 2)
    with Image.open(io.BytesIO(avatar(ARTISTS[0].palette, 5))) as image:
        assert image.size == (AVATAR_PX, AVATAR_PX)


@pytest.mark.parametrize("style", STYLES)
def test_a_style_shows_something_in_its_palette(style: Style) -> None:
    for artist in ARTISTS[:3]:
        found = pixels(draw(style, artist.palette, np.random.default_rng(4), 200))
        assert found.std() > 8
        assert len(np.unique(found.reshape(-1, 3), axis=0)) > 100


def test_covers_differ() -> None:
    made = [
        pixels(draw(STYLES[seed % len(STYLES)], artist.palette, np.random.default_rng(seed), 120))
        for artist in ARTISTS
        for seed in range(6)
    ]
    nearest = min(float(np.abs(one - other).mean()) for one, other in itertools.combinations(made, 2))
    assert nearest > 4
