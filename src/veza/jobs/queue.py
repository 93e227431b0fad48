"""Putting work into the queue, inside the transaction that makes it necessary. Nothing runs before that commits."""

from typing import Any

import msgspec

from veza.db.pool import Tx
from veza.jobs import queries

MAX_ATTEMPTS = 8


async def defer(
    tx: Tx,
    name: str,
    payload: dict[str, Any] | msgspec.Struct,
    *,
    delay_s: float = 0.0,
    unique_key: str | None = None,
    max_attempts: int = MAX_ATTEMPTS,
) -> int | None:
    """Enqueue a job. Answers its id, or None when one with this `unique_key` waits or runs already (no error).

    Args:
        tx: the caller's open transaction.
        name: the job's name, from the slice's `domain.py`.
        payload: what JSON can carry; ids, not rows.
        delay_s: the earliest start, from now.
        unique_key: of jobs with the same key at most one waits or runs.
        max_attempts: after that many tries it is kept as dead. Use 1 for what must not be tried again.
    """
    found = await queries.insert.find(tx, name, payload, delay_s, unique_key, max_attempts)
    if found is not None and delay_s <= 0:
        await queries.wake_workers.run(tx)
    return found
