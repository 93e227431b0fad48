"""Who is sent away from the REST side of the chat, and with what: each route, each caller, each limit, each stranger.

What the routes do for those who may is in test_chat_api.py.
"""

from typing import Any

import httpx
import pytest
from tests.factories.accounts import suspend
from tests.factories.api import bearer, data_of, refusal_of
from tests.factories.chat_rest import People, Room, a_room_of, some_people

from veza.chat import service
from veza.chat.content import BLOCKED_WORD_MAX, BLOCKED_WORDS_MAX
from veza.chat.domain import SLOW_MODE_MAX_S, TIMEOUT_MAX_S
from veza.context import Context
from veza.kit.ids import new_id
from veza.live import service as live

SECRET = "hunter2"


@pytest.fixture
async def people(ctx: Context) -> People:
    return await some_people(ctx)


@pytest.fixture
async def room(ctx: Context, client: httpx.AsyncClient, people: People) -> Room:
    return await a_room_of(ctx, client, people)


Route = tuple[str, str, Any]


def public(_people: People) -> list[Route]:
    return [("GET", f"/{name}", None) for name in ("permissions", "messages", "members", "moderators")]


def moderators_only(people: People) -> list[Route]:
    return [
        ("GET", "/bans", None), ("GET", "/audit", None), ("GET", "/settings", None),
        ("PUT", "/settings", {"slow_mode_seconds": 1}),
        ("POST", "/timeouts", {"user_id": people.bob.id, "seconds": 5}),
        ("DELETE", f"/timeouts/{people.bob.id}", None),
        ("POST", "/bans", {"user_id": people.bob.id}), ("DELETE", f"/bans/{people.bob.id}", None),
    ]  # fmt: skip


def appointers_only(people: People) -> list[Route]:
    return [(method, f"/moderators/{people.bob.id}", None) for method in ("PUT", "DELETE")]


# --- who may ---------------------------------------------------------------------------------------------------


async def test_who_may_what(ctx: Context, room: Room, people: People) -> None:
    said = await room.say(people.bob, "of bob")
    closed = [*moderators_only(people), *appointers_only(people), ("DELETE", f"/messages/{said}", None)]
    for method, path, body in closed:
        assert refusal_of(await room.call(method, None, path, body)) == (401, "unauthenticated"), path
        forged = await room.client.request(
            method, f"/live/streams/{room.id}/chat{path}", headers=bearer("eyJhbGciOiJub25lIn0.e30."), json=body
        )
        assert refusal_of(forged) == (401, "unauthenticated"), path
        assert refusal_of(await room.call(method, people.ada, path, body)) == (403, "forbidden"), (method, path)
    for method, path, body in public(people):
        for who in (None, people.ada, people.host):
            data_of(await room.call(method, who, path, body))
    for who in (people.mod, people.host, people.staff):
        for method, path, body in moderators_only(people):
            data_of(await room.call(method, who, path, body))
    for who in (people.host, people.staff):
        for method, path, body in appointers_only(people):
            data_of(await room.call(method, who, path, body))
    await suspend(ctx.db, people.ada.principal)
    ctx.clock.turn(60)  # type: ignore[attr-defined]
    for method, path, body in closed:
        answer = await room.call(method, people.ada, path, body)
        assert (answer.status_code, answer.json()["success"]) == (403, False), (method, path)
    assert await room.contents() == ["of bob"]


async def test_a_stranger_is_sent_away_before_the_body_is_read(room: Room, people: People) -> None:
    for method, path in (("POST", "/bans"), ("POST", "/timeouts"), ("PUT", "/settings")):
        answer = await room.client.request(
            method, f"/live/streams/{room.id}/chat{path}", content=b"{{{", headers={"content-type": "application/json"}
        )
        assert refusal_of(answer) == (401, "unauthenticated")


