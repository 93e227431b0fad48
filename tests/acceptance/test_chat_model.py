"""Clients that join, talk, drop, come back, are banned and moderated, on two processes that restart, against a model.

Each example is a conversation that hypothesis makes up. At its end everybody comes back once more; then each has seen,
in order and once, every line since they first joined, and knows of every deletion.
"""

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from uuid import UUID

import uvloop
from hypothesis import HealthCheck, settings as rules, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from tests.conftest import TEMPLATE, copied
from tests.factories.chat import ChatClient, ChatServer, a_room, chat_server, member, somebody

from veza.adapters.file_mail import FileMail
from veza.adapters.obstore_files import unopened_files
from veza.adapters.postgres_bus import PostgresBus
from veza.auth.domain import Principal
from veza.chat import moderation
from veza.chat.domain import SanctionKind
from veza.context import Context, Keys
from veza.db.embedded_postgres import EmbeddedPostgres
from veza.db.pool import open_database
from veza.kit.clock import SystemClock
from veza.settings import Settings

Result = TypeVar("Result")
NAMES = ("ada", "bob", "eve")


@dataclass
class Person:
    """Somebody in the model, and what their screen would show."""

    who: Principal
    client: ChatClient | None = None
    leaving: contextlib.AsyncExitStack | None = None
    epoch: str | None = None
    first_seq: int = 0
    last_seq: int = 0
    seen: list[int] = field(default_factory=list)
    told_deleted: set[str] = field(default_factory=set)
    is_banned: bool = False

    def look(self) -> None:
        """Take in what was pushed, as a page does: by seq, each once."""
        assert self.client is not None
        for item in self.client.pushes:
            if item["type"] == "message":
                self.take(item["message"])
            elif item["type"] == "message_deleted":
                self.told_deleted.add(item["message_id"])
            else:
                assert item["type"] in {"welcome", "permissions", "room_state", "stream", "viewers", "reconnect"}, item
        self.client.pushes.clear()

    def take(self, message: dict[str, Any]) -> None:
        assert message["seq"] > self.last_seq, "a line came twice or out of order"
        self.last_seq = message["seq"]
        self.seen.append(message["seq"])


