"""What media asks and tells (`streaming.authority.Authority`), answered by the product's own database.

Only translation and listening stand here; what may be is decided in `domain.py`.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec
import structlog

from veza.auth.domain import AUTH_CHANNEL
from veza.context import Context
from veza.db.listen import listen
from veza.db.pool import outside_transaction
from veza.kit.errors import Unavailable
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
        while True:
            heard = await self.cuts.next()
            if heard.stream_id is not None:
                return heard.stream_id
            if heard.user_id is not None:
                await self._look_at(heard.user_id)

    async def _look_at(self, user_id: UUID) -> None:
        """An account changed (suspended, perhaps): have its streams judged. If we cannot ask, the heartbeat will."""
        try:
            for stream_id in await on_air.streams_of(self._ctx, user_id):
                self.cuts.hear_cut(str(stream_id))
        except Unavailable as error:
            log.warning("live_account_not_looked_at", error=error.sentence)

    async def close(self) -> None:
        """Stop listening. Nobody may wait in `next_cut` any more."""
        await self.cuts.close()


@dataclass(frozen=True, slots=True)
class Heard:
    """One note: of a stream whose publisher may have to go, or of an account that changed."""

    stream_id: UUID | None = None
    user_id: UUID | None = None


class CutListener:
    """What was heard on `CUT_CHANNEL` and `AUTH_CHANNEL`, each once until taken, in order. One task may wait at a time.

    What was said while a connection was gone is lost; the next heartbeat makes up for it.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._tasks = TaskSet(_report)
        self._waiting: dict[Heard, None] = {}
        self._woken = asyncio.Event()
        self.connected = {CUT_CHANNEL: asyncio.Event(), AUTH_CHANNEL: asyncio.Event()}
        """Set once notes of a channel are heard."""

    def __len__(self) -> int:
        """How many wait to be taken."""
        return len(self._waiting)

    async def next(self) -> Heard:
        """The next note."""
        outside_transaction()
        if not len(self._tasks):
            for channel, hear in ((CUT_CHANNEL, self.hear_cut), (AUTH_CHANNEL, self.hear_account)):
                listening = listen(self._dsn, channel, hear, connected=self.connected[channel].set)
                self._tasks.spawn(listening, f"listen-{channel}")
        while not self._waiting:
            self._woken.clear()
            await self._woken.wait()
        heard = next(iter(self._waiting))
        del self._waiting[heard]
        return heard

    async def close(self) -> None:
        """Stop listening."""
        await self._tasks.close()

    def hear_cut(self, payload: str) -> None:
        """A note of `CUT_CHANNEL`: the text of a stream id. Anything else is dropped."""
        stream_id = parse_id(payload)
        if stream_id is not None:
            self._keep(Heard(stream_id=stream_id))

    def hear_account(self, payload: str) -> None:
        """A note of `AUTH_CHANNEL`: `{user_id, session_id?}` as JSON. One of a single session says nothing to us."""
        try:
            note = msgspec.json.decode(payload, type=_AccountNote)
        except msgspec.DecodeError:
            return
        if note.session_id is None:
            self._keep(Heard(user_id=note.user_id))

    def _keep(self, heard: Heard) -> None:
        if len(self._waiting) >= MAX_WAITING_CUTS:
            log.warning("live_cut_dropped", waiting=len(self._waiting))
            return
        self._waiting[heard] = None
        self._woken.set()


class _AccountNote(msgspec.Struct, frozen=True):
    user_id: UUID
    session_id: UUID | None = None


def _report(task: str, error: BaseException) -> None:
    log.error("live_task_failed", task=task, exc_info=error)
