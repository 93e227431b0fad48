"""The gate of the chat: lets sockets in, looks after them, carries the news of the install to them and to the rooms.

One per api process. What a client says is `socket.py`'s, rooms are `hub.py`'s.
"""

import asyncio
import contextlib
import socket
from collections import Counter
from typing import Any
from uuid import UUID

import msgspec
import structlog

from veza import metrics
from veza.auth.domain import AUTH_CHANNEL
from veza.auth.presence import forget_remembered
from veza.chat import domain, frames, people_queries
from veza.chat.hub import Hub, Subjects
from veza.chat.socket import ChatSocket
from veza.context import Context
from veza.db.pool import UNREACHABLE
from veza.http.client import client_address, network_of
from veza.http.origin import is_allowed_origin
from veza.http.websocket import Handshake, Refusal, WebSocket
from veza.kit.errors import VezaError
from veza.kit.ids import new_id
from veza.kit.retry import backoff_s
from veza.kit.tasks import TaskSet
from veza.users.domain import FOLLOW_CHANNEL

log = structlog.get_logger()

PATH = "/api/v1/ws"
SWEEP_S = 1.0
PRESENCE_EVERY_S = 10.0
SESSIONS_EVERY_S = 30.0
ROOMS_SWEPT_EVERY_S = 10.0
SOCKETS_PER_USER = 10
SESSION_TRIES = 6


