"""What a client may say, and what it is answered, through real connections (docs/reference/chat.md)."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest
from structlog.testing import capture_logs
from tests.factories.chat import ChatClient, ChatServer, a_room, chat_server, guest, member, somebody

from veza.auth.domain import Principal
from veza.chat import moderation
from veza.chat.domain import SanctionKind
from veza.context import Context
from veza.kit.clock import SystemClock
from veza.kit.ids import new_id


@pytest.fixture
def ctx(ctx: Context) -> Context:
    """Time passes as it does: waits run down."""
    return replace(ctx, clock=SystemClock())


@pytest.fixture
async def server(ctx: Context) -> AsyncIterator[ChatServer]:
    async with chat_server(ctx) as found:
        yield found


@pytest.fixture
async def host(ctx: Context) -> Principal:
    return await somebody(ctx, "host")


@pytest.fixture
async def room(ctx: Context, host: Principal) -> UUID:
    return await a_room(ctx, host)


@pytest.fixture
async def ada(ctx: Context) -> Principal:
    return await somebody(ctx, "ada")


async def refusal(client: ChatClient, kind: str, **fields: object) -> str:
    answer = await client.ask(kind, **fields)
    assert answer["type"] == "error", answer
    assert answer["message"].endswith(".")
    return str(answer["code"])


# --- reading and writing ---------------------------------------------------------------------------------------


async def test_a_guest_reads_and_may_not_speak(server: ChatServer, room: UUID, ada: Principal) -> None:
    async with guest(server) as client, member(server, ada) as speaker:
        joined = await client.join(room)
        wait = {"code": "unauthenticated", "retry_after_ms": None}
        assert joined["permissions"] == {
            "can_read": True, "can_join": False, "can_send": False, "role": "guest",
            "reasons": {"can_join": wait, "can_send": wait},
        }  # fmt: skip
        assert await refusal(client, "send", room=room, nonce="1", content="hi") == "unauthenticated"
        assert await refusal(client, "delete", room=room, message_id=new_id()) == "unauthenticated"
        await speaker.join(room)
        said = await speaker.say(room, "hi")
        assert (await client.push("message"))["message"] == said


async def test_a_message_looks_the_same_everywhere(server: ChatServer, room: UUID, host: Principal) -> None:
    async with member(server, host) as client, guest(server) as other:
        await client.join(room)
        await other.join(room)
        first = await client.say(room, "  <b>bold</b>  ")
        assert first["content"] == "<b>bold</b>"
        assert first["user"] == {"id": str(host.user_id), "username": "host", "role": "user", "badge": "host"}
        answer = await client.say(room, "yes", reply_to=first["id"])
        assert answer["reply_to"] == first["id"]
        assert (await other.push("message", room=room))["message"] == first
        assert (await other.push("message", room=room))["message"] == answer
        found = await other.ask("history", room=room, before=10)
        assert (found["messages"], found["next_cursor"]) == ([first, answer], None)
        async with guest(server) as late:
            assert (await late.join(room))["messages"] == [first, answer]


async def test_one_socket_in_several_rooms(server: ChatServer, host: Principal, ada: Principal) -> None:
    rooms = [await a_room(server.ctx, host) for _ in range(3)]
    async with member(server, ada) as client:
        for room in rooms:
            await client.join(room)
        for room in rooms:
            said = await client.say(room, f"in {room}")
            assert said["seq"] == 1
            assert (await client.push("message", room=room))["message"] == said
        assert (await client.ask("leave", room=rooms[0]))["type"] == "ack"
        assert await refusal(client, "send", room=rooms[0], nonce="2", content="x") == "not_joined"
        async with member(server, host) as other:
            await other.join(rooms[0])
            await other.join(rooms[1])
            await other.say(rooms[0], "not for ada")
            await other.say(rooms[1], "for ada")
        assert (await client.push("message", room=rooms[1]))["message"]["content"] == "for ada"
        assert client.contents(rooms[0]) == []


async def test_a_socket_can_be_in_twenty_rooms(server: ChatServer, host: Principal) -> None:
    rooms = [await a_room(server.ctx, host) for _ in range(21)]
    async with member(server, host) as client:
        for room in rooms[:20]:
            await client.join(room)
        assert await refusal(client, "join", room=rooms[20]) == "too_many_rooms"
        await client.join(rooms[3])  # again: no further room
        await client.ask("leave", room=rooms[0])
        await client.join(rooms[20])


async def test_the_same_nonce_is_the_same_message(server: ChatServer, room: UUID, ada: Principal) -> None:
    async with member(server, ada) as client, member(server, ada) as again:
        await client.join(room)
        await again.join(room)
        first = await client.say(room, "once", nonce="n")
        assert await client.say(room, "twice?", nonce="n") == first
        assert await again.say(room, "once", nonce="n") == first
        last = await client.say(room, "last")
        assert last["seq"] == 2
        await again.push("message", message=last)
        assert again.contents(room) == ["once"]


async def test_a_room_that_is_not_there(server: ChatServer, ada: Principal) -> None:
    async with member(server, ada) as client:
        assert await refusal(client, "join", room=new_id()) == "not_found"
        assert await refusal(client, "history", room=new_id()) == "not_found"
        assert await refusal(client, "send", room=new_id(), nonce="1", content="x") == "not_joined"
        assert (await client.ask("leave", room=new_id()))["type"] == "ack"


async def test_own_words_can_be_taken_back(server: ChatServer, room: UUID, ada: Principal, host: Principal) -> None:
    async with member(server, ada) as client, member(server, host) as other:
        await client.join(room)
        await other.join(room)
        said = await client.say(room, "oops")
        kept = await other.say(room, "kept")
        assert await refusal(client, "delete", room=room, message_id=kept["id"]) == "forbidden"
        assert (await client.ask("delete", room=room, message_id=said["id"]))["type"] == "ack"
        await other.push("message_deleted", room=room, message_id=said["id"])
        assert (await client.ask("delete", room=room, message_id=said["id"]))["type"] == "ack"
        async with guest(server) as late:
            assert (await late.join(room))["messages"] == [kept]


# --- resuming --------------------------------------------------------------------------------------------------


async def test_who_comes_back_gets_what_was_missed(server: ChatServer, room: UUID, ada: Principal) -> None:
    async with member(server, ada) as speaker:
        await speaker.join(room)
        said = [await speaker.say(room, f"line {number}") for number in range(6)]
        await speaker.ask("delete", room=room, message_id=said[1]["id"])
        await speaker.push("message_deleted", room=room, message_id=said[1]["id"])
        async with guest(server) as client:
            epoch = (await client.join(room))["epoch"]
            back = await client.ask("join", room=room, since={"epoch": epoch, "seq": 4})
        assert (back["recovered"], back["messages"], back["seq"]) == (True, said[4:], 6)
        assert back["deleted"] == [said[1]["id"]]  # more than was missed, never less
        for taken_back in (said[2]["id"], said[5]["id"]):
            await speaker.ask("delete", room=room, message_id=taken_back)
            await speaker.push("message_deleted", room=room, message_id=taken_back)
        async with guest(server) as client:
            back = await client.ask("join", room=room, since={"epoch": epoch, "seq": 5})
            assert (back["recovered"], back["messages"]) == (True, [])
            assert set(back["deleted"]) == {said[2]["id"], said[5]["id"], said[1]["id"]}


@pytest.mark.parametrize("seq", [99, 2**53])
async def test_a_seq_from_the_future_begins_anew(server: ChatServer, room: UUID, ada: Principal, seq: int) -> None:
    async with member(server, ada) as client:
        joined = await client.join(room)
        said = await client.say(room, "hello")
        back = await client.ask("join", room=room, since={"epoch": joined["epoch"], "seq": seq})
        assert (back["recovered"], back["messages"], back["seq"]) == (False, [said], 1)


async def test_another_epoch_begins_anew(server: ChatServer, room: UUID, ada: Principal) -> None:
    async with member(server, ada) as client:
        await client.join(room)
        said = await client.say(room, "hello")
        back = await client.ask("join", room=room, since={"epoch": new_id(), "seq": 1})
        assert (back["recovered"], back["messages"]) == (False, [said])


async def test_beyond_the_window_the_end_of_the_conversation(server: ChatServer, room: UUID, host: Principal) -> None:
    """Old messages are out of the window, whoever loads the room; REST has them without a hole."""
    async with server.ctx.db.transaction() as tx:
        await tx.execute(
            """
            insert into chat_messages (room_id, seq, id, user_id, nonce, content, created_at)
            select $1, n, gen_random_uuid(), $2, n::text, 'old ' || n, now() - interval '1 day'
            from generate_series(1, 500) n
            """,
            room,
            host.user_id,
        )
        await tx.execute("update chat_rooms set last_seq = 500 where id = $1", room)
    async with guest(server) as client:
        joined = await client.join(room)
        assert [message["seq"] for message in joined["messages"]] == list(range(451, 501))
        back = await client.ask("join", room=room, since={"epoch": joined["epoch"], "seq": 200})
        assert (back["recovered"], len(back["messages"])) == (True, 300)
        back = await client.ask("join", room=room, since={"epoch": joined["epoch"], "seq": 199})
        assert (back["recovered"], len(back["messages"])) == (False, 50)
        seqs: list[int] = []
        before: int | None = 451
        while before is not None:
            page = await client.ask("history", room=room, before=before, limit=100)
            seqs = [message["seq"] for message in page["messages"]] + seqs
            before = page["next_cursor"]
        assert seqs == list(range(1, 451))


# --- what is refused -------------------------------------------------------------------------------------------

HOSTILE = {
    "not json": ("malformed_json", "{"),
    "not an object": ("validation_error", "[1, 2]"),
    "a scalar": ("validation_error", '"join"'),
    "deep": ("validation_error", "[" * 4000),
    "deep inside": ("validation_error", '{"type": "ping", "id": ' + "[" * 4000),
    "no type": ("unknown_type", '{"id": 1}'),
    "unknown type": ("unknown_type", '{"id": 1, "type": "shout"}'),
    "type not text": ("unknown_type", '{"id": 1, "type": 7}'),
    "unknown field": ("validation_error", '{"id": 1, "type": "ping", "loud": true}'),
    "room not an id": ("validation_error", '{"id": 1, "type": "join", "room": "x"}'),
    "id too long": ("validation_error", json.dumps({"id": "i" * 65, "type": "ping"})),
    "seq negative": (
        "validation_error",
        json.dumps({"id": 1, "type": "join", "room": str(new_id()), "since": {"epoch": str(new_id()), "seq": -1}}),
    ),
    "limit too high": (
        "validation_error",
        json.dumps({"id": 1, "type": "history", "room": str(new_id()), "limit": 1000}),
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
async def test_what_makes_no_sense_is_answered_and_harms_nobody(
    server: ChatServer, room: UUID, ada: Principal, case: str
) -> None:
    code, text = HOSTILE[case]
    async with member(server, ada) as client, guest(server) as other:
        await client.join(room)
        await other.join(room)
        with capture_logs() as logs:
            await client.connection.send(text)
            answer = await client.refused()
        assert answer["code"] == code
        assert [line for line in logs if line["log_level"] in {"error", "critical"}] == []
        await client.say(room, "still here")
        assert (await other.push("message"))["message"]["content"] == "still here"


async def test_binary_is_refused(server: ChatServer) -> None:
    async with guest(server) as client:
        await client.connection.send(b'{"type": "ping"}')
        assert (await client.push("error"))["code"] == "unsupported_data"
        assert (await client.ask("ping"))["type"] == "pong"


async def test_a_frame_too_long_ends_the_connection(server: ChatServer) -> None:
    async with guest(server) as client:
        await client.connection.send(json.dumps({"type": "ping", "id": "x" * 9000}))
        assert await client.closed() == 1009


@pytest.mark.parametrize(
    "content",
    ["", "   ", "x" * 501, "two\nlines", "\x00", "\u202egnp.exe", "e" + "\u0301" * 1_000, "\u200b\u200d", "\x1b[2J"],
)
async def test_words_that_may_not_be(server: ChatServer, room: UUID, ada: Principal, content: str) -> None:
    async with member(server, ada) as client:
        await client.join(room)
        assert await refusal(client, "send", room=room, nonce="1", content=content) == "invalid_content"
        assert (await client.say(room, "first"))["seq"] == 1


async def test_lone_surrogates_are_refused(server: ChatServer, room: UUID, ada: Principal) -> None:
    async with member(server, ada) as client:
        await client.join(room)
        frame = json.dumps({"type": "send", "id": 5, "room": str(room), "nonce": "1", "content": "a\ud800b"})
        await client.connection.send(frame)
        answer = await client.refused()
        assert answer["code"] in {"invalid_content", "malformed_json"}
        assert (await client.say(room, "first"))["seq"] == 1


async def test_too_many_messages(server: ChatServer, room: UUID, ada: Principal, host: Principal) -> None:
    async with member(server, ada) as client, member(server, host) as other:
        await client.join(room)
        answers = await asyncio.gather(
            *(client.ask("send", room=room, nonce=str(number), content=f"{number}") for number in range(25))
        )
        kinds = [answer["type"] for answer in answers]
        assert kinds == ["ack"] * 20 + ["error"] * 5
        assert {answer["code"] for answer in answers[20:]} == {"rate_limited"}
        assert all(0 < answer["retry_after_ms"] <= 30_000 for answer in answers[20:])
        assert await refusal(client, "send", room=room, nonce="x", content="x") == "rate_limited"
        await other.join(room)
        assert (await other.say(room, "hosts have more"))["seq"] == 21


async def test_a_flood_is_ended(server: ChatServer, room: UUID, ada: Principal) -> None:
    async with member(server, ada) as client, guest(server) as other:
        await client.join(room)
        await other.join(room)
        for number in range(200):
            await client.connection.send(json.dumps({"type": "ping", "id": number}))
        assert await client.closed() == 4029
        assert (await client.refused())["code"] == "rate_limited"
        assert (await other.ask("ping"))["type"] == "pong"


# --- moderation reaches open sockets ---------------------------------------------------------------------------


async def test_a_ban_bites_at_once_and_is_lifted_at_once(
    server: ChatServer, room: UUID, ada: Principal, host: Principal
) -> None:
    async with member(server, ada) as client:
        await client.join(room)
        await client.say(room, "before")
        await moderation.ban(server.ctx, host, room, ada.user_id)
        told = (await client.push("permissions", room=room))["permissions"]
        assert (told["can_read"], told["can_join"], told["can_send"]) == (True, False, False)
        assert told["reasons"]["can_send"] == {"code": "banned", "retry_after_ms": None}
        assert await refusal(client, "send", room=room, nonce="1", content="x") == "banned"
        await moderation.lift(server.ctx, host, room, ada.user_id, SanctionKind.BAN)
        assert (await client.push("permissions", room=room))["permissions"]["can_send"]
        await client.say(room, "after")


async def test_a_ban_is_never_overtaken_by_a_message(
    server: ChatServer, room: UUID, ada: Principal, host: Principal
) -> None:
    """Whatever the socket believes: once the ban is committed, nothing more is written."""
    async with member(server, ada) as client:
        await client.join(room)
        async with server.ctx.db.transaction() as tx:
            await tx.execute(
                "insert into chat_sanctions (room_id, user_id, kind, created_by) values ($1, $2, 'ban', $3)",
                room, ada.user_id, host.user_id,
            )  # fmt: skip
        assert await refusal(client, "send", room=room, nonce="1", content="x") == "banned"


async def test_a_time_out_says_for_how_long(server: ChatServer, room: UUID, ada: Principal, host: Principal) -> None:
    async with member(server, ada) as client:
        await client.join(room)
        await moderation.time_out(server.ctx, host, room, ada.user_id, 600)
        told = (await client.push("permissions", room=room))["permissions"]
        reason = told["reasons"]["can_send"]
        assert reason["code"] == "timed_out"
        assert 590_000 < reason["retry_after_ms"] <= 600_000
        answer = await client.ask("send", room=room, nonce="1", content="x")
        assert (answer["code"], answer["retry_after_ms"] > 0) == ("timed_out", True)


async def test_slow_mode_and_closing_reach_everybody_but_moderators(
    server: ChatServer, room: UUID, ada: Principal, host: Principal
) -> None:
    async with member(server, ada) as client, member(server, host) as other, guest(server) as reader:
        for one in (client, other, reader):
            await one.join(room)
        await moderation.change_settings(server.ctx, host, room, slow_mode_seconds=300)
        state = {"enabled": True, "slow_mode_seconds": 300, "followers_only": False}
        for one in (client, other, reader):
            assert (await one.push("room_state", room=room))["state"] == state
        await client.say(room, "one")
        answer = await client.ask("send", room=room, nonce="1", content="two")
        assert answer["code"] == "slow_mode"
        assert 290_000 < answer["retry_after_ms"] <= 300_000
        await other.say(room, "the host")
        await other.say(room, "goes on")
        await moderation.change_settings(server.ctx, host, room, slow_mode_seconds=0, enabled=False)
        told = (await client.push("permissions", room=room))["permissions"]
        assert told["reasons"]["can_send"]["code"] == "chat_disabled"
        assert await refusal(client, "send", room=room, nonce="1", content="two") == "chat_disabled"
        await other.say(room, "the host still goes on")


async def test_blocked_words(server: ChatServer, room: UUID, ada: Principal, host: Principal) -> None:
    async with member(server, ada) as client, member(server, host) as other:
        await client.join(room)
        await other.join(room)
        await moderation.change_settings(server.ctx, host, room, blocked_words=["Böse", "two words"])
        for number, content in enumerate(("so BOSE!", "bo\u200bse", "two  WORDS")):
            assert await refusal(client, "send", room=room, nonce=str(number), content=content) == "blocked_words"
        await client.say(room, "boseman is somebody else")
        await other.say(room, "böse")


async def test_a_resend_is_answered_even_when_one_may_no_longer_speak(
    server: ChatServer, room: UUID, ada: Principal, host: Principal
) -> None:
    async with member(server, ada) as client:
        await client.join(room)
        said = await client.say(room, "hello", nonce="n")
        await moderation.change_settings(server.ctx, host, room, enabled=False)
        await client.push("permissions", room=room)
        assert await client.say(room, "hello", nonce="n") == said
