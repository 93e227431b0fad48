"""Sockets are let in, told the news, and let go: through real connections."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import httpx
import pytest
from tests.factories.api import data_of, refusal_of
from tests.factories.chat import ChatServer, a_room, chat_server, guest, member, rest, somebody
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from veza.auth.domain import Principal, Role
from veza.auth.service import change_role, suspend_user
from veza.auth.tokens import write_access_token
from veza.chat import service
from veza.context import Context
from veza.kit.clock import SystemClock
from veza.live import on_air
from veza.live.service import delete_stream, end_stream
from veza.streaming.authority import Beat, Grant


@pytest.fixture
def ctx(ctx: Context) -> Context:
    """Time passes as it does; few sockets are allowed."""
    settings = replace(ctx.settings, chat_sockets_per_address=30)
    return replace(ctx, clock=SystemClock(), settings=settings)


@pytest.fixture
async def server(ctx: Context) -> AsyncIterator[ChatServer]:
    async with chat_server(ctx) as found:
        yield found


@pytest.fixture
async def host(ctx: Context) -> Principal:
    return await somebody(ctx, "host")


@pytest.fixture
async def ada(ctx: Context) -> Principal:
    return await somebody(ctx, "ada")


@pytest.fixture
async def room(ctx: Context, host: Principal) -> UUID:
    return await a_room(ctx, host)


# --- coming in -------------------------------------------------------------------------------------------------


async def test_a_ticket_from_the_api_opens_one_socket(server: ChatServer, ada: Principal) -> None:
    token = write_access_token(server.ctx, ada.user_id, ada.session_id, server.ctx.clock.now())
    async with rest(server, token) as client:
        answer = await client.post("/chat/ticket")
    given = data_of(answer, 201)
    assert answer.headers["cache-control"] == "no-store"
    assert (given["expires_in"], given["url"]) == (30, "ws://localhost:8080/api/v1/ws")
    url = f"{server.url}?ticket={given['ticket']}"
    async with connect(url, proxy=None) as connection:
        welcome = json.loads(await connection.recv())
        assert (welcome["type"], welcome["user"]["username"]) == ("welcome", "ada")
    await closes_with(4001, url)


@pytest.mark.parametrize(
    "query", ["ticket=", "ticket=nonsense", "ticket=%00", "ticket=a&ticket=b", "ticket=" + "x" * 3000]
)
async def test_a_bad_ticket_closes_with_4001(server: ChatServer, query: str) -> None:
    await closes_with(4001, f"{server.url}?{query}")


async def test_a_ticket_is_good_for_thirty_seconds(server: ChatServer, ada: Principal) -> None:
    ticket = await service.give_ticket(server.ctx, ada)
    async with server.ctx.db.connection() as connection:
        await connection.execute("update chat_tickets set expires_at = expires_at - interval '30 s'")
    await closes_with(4001, f"{server.url}?ticket={ticket}")


async def test_a_ticket_dies_with_its_session(server: ChatServer, ada: Principal) -> None:
    ticket = await service.give_ticket(server.ctx, ada)
    async with server.ctx.db.connection() as connection:
        await connection.execute("update sessions set revoked_at = now(), revoke_reason = 'logout'")
    await closes_with(4001, f"{server.url}?ticket={ticket}")


async def test_two_at_once_with_one_ticket(server: ChatServer, ada: Principal) -> None:
    ticket = await service.give_ticket(server.ctx, ada)

    async def first_frame() -> str:
        async with connect(f"{server.url}?ticket={ticket}", proxy=None) as connection:
            try:
                return str(json.loads(await connection.recv())["type"])
            except Exception:  # noqa: BLE001 - closed
                return str(connection.close_code)

    assert sorted(await asyncio.gather(*(first_frame() for _ in range(5)))) == ["4001"] * 4 + ["welcome"]


@pytest.mark.parametrize(
    ("origin", "is_let_in"),
    [
        ("http://localhost:8080", True),
        ("http://127.0.0.1:8080", True),
        ("http://evil.example", False),
        ("http://localhost:8080.evil.example", False),
        ("https://localhost:8080", False),
        ("null", False),
        ("http://localhost", False),
    ],
)
async def test_pages_of_other_origins_stay_out(server: ChatServer, origin: str, is_let_in: bool) -> None:
    if is_let_in:
        async with guest(server, additional_headers={"Origin": origin}) as client:
            await client.push("welcome")
        return
    with pytest.raises(InvalidStatus) as refused:
        await connect(server.url, proxy=None, additional_headers={"Origin": origin})
    assert refused.value.response.status_code == 403
    body = json.loads(refused.value.response.body or b"")
    assert (body["success"], body["code"]) == (False, "origin_not_allowed")


@pytest.mark.parametrize("path", ["/api/v1/other", "/ws", "/api/v1/ws/"])
async def test_sockets_have_one_address(server: ChatServer, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://127.0.0.1:{server.port}{path}", proxy=None)
    assert refused.value.response.status_code == 404


async def test_a_plain_request_for_the_socket_is_told_so(server: ChatServer) -> None:
    async with rest(server) as client:
        assert refusal_of(await client.get("/ws")) == (400, "upgrade_required")


async def test_sockets_per_address_are_bounded_and_counted_down(server: ChatServer) -> None:
    clients = [await connect(server.url, proxy=None) for _ in range(30)]
    with pytest.raises(InvalidStatus) as refused:
        await connect(server.url, proxy=None)
    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"]
    await clients[0].close()
    async with guest(server) as client:
        await client.push("welcome")
    for client_ in clients[1:]:
        await client_.close()


async def test_sockets_of_a_process_are_bounded(ctx: Context) -> None:
    ctx = replace(ctx, settings=replace(ctx.settings, chat_sockets_max=2))
    async with chat_server(ctx) as server, guest(server) as one, guest(server) as two:
        await one.push("welcome")
        await two.push("welcome")
        with pytest.raises(InvalidStatus) as refused:
            await connect(server.url, proxy=None)
        assert refused.value.response.status_code == 503


async def test_an_eleventh_socket_replaces_the_first(server: ChatServer, ada: Principal, room: UUID) -> None:
    async with member(server, ada) as first:
        await first.join(room)
        others = []
        for _ in range(10):
            ticket = await service.give_ticket(server.ctx, ada)
            others.append(await connect(f"{server.url}?ticket={ticket}", proxy=None))
        assert await first.closed() == 4009
        for other in others:
            await other.ping()
            await other.close()


# --- changes reach who is there --------------------------------------------------------------------------------


async def test_logging_out_closes_the_sockets_of_that_session(server: ChatServer, ada: Principal) -> None:
    async with member(server, ada) as client, guest(server) as other:
        token = write_access_token(server.ctx, ada.user_id, ada.session_id, server.ctx.clock.now())
        async with rest(server, token) as http:
            data_of(await http.post("/auth/logout"))
        assert await client.closed() == 4001
        assert (await other.ask("ping"))["type"] == "pong"


async def test_who_is_suspended_is_closed_with_4003(server: ChatServer, ada: Principal) -> None:
    async with member(server, ada) as client:
        await suspend_user(server.ctx, ada.user_id)
        assert await client.closed() == 4003


async def test_a_new_role_is_felt_at_once(server: ChatServer, ada: Principal, room: UUID) -> None:
    async with member(server, ada) as client:
        await client.join(room)
        await change_role(server.ctx, ada.user_id, Role.MODERATOR)
        assert (await client.push("permissions", room=room))["permissions"]["role"] == "staff"
        said = await client.say(room, "as staff")
        assert said["user"] == {"id": str(ada.user_id), "username": "ada", "role": "moderator", "badge": "staff"}


async def test_a_page_hears_of_its_stream(server: ChatServer, host: Principal, room: UUID) -> None:
    broadcast, ctx = UUID(int=7), server.ctx
    async with guest(server) as client:
        joined = await client.join(room)
        assert (joined["stream"], joined["viewer_count"]) == ({"status": "draft"}, 0)
        await on_air.go_live(ctx, Grant(room, 1), broadcast_id=broadcast, node="n", resumed=False, audio_only=False)
        await client.push("stream", room=room, status="live")
        await on_air.beat(ctx, [Beat(room, broadcast, 1, 41, audio_only=False)])
        assert (await client.push("viewers", room=room))["viewer_count"] == 41
        await on_air.interrupt(ctx, room, broadcast)
        await client.push("stream", room=room, status="interrupted")
        await on_air.go_live(ctx, Grant(room, 1), broadcast_id=broadcast, node="n", resumed=True, audio_only=False)
        await client.push("stream", room=room, status="live")
        await end_stream(ctx, host, room)
        await client.push("stream", room=room, status="ended")
        assert (await client.push("viewers", room=room))["viewer_count"] == 0


async def test_a_deleted_stream_closes_its_room(
    server: ChatServer, host: Principal, ada: Principal, room: UUID
) -> None:
    async with member(server, ada) as client:
        await client.join(room)
        await delete_stream(server.ctx, host, room)
        told = (await client.push("permissions", room=room))["permissions"]
        assert (told["can_read"], told["reasons"]["can_read"]["code"]) == (False, "not_found")
        answer = await client.ask("send", room=room, nonce="1", content="anybody?")
        assert answer["code"] == "not_found"
        assert (await client.ask("join", room=room))["code"] == "not_found"


async def test_who_is_there_is_listed(server: ChatServer, host: Principal, ada: Principal, room: UUID) -> None:
    async with (
        member(server, ada) as one,
        member(server, ada) as two,
        member(server, host) as three,
        guest(server) as four,
    ):
        for client in (one, two, three, four):
            await client.join(room)
        await server.gate.tell_presence()
        async with rest(server) as http:
            found = data_of(await http.get(f"/live/streams/{room}/chat/members"))
        assert [(row["username"], row["role"]) for row in found["members"]] == [("ada", "member"), ("host", "host")]
        assert found["total"] == 2
        await three.ask("leave", room=room)
        await server.gate.tell_presence()
        async with rest(server) as http:
            found = data_of(await http.get(f"/live/streams/{room}/chat/members"))
        assert [row["username"] for row in found["members"]] == ["ada"]


# --- going away ------------------------------------------------------------------------------------------------


async def test_a_restart_is_announced(ctx: Context, room: UUID) -> None:
    async with chat_server(ctx) as server:
        client = await connect(server.url, proxy=None)
        assert json.loads(await client.recv())["type"] == "welcome"
        server.gate.drain()
        told = json.loads(await client.recv())
        assert told["type"] == "reconnect"
        assert 0 <= told["after_ms"] <= 15_000
        with pytest.raises(InvalidStatus) as refused:
            await connect(server.url, proxy=None)
        assert refused.value.response.status_code == 503
    await client.wait_closed()
    assert client.close_code == 1012


async def closes_with(code: int, url: str) -> None:
    async with connect(url, proxy=None) as connection:
        await connection.wait_closed()
        assert connection.close_code == code


async def test_the_numbers_are_shown(server: ChatServer, ada: Principal, room: UUID) -> None:
    async with member(server, ada) as client:
        await client.join(room)
        await client.say(room, "counted")
        await client.push("message")
        await server.gate.tell_presence()
        async with httpx.AsyncClient(base_url=server.api) as http:
            shown = (await http.get("/metrics")).text
    assert "veza_chat_sockets 1.0" in shown
    assert 'veza_chat_events_total{name="messages"}' in shown
    assert 'veza_chat_events_total{name="deliveries"}' in shown