async def test_a_moderator_of_one_room_is_nobody_in_another(ctx: Context, room: Room, people: People) -> None:
    other = await a_room_of(ctx, room.client, People(**{**vars(people), "host": people.ada, "mod": people.bob}))
    for method, path, body in moderators_only(people):
        for who in (people.host, people.mod):
            assert refusal_of(await other.call(method, who, path, body)) == (403, "forbidden"), path
    said = await room.say(people.bob, "here")
    assert refusal_of(await other.call("DELETE", people.ada, f"/messages/{said}")) == (404, "not_found")
    assert await room.contents() == ["here"]


# --- what is not there -----------------------------------------------------------------------------------------


async def test_unknown_people_and_messages(room: Room, people: People) -> None:
    nobody = str(new_id())
    for method, path, body in (
        ("POST", "/bans", {"user_id": nobody}),
        ("POST", "/timeouts", {"user_id": nobody, "seconds": 5}),
        ("PUT", f"/moderators/{nobody}", None),
        ("DELETE", f"/messages/{nobody}", None),
        ("PUT", "/moderators/me", None),
        ("DELETE", "/messages/1", None),
        ("DELETE", "/bans/%27", None),
    ):
        assert refusal_of(await room.call(method, people.host, path, body)) == (404, "not_found"), path
    assert await room.acts(people.host) == []


async def test_an_unknown_and_a_deleted_room_are_the_same_nothing(
    ctx: Context, room: Room, people: People, client: httpx.AsyncClient
) -> None:
    said = await room.say(people.host, "gone with the stream")
    await room.put(people.host, f"/moderators/{people.bob.id}")
    await live.delete_stream(ctx, people.host.principal, room.id)
    routes = [
        *public(people), *moderators_only(people), *appointers_only(people), ("DELETE", f"/messages/{said}", None),
    ]  # fmt: skip
    for found in (room, Room(ctx, client, new_id())):
        for method, path, body in routes:
            for who in (people.host, people.staff, people.mod, people.ada):
                answer = await found.call(method, who, path, body)
                assert refusal_of(answer) == (404, "not_found"), (method, path)
        for method, path, body in public(people):
            assert refusal_of(await found.call(method, None, path, body)) == (404, "not_found")
    async with ctx.db.connection() as connection:
        assert (await service.room_settings(connection, [room.id]))[room.id].slow_mode_seconds == 0


@pytest.mark.parametrize("stream_id", ["1", "me", "00000000-0000-0000-0000-00000000000g", "%27"])
async def test_a_malformed_room_is_not_there(client: httpx.AsyncClient, people: People, stream_id: str) -> None:
    for method, path, body in [*public(people), *moderators_only(people)]:
        url = f"/live/streams/{stream_id}/chat{path}"
        answer = await client.request(method, url, headers=people.host.headers, json=body)
        assert refusal_of(answer) == (404, "not_found")


# --- limits ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "field"),
    [
        *[(f"/messages?limit={limit}", "limit") for limit in (0, 101, -1, "x", "9" * 60, "1.5", "")],
        *[(f"/messages?before={before}", "before") for before in (-1, "x", 2**53 + 1, "9" * 60, "")],
        *[(f"/{name}?limit={limit}", "limit") for name in ("bans", "audit") for limit in (0, 101, "x")],
        *[(f"/{name}?offset={offset}", "offset") for name in ("bans", "audit") for offset in (-1, 10_001, "x")],
    ],
)
async def test_a_wrong_query(room: Room, people: People, path: str, field: str) -> None:
    answer = await room.call("GET", people.host, path)
    assert refusal_of(answer) == (400, "validation_error")
    assert [problem["field"] for problem in answer.json()["fields"]] == [field]


