"""WebSocket connections on a real socket, byte by byte: what RFC 6455 asks, and who is told when it ends."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs
from tests.factories.websocket_raw import (
    ACCEPT,
    BINARY,
    CLOSE,
    PING,
    PONG,
    TEXT,
    WITHIN_S,
    Echo,
    Server,
    echo_server,
    goodbye,
    masked,
    opened,
    raw,
    upgrade,
)
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from veza.http.websocket import FRAME_BYTES_MAX, OUTBOX_BYTES_MAX, Handshake, Refusal, WebSocket, text_frame


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with echo_server() as found:
        yield found


# --- handshakes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whole", [True, False])
async def test_a_handshake_whole_and_byte_by_byte(server: Server, whole: bool) -> None:
    head = upgrade("/api/v1/ws?ticket=a%2Bb&ticket=c", Origin="https://veza.example", X_Odd="caf\xe9")
    pieces = [head] if whole else [bytes((byte,)) for byte in head]
    async with raw(server, *pieces) as client:
        status, answer = await client.head()
        assert (status, ACCEPT in answer) == (101, True)
        assert b"sec-websocket-extensions" not in answer.lower()
        (session,) = server.sessions
        assert (session.handshake.path, session.handshake.query) == ("/api/v1/ws", {"ticket": ["a+b", "c"]})
        assert session.handshake.origin == "https://veza.example"
        assert session.handshake.scope["client"][0] == "127.0.0.1"
        assert (b"x-odd", b"caf\xe9") in session.handshake.scope["headers"]
        await client.send(masked(TEXT, b"hello"))
        assert await client.frame() == (TEXT, b"hello")


@pytest.mark.parametrize(
    ("origins", "expected"),
    [((), None), (("https://a",), "https://a"), (("null",), "null")],
)
async def test_the_origin_is_what_was_said(server: Server, origins: tuple[str, ...], expected: str | None) -> None:
    lines = "".join(f"Origin: {origin}\r\n" for origin in origins).encode()
    async with raw(server, upgrade()[:-2] + lines + b"\r\n") as client:
        assert (await client.head())[0] == 101
        assert server.sessions[0].handshake.origin == expected


async def test_what_comes_before_the_upgrade_is_answered_does_no_harm(server: Server) -> None:
    """A client must wait (RFC 6455 §4.1); what it says too early is not heard, what it says later is."""
    async with raw(server, upgrade() + masked(TEXT, b"early")) as client:
        assert (await client.head())[0] == 101
        await client.send(masked(TEXT, b"late"))
        assert await client.frame() == (TEXT, b"late")
        assert server.sessions[0].heard == ["late"]


@pytest.mark.parametrize(
    "head",
    [
        upgrade(Sec_WebSocket_Version="12"),
        upgrade(Sec_WebSocket_Version=None),
        upgrade(Sec_WebSocket_Key=None),
        upgrade(Sec_WebSocket_Key="short"),
        upgrade(Sec_WebSocket_Key="!" * 24),
        upgrade().replace(b"GET", b"POST", 1),
        upgrade(Content_Length="0").replace(b"GET", b"PUT", 1),
        upgrade(Cookie="x" * 9_000),
        upgrade(**{f"X_{n}": "1" for n in range(200)}),
        upgrade("/ws?" + "x" * 9_000),
        upgrade("//["),
        upgrade("/ws?ticket=\xff"),
        upgrade(Origin="https://a\r\nOrigin: https://b"),
        upgrade("/ws?" + "&".join(f"a{n}=1" for n in range(40))),
    ],
)
async def test_what_cannot_be_a_handshake_gets_the_envelope(server: Server, head: bytes) -> None:
    with capture_logs() as logs:
        async with raw(server, head) as client:
            status, body = await client.envelope()
    assert (status, body["success"], body["code"]) == (400, False, "bad_request")
    assert server.sessions == []
    assert not [line for line in logs if line["log_level"] in {"warning", "error"}]


async def test_a_request_that_asks_for_no_upgrade_is_the_applications(server: Server) -> None:
    async with raw(server, upgrade(Connection="close", Upgrade=None)) as client:
        assert (await client.head())[0] == 204
    assert server.sessions == []


@pytest.mark.parametrize(("status", "waits"), [(403, False), (404, False), (429, True), (503, True)])
async def test_a_refusal_is_the_envelope_before_any_upgrade(server: Server, status: int, waits: bool) -> None:
    async def refuse(_ws: WebSocket, _handshake: Handshake) -> Refusal:
        return Refusal(status, "some_code", "Not now.")

    server.admit = refuse
    async with raw(server, upgrade()) as client:
        found, head = await client.head()
        body = json.loads(await client.rest())
    assert (found, body["success"], body["code"], body["error"]) == (status, False, "some_code", "Not now.")
    assert (b"retry-after: " in head) == waits
    assert b"cache-control: no-store" in head


async def test_a_judge_that_fails_is_a_503_and_a_line_in_the_log(server: Server) -> None:
    async def fail(_ws: WebSocket, _handshake: Handshake) -> Refusal:
        raise ZeroDivisionError

    server.admit = fail
    with capture_logs() as logs:
        async with raw(server, upgrade()) as client:
            status, body = await client.envelope()
    assert (status, body["code"]) == (503, "unavailable")
    assert {"event": "websocket_handshake_failed", "error": "ZeroDivisionError", "log_level": "warning"} in logs


async def test_who_hangs_up_while_being_judged_is_closed_once_and_never_opened(server: Server) -> None:
    server.admit = server.take_time
    async with raw(server, upgrade()):
        await server.judging.wait()
    server.decide.set()
    await asyncio.wait_for(server.decided.wait(), WITHIN_S)
    await asyncio.wait_for(server.sessions[0].gone.wait(), WITHIN_S)


async def test_who_was_cut_while_being_judged_is_closed_once_and_never_opened(server: Server) -> None:
    async def cut(ws: WebSocket, handshake: Handshake) -> Echo:
        ws.abort()
        return server.welcome(ws, handshake)

    server.admit = cut
    async with raw(server, upgrade()) as client:
        assert await client.rest() == b""
    assert (server.sessions[0].opens, server.sessions[0].closes) == (0, 1)


# --- messages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 4_096, FRAME_BYTES_MAX])
async def test_messages_of_every_length(server: Server, size: int) -> None:
    async with opened(server) as client:
        await client.send(masked(TEXT, b"x" * size))
        assert await client.frame() == (TEXT, b"x" * size)


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536, 100_000])
def test_our_own_frames(size: int) -> None:
    frame = text_frame(b"x" * size)
    assert frame.endswith(b"x" * size)
    assert len(frame) == size + (2 if size < 126 else 4 if size < 65_536 else 10)


async def test_a_message_in_pieces_with_control_frames_between(server: Server) -> None:
    text = "héllo 🎵".encode()
    pieces = [bytes((byte,)) for byte in text]  # also in the middle of a character
    async with opened(server) as client:
        await client.send(masked(TEXT, pieces[0], fin=False))
        for piece in pieces[1:-1]:
            await client.send(masked(0, piece, fin=False), masked(PING, piece), masked(PONG, b"unasked"))
            assert await client.frame() == (PONG, piece)
        await client.send(masked(0, pieces[-1]))
        assert await client.frame() == (TEXT, text)
        await client.send(masked(BINARY, b"\x00", fin=False), masked(0, b"\xff"))
        assert await client.frame() == (TEXT, b"binary")
        assert server.sessions[0].heard == ["héllo 🎵", b"\x00\xff"]


async def test_many_frames_in_one_write_and_one_frame_byte_by_byte(server: Server) -> None:
    async with opened(server) as client:
        await client.send(b"".join(masked(TEXT, b"%d" % n) for n in range(100)))
        assert [await client.frame() for _ in range(100)] == [(TEXT, b"%d" % n) for n in range(100)]
        await client.send(*(bytes((byte,)) for byte in masked(TEXT, b"drip")))
        assert await client.frame() == (TEXT, b"drip")


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param([masked(TEXT, b"x" * (FRAME_BYTES_MAX + 1))], id="one frame"),
        pytest.param([masked(TEXT, b"x" * 5_000, fin=False), masked(0, b"x" * 5_000)], id="in pieces"),
        pytest.param([masked(BINARY, b"x" * 60_000)], id="binary"),
        pytest.param([b"\x81\xff" + (2**40).to_bytes(8, "big") + b"mask"], id="a length that never comes"),
        pytest.param([masked(TEXT, b"x" * 3_000_000)], id="a flood"),
    ],
)
async def test_what_is_too_large_is_1009(server: Server, frames: list[bytes]) -> None:
    async with opened(server) as client:
        client.writer.writelines(frames)
        assert await client.close_code() == 1009
        assert server.sessions[0].heard == []


@pytest.mark.parametrize("data", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"ok \xf5\x80\x80\x80"])
async def test_what_is_not_utf8_is_1007(server: Server, data: bytes) -> None:
    async with opened(server) as client:
        await client.send(masked(TEXT, data))
        assert await client.close_code() == 1007
        await client.send(goodbye(1007))
        assert await client.rest() == b""
        assert server.sessions[0].heard == []


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param([b"\x81\x05hello"], id="not masked"),
        pytest.param([masked(TEXT, b"x", flags=0x40)], id="reserved bit"),
        pytest.param([masked(3, b"x")], id="reserved opcode"),
        pytest.param([masked(11)], id="reserved control opcode"),
        pytest.param([masked(PING, b"x" * 126)], id="long ping"),
        pytest.param([masked(PING, fin=False)], id="ping in pieces"),
        pytest.param([masked(0, b"x")], id="continues nothing"),
        pytest.param([masked(TEXT, b"x", fin=False), masked(TEXT, b"y")], id="a message within a message"),
        pytest.param([masked(CLOSE, b"\x03")], id="half a close code"),
        pytest.param([goodbye(1005)], id="a close code that is never sent"),
        pytest.param([goodbye(99)], id="a close code that is none"),
        pytest.param([b"GET / HTTP/1.1\r\n\r\n"], id="another protocol"),
    ],
)
async def test_what_breaks_the_protocol_is_1002(server: Server, frames: list[bytes]) -> None:
    async with opened(server) as client:
        await client.send(*frames)
        assert await client.close_code() == 1002
        assert await client.rest() == b""
        assert server.sessions[0].heard == []


async def test_pings_are_answered_and_ours_are_heard(server: Server) -> None:
    async with opened(server) as client:
        await client.send(masked(PING, b"are you there"))
        assert await client.frame() == (PONG, b"are you there")
        ws = server.sessions[0].ws
        ws.ping(123.0)
        assert (await client.frame(), ws.ping_sent_s) == ((PING, b""), 123.0)
        await client.send(masked(PONG), masked(TEXT, b"after"))
        assert await client.frame() == (TEXT, b"after")
        assert ws.ping_sent_s == 0.0
        assert ws.last_heard_s > 0.0


# --- the end ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sent", "answered"), [(goodbye(1000, b"bye"), 1000), (goodbye(4999), 4999)])
async def test_the_client_says_goodbye(server: Server, sent: bytes, answered: int) -> None:
    async with opened(server) as client:
        await client.send(sent)
        assert await client.close_code() == answered
        assert await client.rest() == b""
        await server.sessions[0].gone.wait()
        server.sessions[0].ws.send(b"too late")
        server.sessions[0].ws.close(1000)


async def test_a_goodbye_without_a_code(server: Server) -> None:
    async with opened(server) as client:
        await client.send(masked(CLOSE))
        assert await client.frame() == (CLOSE, b"")
        assert await client.rest() == b""


async def test_we_say_goodbye(server: Server) -> None:
    async with opened(server) as client:
        session = server.sessions[0]
        session.ws.close(4001, "ticket")
        session.ws.close(4002, "again")
        session.ws.send(b"dropped")
        assert not session.ws.is_open
        assert await client.frame() == (CLOSE, (4001).to_bytes(2, "big") + b"ticket")
        await client.send(masked(TEXT, b"not heard"), goodbye(4001))
        assert await client.rest() == b""
        assert session.heard == []


async def test_a_session_may_say_goodbye_as_soon_as_it_is_open(server: Server) -> None:
    class Unwelcome(Echo):
        def opened(self) -> None:
            super().opened()
            self.ws.close(4001, "ticket")

    async def let_in(ws: WebSocket, handshake: Handshake) -> Echo:
        server.sessions.append(Unwelcome(ws, handshake))
        return server.sessions[-1]

    server.admit = let_in
    async with opened(server) as client:
        assert await client.close_code() == 4001
        await client.send(goodbye(4001))
        assert await client.rest() == b""


async def test_who_does_not_answer_a_goodbye_is_cut(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("veza.http.websocket.CLOSE_WITHIN_S", 0.05)
    async with opened(server) as client:
        server.sessions[0].ws.close(4001)
        assert await client.close_code() == 4001
        await asyncio.wait_for(server.sessions[0].gone.wait(), WITHIN_S)


@pytest.mark.parametrize("politely", [True, False])
async def test_a_client_that_just_goes(server: Server, politely: bool) -> None:
    async with opened(server) as client:
        if politely:
            client.writer.write_eof()
        else:
            client.writer.transport.abort()
        await asyncio.wait_for(server.sessions[0].gone.wait(), WITHIN_S)
    assert not server.sessions[0].ws.is_open


async def test_a_server_that_ends_says_1012(server: Server) -> None:
    async with connect(f"ws://127.0.0.1:{server.port}/ws", proxy=None) as client:
        await client.send("hello")
        assert await client.recv() == "hello"
        await server.stack.aclose()
        with pytest.raises(ConnectionClosed) as caught:
            await client.recv()
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1012


async def test_a_server_that_ends_while_somebody_is_judged(server: Server) -> None:
    server.admit = server.take_time
    async with raw(server, upgrade()) as client:
        await server.judging.wait()
        await server.stack.aclose()
        assert await client.rest() == b""
        server.decide.set()
        await asyncio.wait_for(server.decided.wait(), WITHIN_S)
        assert server.sessions[0].opens == 0


# --- those who do not read -------------------------------------------------------------------------------------


async def test_who_does_not_read_is_paused_and_told_when_it_drained(server: Server) -> None:
    async with opened(server, rcvbuf=4096) as client:
        session = server.sessions[0]
        sent = 0
        while not session.ws.is_paused:
            session.ws.send(b"x" * 1_000)
            sent += 1
            assert sent < 100_000
        assert session.ws.paused_at_s > 0.0
        assert session.writables == 0
        for _ in range(sent):
            assert await client.frame() == (TEXT, b"x" * 1_000)
        await asyncio.wait_for(session.drained.wait(), WITHIN_S)
        assert (session.ws.is_paused, session.writables) == (False, 1)
        await client.send(masked(TEXT, b"still here"))
        assert await client.frame() == (TEXT, b"still here")


async def test_who_asks_faster_than_it_reads_fills_no_memory(server: Server) -> None:
    """Answers to pings count too: who does not take them in is not asked for more."""
    async with opened(server, rcvbuf=4096) as client:
        ws = server.sessions[0].ws
        while not ws.is_paused:
            ws.send(b"x" * 1_000)
        client.writer.write(masked(PING, b"p" * 125) * 12_000 + masked(TEXT, b"end"))
        most = 0
        while await client.frame() != (TEXT, b"end"):
            most = max(most, ws.transport.get_write_buffer_size())
        assert OUTBOX_BYTES_MAX < most < 6 * OUTBOX_BYTES_MAX  # one read of 256 KiB above


async def test_who_did_not_read_still_gets_the_goodbye(server: Server) -> None:
    async with opened(server, rcvbuf=4096) as client:
        session = server.sessions[0]
        while not session.ws.is_paused:
            session.ws.send(b"x" * 1_000)
        session.ws.close(4008, "too slow")
        while (found := await client.frame())[0] == TEXT:
            pass
        assert found == (CLOSE, (4008).to_bytes(2, "big") + b"too slow")
        await client.send(goodbye(4008))
        assert await client.rest() == b""
        assert session.writables == 0
