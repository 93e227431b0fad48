"""One client of the chat: reads its frames, answers. Rooms and news are `hub.py`'s, bytes `http/websocket.py`'s.

A frame either is answered at once or starts one bounded piece of work; a client that does not read what it asked for
is not read from either.
"""

import asyncio
from collections.abc import Coroutine
from functools import partial
from typing import Any, Protocol, assert_never
from uuid import UUID

import msgspec
import structlog

from veza import metrics
from veza.auth.domain import Principal
from veza.chat import domain, frames, moderation, service
from veza.chat.content import parse_content, parse_nonce
from veza.chat.domain import Draft
from veza.chat.hub import Hub
from veza.chat.journal import Outcome, Written
from veza.context import Context
from veza.db.pool import UNREACHABLE
from veza.http.websocket import WebSocket
from veza.kit.errors import Invalid, TooMany, Unavailable, VezaError
from veza.kit.ids import new_id
from veza.kit.tasks import TaskSet

log = structlog.get_logger()

PING_S = 25.0
PONG_WITHIN_S = 20.0
ROOMS_PER_SOCKET = 20
WORK_PER_SOCKET = 8
FLOOD_MAX = 100
"""So many frames above the rate, since the last quiet second, end a connection with 4029."""


class Owner(Protocol):
    """Who holds all sockets of a process (`gate.ChatGate`)."""

    ctx: Context
    hub: Hub
    tasks: TaskSet

    def add(self, made: "ChatSocket") -> None:
        """A socket is open."""

    def remove(self, made: "ChatSocket") -> None:
        """A socket is gone."""

    def forget_person(self, made: "ChatSocket") -> None:
        """A socket no longer counts for its person."""


