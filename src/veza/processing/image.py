"""Covers and faces: an uploaded image becomes WebPs of our sizes, without a word of its metadata. Only asks.

The looking and drawing is a child's work.
"""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from veza.processing.child import run_child
from veza.processing.failures import TooHeavy
from veza.processing.wire import ChildLimits, ImageFacts, ImageRequest, Rendition

FILE_BYTES_MAX = 20 * 1024**2
PIXELS_MAX = 64_000_000
SIDE_PX_MIN = 64
LIMITS = ChildLimits(cpu_s=60, wall_s=300)


async def render_image(source: Path, renditions: Sequence[Rendition], *, limits: ChildLimits = LIMITS) -> ImageFacts:
    """Write each rendition; none of them exists when this raises.

    Raises:
        Unreadable: it is not one of the four formats, or damaged, or too small.
        TooHeavy: more bytes or pixels than we take.
        Unavailable: no child can be started here.
    """
    request = _ask(source, renditions)
    with _gone_on_failure(renditions):
        return msgspec.json.decode(await run_child("image_child", request, limits=limits), type=ImageFacts)


def _ask(source: Path, renditions: Sequence[Rendition]) -> ImageRequest:
    if source.stat().st_size > FILE_BYTES_MAX:
        raise TooHeavy(f"Images may have up to {FILE_BYTES_MAX // 1024**2} MiB.")
    return ImageRequest(
        source=str(source.absolute()), renditions=list(renditions), pixels_max=PIXELS_MAX, side_px_min=SIDE_PX_MIN
    )


@contextlib.contextmanager
def _gone_on_failure(renditions: Sequence[Rendition]) -> Iterator[None]:
    try:
        yield
    except BaseException:
        for rendition in renditions:
            Path(rendition.path).unlink(missing_ok=True)
        raise