PERSON = "00000000-0000-7000-8000-000000000000"
TIMEOUT = {"user_id": PERSON, "seconds": 5}
WRONG_FIELDS: list[tuple[str, dict[str, Any], str, list[Any]]] = [
    ("POST /timeouts", TIMEOUT, "seconds", [0, -1, TIMEOUT_MAX_S + 1, 10**30, "60", 1.5, None, True, []]),
    ("POST /timeouts", TIMEOUT, "user_id", [None, "", SECRET, 1, [PERSON], f" {PERSON}"]),
    ("POST /bans", {}, "user_id", [None, "", SECRET, 1, [PERSON], f" {PERSON}"]),
    ("POST /bans", {"user_id": PERSON}, "role", ["admin"]),
    ("POST /bans", {"user_id": PERSON}, "until", [None]),
    ("PUT /settings", {}, "slow_mode_seconds", [-1, SLOW_MODE_MAX_S + 1, "5", None, 0.5, True]),
    ("PUT /settings", {}, "enabled", [None, 1, "true", []]),
    ("PUT /settings", {}, "followers_only", [None, 1, "true", []]),
    ("PUT /settings", {}, "blocked_words", [None, SECRET, {}, ["w"] * (BLOCKED_WORDS_MAX + 1)]),
    *[("PUT /settings", {}, name, [SECRET]) for name in ("room_id", "owner_id", "epoch", "last_seq", "closed_at")],
]


@pytest.mark.parametrize(
    ("route", "rest", "field", "value"),
    [(route, rest, name, value) for route, rest, name, bad in WRONG_FIELDS for value in bad],
)
async def test_a_wrong_field_is_named_and_not_repeated(
    room: Room, people: People, *, route: str, rest: dict[str, Any], field: str, value: Any
) -> None:
    method, _, path = route.partition(" ")
    answer = await room.call(method, people.host, path, {**rest, field: value})
    assert refusal_of(answer) == (400, "validation_error")
    assert [problem["field"] for problem in answer.json()["fields"]] == [field]
    assert SECRET not in answer.text
    assert await room.acts(people.host) == []


@pytest.mark.parametrize("word", [None, 7, "", "!!!", SECRET * 10, "x" * (BLOCKED_WORD_MAX + 1), "\u200b"])
async def test_a_wrong_word_is_named_by_its_place(room: Room, people: People, word: Any) -> None:
    answer = await room.call("PUT", people.host, "/settings", {"blocked_words": ["fine", word]})
    assert refusal_of(answer) == (400, "validation_error")
    assert [problem["field"] for problem in answer.json()["fields"]] == ["blocked_words.1"]
    assert SECRET not in answer.text
    assert await room.acts(people.host) == []


async def test_a_body_that_is_none(room: Room, people: People) -> None:
    for method, path, bodies in (
        ("POST", "/bans", [{}, [], None, "x"]),
        ("POST", "/timeouts", [{"user_id": PERSON}, {"seconds": 5}, [], None]),
        ("PUT", "/settings", [[], None, 1]),
    ):
        for body in bodies:
            answer = await room.call(method, people.host, path, body)
            assert answer.status_code == 400, (path, body)
    assert await room.acts(people.host) == []


async def test_the_widest_settings_are_taken(room: Room, people: People) -> None:
    words = [f"{number:03}" + "x" * (BLOCKED_WORD_MAX - 3) for number in range(BLOCKED_WORDS_MAX)]
    body = {"slow_mode_seconds": SLOW_MODE_MAX_S, "blocked_words": words}
    assert (await room.put(people.mod, "/settings", body))["blocked_words"] == words
    await room.post(people.mod, "/timeouts", user_id=people.bob.id, seconds=TIMEOUT_MAX_S)


@pytest.mark.parametrize("word", ["a\\u0000b", "\\u202e", "\\ud800", "\\udc00x"])
async def test_a_word_that_no_table_can_hold(room: Room, people: People, word: str) -> None:
    content = f'{{"blocked_words":["{word}"]}}'.encode()
    headers = {**people.host.headers, "content-type": "application/json"}
    answer = await room.client.put(f"/live/streams/{room.id}/chat/settings", content=content, headers=headers)
    assert answer.status_code == 400 or data_of(answer)["blocked_words"] == ["a b"]
    assert "\x00" not in str(await room.get(people.host, "/settings"))
