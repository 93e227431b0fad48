"""Tells chat rooms about the streams they belong to, so that an open page hears of a change without asking.

A change of status is announced and read at once; viewers are read every two seconds, all rooms in one statement. One
task reads, so nothing old overtakes anything new.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import msgspec
import structlog

from veza.chat.domain import Subject
from veza.context import Context
from veza.db.listen import listen
from veza.db.pool import UNREACHABLE
from veza.kit.errors import VezaError
from veza.live import queries
from veza.live.domain import STATUS_CHANNEL

log = structlog.get_logger()

VIEWERS_EVERY_S = 2.0


class Rooms(Protocol):
    """What the audience is told through."""

    @property
    def room_ids(self) -> list[UUID]:
        """The rooms that somebody is in."""

    def set_subject(self, room_id: UUID, *, status: str, viewer_count: int | None) -> None:
        """How a room's stream stands. `viewer_count` None: as before."""


async def subjects(ctx: Context, room_ids: Sequence[UUID]) -> dict[UUID, Subject]:
    """The streams of these rooms, by id; unknown and deleted ones are left out. May raise `Unavailable`."""
    async with ctx.db.connection() as connection:
        rows = await queries.subjects.list(connection, list(room_ids))
    return {row.id: Subject(row.status, row.viewer_count) for row in rows}


async def tell_rooms(ctx: Context, rooms: Rooms) -> None:
    """Keep rooms told, until cancelled."""
    changed: set[UUID] = set()
    woken = asyncio.Event()

    def heard(payload: str) -> None:
        try:
            changed.add(msgspec.json.decode(payload, type=_StatusNote).stream_id)
        except msgspec.MsgspecError:
            log.warning("live_note_dropped")
        woken.set()

    def connected() -> None:
        changed.update(rooms.room_ids)
        woken.set()

    async with asyncio.TaskGroup() as group:
        group.create_task(listen(ctx.db.dsn, STATUS_CHANNEL, heard, connected=connected))
        group.create_task(_read_on(ctx, rooms, changed, woken))


async def _read_on(ctx: Context, rooms: Rooms, changed: set[UUID], woken: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    counts_at_s = loop.time()
    while True:
        try:
            async with asyncio.timeout_at(counts_at_s):
                await woken.wait()
        except TimeoutError:
            counts_at_s, with_counts = loop.time() + VIEWERS_EVERY_S, True
        else:
            with_counts = False
        woken.clear()
        here = rooms.room_ids
        wanted = here if with_counts else [room_id for room_id in here if room_id in changed]
        changed.clear()
        if not wanted:
            continue
        try:
            found = await subjects(ctx, wanted)
        except (VezaError, *UNREACHABLE):
            continue  # the next reading of all rooms makes up for it
        for room_id, subject in found.items():
            count = subject.viewer_count if with_counts else None
            rooms.set_subject(room_id, status=subject.status, viewer_count=count)


class _StatusNote(msgspec.Struct, frozen=True):
    stream_id: UUID
