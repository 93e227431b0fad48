"""Pictures of what is on air: a piece of each stream becomes a small JPEG, all of them in one child. Only asks.

Starting a child costs ten times what a picture costs, so streams share one. When it dies of one of them, each is looked
at alone: nobody's stream takes the picture of another's.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from veza.processing.child import run_child
from veza.processing.failures import TooHeavy, Unreadable
from veza.processing.wire import ChildLimits, PictureJob, PicturesFacts, PicturesRequest

WIDTH_PX_MAX, HEIGHT_PX_MAX = 640, 360
PIXELS_MAX = 40_000_000
LIMITS = ChildLimits(memory_bytes=1024**3, cpu_s=20, wall_s=20, file_bytes=2 * 1024**2)


async def draw_pictures(pieces: Sequence[bytes], *, limits: ChildLimits = LIMITS) -> list[bytes | None]:
    """The first picture of each piece (an init segment and media that begins with a key frame); None: it has none.

    Raises `Unavailable` when no child can be started here.
    """
    try:
        return await _draw(pieces, limits)
    except (Unreadable, TooHeavy):
        if len(pieces) == 1:
            return [None]
    return [found for piece in pieces for found in await draw_pictures([piece], limits=limits)]


async def _draw(pieces: Sequence[bytes], limits: ChildLimits) -> list[bytes | None]:
    with TemporaryDirectory(prefix="veza-") as name:
        folder = Path(name)
        jobs = [
            PictureJob(source=str(folder / f"{index}.mp4"), target=str(folder / f"{index}.jpg"))
            for index in range(len(pieces))
        ]
        await asyncio.to_thread(_write, jobs, pieces)
        request = PicturesRequest(
            pictures=jobs, width_px_max=WIDTH_PX_MAX, height_px_max=HEIGHT_PX_MAX, pixels_max=PIXELS_MAX
        )
        facts = msgspec.json.decode(await run_child("picture_child", request, limits=limits), type=PicturesFacts)
        return await asyncio.to_thread(_read, jobs, facts.drawn)


def _write(jobs: Sequence[PictureJob], pieces: Sequence[bytes]) -> None:
    for job, piece in zip(jobs, pieces, strict=True):
        Path(job.source).write_bytes(piece)


def _read(jobs: Sequence[PictureJob], drawn: Sequence[bool]) -> list[bytes | None]:
    return [Path(job.target).read_bytes() if is_drawn else None for job, is_drawn in zip(jobs, drawn, strict=True)]
