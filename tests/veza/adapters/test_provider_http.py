"""Calls to a provider over a real socket: what is known after each way in which one ends, and what is tried again."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from structlog.testing import capture_logs
from tests.factories.clock import TurnableClock
from tests.factories.scripted_http import (
    Reply,
    ScriptedServer,
    answer,
    cut,
    drip,
    flood,
    raw,
    says,
    scripted_server,
    silence,
)

from veza import metrics
from veza.adapters.provider_http import ANSWER_BYTES_MAX, Answer, Call, ProviderHttp, Verdict, require_same
from veza.db.pool import Database, NetworkInTransaction
from veza.ports.provider_errors import NotExecuted, OutcomeUnknown, ProviderError, Refused, Unauthorized, Unreadable

SECRET = "sk_test_very_secret"
PAY = Call(name="pay", method="POST", path="/pay", headers={"idempotency-key": "k"}, content=b"amount=1")
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


def judge(said: Answer) -> Verdict:
    if said.status == 401:
        return Verdict(Unauthorized("bank", "bad_key", said.status))
    if said.status >= 500:
        return Verdict(OutcomeUnknown("bank", "broken", said.status), may_repeat="final" not in said.body)
    return Verdict(Refused("bank", "no", said.status))


def client(url: str, clock: TurnableClock, timeout_s: float = 5.0) -> ProviderHttp:
    return ProviderHttp("bank", url, {"authorization": SECRET}, clock=clock, timeout_s=timeout_s, judge=judge)


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with scripted_server() as found:
        yield found


@pytest.fixture
async def http(server: ScriptedServer, clock: TurnableClock) -> AsyncIterator[ProviderHttp]:
    found = client(server.url, clock)
    yield found
    await found.aclose()


@pytest.fixture
async def hasty(server: ScriptedServer, clock: TurnableClock) -> AsyncIterator[ProviderHttp]:
    """One that does not wait long."""
    found = client(server.url, clock, timeout_s=0.5)
    yield found
    await found.aclose()


def amount(found: Mapping[str, Any]) -> Any:
    return found["amount"]


async def failure(http: ProviderHttp, call: Call = PAY) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        await http.call(call, amount)
    return caught.value


async def test_an_answer_is_read(server: ScriptedServer, http: ProviderHttp) -> None:
    server.will(says({"amount": 3}))
    assert await http.call(PAY, amount) == 3
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.form) == ("POST", "/pay", {"amount": "1"})
    assert asked.headers["authorization"] == SECRET
    assert asked.headers["idempotency-key"] == "k"
    assert asked.headers["accept-encoding"] == "identity"


async def test_a_connection_is_used_again(server: ScriptedServer, http: ProviderHttp) -> None:
    server.will(says({"amount": 3}))
    for _ in range(3):
        await http.call(PAY, amount)
    assert len(server.asked) == 3


PAGE = answer(502, b"<html>Bad gateway</html>", kind="text/html")

NOBODYS_WORD = [
    ("connection_lost", cut),
    ("connection_lost", raw(HEAD + b'content-length: 99\r\n\r\n{"amo')),
    ("connection_lost", raw(b"no HTTP at all\r\n\r\n")),
    ("connection_lost", raw(b"HTTP/1.1 200 OK\r\nx: " + b"x" * 300_000)),
    ("unreadable", PAGE),
    ("unreadable", answer(200, b'{"amount": 3}', kind="text/plain")),
    ("unreadable", answer(404, b"<html>not here</html>", kind="text/html")),
    ("unreadable", answer(401, b"<html>who are you?</html>", kind="text/html")),
    ("unreadable", answer(200, b"")),
    ("unreadable", answer(200, b"[]")),
    ("unreadable", answer(200, b'{"amount": 3')),
    ("unreadable", answer(200, b"[" * 100_000)),
    ("unreadable", answer(200, b"\x1f\x8b", headers={"content-encoding": "gzip"})),
    ("redirect", answer(302, b"", headers={"location": "/elsewhere"})),
    ("redirect", answer(307, b"{}", headers={"location": "/elsewhere"})),
    ("too_large", flood(HEAD + b"\r\n", 10 * ANSWER_BYTES_MAX)),
    ("too_large", flood(HEAD + b"content-length: 10485760\r\n\r\n", 10 * ANSWER_BYTES_MAX)),
]


@pytest.mark.parametrize(("code", "reply"), NOBODYS_WORD)
async def test_what_is_not_the_providers_word_leaves_it_open(
    server: ScriptedServer, http: ProviderHttp, code: str, reply: Reply
) -> None:
    server.will(reply)
    error = await failure(http)
    assert isinstance(error, OutcomeUnknown)
    assert error.code == code
    assert len(server.asked) == 3, "asked again twice, for the same"
    assert len({(asked.body, asked.headers["idempotency-key"]) for asked in server.asked}) == 1
    assert all(asked.path == "/pay" for asked in server.asked), "no redirect is followed"


@pytest.mark.parametrize("reply", [silence, drip(HEAD + b"\r\n"), drip(HEAD + b"x: ")])
async def test_a_slow_answer_ends_at_the_deadline(server: ScriptedServer, hasty: ProviderHttp, reply: Reply) -> None:
    server.will(says({"amount": 3}))
    await hasty.call(PAY, amount)  # now there is a connection
    server.will(reply)
    async with asyncio.timeout(20):
        error = await failure(hasty)
    assert isinstance(error, OutcomeUnknown)
    assert error.code == "timeout"


async def test_a_lost_answer_is_asked_for_again(server: ScriptedServer, http: ProviderHttp) -> None:
    server.will(cut, PAGE, says({"amount": 3}))
    assert await http.call(PAY, amount) == 3


async def test_no_connection_is_no_effect(clock: TurnableClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    http = client(f"http://127.0.0.1:{port}", clock)
    error = await failure(http)
    assert isinstance(error, NotExecuted)
    assert error.code == "no_connection"
    await http.aclose()


async def test_a_connection_that_is_not_taken_up_is_no_effect(clock: TurnableClock) -> None:
    """TLS is asked for and nobody answers: the deadline passes before a byte of the request was sent."""
    async with scripted_server() as server:
        server.will(silence)
        http = client(server.url.replace("http:", "https:"), clock, timeout_s=0.5)
        error = await failure(http)
        await http.aclose()
    assert isinstance(error, NotExecuted)


async def test_too_many_calls_are_tried_again_when_it_says_so(server: ScriptedServer, http: ProviderHttp) -> None:
    server.will(says({}, 429), says({}, 429, retry_after="0"), says({"amount": 3}))
    assert await http.call(PAY, amount) == 3
    server.will(says({}, 429, retry_after="120"))
    error = await failure(http)
    assert isinstance(error, NotExecuted)
    assert error.retry_after_s == 120
    assert len(server.asked) == 1, "two minutes are for the caller to wait"
    server.will(answer(429, b"<html>", kind="text/html", headers={"retry-after": "soon"}))
    error = await failure(http)
    assert isinstance(error, NotExecuted)
    assert error.retry_after_s is None


async def test_a_refusal_is_final(server: ScriptedServer, http: ProviderHttp) -> None:
    server.will(says({}, 400))
    assert type(await failure(http)) is Refused
    assert len(server.asked) == 1


async def test_what_the_provider_says_not_to_repeat_is_not_repeated(server: ScriptedServer, http: ProviderHttp) -> None:
    server.will(says({"final": True}, 500))
    assert isinstance(await failure(http), OutcomeUnknown)
    assert len(server.asked) == 1


async def test_later_words_do_not_undo_an_earlier_doubt(server: ScriptedServer, http: ProviderHttp) -> None:
    """The first may have paid; that our key is refused now, or that there are too many calls, says nothing of it."""
    server.will(cut, says({}, 401))
    assert isinstance(await failure(http), OutcomeUnknown)


async def test_later_words_do_not_undo_it_when_there_are_too_many(server: ScriptedServer, http: ProviderHttp) -> None:
    server.will(cut, says({}, 429, retry_after="60"))
    assert isinstance(await failure(http), OutcomeUnknown)


async def test_a_definitive_no_to_the_same_key_ends_a_doubt(server: ScriptedServer, http: ProviderHttp) -> None:
    server.will(cut, says({}, 400))
    assert type(await failure(http)) is Refused


async def test_an_answer_about_something_else_leaves_it_open(server: ScriptedServer, http: ProviderHttp) -> None:
    def read(found: Mapping[str, Any]) -> None:
        require_same(order=(1, 1), amount=(3, found["amount"]))

    server.will(says({"amount": 4}))
    with capture_logs() as logs, pytest.raises(OutcomeUnknown, match="amount_mismatch"):
        await http.call(PAY, read)
    told = next(line for line in logs if line["event"] == "provider_answer_differs")
    assert (told["log_level"], told["field"], told["asked"], told["answered"]) == ("error", "amount", "3", "4")


async def test_an_object_that_cannot_be_read_leaves_it_open(server: ScriptedServer, http: ProviderHttp) -> None:
    def read(found: Mapping[str, Any]) -> None:
        raise Unreadable("no")

    server.will(says({}))
    with pytest.raises(OutcomeUnknown, match="unreadable"):
        await http.call(PAY, read)


async def test_it_stops_asking_who_does_not_answer(
    server: ScriptedServer, http: ProviderHttp, clock: TurnableClock
) -> None:
    server.will(PAGE)
    await failure(http)
    error = await failure(http)
    assert isinstance(error, OutcomeUnknown), "its first tries went out"
    assert http.breaker.is_open
    assert len(server.asked) == 5
    error = await failure(http)
    assert isinstance(error, NotExecuted)
    assert error.code == "breaker_open"
    assert error.retry_after_s == 15
    assert len(server.asked) == 5, "nothing was sent"
    gauge = metrics.provider_breaker_open.labels("bank")
    assert gauge._value.get() == 1
    clock.turn(15)
    server.will(says({"amount": 3}))
    assert await http.call(PAY, amount) == 3
    assert http.breaker.wait_s() == 0
    assert gauge._value.get() == 0


async def test_a_refused_key_stops_everything_at_once(server: ScriptedServer, http: ProviderHttp) -> None:
    server.will(says({}, 401))
    assert isinstance(await failure(http), Unauthorized)
    assert http.breaker.is_open
    assert isinstance(await failure(http), NotExecuted)
    assert len(server.asked) == 1


async def test_a_provider_that_fails_in_its_own_words_is_there(server: ScriptedServer, http: ProviderHttp) -> None:
    """Such a failure may be stored under one key and come back for ever: it must not stop the others."""
    server.will(says({}, 500))
    for _ in range(3):
        await failure(http)
    assert not http.breaker.is_open


async def test_who_is_cancelled_while_trying_leaves_nothing_behind(server: ScriptedServer, http: ProviderHttp) -> None:
    server.will(silence)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await http.call(PAY, amount)
    server.will(says({"amount": 3}))
    assert await http.call(PAY, amount) == 3


async def test_calls_beyond_a_number_wait_for_their_turn(server: ScriptedServer, clock: TurnableClock) -> None:
    http = client(server.url, clock, timeout_s=60.0)
    server.will(says({"amount": 3}))
    assert await asyncio.gather(*[http.call(PAY, amount) for _ in range(50)]) == [3] * 50
    await http.aclose()


async def test_who_gets_no_turn_has_done_nothing(server: ScriptedServer, hasty: ProviderHttp) -> None:
    server.will(silence)
    ended = await asyncio.gather(*[hasty.call(PAY, amount) for _ in range(20)], return_exceptions=True)
    waited = [error for error in ended if isinstance(error, NotExecuted)]
    assert waited, "they waited too long, or heard that it is of no use"
    assert all(isinstance(error, ProviderError) for error in ended)


async def test_no_network_inside_a_transaction(database: Database, http: ProviderHttp) -> None:
    with pytest.raises(NetworkInTransaction):
        async with database.transaction():
            await http.call(PAY, amount)


@pytest.mark.parametrize("reply", [says({"error": SECRET}, 400), says({}, 401), cut, raw(SECRET.encode()), PAGE])
async def test_no_error_and_no_line_of_the_log_shows_a_secret(
    server: ScriptedServer, http: ProviderHttp, reply: Reply
) -> None:
    server.will(reply)
    with capture_logs() as logs:
        error = await failure(http)
    assert SECRET not in f"{error} {error!r} {json.dumps(logs)}"
    assert str(error).startswith("bank: ")


@pytest.mark.parametrize(("reply", "level"), [(says({}, 401), "error"), (says({}, 400), "info"), (cut, "warning")])
async def test_a_line_of_the_log_is_as_loud_as_it_matters(
    server: ScriptedServer, http: ProviderHttp, reply: Reply, level: str
) -> None:
    server.will(reply)
    with capture_logs() as logs:
        await failure(http)
    assert [line["log_level"] for line in logs if line["event"] == "provider_call_failed"] == [level]


async def test_calls_are_counted_by_result(server: ScriptedServer, http: ProviderHttp) -> None:
    def count(result: str) -> float:
        return float(metrics.provider_calls.labels("bank", result)._value.get())

    before = [count(result) for result in ("ok", "refused", "unknown")]
    server.will(says({"amount": 3}), says({}, 400), says({"final": True}, 500))
    await http.call(PAY, amount)
    await failure(http)
    await failure(http)
    assert [count(result) for result in ("ok", "refused", "unknown")] == [known + 1 for known in before]