class Conversation(RuleBasedStateMachine):
    """One room. `world` is set by the test that runs this."""

    world: tuple[EmbeddedPostgres, Settings, Keys]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        self.house = contextlib.AsyncExitStack()
        self.said: dict[int, str] = {}
        self.contents: dict[int, str] = {}
        self.deleted: set[int] = set()
        self.run(self.open())

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        async def bounded() -> Result:
            async with asyncio.timeout(60):
                return await work

        return self.runner.run(bounded())

    async def open(self) -> None:
        postgres, found, keys = self.world
        dsn = await self.house.enter_async_context(copied(postgres, TEMPLATE))
        database = await open_database(dsn, connections=8, application="test")
        self.house.push_async_callback(database.close)
        allowed = replace(found, chat_messages=10_000, chat_messages_moderator=10_000, chat_frames_per_s=10_000)
        mail = FileMail(allowed.data_dir / "mail", allowed.mail_sender, SystemClock())
        self.ctx = Context(database, allowed, SystemClock(), keys, PostgresBus(dsn), unopened_files(), mail)
        self.servers: list[ChatServer] = []
        self.stops: list[contextlib.AsyncExitStack] = []
        for _ in range(2):
            await self.start_server(len(self.servers))
        self.host = await somebody(self.ctx, "host")
        self.room: UUID = await a_room(self.ctx, self.host)
        self.people = [Person(await somebody(self.ctx, name)) for name in NAMES]

    async def start_server(self, index: int) -> None:
        stop = contextlib.AsyncExitStack()
        server = await stop.enter_async_context(chat_server(self.ctx))
        self.servers[index : index + 1] = [server]
        self.stops[index : index + 1] = [stop]

    def teardown(self) -> None:
        try:
            self.run(self.end())
        finally:
            self.run(self.close())
            self.runner.close()

    async def end(self) -> None:
        """Everybody comes back; a last line is said; then all is compared."""
        for person in self.people:
            if person.epoch is not None:
                await self.come(person, 0)
        if len(self.said) < 1:
            return
        async with member(self.servers[0], self.host) as speaker:
            await speaker.join(self.room)
            last = await speaker.say(self.room, "the end")
        self.note(last)
        history = await self.history()
        assert [message["seq"] for message in history] == [seq for seq in sorted(self.said) if seq not in self.deleted]
        assert all(self.contents[message["seq"]] == message["content"] for message in history)
        for person in self.people:
            if person.client is None:
                continue
            while person.last_seq < last["seq"]:
                await person.client.push_any()
                person.look()
            expected = {seq for seq in self.said if seq > person.first_seq}
            assert expected - set(person.seen) <= self.deleted, "a line was lost"
            shown_and_deleted = {self.said[seq] for seq in set(person.seen) & self.deleted}
            assert shown_and_deleted <= person.told_deleted, "a deleted line is still on the screen"

    async def history(self) -> list[dict[str, Any]]:
        async with member(self.servers[1], self.host) as reader:
            found = await reader.ask("history", room=self.room, before=2**40, limit=100)
        messages: list[dict[str, Any]] = found["messages"]
        return messages

    async def close(self) -> None:
        for person in self.people:
            await self.leave(person)
        for stop in self.stops:
            await stop.aclose()
        await self.house.aclose()

    def note(self, message: dict[str, Any]) -> None:
        seq = message["seq"]
        assert self.said.setdefault(seq, message["id"]) == message["id"], "one seq for two messages"
        self.contents.setdefault(seq, message["content"])

    async def leave(self, person: Person) -> None:
        if person.client is not None and person.leaving is not None:
            person.look()
            await person.leaving.aclose()
            person.client = None

    async def come(self, person: Person, process: int) -> None:
        await self.leave(person)
        person.leaving = contextlib.AsyncExitStack()
        person.client = await person.leaving.enter_async_context(member(self.servers[process], person.who))
        since = {} if person.epoch is None else {"since": {"epoch": person.epoch, "seq": person.last_seq}}
        joined = await person.client.join(self.room, **since)
        if person.epoch is None:
            person.first_seq = person.last_seq = joined["seq"]
        else:
            assert joined["recovered"]
            for message in joined["messages"]:
                person.take(message)
        person.told_deleted |= set(joined["deleted"])
        person.epoch = joined["epoch"]
        if joined["permissions"]["can_send"] is person.is_banned:  # the news was on its way
            await person.client.until(lambda: self.knows(person))

    # --- what may happen ---------------------------------------------------------------------------------------

    @initialize(process=st.integers(0, 1))
    def first(self, process: int) -> None:
        self.run(self.come(self.people[0], process))

    @rule(index=st.integers(0, 2), process=st.integers(0, 1))
    def somebody_comes(self, index: int, process: int) -> None:
        self.run(self.come(self.people[index], process))

    @rule(index=st.integers(0, 2), count=st.integers(1, 4))
    def somebody_talks(self, index: int, count: int) -> None:
        self.run(self.talk(self.people[index], count))

    async def talk(self, person: Person, count: int) -> None:
        client = person.client
        if client is None:
            return
        number = len(self.said)
        answers = await asyncio.gather(
            *(
                client.ask("send", room=self.room, nonce=f"{number}-{part}", content=f"{number} {part}")
                for part in range(count)
            )
        )
        for answer in answers:
            if person.is_banned:
                assert answer["code"] == "banned"
            else:
                self.note(answer["message"])

    @rule(index=st.integers(0, 2))
    def somebody_sends_twice(self, index: int) -> None:
        self.run(self.send_twice(self.people[index]))

    async def send_twice(self, person: Person) -> None:
        if person.client is None or person.is_banned:
            return
        nonce = f"twice-{len(self.said)}"
        first, second = await asyncio.gather(
            *(person.client.ask("send", room=self.room, nonce=nonce, content="twice") for _ in range(2))
        )
        assert first["message"] == second["message"]
        self.note(first["message"])

    @rule(index=st.integers(0, 2))
    def a_connection_breaks(self, index: int) -> None:
        person = self.people[index]
        if person.client is not None:
            person.look()
            person.client.connection.transport.abort()
            self.run(self.leave(person))

    @rule(index=st.integers(0, 2))
    def somebody_is_banned_or_let_in(self, index: int) -> None:
        self.run(self.turn_ban(self.people[index]))

    async def turn_ban(self, person: Person) -> None:
        user_id = person.who.user_id
        if person.is_banned:
            await moderation.lift(self.ctx, self.host, self.room, user_id, SanctionKind.BAN)
        else:
            await moderation.ban(self.ctx, self.host, self.room, user_id)
        person.is_banned = not person.is_banned
        if person.client is not None:
            await person.client.until(lambda: self.knows(person))

    def knows(self, person: Person) -> bool:
        assert person.client is not None
        told = [item for item in person.client.pushes if item["type"] == "permissions"]
        return bool(told) and told[-1]["permissions"]["can_send"] is not person.is_banned

    @precondition(lambda self: len(self.said) > len(self.deleted))
    @rule(data=st.data())
    def a_line_is_deleted(self, data: st.DataObject) -> None:
        seq = data.draw(st.sampled_from(sorted(set(self.said) - self.deleted)))
        self.deleted.add(seq)
        self.run(moderation.delete_message(self.ctx, self.host, self.room, UUID(self.said[seq])))

    @rule(process=st.integers(0, 1))
    def a_process_restarts(self, process: int) -> None:
        self.run(self.restart(process))

    async def restart(self, process: int) -> None:
        server = self.servers[process]
        there = [person for person in self.people if person.client is not None and person.client.server is server]
        await self.stops[process].aclose()
        for person in there:
            assert person.client is not None
            assert await person.client.closed() == 1012
            await self.leave(person)
        await self.start_server(process)


def test_a_conversation_keeps_its_promises(postgres: EmbeddedPostgres, settings: Settings, keys: Keys) -> None:
    Conversation.world = (postgres, settings, keys)
    run_state_machine_as_test(
        Conversation,
        settings=rules(max_examples=6, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)),
    )
