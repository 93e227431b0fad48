"""One MP4 of a recording, whose pieces were joined in a file of this machine. Only asks: the copying is a child's."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from veza.processing.child import run_child
from veza.processing.wire import ChildLimits, Mp4Facts, Mp4Request

LIMITS = ChildLimits(memory_bytes=2 * 1024**3, cpu_s=1200, wall_s=1500)
_MIB = 1024**2


async def make_mp4(source: Path, target: Path, *, limits: ChildLimits = LIMITS) -> Mp4Facts:
    """Write `target`; it does not exist when this raises.

    Raises:
        Unreadable: `source` holds nothing that can be copied.
        TooHeavy: it ran into a limit.
        Unavailable: no child can be started here.
    """
    with _gone_on_failure(target):
        answer = await run_child("mp4_child", _ask(source, target), limits=_allow(source, limits))
        return msgspec.json.decode(answer, type=Mp4Facts)


def _ask(source: Path, target: Path) -> Mp4Request:
    return Mp4Request(source=str(source.absolute()), target=str(target.absolute()))


def _allow(source: Path, limits: ChildLimits) -> ChildLimits:
    """A file as large as the source, and its index."""
    size_bytes = source.stat().st_size
    return msgspec.structs.replace(limits, file_bytes=size_bytes + size_bytes // 10 + 64 * _MIB)


@contextlib.contextmanager
def _gone_on_failure(target: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        target.unlink(missing_ok=True)
        raise
