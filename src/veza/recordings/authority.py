"""What media says of its recordings (`streaming.archive.Archive`), written into the product's own database."""

from uuid import UUID

from veza.context import Context
from veza.files.domain import ObjectKind, object_key
from veza.recordings import queries
from veza.streaming.archive import Lack, Missing, RecordedInit, RecordedSegment


class RecordingArchive:
    """The archive of one media process. Each call is one statement, and may be repeated."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    async def begin(self, broadcast_id: UUID) -> str | None:
        """Where the pieces go. The recording was made with the broadcast, by `live`; or it was not."""
        async with self._ctx.db.connection() as connection:
            wanted = await queries.is_wanted.find(connection, broadcast_id)
        return object_key(ObjectKind.RECORDING, broadcast_id) if wanted else None

    async def add_init(self, broadcast_id: UUID, init: RecordedInit) -> bool:
        """What the segments after it need."""
        async with self._ctx.db.connection() as connection:
            said = (init.number, init.data, init.codecs, init.width, init.height, init.frame_rate)
            return bool(await queries.add_init.find(connection, broadcast_id, *said))

    async def expect(self, broadcast_id: UUID, segment: RecordedSegment, missing: Missing) -> bool:
        """The row before the bytes."""
        async with self._ctx.db.connection() as connection:
            wanted = await queries.expect.find(
                connection,
                broadcast_id,
                segment.msn,
                segment.init,
                segment.discontinuity,
                segment.program_time_ms,
                segment.duration_ticks,
                segment.size_bytes,
                missing.ticks,
                missing.problem,
                segment.target_duration_s,
            )
        return bool(wanted)

    async def stored(self, broadcast_id: UUID, msn: int) -> None:
        """The bytes are there."""
        async with self._ctx.db.connection() as connection:
            await queries.stored.run(connection, broadcast_id, msn)

    async def lost(self, broadcast_id: UUID, msn: int, problem: Lack) -> None:
        """They could not be stored."""
        async with self._ctx.db.connection() as connection:
            await queries.lost.run(connection, broadcast_id, msn, problem)

    async def pictured(self, broadcast_id: UUID, size_bytes: int) -> None:
        """It has a picture, or a newer one."""
        async with self._ctx.db.connection() as connection:
            await queries.picture.run(connection, broadcast_id, size_bytes)

    async def finished(self, broadcast_id: UUID, missing: Missing) -> None:
        """Nothing more will come."""
        async with self._ctx.db.connection() as connection:
            await queries.finish.run(connection, broadcast_id, missing.ticks, missing.problem)
