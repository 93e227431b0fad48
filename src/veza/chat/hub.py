"""The rooms and sockets of one process: who is in which room, news from the journal and the bus, what goes out when.

Order comes from the window, whatever way a message arrived. A lost bus connection, a note that was too long or a
missed commit all end in the same place: read the database from the last seq that is known. Long because the three ways
in (sockets, journal, bus) meet here and nowhere else.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

import msgspec
import structlog

from veza.auth.domain import Presence, Principal
from veza.auth.presence import people_behind
from veza.chat import domain, frames, queries
from veza.chat.domain import Change, Draft, Subject
from veza.chat.journal import Journal, Note, Outcome, Written
from veza.chat.live_room import Batch, Known, LiveRoom, Member, Stale
from veza.chat.service import get_room, message_of, room_of, standings_in
from veza.chat.window import Entry, Resumed, Window
from veza.context import Context
from veza.db.pool import UNREACHABLE, Connection
from veza.http.websocket import WebSocket
from veza.kit.errors import Unavailable, VezaError
from veza.kit.retry import backoff_s
from veza.kit.tasks import TaskSet

log = structlog.get_logger()

Subjects = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, Subject]]]
"""What rooms belong to, by id; unknown ids are left out."""

CHUNK = 500
"""Sockets that are written to before the loop may do something else."""
GRACE_S = 0.05
"""How long a message that arrived early waits for those before it, which are mostly on their way."""
ROOM_KEPT_S = 60.0
NO_SUBJECT = Subject("ended", 0)
_JUDGED_LATER = frozenset({"slow_mode", "chat_disabled", "followers_only"})
"""Refusals that only the journal pronounces: it knows whether the message is a resend of one that was written."""
_EVERYTHING = Stale(messages=True, settings=True, everybody=True, names=True)


class Hub:
    """The chat of one process. `start` before the first socket; `close` after the last."""

    def __init__(self, ctx: Context, subjects: Subjects, tasks: TaskSet) -> None:
        self.ctx = ctx
        self._subjects = subjects
        self._tasks = tasks
        self._rooms: dict[UUID, LiveRoom] = {}
        self._loading: dict[UUID, asyncio.Task[LiveRoom | Exception]] = {}
        self._changed_while_loading: set[UUID] = set()
        self._journal = Journal(ctx, tasks, self._written)
        self.counts: Counter[str] = Counter()

    # --- rooms and their people --------------------------------------------------------------------------------

    @property
    def room_ids(self) -> list[UUID]:
        """The rooms that somebody here is in, or was until lately."""
        return list(self._rooms)

    def people(self) -> list[tuple[UUID, UUID]]:
        """Room and user of everybody who is here and may join, each once."""
        now_s = self._now_s()
        return sorted(
            {
                (room.id, member.person.user_id)
                for room in self._rooms.values()
                for member in room.members.values()
                if member.person is not None and room.permissions(member.person, now_s).join
            }
        )

    async def join(
        self, ws: WebSocket, person: Principal | None, room_id: UUID, since: frames.Since | None
    ) -> tuple[LiveRoom, Resumed]:
        """Let a socket hear a room from now on, and tell what it missed. Raises `NotFound`, `Unavailable`."""
        room = self._rooms.get(room_id) or await self._load(room_id)
        domain.require(domain.can_read(room.room))
        if person is not None and person.user_id not in room.standings:
            await self._read_standings(room, [person.user_id])
        room = self._rooms.setdefault(room_id, room)
        if not ws.is_open:
            raise Unavailable("The connection has ended.")
        resumed = room.window.resume(since.epoch if since else None, since.seq if since else 0)
        member = Member(ws, person, room, room.window.head)
        member.codes = room.permissions(person, self._now_s()).codes
        room.members[ws] = member
        room.joins += 1
        return room, resumed

    def leave(self, ws: WebSocket, room_id: UUID) -> None:
        """A socket hears no more of a room."""
        room = self._rooms.get(room_id)
        member = room.members.pop(ws, None) if room is not None else None
        if room is None or member is None:
            return
        now_s = self._now_s()
        if member.person is not None:
            room.left(member.person.user_id, now_s)
        if not room.members:
            room.empty_since_s = now_s

    def room_of(self, ws: WebSocket, room_id: UUID) -> LiveRoom | None:
        """The room, if this socket is in it."""
        room = self._rooms.get(room_id)
        return room if room is not None and ws in room.members else None

    def drained(self, ws: WebSocket, room_ids: Sequence[UUID]) -> None:
        """A slow reader's transport can take more."""
        for room_id in room_ids:
            room = self._rooms.get(room_id)
            member = room.members.get(ws) if room is not None else None
            if room is not None and member is not None:
                room.catch_up(member)

    def identify(self, ws: WebSocket, person: Principal, room_ids: Sequence[UUID]) -> None:
        """The person behind a socket has another name or role than before."""
        for room_id in room_ids:
            room = self._rooms.get(room_id)
            member = room.members.get(ws) if room is not None else None
            if room is not None and member is not None:
                member.person = person
                room.push_permissions(self._now_s(), user_id=person.user_id)

    def send(self, room: LiveRoom, draft: Draft, done: Callable[[Outcome], None]) -> None:
        """Write a message; `done` hears what became of it."""
        decision = domain.can_send(room.room, draft.author, self._standing(room, draft.author))
        if not decision and decision.code not in _JUDGED_LATER:
            done(domain.Refused(decision))
            return
        self._journal.write(room.id, draft, done)

    def forget_who_left(self) -> None:
        """Let go of rooms that nobody was in for a minute, and of what is known of people who left long ago.

        Who comes back within the window is known still: notes keep that true, and nothing has to be read.
        """
        now_s = self._now_s()
        for room_id, room in list(self._rooms.items()):
            if not room.members and now_s - room.empty_since_s > ROOM_KEPT_S:
                del self._rooms[room_id]
            elif len(room.standings) > len(room.members):
                room.forget_absent(now_s - domain.RESUME_S)

    def _standing(self, room: LiveRoom, person: Principal) -> domain.Standing:
        known = room.standings.get(person.user_id)
        return known.standing.later(self._now_s() - known.read_at_s) if known else domain.NO_STANDING

    # --- loading -----------------------------------------------------------------------------------------------

    async def _load(self, room_id: UUID) -> LiveRoom:
        """Read a room once, however many ask for it at the same time."""
        found = self._loading.get(room_id)
        if found is None:
            loading = self._load_once(room_id)
            found = self._loading[room_id] = self._tasks.spawn(loading, f"chat-load-{room_id}")
        loaded = await asyncio.shield(found)
        if isinstance(loaded, Exception):
            raise loaded
        return loaded

    async def _load_once(self, room_id: UUID) -> LiveRoom | Exception:
        """The room; or why not, for all who wait."""
        try:
            room = self._rooms[room_id] = await self._read_room(room_id)
            if room_id in self._changed_while_loading:
                self._refresh(room, _EVERYTHING)
        except (VezaError, *UNREACHABLE) as error:
            return error
        else:
            return room
        finally:
            del self._loading[room_id]
            self._changed_while_loading.discard(room_id)

    async def _read_room(self, room_id: UUID) -> LiveRoom:
        async with self.ctx.db.connection() as connection:
            room = await get_room(connection, room_id)
            head, entries = await self._read_window(connection, room_id, room.last_seq)
            window = Window(room.epoch, head, entries)
            await self._read_deletions(connection, window, room_id)
        subjects = await self._subjects([room_id])
        return LiveRoom(room, window, subjects.get(room_id, NO_SUBJECT), self._now_s())

    async def _read_window(self, connection: Connection, room_id: UUID, last_seq: int) -> tuple[int, list[Entry]]:
        bounds = (domain.RESUME_MESSAGES_MAX, domain.RESUME_MESSAGES, domain.RESUME_S)
        start = await queries.window_start.find(connection, room_id, last_seq, *bounds) or last_seq + 1
        rows = await queries.after.list(connection, room_id, start - 1, 2 * domain.RESUME_MESSAGES_MAX)
        entries = [self._entry(row) for row in rows]
        return (entries[-1].seq if entries else last_seq), entries

    async def _read_deletions(self, connection: Connection, window: Window, room_id: UUID) -> list[UUID]:
        """Take note of deletions since the window's start; answers those that were news."""
        rows = await queries.deletions.list(connection, room_id, window.first_seq - 1, 1_000)
        return [row.id for row in reversed(rows) if window.delete(row.id, row.at_seq)]

    async def _read_standings(self, room: LiveRoom, user_ids: Sequence[UUID]) -> None:
        async with self.ctx.db.connection() as connection:
            found = await standings_in(connection, room.room, user_ids)
        now_s = self._now_s()
        room.standings.update({user_id: Known(standing, now_s) for user_id, standing in found.items()})

    def _entry(self, row: queries.WindowRow) -> Entry:
        data = None if row.is_deleted else frames.encode(frames.message_frame(message_of(row)))
        return Entry(row.seq, row.id, data, self._now_s() - row.age_s)

    # --- news --------------------------------------------------------------------------------------------------

    def _written(self, room_id: UUID, written: Sequence[Written]) -> None:
        """The journal wrote messages."""
        self.counts["messages"] += len(written)
        room, now_s = self._rooms.get(room_id), self._now_s()
        if room is None:
            return
        for item in written:
            self._accept(room, Entry(item.message.seq, item.message.id, item.data, now_s))
            room.spoke(item.message.user_id, now_s)

    def heard_messages(self, payload: str) -> None:
        """A note of `MESSAGES_TOPIC`, ours or another process's."""
        note = msgspec.json.decode(payload, type=Note)
        room = self._room_or_later(note.room_id)
        if room is None:
            return
        now_s = self._now_s()
        for seq, message_id, data in note.messages:
            self._accept(room, Entry(seq, message_id, bytes(data), now_s))
        self._want(room, note.head)

    def heard_change(self, payload: str) -> None:
        """A note of `CHANGES_TOPIC`."""
        change = msgspec.json.decode(payload, type=Change)
        room = self._room_or_later(change.room_id)
        if room is None:
            return
        if change.message_id is not None:
            if room.window.delete(change.message_id, change.at_seq):
                self._push_deleted(room, change.message_id)
        elif change.renamed:
            self._refresh(room, Stale(names=True))
        elif change.user_id is not None:
            self._refresh(room, Stale(people={change.user_id}))
        else:
            self._refresh(room, Stale(settings=True))

    def heard_follow(self, payload: str) -> None:
        """A note of the users slice: somebody follows somebody, or no longer."""
        note = msgspec.json.decode(payload, type=dict[str, UUID])
        for room in self._rooms.values():
            if room.room.owner_id == note["followed_id"] and room.room.settings.followers_only:
                self._refresh(room, Stale(people={note["follower_id"]}))

    def set_subject(self, room_id: UUID, *, status: str, viewer_count: int | None) -> None:
        """What a room belongs to, as it is now (`viewer_count` None: as before); what differs is pushed."""
        room = self._rooms.get(room_id)
        if room is None:
            return
        before = room.subject
        subject = room.subject = Subject(status, before.viewer_count if viewer_count is None else viewer_count)
        if before.status != subject.status:
            self._push(room, 0, frames.push("stream", room=room_id, status=subject.status))
        if before.viewer_count != subject.viewer_count:
            self._push(room, 0, frames.push("viewers", room=room_id, viewer_count=subject.viewer_count))

    def connected(self) -> None:
        """The bus is there (again): what was said meanwhile was not heard."""
        for room_id in self._loading:
            self._changed_while_loading.add(room_id)
        for room in self._rooms.values():
            self._refresh(room, _EVERYTHING)

    def _room_or_later(self, room_id: UUID) -> LiveRoom | None:
        if room_id in self._loading:
            self._changed_while_loading.add(room_id)
        return self._rooms.get(room_id)

    def _accept(self, room: LiveRoom, entry: Entry) -> None:
        for found in room.window.accept(entry):
            if found.data is not None:
                self._push(room, found.seq, frames.message_push(room.id, found.data))
            room.wanted_head = max(room.wanted_head, found.seq)
        if room.window.is_missing:
            self._want(room, entry.seq)

    def _want(self, room: LiveRoom, head: int) -> None:
        """Make sure that everything up to `head` arrives, if not by itself then by reading."""
        room.wanted_head = max(room.wanted_head, head)
        if room.wanted_head > room.window.head:
            asyncio.get_running_loop().call_later(GRACE_S, self._read_if_behind, room, room.wanted_head)

    def _read_if_behind(self, room: LiveRoom, head: int) -> None:
        if room.window.head < head:
            self._refresh(room, Stale(messages=True))

    def _push_deleted(self, room: LiveRoom, message_id: UUID) -> None:
        self._push(room, 0, frames.push("message_deleted", room=room.id, message_id=message_id))

    # --- reading what is out of date ---------------------------------------------------------------------------

    def _refresh(self, room: LiveRoom, stale: Stale) -> None:
        """Read it from the database: one reader per room, so that nothing old overtakes anything new."""
        room.stale.add(stale)
        if not room.is_refreshing:
            room.is_refreshing = True
            self._tasks.spawn(self._read_stale(room), f"chat-refresh-{room.id}")

    async def _read_stale(self, room: LiveRoom) -> None:
        attempt = 0
        try:
            while room.stale:
                stale, room.stale = room.stale, Stale()
                try:
                    await self._read_what(room, stale)
                    attempt = 0
                except (VezaError, *UNREACHABLE) as error:
                    room.stale.add(stale)
                    attempt += 1
                    log.info("chat_refresh_waits", room_id=str(room.id), error=type(error).__name__)
                    await asyncio.sleep(0.05 + backoff_s(attempt, base_s=0.2, cap_s=5.0))
        finally:
            room.is_refreshing = False

    async def _read_what(self, room: LiveRoom, stale: Stale) -> None:
        if stale.messages:
            await self._read_missed(room)
        if stale.names:
            await self._read_names(room)
        if stale.settings:
            await self._read_settings(room, stale)
        here = room.user_ids()
        room.forget_stale(here, None if stale.everybody else stale.people)
        if not stale.everybody:
            here &= stale.people
        if here:
            await self._read_standings(room, sorted(here))
        now_s = self._now_s()
        if stale.settings or stale.everybody:
            room.push_permissions(now_s)
        for user_id in stale.people:
            room.push_permissions(now_s, user_id=user_id)

    async def _read_missed(self, room: LiveRoom) -> None:
        async with self.ctx.db.connection() as connection:
            rows = await queries.after.list(connection, room.id, room.window.head, domain.RESUME_MESSAGES_MAX)
            if len(rows) == domain.RESUME_MESSAGES_MAX:
                latest = await queries.rooms.find(connection, [room.id])
                if latest is not None:
                    room.restart_window(*await self._read_window(connection, room.id, latest.last_seq))
                rows = []
            deleted = await self._read_deletions(connection, room.window, room.id)
        for row in rows:
            self._accept(room, self._entry(row))
        for message_id in deleted:
            self._push_deleted(room, message_id)

    async def _read_names(self, room: LiveRoom) -> None:
        """What is held of the conversation, as it is shown now."""
        async with self.ctx.db.connection() as connection:
            since, most = room.window.first_seq - 1, domain.RESUME_MESSAGES_MAX
            rows = await queries.after.list(connection, room.id, since, most)
        room.window.rewrite(self._entry(row) for row in rows)

    async def _read_settings(self, room: LiveRoom, stale: Stale) -> None:
        async with self.ctx.db.connection() as connection:
            row = await queries.rooms.find(connection, [room.id])
        if row is None:
            return
        before, room.room = room.room, room_of(row)
        if room.room.settings != before.settings:
            self._push(room, 0, frames.push("room_state", room=room.id, state=frames.state_frame(room.room.settings)))
            # what a standing holds depends on them: who follows, who spoke when
            stale.everybody = True

    async def people_now(self, session_ids: Sequence[UUID]) -> dict[UUID, Presence]:
        """Who is behind these sessions now. Raises `Unavailable`."""
        async with self.ctx.db.connection() as connection:
            return await people_behind(self.ctx, connection, session_ids)

    # --- going out ---------------------------------------------------------------------------------------------

    def _push(self, room: LiveRoom, seq: int, payload: bytes) -> None:
        """Say something to a room: now if it was quiet, else with what gathers."""
        room.outgoing.append((seq, payload))
        if room.is_flushing:
            return
        room.is_flushing = True
        wait_s = room.last_flush_s + room.gathers_s - self._now_s()
        loop = asyncio.get_running_loop()
        if wait_s <= 0:
            loop.call_soon(self._flush, room)
        else:
            loop.call_later(wait_s, self._flush, room)

    def _flush(self, room: LiveRoom) -> None:
        room.last_flush_s, room.joins = self._now_s(), 0
        members = list(room.members.values())
        self.counts["deliveries"] += len(members) * len(room.outgoing)
        batch = room.take_batch()
        room.write(batch, members[:CHUNK])
        if len(members) <= CHUNK:
            self._flushed(room)
        else:
            self._tasks.spawn(self._write_rest(room, batch, members[CHUNK:]), "chat-fan-out")

    async def _write_rest(self, room: LiveRoom, batch: Batch, members: list[Member]) -> None:
        try:
            for start in range(0, len(members), CHUNK):
                await asyncio.sleep(0)
                room.write(batch, members[start : start + CHUNK])
        finally:
            self._flushed(room)

    def _flushed(self, room: LiveRoom) -> None:
        room.is_flushing = False
        room.flush_took_s = self._now_s() - room.last_flush_s
        if room.outgoing:
            seq, payload = room.outgoing.pop()
            self._push(room, seq, payload)

    def _now_s(self) -> float:
        return self.ctx.clock.monotonic_s()
