"""Rooms of two processes on one database, lost connections, crowds and slow readers: nothing is lost or repeated."""

import asyncio
import base64
import json
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.factories.chat import ChatClient, ChatServer, a_room, chat_server, guest, member, somebody
from websockets.asyncio.client import connect

from veza.auth.domain import Principal
from veza.chat import moderation
from veza.chat.domain import MESSAGES_TOPIC
from veza.context import Context
from veza.kit.clock import SystemClock


@pytest.fixture
def ctx(ctx: Context) -> Context:
    """Time passes as it does; speakers may say a lot."""
    settings = replace(ctx.settings, chat_messages=10_000, chat_messages_moderator=10_000, chat_frames_per_s=10_000)
    return replace(ctx, clock=SystemClock(), settings=settings)


@pytest.fixture
async def servers(ctx: Context) -> AsyncIterator[list[ChatServer]]:
    """Two api processes' worth of chat."""
    async with chat_server(ctx) as one, chat_server(ctx) as two:
        yield [one, two]


@pytest.fixture
async def host(ctx: Context) -> Principal:
    return await somebody(ctx, "host")


@pytest.fixture
async def ada(ctx: Context) -> Principal:
    return await somebody(ctx, "ada")


@pytest.fixture
async def room(ctx: Context, host: Principal) -> UUID:
    return await a_room(ctx, host)


def seqs(client: ChatClient) -> list[int]:
    return [item["message"]["seq"] for item in client.pushes if item["type"] == "message"]


async def hears(client: ChatClient, count: int) -> None:
    await client.until(lambda: len(seqs(client)) >= count)


async def test_two_processes_share_a_room_in_one_order(
    servers: list[ChatServer], room: UUID, ada: Principal, host: Principal
) -> None:
    async with (
        member(servers[0], ada) as one,
        member(servers[1], host) as two,
        guest(servers[0]) as three,
        guest(servers[1]) as four,
    ):
        clients = (one, two, three, four)
        for client in clients:
            await client.join(room)
        await asyncio.gather(
            *(
                speaker.say(room, f"{name} {number}")
                for number in range(60)
                for name, speaker in (("a", one), ("h", two))
            )
        )
        for client in clients:
            await hears(client, 120)
            assert seqs(client) == list(range(1, 121))
        assert one.contents(room) == two.contents(room) == three.contents(room) == four.contents(room)
        for name in ("a", "h"):
            own = [content for content in one.contents(room) if content.startswith(name)]
            assert own == [f"{name} {number}" for number in range(60)]


async def test_long_messages_cross_too(servers: list[ChatServer], room: UUID, ada: Principal) -> None:
    """A batch that does not fit one note is told in several."""
    async with member(servers[0], ada) as one, guest(servers[1]) as two:
        await one.join(room)
        await two.join(room)
        said = await asyncio.gather(*(one.say(room, "\U0001f3b5" * 499 + str(number % 10)) for number in range(40)))
        await two.until(lambda: len(seqs(two)) >= 40)
        assert [item["message"] for item in two.pushes if item["type"] == "message"] == list(said)


async def test_moderation_crosses(servers: list[ChatServer], room: UUID, ada: Principal, host: Principal) -> None:
    async with member(servers[0], ada) as one, guest(servers[0]) as two:
        await one.join(room)
        await two.join(room)
        said = await one.say(room, "spam")
        await moderation.delete_message(servers[1].ctx, host, room, UUID(said["id"]))
        await two.push("message_deleted", message_id=said["id"])
        await moderation.ban(servers[1].ctx, host, room, ada.user_id)
        assert not (await one.push("permissions"))["permissions"]["can_send"]
        await moderation.change_settings(servers[1].ctx, host, room, slow_mode_seconds=9)
        assert (await two.push("room_state"))["state"]["slow_mode_seconds"] == 9


