"""Pictures of streams through the real child: each piece for itself, and none of them can take the child for all."""

import io
from datetime import UTC, datetime

import pytest
from PIL import Image
from tests.factories.media_samples import HEIGHT, WIDTH, encode_media

from veza.media.hls.segmenter import Segmenter
from veza.media.hls.window import Packaging, Window
from veza.processing.pictures import draw_pictures
from veza.processing.wire import ChildLimits


@pytest.fixture(scope="module")
def piece() -> bytes:
    """An init segment and the part with the first key frame of real H.264."""
    media = encode_media(seconds=3)
    window = Window(Packaging())
    segmenter = Segmenter(window, lambda: datetime(2026, 1, 1, tzinfo=UTC))
    for config in (media.video, media.audio):
        assert config is not None
        segmenter.configure(config)
    for sample in media.samples:
        segmenter.push(sample)
    segmenter.finish()
    first = window.segments[0]
    return window.inits[first.init].data + first.parts[0].data


async def test_a_key_frame_becomes_a_small_jpeg(piece: bytes) -> None:
    (drawn,) = await draw_pictures([piece])
    assert drawn is not None
    with Image.open(io.BytesIO(drawn)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (WIDTH, HEIGHT))


async def test_what_is_no_picture_has_none_and_the_others_have_theirs(piece: bytes) -> None:
    cut, noise = piece[: piece.index(b"moof")], bytes(range(256)) * 20
    drawn = await draw_pictures([piece, cut, noise, b"", piece])
    assert [found is not None for found in drawn] == [True, False, False, False, True]


async def test_a_child_that_is_killed_costs_no_more_than_pictures(piece: bytes) -> None:
    tight = ChildLimits(wall_s=0.01)
    assert await draw_pictures([piece, piece], limits=tight) == [None, None]
