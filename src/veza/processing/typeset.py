"""Documents of ours as PDF/A: a template and values become files, many in one child. Only asks."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from veza.processing.child import run_child
from veza.processing.wire import ChildLimits, Paper, TypesetFacts, TypesetRequest

PAPERS_MAX = 50
LIMITS = ChildLimits(memory_bytes=2 * 1024**3, cpu_s=30, wall_s=60, file_bytes=4 * 1024**2)


async def typeset(template: Path, papers: Sequence[Paper], *, limits: ChildLimits = LIMITS) -> TypesetFacts:
    """Write each paper's PDF/A to its target. One that cannot be set says so, and the others are there.

    Raises:
        Unreadable: the child crashed.
        TooHeavy: it ran into a limit, or into the time.
        Unavailable: no child can be started here.
    """
    request = TypesetRequest(template=str(template), papers=list(papers))
    return msgspec.json.decode(await run_child("typeset_child", request, limits=limits), type=TypesetFacts)
