"""The people of a chat room and how they reach its REST side, through the whole application in this process."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from tests.factories.accounts import a_person, log_in_as
from tests.factories.api import bearer, data_of
from tests.factories.chat import a_room

from veza.auth.domain import Principal
from veza.chat import people_queries
from veza.chat.domain import Draft
from veza.chat.journal import Written, append
from veza.context import Context
from veza.kit.ids import new_id


@dataclass(frozen=True)
class Person:
    """Somebody who is logged in, and how they speak to the API."""

    principal: Principal
    headers: dict[str, str]

    @property
    def id(self) -> str:
        return str(self.principal.user_id)

    @property
    def view(self) -> dict[str, str]:
        return {"id": self.id, "username": self.principal.username}


@dataclass(frozen=True)
class Room:
    """A room as its people reach it: `room.get(person, "/bans")`. Nobody is a guest."""

    ctx: Context
    client: httpx.AsyncClient
    id: UUID

    async def call(self, method: str, who: Person | None, path: str, body: Any = None) -> httpx.Response:
        headers = who.headers if who else {}
        return await self.client.request(method, f"/live/streams/{self.id}/chat{path}", headers=headers, json=body)

    async def get(self, who: Person | None, path: str) -> Any:
        return data_of(await self.call("GET", who, path))

    async def post(self, who: Person, path: str, **body: Any) -> Any:
        return data_of(await self.call("POST", who, path, body))

    async def put(self, who: Person, path: str, body: Any = None) -> Any:
        return data_of(await self.call("PUT", who, path, body))

    async def delete(self, who: Person, path: str) -> Any:
        return data_of(await self.call("DELETE", who, path))

    async def say(self, who: Person, content: str) -> str:
        """Write a message as the socket does; answers its id."""
        (outcome,) = await append(self.ctx, self.id, [Draft(who.principal, str(new_id()), content)])
        assert isinstance(outcome, Written)
        return str(outcome.message.id)

    async def contents(self) -> list[str]:
        return [message["content"] for message in (await self.get(None, "/messages"))["messages"]]

    async def acts(self, who: Person) -> list[tuple[str, str, str | None]]:
        """Action, actor and target of each act, newest first."""
        entries = (await self.get(who, "/audit?limit=100"))["entries"]
        return [
            (act["action"], act["actor"]["username"], act["target"] and act["target"]["username"]) for act in entries
        ]


@dataclass(frozen=True)
class People:
    """One of each role in a room (`mod` and `mod2` moderate it; no act of the audit says so)."""

    host: Person
    staff: Person
    mod: Person
    mod2: Person
    ada: Person
    bob: Person


async def a_caller(ctx: Context, username: str, role: str = "user") -> Person:
    """An account with this role, logged in."""
    principal = await a_person(ctx.db, username)
    async with ctx.db.connection() as connection:
        await connection.execute("update users set role = $2 where id = $1", principal.user_id, role)
    return Person(principal, bearer(await log_in_as(ctx, principal)))


async def some_people(ctx: Context) -> People:
    """One of each."""
    plain = [await a_caller(ctx, name) for name in ("mod", "mod2", "ada", "bob")]
    return People(await a_caller(ctx, "host"), await a_caller(ctx, "staff", "moderator"), *plain)


async def a_room_of(ctx: Context, client: httpx.AsyncClient, people: People) -> Room:
    """The room of a new stream of the host."""
    found = Room(ctx, client, await a_room(ctx, people.host.principal))
    async with ctx.db.connection() as connection:
        for one in (people.mod, people.mod2):
            await people_queries.add_moderator.run(connection, found.id, one.principal.user_id)
    return found
