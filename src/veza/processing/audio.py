"""What we say about an uploaded track, and the preview everybody may hear. Only asks: the looking is a child's work."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from veza.processing.child import run_child
from veza.processing.failures import TooHeavy, Unreadable
from veza.processing.sniff import HEAD_BYTES, Kind, is_suspicious, sniff
from veza.processing.wire import AudioFacts, AudioRequest, ChildLimits

FILE_BYTES_MAX = 2 * 1024**3
DURATION_MS_MAX = 12 * 3600 * 1000
_CPU_S, _CPU_S_PER_GIB = 120, 600


async def process_audio(source: Path, preview: Path, *, limits: ChildLimits | None = None) -> AudioFacts:
    """Look through `source` and write its preview to `preview`, which does not exist when this raises.

    Raises:
        Unreadable: it is not audio that we sell, or only a part of it.
        TooHeavy: it is larger, longer or harder to decode than we allow.
        Unavailable: no child can be started here.
    """
    request, size_bytes = _look_at_ends(source, preview)
    if limits is None:
        cpu_s = _CPU_S + _CPU_S_PER_GIB * size_bytes // 1024**3
        limits = ChildLimits(cpu_s=cpu_s, wall_s=3 * cpu_s)  # children give way to those who serve
    with _gone_on_failure(preview):
        return msgspec.json.decode(await run_child("audio_child", request, limits=limits), type=AudioFacts)


def _look_at_ends(source: Path, preview: Path) -> tuple[AudioRequest, int]:
    size_bytes, head, tail = read_ends(source)
    if size_bytes > FILE_BYTES_MAX:
        raise TooHeavy("Audio files may have up to 2 GiB.")
    found = sniff(head, source.name)
    if found.kind is not Kind.AUDIO or is_suspicious(head, tail):
        raise Unreadable("This is not audio we can read.", detail=f"sniffed as {found.format}")
    request = AudioRequest(
        source=str(source.absolute()),
        preview=str(preview.absolute()),
        format=found.format,
        duration_ms_max=DURATION_MS_MAX,
    )
    return request, size_bytes


@contextlib.contextmanager
def _gone_on_failure(written: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        written.unlink(missing_ok=True)
        raise


def read_ends(source: Path) -> tuple[int, bytes, bytes]:
    """A file's size, and what `sniff` and `is_suspicious` look at."""
    with source.open("rb") as file:
        head = file.read(HEAD_BYTES)
        size_bytes = file.seek(0, 2)
        file.seek(max(0, size_bytes - HEAD_BYTES))
        return size_bytes, head, file.read(HEAD_BYTES)
