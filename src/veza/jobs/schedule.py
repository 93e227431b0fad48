"""Work that comes back: one job per slot of time, whichever worker notices first."""

from collections.abc import Sequence
from dataclasses import dataclass

from veza.db.pool import Database
from veza.jobs import queries


@dataclass(frozen=True, slots=True)
class Periodic:
    """Run job `name` once in each slot of `every_s` seconds (slots begin at multiples of it since 1970).

    A run that outlasts its slot is not overtaken: the next slot's job is dropped. Its payload is empty.
    """

    name: str
    every_s: float


async def claim_due(db: Database, periodic: Sequence[Periodic]) -> int:
    """Enqueue the jobs of all slots that have begun and nobody claimed. Answers how many."""
    claimed = 0
    for entry in periodic:
        async with db.transaction() as tx:
            if await queries.claim_slot.find(tx, entry.name, entry.every_s) is not None:
                await queries.forget_dead_periodic.run(tx, entry.name)
                claimed += 1
    return claimed