async def test_a_lost_bus_connection_heals_without_loss(
    servers: list[ChatServer], room: UUID, ada: Principal, host: Principal
) -> None:
    async with member(servers[0], ada) as one, guest(servers[1]) as two, member(servers[1], host) as three:
        for client in (one, two, three):
            await client.join(room)
        await one.say(room, "before")
        await two.push("message")
        gate = servers[1].gate
        gate.listening.clear()
        async with servers[0].ctx.db.connection() as connection:
            pids = await connection.fetch(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'veza-listen%'"
            )
        assert len(pids) >= 4
        said = [await one.say(room, f"meanwhile {number}") for number in range(5)]
        await one.ask("delete", room=room, message_id=said[2]["id"])
        await moderation.ban(servers[0].ctx, host, room, ada.user_id)
        async with asyncio.timeout(10):
            await gate.listening.wait()
        await two.until(lambda: seqs(two)[-1:] == [6])
        heard = {item["message"]["seq"] for item in two.pushes if item["type"] == "message"}
        deleted = {item["message_id"] for item in two.pushes if item["type"] == "message_deleted"}
        # the deleted one was heard and then taken back, or never heard
        assert heard | {4} == {2, 3, 4, 5, 6}
        assert 4 not in heard or said[2]["id"] in deleted
        await one.push("permissions")


async def test_notes_that_make_no_sense_are_dropped(servers: list[ChatServer], room: UUID, ada: Principal) -> None:
    async with member(servers[0], ada) as one, guest(servers[1]) as two:
        await one.join(room)
        await two.join(room)
        for note in ("", "nonsense", "[]", f'["{room}"]', f'["{room}", -4, [[1]]]', '{"user_id": 7}'):
            async with servers[0].ctx.db.transaction() as tx:
                for topic in (MESSAGES_TOPIC, "veza_chat_change", "veza_follow", "veza_auth", "veza_live"):
                    await servers[0].ctx.bus.announce(tx, topic, note)
        said = await one.say(room, "still well")
        assert (await two.push("message"))["message"] == said


async def test_a_note_of_only_a_head_is_read_from_the_database(
    servers: list[ChatServer], room: UUID, host: Principal
) -> None:
    """What another process wrote and could not tell in a note still arrives, in order."""
    async with guest(servers[0]) as client:
        await client.join(room)
        async with servers[0].ctx.db.transaction() as tx:
            await tx.execute(
                """
                insert into chat_messages (room_id, seq, id, user_id, nonce, content)
                select $1, n, gen_random_uuid(), $2, n::text, 'line ' || n from generate_series(1, 12) n
                """,
                room,
                host.user_id,
            )
            await tx.execute("update chat_rooms set last_seq = 12 where id = $1", room)
            await servers[0].ctx.bus.announce(tx, MESSAGES_TOPIC, json.dumps([str(room), 12, []]))
        await client.until(lambda: len(seqs(client)) == 12)
        assert client.contents(room) == [f"line {number}" for number in range(1, 13)]


async def test_many_join_one_room_at_once(servers: list[ChatServer], room: UUID, ada: Principal) -> None:
    """The room is read once, and nobody misses what is said meanwhile."""
    async with member(servers[1], ada) as speaker:
        await speaker.join(room)
        clients = [ChatClient(await connect(servers[0].url, proxy=None), servers[0]) for _ in range(60)]
        answers = [asyncio.create_task(client.join(room)) for client in clients]
        said = [await speaker.say(room, f"{number}") for number in range(20)]
        for client, answer in zip(clients, answers, strict=True):
            joined = await answer
            await hears(client, 20 - joined["seq"])
            heard = [message["seq"] for message in joined["messages"]] + seqs(client)
            assert heard == [message["seq"] for message in said]
            await client.close()


async def test_who_joins_while_others_talk_gets_each_line_once(
    servers: list[ChatServer], room: UUID, ada: Principal
) -> None:
    async with member(servers[0], ada) as speaker:
        await speaker.join(room)

        async def come_and_go(number: int) -> list[int]:
            seen: list[int] = []
            since: dict[str, object] = {}
            while len(seen) < 150:
                async with guest(servers[number % 2]) as client:
                    joined = await client.join(room, **since)
                    assert joined["recovered"] or not since
                    fresh = [message["seq"] for message in joined["messages"]]
                    await hears(client, min(7, 150 - len(seen)) - len(fresh))
                    seen += fresh + seqs(client)
                    since = {"since": {"epoch": joined["epoch"], "seq": seen[-1]}}
            return seen

        async def talk() -> None:
            for number in range(150):
                await speaker.say(room, f"{number}")

        found = await asyncio.gather(talk(), *(come_and_go(number) for number in range(4)))
        for seen in found[1:]:
            assert seen is not None
            assert seen == list(range(1, 151))


