"""One room in one process: its window, who is here, and what goes out to them. No database and no task here.

The hot path. A push is framed once and written to every transport; in a busy or a large room pushes gather for a
moment and go as one array. Nothing is queued per socket: a member knows the seq it has, and a slow one is fed from the
window when its transport has drained, or told of the gap.
"""

from collections.abc import Sequence, Set as AbstractSet
from dataclasses import dataclass, field, replace
from uuid import UUID

from veza.auth.domain import Principal
from veza.chat import domain, frames
from veza.chat.domain import NO_STANDING, Permissions, Room, Standing, Subject
from veza.chat.window import Entry, Window
from veza.http.websocket import WebSocket, text_frame

PIECE_BYTES = 32 * 1024
"""How much of what it missed a slow reader gets before its transport is asked again."""
STORM_JOINS, STORM_S = 50, 0.5
"""So many joins between two flushes are a crowd that comes (back); then pushes gather for at most this."""
QUIET_S, BUSY_S, CROWDED_S = 0.02, 0.05, 0.15
"""Pushes of a room gather at most so long: up to 200 sockets, up to 2,000, above (design, measured in bench/)."""


class Member:
    """One socket in one room. `seq`: the highest written to it. `missed`: pushes without a seq were skipped."""

    __slots__ = ("codes", "missed", "missed_from", "person", "room", "seq", "ws")

    def __init__(self, ws: WebSocket, person: Principal | None, room: "LiveRoom", seq: int) -> None:
        self.ws = ws
        self.person = person
        self.room = room
        self.seq = seq
        self.missed = False
        self.missed_from = seq
        self.codes: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A standing and when it was read, in monotonic seconds."""

    standing: Standing
    read_at_s: float


@dataclass(frozen=True, slots=True)
class Batch:
    """Pushes that go out together: to those who have everything up to `start`, as one frame; then they have `head`."""

    start: int
    head: int
    parts: Sequence[tuple[int, bytes]]
    frame: bytes


@dataclass(slots=True)
class Stale:
    """What is known to be out of date in a room, to be read from the database."""

    messages: bool = False
    settings: bool = False
    everybody: bool = False
    names: bool = False
    people: set[UUID] = field(default_factory=set)

    def __bool__(self) -> bool:
        return self.messages or self.settings or self.everybody or self.names or bool(self.people)

    def add(self, other: "Stale") -> None:
        """Both together."""
        self.messages |= other.messages
        self.settings |= other.settings
        self.everybody |= other.everybody
        self.names |= other.names
        self.people |= other.people


class LiveRoom:
    """A room that somebody here has joined."""

    def __init__(self, room: Room, window: Window, subject: Subject, now_s: float) -> None:
        self.room = room
        self.window = window
        self.subject = subject
        self.members: dict[WebSocket, Member] = {}
        self.standings: dict[UUID, Known] = {}
        self.outgoing: list[tuple[int, bytes]] = []
        self.flushed_seq = window.head
        self.last_flush_s = 0.0
        self.flush_took_s = 0.0
        self.joins = 0
        self.is_flushing = False
        self.empty_since_s = now_s
        self.wanted_head = window.head
        self.stale = Stale()
        self.is_refreshing = False

    @property
    def id(self) -> UUID:
        return self.room.settings.room_id

    @property
    def gathers_s(self) -> float:
        """How long pushes may gather; while a crowd comes in, so long that letting it in gets most of the process."""
        count = len(self.members)
        least_s = QUIET_S if count < 200 else BUSY_S if count < 2_000 else CROWDED_S
        return least_s if self.joins < STORM_JOINS else max(least_s, min(STORM_S, 2.0 * self.flush_took_s))

    def user_ids(self) -> set[UUID]:
        """Who is here, signed in."""
        return {member.person.user_id for member in self.members.values() if member.person is not None}

    # --- people ------------------------------------------------------------------------------------------------

    def permissions(self, person: Principal | None, now_s: float) -> Permissions:
        """What somebody may, from what is known here."""
        standing = NO_STANDING
        if person is not None and (known := self.standings.get(person.user_id)) is not None:
            standing = known.standing.later(now_s - known.read_at_s)
        return domain.permissions(self.room, person, standing)

    def left(self, user_id: UUID, now_s: float) -> None:
        """One of somebody's sockets is gone; what is known of them is kept for a while from now."""
        known = self.standings.get(user_id)
        if known is not None:
            self.standings[user_id] = Known(known.standing.later(now_s - known.read_at_s), now_s)

    def forget_stale(self, here: AbstractSet[UUID], people: AbstractSet[UUID] | None) -> None:
        """What is known of these people (None: of all) is out of date; of those who are not here it is forgotten."""
        self.standings = {
            user_id: known
            for user_id, known in self.standings.items()
            if user_id in here or (people is not None and user_id not in people)
        }

    def forget_absent(self, before_s: float) -> None:
        """Forget what is known of people who are not here, if they left before then."""
        here = self.user_ids()
        self.standings = {
            user_id: known
            for user_id, known in self.standings.items()
            if user_id in here or known.read_at_s >= before_s
        }

    def spoke(self, user_id: UUID, now_s: float) -> None:
        """Somebody's message was written: slow mode counts from now."""
        known = self.standings.get(user_id)
        if known is not None and self.room.settings.slow_mode_seconds:
            standing = replace(known.standing.later(now_s - known.read_at_s), spoke_ago_s=0.0)
            self.standings[user_id] = Known(standing, now_s)

    def push_permissions(self, now_s: float, *, user_id: UUID | None = None) -> None:
        """Tell those whose rights have changed; of one person, tell all their sockets in any case."""
        frames_by_rights: dict[Permissions, bytes] = {}
        for member in self.members.values():
            if user_id is not None and (member.person is None or member.person.user_id != user_id):
                continue
            found = self.permissions(member.person, now_s)
            if member.codes == found.codes and user_id is None:
                continue
            member.codes = found.codes
            payload = frames_by_rights.get(found)
            if payload is None:
                shown = frames.permissions_frame(found)
                payload = frames_by_rights[found] = frames.push("permissions", room=self.id, permissions=shown)
            member.ws.send(payload)

    # --- pushes ------------------------------------------------------------------------------------------------

    def take_batch(self) -> Batch:
        """All that waits, as one."""
        parts, self.outgoing = self.outgoing, []
        payloads = [payload for _, payload in parts]
        frame = text_frame(payloads[0] if len(payloads) == 1 else frames.json_array(payloads))
        start = self.flushed_seq
        self.flushed_seq = max(start, *(seq for seq, _ in parts)) if parts else start
        return Batch(start, self.flushed_seq, parts, frame)

    def restart_window(self, head: int, entries: Sequence[Entry]) -> None:
        """More was missed than anybody reads: everybody here goes on at the end, and is told of the gap."""
        self.window.restart(head, entries)
        self.outgoing = [(seq, payload) for seq, payload in self.outgoing if seq == 0]
        self.flushed_seq = head
        for member in list(self.members.values()):
            self.catch_up(member)

    def write(self, batch: Batch, members: Sequence[Member]) -> None:
        """Write a batch to these members. The innermost loop of the product: every line counts."""
        start, head, frame = batch.start, batch.head, batch.frame
        for member in members:
            ws = member.ws
            if member.seq == start and not ws.is_paused:
                member.seq = head
                ws.transport.write(frame)
            else:
                self._write_apart(member, batch)

    def _write_apart(self, member: Member, batch: Batch) -> None:
        """For one who joined since the batch began to gather, or is behind."""
        if member.ws.is_paused:
            if not member.missed:
                member.missed, member.missed_from = True, member.seq
        elif member.seq > batch.start:
            rest = [payload for seq, payload in batch.parts if seq == 0 or seq > member.seq]
            member.seq = max(member.seq, batch.head)
            if rest:
                member.ws.send(rest[0] if len(rest) == 1 else frames.json_array(rest))
        else:
            self.catch_up(member)

    def catch_up(self, member: Member) -> None:
        """Feed a member what it missed, until its transport is full again."""
        ws = member.ws
        while member.seq < self.flushed_seq and not ws.is_paused:
            piece = self.window.piece(member.seq, PIECE_BYTES)
            if piece is None:
                first = self.window.first_seq
                ws.send(frames.push("gap", room=self.id, from_seq=member.seq + 1, to_seq=first - 1))
                member.seq = first - 1
                continue
            found, seq = piece
            if seq == member.seq:
                break
            member.seq = seq
            if found:
                ws.send(frames.json_array([frames.message_push(self.id, data) for data in found]))
        if member.missed and not ws.is_paused:
            self._say_what_changed(member)

    def _say_what_changed(self, member: Member) -> None:
        """Pushes without a seq are not kept: a member that was skipped hears how things stand now."""
        member.missed = False
        now = [
            frames.push("room_state", room=self.id, state=frames.state_frame(self.room.settings)),
            frames.push("stream", room=self.id, status=self.subject.status),
            frames.push("viewers", room=self.id, viewer_count=self.subject.viewer_count),
            *(
                frames.push("message_deleted", room=self.id, message_id=message_id)
                for message_id in self.window.deleted_since(member.missed_from)
            ),
        ]
        member.ws.send(frames.json_array(now))
