"""The chat of one api process on a real port, and clients that speak to it through an independent WebSocket library.

A client keeps everything that it was pushed, so a test asks for what it waits for and never sleeps.
"""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

import httpx
from tests.factories.accounts import a_person, log_in_as
from tests.factories.server import serving
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

import veza.chat.service
from veza.app import create_app
from veza.auth.domain import Principal
from veza.chat.gate import ChatGate
from veza.context import Context
from veza.http.websocket import websocket_class
from veza.kit.ids import new_id
from veza.kit.tasks import TaskSet
from veza.live import service as live
from veza.live.audience import subjects, tell_rooms
from veza.live.domain import Details

WITHIN_S = 10.0


@dataclass(slots=True)
class ChatServer:
    """One api process's worth of chat. `errors` are the failures of its tasks: empty at the end."""

    ctx: Context
    port: int
    gate: ChatGate
    tasks: TaskSet
    errors: list[BaseException] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/api/v1/ws"

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1"


@contextlib.asynccontextmanager
async def chat_server(ctx: Context) -> AsyncIterator[ChatServer]:
    """Serve the whole application and its chat while the block runs, as `role_api` does."""
    errors: list[BaseException] = []
    tasks = TaskSet(lambda _, error: errors.append(error))
    gate = ChatGate(ctx, partial(subjects, ctx), tasks)
    try:
        async with serving(create_app(ctx), ws=websocket_class(gate.admit, tasks)) as port:
            tasks.spawn(gate.run(), "chat")
            tasks.spawn(tell_rooms(ctx, gate.hub), "audience")
            await gate.listening.wait()
            yield ChatServer(ctx, port, gate, tasks, errors)
    finally:
        await tasks.close()
    assert errors == []


class ChatClient:
    """One open socket. `pushes` is all that came and was not an answer, oldest first; arrays are taken apart."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.pushes: list[dict[str, Any]] = []
        self.close_code: int | None = None
        self._answers: dict[Any, dict[str, Any]] = {}
        self._ids = itertools.count(1)
        self._news = asyncio.Event()
        self._reader = asyncio.get_running_loop().create_task(self._read())

    async def _read(self) -> None:
        try:
            async for text in self.connection:
                self._take(json.loads(text))
        except ConnectionClosed:
            pass
        self.close_code = self.connection.close_code
        self._news.set()

    def _take(self, found: Any) -> None:
        for item in found if isinstance(found, list) else [found]:
            if item["type"] in {"ack", "joined", "error", "pong"} and item.get("id") is not None:
                self._answers[item["id"]] = item
            else:
                self.pushes.append(item)
        self._news.set()

    async def until(self, found: Callable[[], Any]) -> Any:
        """Wait until `found` answers something true, looking after each frame; answers it."""
        async with asyncio.timeout(WITHIN_S):
            while not (answer := found()):
                self._news.clear()
                if self._reader.done():
                    raise AssertionError(f"closed with {self.close_code}; heard {self.pushes[-5:]}")
                await self._news.wait()
        return answer

    async def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Send a frame and wait for its answer, an error too."""
        identity = next(self._ids)
        await self.connection.send(json.dumps({"type": kind, "id": identity, **_plain(fields)}))
        found: dict[str, Any] = await self.until(lambda: self._answers.pop(identity, None))
        return found

    async def join(self, room: UUID, **fields: Any) -> dict[str, Any]:
        """Join, which must succeed."""
        found = await self.ask("join", room=room, **fields)
        assert found["type"] == "joined", found
        return found

    async def say(self, room: UUID, content: str, **fields: Any) -> dict[str, Any]:
        """Send a message, which must be acknowledged; answers it."""
        found = await self.ask("send", room=room, **{"nonce": str(new_id()), **fields}, content=content)
        assert found["type"] == "ack", found
        message: dict[str, Any] = found["message"]
        return message

    async def push(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Wait for a push of this type whose fields are these; it is taken out."""
        wanted = _plain(fields)

        def look() -> dict[str, Any] | None:
            for index, item in enumerate(self.pushes):
                if item["type"] == kind and all(item.get(name) == value for name, value in wanted.items()):
                    return self.pushes.pop(index)
            return None

        found: dict[str, Any] = await self.until(look)
        return found

    async def refused(self) -> dict[str, Any]:
        """Wait for an `error` that answers no `ask`: to a frame that was sent by hand."""

        def look() -> dict[str, Any] | None:
            heard = [*self._answers.values(), *self.pushes]
            return next((item for item in heard if item["type"] == "error"), None)

        found: dict[str, Any] = await self.until(look)
        return found

    async def closed(self) -> int:
        """Wait for the end; answers the close code."""
        async with asyncio.timeout(WITHIN_S):
            await asyncio.shield(self._reader)
        assert self.close_code is not None
        return self.close_code

    def contents(self, room: UUID) -> list[str]:
        """What was said, as it was pushed."""
        return [
            item["message"]["content"]
            for item in self.pushes
            if item["type"] == "message" and item["room"] == str(room)
        ]

    async def close(self) -> None:
        await self.connection.close()
        await self._reader


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(fields, default=str))
    return found


@contextlib.asynccontextmanager
async def guest(server: ChatServer, **options: Any) -> AsyncIterator[ChatClient]:
    """Somebody who is not signed in."""
    async with _client(server.url, **options) as found:
        yield found


@contextlib.asynccontextmanager
async def member(server: ChatServer, person: Principal, **options: Any) -> AsyncIterator[ChatClient]:
    """Somebody who is signed in (`log_in_as` was called)."""
    ticket = await veza.chat.service.give_ticket(server.ctx, person)
    async with _client(f"{server.url}?ticket={ticket}", **options) as found:
        yield found


@contextlib.asynccontextmanager
async def _client(url: str, **options: Any) -> AsyncIterator[ChatClient]:
    async with connect(url, proxy=None, **options) as connection:
        found = ChatClient(connection)
        try:
            yield found
        finally:
            await found.close()


async def somebody(ctx: Context, username: str | None = None) -> Principal:
    """An account that is logged in."""
    person = await a_person(ctx.db, username)
    await log_in_as(ctx, person)
    return person


async def a_room(ctx: Context, owner: Principal) -> UUID:
    """The chat room of a new stream."""
    details = Details("Late set")
    return (await live.create_stream(ctx, owner, details)).id


@contextlib.asynccontextmanager
async def rest(server: ChatServer, token: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """The REST side of the same process."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(base_url=server.api, headers=headers) as client:
        yield client