@asynccontextmanager
async def deaf(server: ChatServer, room: UUID) -> AsyncIterator[socket.socket]:
    """A client that joins and then reads nothing: the kernel's buffers and ours fill."""
    join = json.dumps({"type": "join", "id": 1, "room": str(room)}).encode()
    frame = b"\x81" + bytes((0x80 | len(join),)) + bytes(4) + join  # masked with zeros
    key = base64.b64encode(bytes(16)).decode()
    head = (
        f"GET /api/v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    )
    loop = asyncio.get_running_loop()
    with socket.socket() as raw:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.setblocking(False)
        await loop.sock_connect(raw, ("127.0.0.1", server.port))
        await loop.sock_sendall(raw, head.encode())
        heard = await loop.sock_recv(raw, 1024)
        await loop.sock_sendall(raw, frame)
        while b'"joined"' not in heard:
            more = await loop.sock_recv(raw, 1024)
            assert more, heard
            heard += more
        yield raw


async def talk(speaker: ChatClient, room: UUID, count: int) -> None:
    """So many long messages, some hundreds at a time."""
    for start in range(0, count, 400):
        numbers = range(start, min(count, start + 400))
        await asyncio.gather(*(speaker.say(room, "\U0001f3b5" * 490 + f"{number}") for number in numbers))


async def said_to(raw: socket.socket) -> AsyncGenerator[dict[str, Any]]:
    """The pushes in unmasked frames, arrays taken apart, until the connection ends."""
    loop, data = asyncio.get_running_loop(), bytearray()
    while True:
        start = {126: 4, 127: 10}.get(data[1], 2) if len(data) > 1 else 2
        size = data[1] if start == 2 and len(data) > 1 else int.from_bytes(data[2:start], "big")
        if len(data) >= max(2, start) + size and len(data) > 1:
            if data[0] == 0x81:
                item = json.loads(data[start : start + size])
                for push in item if isinstance(item, list) else [item]:
                    yield push
            del data[: start + size]
            continue
        more = await loop.sock_recv(raw, 65_536)
        if not more:
            return
        data += more


async def test_who_reads_too_slowly_is_told_of_the_gap(ctx: Context, room: UUID) -> None:
    """What left the window meanwhile is named; with what was sent it is the whole conversation, in order."""
    ada, count = await somebody(ctx, "ada"), 2_400
    async with chat_server(ctx) as server, member(server, ada) as speaker, guest(server) as healthy:
        await speaker.join(room)
        await healthy.join(room)
        async with deaf(server, room) as raw:
            await talk(speaker, room, count)
            await healthy.until(lambda: len(seqs(healthy)) == count)
            assert seqs(healthy) == list(range(1, count + 1))
            known: list[int] = []
            gaps = 0
            async with asyncio.timeout(20), aclosing(said_to(raw)) as pushes:
                async for item in pushes:
                    known += [item["message"]["seq"]] if item["type"] == "message" else []
                    if item["type"] == "gap":
                        gaps += 1
                        known += range(item["from_seq"], item["to_seq"] + 1)
                    if known[-1:] == [count]:
                        break
        assert gaps == 1
        assert known == list(range(1, count + 1))


async def test_who_reads_nothing_is_closed_and_nobody_else_feels_it(ctx: Context, room: UUID) -> None:
    ctx = replace(ctx, settings=replace(ctx.settings, chat_slow_reader_s=0.2))
    ada, count = await somebody(ctx, "ada"), 600
    async with chat_server(ctx) as server, member(server, ada) as speaker, guest(server) as healthy:
        await speaker.join(room)
        await healthy.join(room)
        async with deaf(server, room):
            await talk(speaker, room, count)
            await healthy.until(lambda: len(seqs(healthy)) == count)
            async with asyncio.timeout(20):
                while len(server.gate.sockets) > 2:
                    turn = asyncio.Event()
                    asyncio.get_running_loop().call_later(0.01, turn.set)
                    await turn.wait()
            assert (await healthy.ask("ping"))["type"] == "pong"
        async with httpx.AsyncClient(base_url=server.api) as http:
            assert 'veza_chat_closed_total{code="4008"}' in (await http.get("/metrics")).text
