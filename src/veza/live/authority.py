"""What media asks and tells (`streaming.authority.Authority`), answered by the product's own database.

Only translation and one LISTEN connection stand here; what may be is decided in `domain.py`.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import structlog

from veza.context import Context
from veza.db.listen import listen
from veza.db.pool import outside_transaction
from veza.kit.ids import parse_id
from veza.kit.tasks import TaskSet
from veza.live import on_air
from veza.live.domain import CUT_CHANNEL, Refusal
from veza.streaming.authority import Beat, Cut, Grant
from veza.streaming.ingest import PublishRefused

log = structlog.get_logger()

MAX_WAITING_CUTS = 10_000


class LiveAuthority:
    """The authority of one media process. `close` ends its connection.

    Args:
        ctx: the world.
        node: names this media node, the same after each of its restarts: a broadcast that beats on another node
            refuses a publisher here, one on this node does not.
    """

    def __init__(self, ctx: Context, *, node: str) -> None:
        self._ctx = ctx
        self._node = node
        self.cuts = CutListener(ctx.db.dsn)

    async def authorise(self, key: str, peer: str) -> Grant:
        """Raises `PublishRefused`: `invalid_key`, `not_allowed`, `already_publishing`."""
        answer = await on_air.authorise(self._ctx, key, self._node)
        if isinstance(answer, Refusal):
            log.info("publish_refused", code=answer.code, peer=peer)
            raise PublishRefused(answer.code, answer.sentence)
        return answer

    async def went_live(self, grant: Grant, *, broadcast_id: UUID, resumed: bool, audio_only: bool) -> None:
        """Raises `PublishRefused` when the right to publish went away since `authorise`."""
        refusal = await on_air.go_live(
            self._ctx, grant, broadcast_id=broadcast_id, node=self._node, resumed=resumed, audio_only=audio_only
        )
        if refusal is not None:
            raise PublishRefused(refusal.code, refusal.sentence)

    async def interrupted(self, stream_id: UUID, broadcast_id: UUID) -> None:
        """The encoder left; the grace runs."""
        await on_air.interrupt(self._ctx, stream_id, broadcast_id)

    async def ended(self, stream_id: UUID, broadcast_id: UUID) -> None:
        """The broadcast is over."""
        await on_air.end(self._ctx, stream_id, broadcast_id)

    async def heartbeat(self, beats: Sequence[Beat]) -> Sequence[Cut]:
        """Write down what is alive; hear what must go."""
        verdicts = await on_air.beat(self._ctx, beats)
        return [Cut(stream_id, verdict.reason, verdict.ended) for stream_id, verdict in verdicts]

    async def next_cut(self) -> UUID:
        """Wait for a stream whose publisher may have to go."""
        return await self.cuts.next()

    async def close(self) -> None:
        """Stop listening. Nobody may wait in `next_cut` any more."""
        await self.cuts.close()


class CutListener:
    """Stream ids heard on `CUT_CHANNEL`, each once until taken, in order. One task may wait at a time.

    What was said while the connection was gone is lost; the next heartbeat makes up for it.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._tasks = TaskSet(_report)
        self._waiting: dict[UUID, None] = {}
        self._woken = asyncio.Event()
        self.connected = asyncio.Event()
        """Set while notes are heard."""

    async def next(self) -> UUID:
        """The next stream id. Returns only with one."""
        outside_transaction()
        if not len(self._tasks):
            self._tasks.spawn(listen(self._dsn, CUT_CHANNEL, self.hear, connected=self.connected.set), "live-cuts")
        while not self._waiting:
            self._woken.clear()
            await self._woken.wait()
        stream_id = next(iter(self._waiting))
        del self._waiting[stream_id]
        return stream_id

    async def close(self) -> None:
        await self._tasks.close()

    def __len__(self) -> int:
        """How many wait to be taken."""
        return len(self._waiting)

    def hear(self, payload: str) -> None:
        """A note arrived: the text of a stream id. Anything else is dropped, as is what is past the bound."""
        stream_id = parse_id(payload)
        if stream_id is None or len(self._waiting) >= MAX_WAITING_CUTS:
            log.warning("live_cut_dropped", waiting=len(self._waiting))
            return
        self._waiting[stream_id] = None
        self._woken.set()


def _report(task: str, error: BaseException) -> None:
    log.error("live_task_failed", task=task, exc_info=error)
