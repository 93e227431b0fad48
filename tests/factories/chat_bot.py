"""A chat client as a good program writes it: comes back by itself, resumes, sends again what was not acknowledged.

For tests that kill things, and for pages that need somebody to talk to.
"""

import asyncio
import contextlib
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from tests.factories.platform import Platform, Streamer, data_of
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

PLENTY = {"CHAT_MESSAGES": "10000", "CHAT_MESSAGES_MODERATOR": "10000", "CHAT_FRAMES_PER_S": "200"}
"""Settings of a platform whose people may say a lot."""
LOST = (OSError, TimeoutError, WebSocketException, httpx.HTTPError)


@dataclass
class Bot:
    """Somebody in one room of a platform. `headers` hold the access token; without one it is a guest."""

    base_url: str
    room: str
    headers: dict[str, str] = field(default_factory=dict)
    epoch: str | None = None
    last_seq: int = 0
    seen: dict[int, str] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    refused: list[dict[str, Any]] = field(default_factory=list)
    connections: int = 0
    resumed: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)
    _open: ClientConnection | None = None
    _resends: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Talk and listen until cancelled."""
        attempt = 0
        while True:
            with contextlib.suppress(*LOST):
                async with connect(await self._url(), proxy=None, open_timeout=5) as connection:
                    attempt = 0
                    await self._converse(connection)
            self._open = None
            attempt += 1
            await asyncio.sleep(random.uniform(0, min(1.0, 0.05 * 2**attempt)))  # full jitter, as a client should

    async def say(self, content: str) -> None:
        """Send a line; it is acknowledged some time later, whatever happens in between."""
        self.waiting[content] = content
        if self._open is not None:
            with contextlib.suppress(*LOST):
                await self._send(self._open, content)

    async def until(self, is_so: Any) -> None:
        """Wait for something that news may bring."""
        async with asyncio.timeout(60):
            while not is_so():
                self.news.clear()
                await self.news.wait()

    async def _url(self) -> str:
        url = f"ws{self.base_url.removeprefix('http')}/api/v1/ws"
        if not self.headers:
            return url
        async with httpx.AsyncClient(base_url=f"{self.base_url}/api/v1", headers=self.headers, timeout=5) as client:
            answer = await client.post("/chat/ticket")
            answer.raise_for_status()
            return f"{url}?ticket={answer.json()['data']['ticket']}"

    async def _converse(self, connection: ClientConnection) -> None:
        join: dict[str, Any] = {"type": "join", "id": "join", "room": self.room}
        if self.epoch is not None:
            join["since"] = {"epoch": self.epoch, "seq": self.last_seq}
        await connection.send(json.dumps(join))
        async for text in connection:
            found = json.loads(text)
            for item in found if isinstance(found, list) else [found]:
                self._take(item)
                if item["type"] == "joined":
                    self._open = connection
                    for content in list(self.waiting):
                        await self._send(connection, content)
            self.news.set()

    async def _send(self, connection: ClientConnection, content: str) -> None:
        frame = {"type": "send", "id": content, "room": self.room, "nonce": content, "content": content}
        await connection.send(json.dumps(frame))

    def _take(self, item: dict[str, Any]) -> None:
        match item["type"]:
            case "joined":
                self._joined(item)
            case "message":
                self._message(item["message"])
            case "message_deleted":
                self.deleted.add(item["message_id"])
            case "ack":
                self.waiting.pop(item["id"], None)
                self.acknowledged[item["id"]] = item["message"]
            case "error":
                if item["code"] in {"unavailable", "rate_limited"}:
                    loop = asyncio.get_running_loop()
                    loop.call_later(item["retry_after_ms"] / 1000, self._again, item["id"])
                else:
                    self.refused.append(item)
                    self.waiting.pop(item["id"], None)
            case _:
                pass

    def _again(self, content: str) -> None:
        if content in self.waiting:
            self._resends.add(task := asyncio.get_running_loop().create_task(self.say(content)))
            task.add_done_callback(self._resends.discard)

    def _joined(self, item: dict[str, Any]) -> None:
        self.connections += 1
        if self.epoch is not None:
            assert item["recovered"], item
            self.resumed += 1
        else:
            self.last_seq = item["seq"] - len(item["messages"])
        self.epoch = item["epoch"]
        self.deleted |= set(item["deleted"])
        for message in item["messages"]:
            self._message(message)

    def _message(self, message: dict[str, Any]) -> None:
        assert message["seq"] > self.last_seq, "a line came twice or out of order"
        self.last_seq = message["seq"]
        self.seen[message["seq"]] = message["content"]


def conversation(
    platform: Platform, *, lines: int, kills: Mapping[int, Callable[[], None]]
) -> tuple[list[Bot], list[dict[str, Any]]]:
    """Two people talk and a guest listens, while something is killed before the lines of these numbers.

    Answers the three bots and the conversation as it is kept.
    """
    with platform.streamer("host") as host, platform.streamer("ada") as ada:
        room = host.new_stream("Late set").stream_id
        bots = [
            Bot(platform.base_url, room, {"Authorization": host.client.headers["Authorization"]}),
            Bot(platform.base_url, room, {"Authorization": ada.client.headers["Authorization"]}),
            Bot(platform.base_url, room),
        ]
        asyncio.run(_converse(bots, lines, kills))
        return bots, _kept(host, room)


async def _converse(bots: list[Bot], lines: int, kills: Mapping[int, Callable[[], None]]) -> None:
    tasks = [asyncio.create_task(bot.run()) for bot in bots]
    try:
        for bot in bots:
            await bot.until(lambda bot=bot: bot.epoch is not None)
        for number in range(lines):
            if number in kills:
                await asyncio.to_thread(kills[number])
            for bot in bots[:2]:
                await bot.say(f"{bots.index(bot)} says {number}")
            if number % 20 == 0:  # not all at once: the kill falls into the middle of it
                await bots[0].until(lambda: len(bots[0].waiting) < 10)
        for bot in bots:
            await bot.until(lambda bot=bot: not bot.waiting)
        head = max(message["seq"] for bot in bots for message in bot.acknowledged.values())
        for bot in bots:
            await bot.until(lambda bot=bot: bot.last_seq >= head)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _kept(reader: Streamer, room: str) -> list[dict[str, Any]]:
    """The whole conversation by REST, page by page."""
    found: list[dict[str, Any]] = []
    before: dict[str, int] = {}
    while True:
        page = data_of(reader.client.get(f"/live/streams/{room}/chat/messages", params={"limit": 100} | before))
        found = page["messages"] + found
        if page["next_cursor"] is None:
            assert page["total"] == len(found)
            return found
        before = {"before": page["next_cursor"]}


def assert_nothing_is_missing(bots: list[Bot], kept: list[dict[str, Any]], *, lines: int) -> None:
    """What was acknowledged is kept once, in one order, and everybody saw it so."""
    contents = [message["content"] for message in kept]
    assert len(contents) == len(set(contents))
    assert [message["seq"] for message in kept] == list(range(1, len(kept) + 1))
    for bot in bots[:2]:
        assert not bot.refused
        assert len(bot.acknowledged) == lines
        assert set(bot.acknowledged) <= set(contents)
    for bot in bots:
        assert bot.resumed == bot.connections - 1
        assert list(bot.seen.values()) == contents
