"""The inbox of the providers' events: an event is one row for ever, and can be applied anew."""

from uuid import UUID

from veza.db.pool import Tx
from veza.jobs.queue import defer
from veza.webhooks import domain, queries


async def replay(tx: Tx, event_id: UUID) -> bool:
    """Let an event be applied anew, whatever became of it. Answers False when its body is no longer kept.

    Raises `NotFound`.
    """
    if await queries.event.find(tx, event_id) is None:
        raise domain.event_not_found()
    if not await queries.reopen.run(tx, event_id):
        return False
    await defer(tx, domain.APPLY, {"id": str(event_id)}, unique_key=f"event:{event_id}")
    return True
