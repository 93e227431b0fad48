"""Whether a ZIP can be sold: what its directory says, without unpacking a byte. Only asks: the reading is a child's."""

from pathlib import Path

import msgspec

from veza.processing.child import run_child
from veza.processing.wire import ArchiveFacts, ArchiveRequest, ChildLimits

ENTRIES_MAX = 10_000
UNCOMPRESSED_BYTES_MAX = 20 * 1024**3
LIMITS = ChildLimits(memory_bytes=512 * 1024**2, cpu_s=30, wall_s=300)


async def check_archive(source: Path, *, limits: ChildLimits = LIMITS) -> ArchiveFacts:
    """What is in `source`.

    Raises:
        Unreadable: it is no ZIP, damaged, or made to do harm; the sentence names the reason.
        TooHeavy: more files or bytes than we take.
        Unavailable: no child can be started here.
    """
    return msgspec.json.decode(await run_child("archive_child", _ask(source), limits=limits), type=ArchiveFacts)


def _ask(source: Path) -> ArchiveRequest:
    return ArchiveRequest(
        source=str(source.absolute()), entries_max=ENTRIES_MAX, uncompressed_bytes_max=UNCOMPRESSED_BYTES_MAX
    )