class ChatGate:
    """All sockets of one process. `run` carries the news to them; `admit` is what makes one."""

    def __init__(self, ctx: Context, subjects: Subjects, tasks: TaskSet) -> None:
        self.ctx = ctx
        self.tasks = tasks
        self.hub = Hub(ctx, subjects, tasks)
        self.sockets: set[ChatSocket] = set()
        self._of_user: dict[UUID, list[ChatSocket]] = {}
        self._of_network: Counter[str] = Counter()
        self._is_draining = False
        self._wrote_people = False
        self.listening = asyncio.Event()
        """Set once the news of the install is heard."""
        self._node = f"{socket.gethostname()[:40]}:{new_id().hex[-16:]}"

    # --- letting in --------------------------------------------------------------------------------------------

    async def admit(self, ws: WebSocket, handshake: Handshake) -> ChatSocket | Refusal:
        """Judge a handshake.

        A ticket that is no good opens the socket and closes it with 4001: a browser sees no status of a refusal.
        """
        settings = self.ctx.settings
        if handshake.path != PATH:
            return Refusal(404, "not_found", "There is nothing here.")
        if handshake.origin is not None and not is_allowed_origin(handshake.origin, settings):
            return Refusal(403, "origin_not_allowed", "This page may not open a socket here.")
        network = network_of(client_address(handshake.scope, settings))
        if self._of_network[network] >= settings.chat_sockets_per_address:
            return Refusal(429, "rate_limited", "Too many sockets from this address.")
        if self._is_draining or len(self.sockets) >= settings.chat_sockets_max:
            return Refusal(503, "unavailable", "This server takes no more sockets right now.")
        made = ChatSocket(self, ws, network)
        self._of_network[network] += 1  # from here on `closed` gives it back
        try:
            await made.identify(handshake.query.get("ticket", []))
        except BaseException:
            made.closed()
            raise
        return made

    def add(self, made: ChatSocket) -> None:
        """A socket is open. An eleventh of one person replaces the first."""
        self.sockets.add(made)
        metrics.chat_sockets.inc()
        if made.person is not None:
            own = self._of_user.setdefault(made.person.user_id, [])
            own.append(made)
            if len(own) > SOCKETS_PER_USER:
                own[0].end(4009, "replaced")

    def remove(self, made: ChatSocket) -> None:
        """A socket is gone."""
        self._of_network[made.network] -= 1
        if not self._of_network[made.network]:
            del self._of_network[made.network]
        if made not in self.sockets:
            return
        self.sockets.discard(made)
        metrics.chat_sockets.dec()
        self.forget_person(made)

    def forget_person(self, made: ChatSocket) -> None:
        """It no longer counts for its person."""
        own = self._of_user.get(made.person.user_id, []) if made.person is not None else []
        with contextlib.suppress(ValueError):
            own.remove(made)
        if made.person is not None and not own:
            self._of_user.pop(made.person.user_id, None)

    # --- news and time -----------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Hear the bus and look after the sockets, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._sweep())
            group.create_task(self._tell_presence_on())

    async def _listen(self) -> None:
        await self.ctx.bus.listen(
            {
                domain.MESSAGES_TOPIC: _careful(self.hub.heard_messages),
                domain.CHANGES_TOPIC: _careful(self.hub.heard_change),
                FOLLOW_CHANNEL: _careful(self.hub.heard_follow),
                AUTH_CHANNEL: _careful(self._heard_account),
            },
            self._connected,
        )

    def _connected(self) -> None:
        self.listening.set()
        self.hub.connected()
        self._check_sessions(list(self.sockets))

    def _heard_account(self, payload: str) -> None:
        """Somebody logged out, was shut out, or has another role."""
        note = msgspec.json.decode(payload, type=dict[str, UUID])
        user_id, session_id = note["user_id"], note.get("session_id")
        forget_remembered(self.ctx, user_id, session_id)
        own = self._of_user.get(user_id, [])
        self._check_sessions([one for one in own if session_id is None or one.session_id == session_id])

    def _check_sessions(self, some: list[ChatSocket]) -> None:
        signed_in = [one for one in some if one.session_id is not None]
        if signed_in:
            self.tasks.spawn(self._judge_sessions(signed_in), "chat-sessions")

    async def _judge_sessions(self, some: list[ChatSocket]) -> None:
        for attempt in range(1, SESSION_TRIES):
            try:
                people = await self.hub.people_now(list({one.session_id for one in some if one.session_id}))
                break
            except (VezaError, *UNREACHABLE):
                await asyncio.sleep(backoff_s(attempt, base_s=0.2, cap_s=2.0))
        else:
            return  # the next sweep asks again
        for one in some:
            found = people.get(one.session_id) if one.session_id else None
            if found is None:
                one.end(4001, "logged out")
            elif found.is_suspended:
                one.end(4003, "suspended")
            else:
                one.is_now(found.principal)

    async def _sweep(self) -> None:
        """Ping who is silent, end who is too slow, ask about sessions now and then."""
        loop = asyncio.get_running_loop()
        asked_s, looked_s = loop.time(), loop.time()
        while True:
            await asyncio.sleep(SWEEP_S)
            now_s = loop.time()
            for one in list(self.sockets):
                one.look(now_s)
            if now_s - asked_s >= SESSIONS_EVERY_S:
                asked_s = now_s
                self._check_sessions(list(self.sockets))
            if now_s - looked_s >= ROOMS_SWEPT_EVERY_S:
                looked_s = now_s
                self.hub.forget_who_left()

    async def _tell_presence_on(self) -> None:
        while True:
            await self.tell_presence()
            await asyncio.sleep(PRESENCE_EVERY_S)

    async def tell_presence(self) -> None:
        """Write who is in which room, for the lists of members of all processes, and show what was counted."""
        people = self.hub.people()
        if people or self._wrote_people:
            try:
                async with self.ctx.db.connection() as connection:
                    rooms, users = [room for room, _ in people], [user for _, user in people]
                    await people_queries.put_presence.run(connection, self._node, rooms, users)
                self._wrote_people = bool(people)
            except (VezaError, *UNREACHABLE):
                log.debug("chat_presence_waits")
        for name, count in self.hub.counts.items():
            metrics.chat_events.labels(name).inc(count)
        self.hub.counts.clear()

    def drain(self) -> None:
        """The process is ending: ask everybody to come back, spread over a time that fits their number."""
        self._is_draining = True
        spread_s = min(15.0, 0.5 + len(self.sockets) / 1000)
        for one in list(self.sockets):
            one.ws.send(frames.push("reconnect", after_ms=round(1000 * backoff_s(1, base_s=spread_s, cap_s=spread_s))))


def _careful(hear: Any) -> Any:
    """A note that cannot be read is dropped with a line in the log; the next ones are still heard."""

    def heard(payload: str) -> None:
        try:
            hear(payload)
        except (msgspec.MsgspecError, KeyError) as error:
            log.warning("bus_note_dropped", error=type(error).__name__)

    return heard