class ChatSocket:
    """One client. `person` None: a guest."""

    __slots__ = (
        "_allowance", "_asked_s", "_ending", "_excess", "_owner", "_work", "network", "person", "rooms", "session_id",
        "ws",
    )  # fmt: skip

    def __init__(self, owner: Owner, ws: WebSocket, network: str) -> None:
        self._owner = owner
        self.ws = ws
        self.network = network
        self.person: Principal | None = None
        self.session_id: UUID | None = None
        self.rooms: set[UUID] = set()
        self._ending: tuple[int, str] | None = None
        self._allowance = 2.0 * owner.ctx.settings.chat_frames_per_s
        self._asked_s = 0.0
        self._excess = 0
        self._work = 0

    async def identify(self, tickets: list[str]) -> None:
        """Find out who this is. May raise `Unavailable`."""
        if not tickets:
            return
        found = await service.use_ticket(self._owner.ctx, tickets[0]) if len(tickets) == 1 else None
        if found is None:
            self._ending = (4001, "ticket")
        elif found.is_suspended:
            self._ending = (4003, "suspended")
        else:
            self.person, self.session_id = found.principal, found.principal.session_id

    # --- the connection's side ---------------------------------------------------------------------------------

    def opened(self) -> None:
        """See `http.websocket.Session`."""
        if self._ending is not None:
            self.ws.close(*self._ending)
            return
        self._owner.add(self)
        user = frames.user_frame(self.person)
        self.ws.send(frames.push("welcome", session_id=new_id(), user=user, ping_interval=round(PING_S * 1000)))

    def closed(self) -> None:
        """See `http.websocket.Session`."""
        for room_id in self.rooms:
            self._owner.hub.leave(self.ws, room_id)
        self.rooms.clear()
        self._owner.remove(self)

    def writable(self) -> None:
        """See `http.websocket.Session`."""
        self._owner.hub.drained(self.ws, list(self.rooms))
        self._read_on()

    def end(self, code: int, reason: str) -> None:
        """Say goodbye."""
        metrics.chat_closed.labels(str(code)).inc()
        self._owner.forget_person(self)
        self.ws.close(code, reason)

    def is_now(self, person: Principal) -> None:
        """Who this is may have another name or role by now."""
        if person != self.person:
            self.person = person
            self._owner.hub.identify(self.ws, person, list(self.rooms))

    def look(self, now_s: float) -> None:
        """Once a second: is it still there, does it still read?"""
        ws = self.ws
        if not ws.is_open:
            return
        if ws.is_paused and now_s - ws.paused_at_s > self._owner.ctx.settings.chat_slow_reader_s:
            self.end(4008, "too slow")
        elif ws.ping_sent_s and now_s - ws.ping_sent_s > PONG_WITHIN_S:
            ws.abort()
        elif not ws.ping_sent_s and now_s - ws.last_heard_s > PING_S:
            ws.ping(now_s)

    # --- frames ------------------------------------------------------------------------------------------------

    def received(self, data: str | bytes) -> None:
        """One frame. See `http.websocket.Session`."""
        self._owner.hub.counts["frames"] += 1
        if not self._may_ask():
            self._refuse(frames.id_of(data), TooMany("Too many frames. Slow down.", retry_after_s=1))
            if self._excess > FLOOD_MAX:
                self.end(4029, "flooding")
            return
        try:
            self._answer(frames.parse_frame(data))
        except VezaError as error:
            self._refuse(frames.id_of(data), error)

    def _answer(self, frame: frames.AnyFrame) -> None:
        match frame:
            case frames.Send():
                self._send(frame)
            case frames.Join():
                self._start(frame.id, self._join(frame))
            case frames.Leave():
                self.rooms.discard(frame.room)
                self._owner.hub.leave(self.ws, frame.room)
                self._acknowledge(frame.id)
            case frames.History():
                self._start(frame.id, self._history(frame))
            case frames.Delete():
                self._start(frame.id, self._delete(frame))
            case frames.Ping():
                self.ws.send(frames.push("pong") if frame.id is None else frames.push("pong", id=frame.id))
            case _:
                assert_never(frame)

    def _may_ask(self) -> bool:
        """A token bucket: so many frames a second, twice that at once."""
        rate = self._owner.ctx.settings.chat_frames_per_s
        now_s = asyncio.get_running_loop().time()
        self._allowance = min(2.0 * rate, self._allowance + (now_s - self._asked_s) * rate)
        self._asked_s = now_s
        if self._allowance < 1.0:
            self._excess += 1
            return False
        if self._allowance >= rate:
            self._excess = 0
        self._allowance -= 1.0
        return True

    def _start(self, identity: Any, work: Coroutine[Any, Any, None]) -> None:
        """Do something that waits, a few at a time; a client that does not read has to wait itself."""
        if self._work >= WORK_PER_SOCKET:
            work.close()
            raise TooMany("Too much at once. Wait for the answers.", retry_after_s=1)
        self._work += 1
        self._owner.tasks.spawn(self._guarded(identity, work), "chat-frame")
        if self._work == WORK_PER_SOCKET or self.ws.is_paused:
            self.ws.transport.pause_reading()

    async def _guarded(self, identity: Any, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except VezaError as error:
            self._refuse(identity, error)
        except UNREACHABLE:
            self._refuse(identity, Unavailable("The chat cannot be read right now."))
        except Exception:
            log.exception("chat_frame_failed")
            self._refuse(identity, VezaError("Something went wrong on our side.", code="internal_error"))
        finally:
            self._work -= 1
            self._read_on()

    def _read_on(self) -> None:
        if self._work < WORK_PER_SOCKET and not self.ws.is_paused and not self.ws.transport.is_closing():
            self.ws.transport.resume_reading()

    def _acknowledge(self, identity: Any, **fields: Any) -> None:
        self.ws.send(frames.push("ack", id=identity, **fields))

    def _refuse(self, identity: Any, error: VezaError) -> None:
        wait_ms = None
        if isinstance(error, domain.Refused):
            wait_ms = error.decision.retry_after_ms
        elif isinstance(error, TooMany | Unavailable):
            wait_ms = error.retry_after_s * 1000
        self.ws.send(frames.error(identity, error.code, error.sentence, wait_ms))

    # --- what they ask for -------------------------------------------------------------------------------------

    async def _join(self, frame: frames.Join) -> None:
        if frame.room not in self.rooms and len(self.rooms) >= ROOMS_PER_SOCKET:
            raise Invalid(f"One socket can be in {ROOMS_PER_SOCKET} rooms.", code="too_many_rooms")
        self.rooms.add(frame.room)  # first, so that a connection that ends meanwhile leaves it
        try:
            room, resumed = await self._owner.hub.join(self.ws, self.person, frame.room, frame.since)
        except BaseException:
            self.rooms.discard(frame.room)
            raise
        rights = room.permissions(self.person, self._owner.ctx.clock.monotonic_s())
        answer = frames.Joined(
            id=frame.id,
            room=frame.room,
            epoch=room.window.epoch,
            seq=room.window.head,
            recovered=resumed.recovered,
            permissions=frames.permissions_frame(rights),
            state=frames.state_frame(room.room.settings),
            stream=frames.StreamFrame(room.subject.status),
            viewer_count=room.subject.viewer_count,
            messages=msgspec.Raw(frames.json_array(resumed.messages)),
            deleted=resumed.deleted,
        )
        self.ws.send(frames.encode(answer))

    def _send(self, frame: frames.Send) -> None:
        room = self._owner.hub.room_of(self.ws, frame.room)
        if room is None:
            raise Invalid("Join the room first.", code="not_joined")
        domain.require(domain.can_join(room.room, self.person, domain.NO_STANDING))
        assert self.person is not None
        content, nonce = parse_content(frame.content), parse_nonce(frame.nonce)
        draft = Draft(self.person, nonce, content, frame.reply_to)
        self._owner.hub.send(room, draft, partial(self._sent, frame.id))

    def _sent(self, identity: Any, outcome: Outcome) -> None:
        if isinstance(outcome, Written):
            self.ws.send(frames.ack(identity, outcome.data))
        else:
            self._refuse(identity, outcome)

    async def _history(self, frame: frames.History) -> None:
        found, _, cursor = await service.history(self._owner.ctx, frame.room, before=frame.before, limit=frame.limit)
        shown = [frames.message_frame(message) for message in found]
        self._acknowledge(frame.id, messages=shown, next_cursor=cursor)

    async def _delete(self, frame: frames.Delete) -> None:
        if self.person is None:
            raise domain.Refused(domain.Decision("unauthenticated"))
        await moderation.delete_message(self._owner.ctx, self.person, frame.room, frame.message_id)
        self._acknowledge(frame.id)
