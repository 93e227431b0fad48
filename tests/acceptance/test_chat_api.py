"""The REST side of docs/reference/chat.md through the application's own door: each route, each refusal, each limit."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.factories.accounts import a_person
from tests.factories.api import data_of, refusal_of
from tests.factories.chat_rest import People, Person, Room, a_room_of, some_people

from veza.chat import people_queries, service
from veza.chat.domain import MODERATORS_MAX, SLOW_MODE_MAX_S, TIMEOUT_MAX_S
from veza.context import Context
from veza.kit.ids import new_id

SETTINGS = {"enabled": True, "slow_mode_seconds": 0, "followers_only": False, "blocked_words": []}


@pytest.fixture
async def people(ctx: Context) -> People:
    return await some_people(ctx)


@pytest.fixture
async def room(ctx: Context, client: httpx.AsyncClient, people: People) -> Room:
    return await a_room_of(ctx, client, people)


# --- tickets ---------------------------------------------------------------------------------------------------


async def test_a_ticket_opens_one_socket_as_its_person(ctx: Context, client: httpx.AsyncClient, people: People) -> None:
    answer = await client.post("/chat/ticket", headers=people.ada.headers)
    found = data_of(answer, 201)
    assert answer.headers["cache-control"] == "no-store"
    assert set(found) == {"ticket", "url", "expires_in"}
    assert found["url"] == f"ws{ctx.settings.public_url.removeprefix('http')}/api/v1/ws"
    assert found["url"].startswith("ws://")
    assert (found["expires_in"], len(found["ticket"]) >= 43) == (30, True)
    used = await service.use_ticket(ctx, found["ticket"])
    assert used is not None
    assert used.principal.username == "ada"
    assert await service.use_ticket(ctx, found["ticket"]) is None
    async with ctx.db.connection() as connection:
        await connection.execute("delete from rate_counters")
        again = data_of(await client.post("/chat/ticket", headers=people.ada.headers), 201)["ticket"]
        await connection.execute("update chat_tickets set expires_at = now() - interval '1 ms'")
    assert again != found["ticket"]
    assert await service.use_ticket(ctx, again) is None


async def test_one_ticket_used_many_times_at_once_is_good_once(ctx: Context, people: People) -> None:
    ticket = await service.give_ticket(ctx, people.ada.principal)
    used = await asyncio.gather(*(service.use_ticket(ctx, ticket) for _ in range(20)))
    assert sum(found is not None for found in used) == 1


async def test_tickets_are_for_people_and_not_without_end(client: httpx.AsyncClient, people: People) -> None:
    assert refusal_of(await client.post("/chat/ticket")) == (401, "unauthenticated")
    for _ in range(120):
        data_of(await client.post("/chat/ticket", headers=people.ada.headers), 201)
    refused = await client.post("/chat/ticket", headers=people.ada.headers)
    assert refusal_of(refused) == (429, "rate_limited")
    assert int(refused.headers["retry-after"]) >= 1
    data_of(await client.post("/chat/ticket", headers=people.bob.headers), 201)


async def test_a_ticket_stands_in_no_table_as_it_is(ctx: Context, people: People) -> None:
    ticket = await service.give_ticket(ctx, people.ada.principal)
    async with ctx.db.connection() as connection:
        dump = str([tuple(row) for row in await connection.fetch("select * from chat_tickets")])
    assert ticket not in dump
    assert ticket.encode().hex() not in dump


# --- rights ----------------------------------------------------------------------------------------------------


async def test_what_i_may_do(room: Room, people: People) -> None:
    guest = await room.get(None, "/permissions")
    why = {"code": "unauthenticated", "retry_after_ms": None}
    assert guest == {
        "can_read": True, "can_join": False, "can_send": False, "reasons": {"can_join": why, "can_send": why},
        "role": "guest",
    }  # fmt: skip
    for who, role in (
        (people.host, "host"),
        (people.staff, "staff"),
        (people.mod, "moderator"),
        (people.ada, "member"),
    ):
        found = await room.get(who, "/permissions")
        assert found == {"can_read": True, "can_join": True, "can_send": True, "reasons": {}, "role": role}


async def test_what_i_may_not_do_and_for_how_long(room: Room, people: People) -> None:
    async def held(who: Person = people.ada) -> dict[str, Any]:
        found: dict[str, Any] = (await room.get(who, "/permissions"))["reasons"]
        return found

    await room.post(people.mod, "/timeouts", user_id=people.ada.id, seconds=60)
    found = await held()
    assert set(found) == {"can_send"}
    assert found["can_send"]["code"] == "timed_out"
    assert 55_000 < found["can_send"]["retry_after_ms"] <= 60_000
    await room.post(people.mod, "/bans", user_id=people.ada.id)
    banned = {"code": "banned", "retry_after_ms": None}
    assert await held() == {"can_join": banned, "can_send": banned}
    await room.delete(people.mod, f"/bans/{people.ada.id}")
    assert await held() == {}
    await room.put(people.host, "/settings", {"slow_mode_seconds": 30})
    await room.say(people.ada, "hello")
    slow = await held()
    assert slow["can_send"]["code"] == "slow_mode"
    assert 25_000 < slow["can_send"]["retry_after_ms"] <= 30_000
    for change, code in (({"followers_only": True}, "followers_only"), ({"enabled": False}, "chat_disabled")):
        await room.put(people.host, "/settings", change)
        assert await held() == {"can_send": {"code": code, "retry_after_ms": None}}
    assert await held(people.mod) == {}


async def test_the_rate_is_told_before_it_is_met(room: Room, people: People) -> None:
    for number in range(room.ctx.settings.chat_messages):
        await room.say(people.ada, f"{number}")
    found = (await room.get(people.ada, "/permissions"))["reasons"]["can_send"]
    assert found["code"] == "rate_limited"
    assert 1 <= found["retry_after_ms"] <= 30_000


# --- the conversation ------------------------------------------------------------------------------------------


async def test_a_conversation_is_paged_from_its_end(room: Room, people: People) -> None:
    assert await room.get(None, "/messages") == {"messages": [], "total": 0, "limit": 50, "next_cursor": None}
    for number in range(1, 8):
        await room.say(people.ada, f"m{number}")
    path: str | None = "/messages?limit=3"
    pages: list[list[int]] = []
    while path is not None:
        page = await room.get(None, path)
        assert (page["total"], page["limit"]) == (7, 3)
        pages.append([message["seq"] for message in page["messages"]])
        cursor = page["next_cursor"]
        path = None if cursor is None else f"/messages?limit=3&before={cursor}"
    assert pages == [[5, 6, 7], [2, 3, 4], [1]]
    ends: list[tuple[int, list[int]]] = [(1, []), (0, []), (2, [1]), (2**53, [1, 2, 3, 4, 5, 6, 7])]
    for before, seqs in ends:
        page = await room.get(None, f"/messages?before={before}")
        assert ([message["seq"] for message in page["messages"]], page["next_cursor"]) == (seqs, None)
    assert (await room.get(None, "/messages?limit=7"))["next_cursor"] is None


async def test_a_message_as_it_is_shown(room: Room, people: People) -> None:
    said = await room.say(people.mod, "<b>hi</b> 🎵")
    (message,) = (await room.get(None, "/messages"))["messages"]
    assert message.pop("created_at").endswith("Z")
    assert message == {
        "id": said, "room": str(room.id), "seq": 1, "content": "<b>hi</b> 🎵", "reply_to": None,
        "user": {**people.mod.view, "role": "user", "badge": "moderator"},
    }  # fmt: skip


async def test_a_deleted_message_is_gone_and_its_place_stays_empty(room: Room, people: People) -> None:
    ids = [await room.say(people.ada, f"secret {number}") for number in range(3)]
    await room.delete(people.ada, f"/messages/{ids[1]}")
    await room.delete(people.ada, f"/messages/{ids[1]}")
    page = await room.get(None, "/messages")
    assert ([message["seq"] for message in page["messages"]], page["total"]) == ([1, 3], 2)
    assert "secret 1" not in str(page)
    assert await room.acts(people.host) == []  # one's own is nobody's business
    await room.say(people.ada, "next")
    assert (await room.get(None, "/messages?limit=1"))["messages"][0]["seq"] == 4
    async with room.ctx.db.connection() as connection:
        dump = str([tuple(row) for row in await connection.fetch("select * from chat_messages")])
    assert "secret 1" not in dump


async def test_who_may_delete_whose_words(room: Room, people: People) -> None:
    said = {
        name: await room.say(getattr(people, name), name) for name in ("host", "staff", "mod", "mod2", "ada", "bob")
    }
    refusals = [
        ("bob", "ada", "forbidden"), ("ada", "host", "forbidden"),
        *[("mod", name, "protected_user") for name in ("host", "staff", "mod2")],
        ("host", "staff", "protected_user"), ("staff", "host", "protected_user"),
    ]  # fmt: skip
    for actor, author, code in refusals:
        answer = await room.call("DELETE", getattr(people, actor), f"/messages/{said[author]}")
        assert refusal_of(answer) == (403, code), (actor, author)
    assert len(await room.contents()) == 6
    for actor, author in (("mod", "ada"), ("host", "mod"), ("staff", "mod2"), ("host", "host"), ("staff", "staff")):
        await room.delete(getattr(people, actor), f"/messages/{said[author]}")
    assert await room.contents() == ["bob"]
    assert await room.acts(people.host) == [
        ("delete_message", "staff", "mod2"), ("delete_message", "host", "mod"), ("delete_message", "mod", "ada"),
    ]  # fmt: skip
    newest = (await room.get(people.host, "/audit"))["entries"][0]
    assert newest["message_id"] == said["mod2"]


# --- time-outs and bans ----------------------------------------------------------------------------------------


async def test_sanctions_in_force_are_listed_newest_first(room: Room, people: People) -> None:
    await room.post(people.mod, "/timeouts", user_id=people.ada.id, seconds=TIMEOUT_MAX_S)
    await room.post(people.staff, "/bans", user_id=people.bob.id)
    found = await room.get(people.mod, "/bans")
    assert (found["total"], found["limit"], found["offset"]) == (2, 20, 0)
    ban, timeout = found["bans"]
    assert (ban["user"], ban["kind"], ban["until"]) == (people.bob.view, "ban", None)
    assert (timeout["user"], timeout["kind"]) == (people.ada.view, "timeout")
    assert timeout["until"] > timeout["created_at"]
    page = await room.get(people.host, "/bans?limit=1&offset=1")
    assert ([one["user"] for one in page["bans"]], page["total"]) == ([people.ada.view], 2)
    await room.delete(people.mod, f"/timeouts/{people.ada.id}")
    await room.delete(people.mod, f"/bans/{people.bob.id}")
    assert (await room.get(people.host, "/bans"))["bans"] == []
    assert await room.acts(people.host) == [
        ("unban", "mod", "bob"), ("end_timeout", "mod", "ada"), ("ban", "staff", "bob"), ("timeout", "mod", "ada"),
    ]  # fmt: skip
    entries = (await room.get(people.host, "/audit"))["entries"]
    assert [entry["details"] for entry in entries] == [{}, {}, {}, {"seconds": TIMEOUT_MAX_S}]


async def test_a_timeout_that_ran_out_is_not_in_force(room: Room, people: People) -> None:
    await room.post(people.mod, "/timeouts", user_id=people.ada.id, seconds=1)
    async with room.ctx.db.connection() as connection:
        await connection.execute("update chat_sanctions set until = now() - interval '1 ms'")
    assert await room.get(people.mod, "/bans") == {"bans": [], "total": 0, "limit": 20, "offset": 0}
    assert (await room.get(people.ada, "/permissions"))["can_send"]
    await room.delete(people.mod, f"/timeouts/{people.ada.id}")
    assert await room.acts(people.host) == [("timeout", "mod", "ada")]


async def test_a_timeout_does_not_soften_a_ban_and_the_latest_timeout_counts(room: Room, people: People) -> None:
    await room.post(people.mod, "/timeouts", user_id=people.ada.id, seconds=1_000)
    await room.post(people.mod, "/timeouts", user_id=people.ada.id, seconds=10)
    held = (await room.get(people.ada, "/permissions"))["reasons"]["can_send"]
    assert held["retry_after_ms"] <= 10_000
    await room.post(people.mod, "/bans", user_id=people.ada.id)
    acts = await room.acts(people.host)
    await room.post(people.mod, "/timeouts", user_id=people.ada.id, seconds=10)
    await room.delete(people.mod, f"/timeouts/{people.ada.id}")
    ((ban),) = (await room.get(people.mod, "/bans"))["bans"]
    assert ban["kind"] == "ban"
    assert await room.acts(people.host) == acts


async def test_to_lift_what_is_not_there_changes_nothing(room: Room, people: People) -> None:
    for path in (f"/bans/{people.ada.id}", f"/timeouts/{people.ada.id}", f"/bans/{new_id()}"):
        await room.delete(people.mod, path)
    assert await room.acts(people.host) == []


PROTECTED = [
    *[("mod", name) for name in ("host", "staff", "mod", "mod2")],
    *[("host", name) for name in ("host", "staff")],
    *[("staff", name) for name in ("host", "staff")],
]


@pytest.mark.parametrize(("actor", "target"), PROTECTED)
async def test_nobody_moderates_those_who_are_protected(room: Room, people: People, actor: str, target: str) -> None:
    user_id = getattr(people, target).id
    for path, body in (("/bans", {"user_id": user_id}), ("/timeouts", {"user_id": user_id, "seconds": 60})):
        answer = await room.call("POST", getattr(people, actor), path, body)
        assert refusal_of(answer) == (403, "protected_user")
    assert (await room.get(people.host, "/bans"))["total"] == 0
    assert await room.acts(people.host) == []


async def test_a_banned_moderator_moderates_nothing_least_of_all_the_ban(room: Room, people: People) -> None:
    await room.post(people.host, "/bans", user_id=people.mod.id)
    for method, path, body in (
        ("DELETE", f"/bans/{people.mod.id}", None),
        ("POST", "/bans", {"user_id": people.ada.id}),
        ("GET", "/audit", None),
    ):
        assert refusal_of(await room.call(method, people.mod, path, body)) == (403, "forbidden")
    assert (await room.get(people.mod, "/permissions"))["reasons"]["can_join"]["code"] == "banned"


# --- settings --------------------------------------------------------------------------------------------------


async def test_only_the_settings_that_are_sent_change(room: Room, people: People) -> None:
    assert await room.get(people.mod, "/settings") == SETTINGS
    expected: dict[str, Any] = dict(SETTINGS)
    changes: list[dict[str, Any]] = [
        {"slow_mode_seconds": 5}, {"blocked_words": ["Spam", "ÉTÉ", "spam"]}, {"followers_only": True},
        {"enabled": False}, {"slow_mode_seconds": SLOW_MODE_MAX_S, "enabled": True}, {"blocked_words": []}, {},
    ]  # fmt: skip
    for change in changes:
        expected |= change
        if expected["blocked_words"]:
            expected["blocked_words"] = ["spam", "ete"]
        assert await room.put(people.mod, "/settings", change) == expected
        assert await room.get(people.host, "/settings") == expected
        shown = data_of(await room.client.get(f"/live/streams/{room.id}"))["chat"]
        assert shown == {name: value for name, value in expected.items() if name != "blocked_words"}
    assert {act[:2] for act in await room.acts(people.host)} == {("settings", "mod")}
    details = (await room.get(people.host, "/audit"))["entries"][-1]["details"]
    assert details == {**SETTINGS, "slow_mode_seconds": 5}


async def test_two_changes_at_once_both_count(room: Room, people: People) -> None:
    await asyncio.gather(
        *(room.put(people.host, "/settings", {"slow_mode_seconds": 7}) for _ in range(5)),
        *(room.put(people.mod, "/settings", {"followers_only": True}) for _ in range(5)),
    )
    assert await room.get(people.mod, "/settings") == {**SETTINGS, "slow_mode_seconds": 7, "followers_only": True}


# --- moderators ------------------------------------------------------------------------------------------------


async def test_moderators_come_and_go(room: Room, people: People) -> None:
    await room.post(people.mod, "/bans", user_id=people.ada.id)
    for _ in range(2):
        await room.put(people.host, f"/moderators/{people.ada.id}")
    await room.put(people.staff, f"/moderators/{people.bob.id}")
    found = await room.get(None, "/moderators")
    assert found == {"moderators": [getattr(people, n).view for n in ("ada", "bob", "mod", "mod2")], "total": 4}
    assert (await room.get(people.host, "/bans"))["total"] == 0
    for _ in range(2):
        await room.delete(people.ada, f"/moderators/{people.ada.id}")  # one may resign
    await room.delete(people.staff, f"/moderators/{people.bob.id}")
    assert (await room.get(None, "/moderators"))["total"] == 2
    assert await room.acts(people.host) == [
        ("remove_moderator", "staff", "bob"), ("remove_moderator", "ada", "ada"), ("add_moderator", "staff", "bob"),
        ("add_moderator", "host", "ada"), ("ban", "mod", "ada"),
    ]  # fmt: skip
    assert (await room.get(people.ada, "/permissions"))["role"] == "member"


async def test_moderators_do_not_appoint_and_the_host_is_none(room: Room, people: People) -> None:
    for who in (people.mod, people.ada):
        for method, target in (("PUT", people.bob), ("DELETE", people.mod2)):
            answer = await room.call(method, who, f"/moderators/{target.id}")
            assert refusal_of(answer) == (403, "forbidden")
    answer = await room.call("PUT", people.staff, f"/moderators/{people.host.id}")
    assert refusal_of(answer) == (403, "protected_user")
    assert (await room.get(None, "/moderators"))["total"] == 2


async def test_a_room_has_so_many_moderators_and_to_name_one_again_is_no_new_one(room: Room, people: People) -> None:
    others = [await a_person(room.ctx.db) for _ in range(MODERATORS_MAX - 2)]
    async with room.ctx.db.connection() as connection:
        for other in others[:-1]:
            await people_queries.add_moderator.run(connection, room.id, other.user_id)
    candidates = [str(others[-1].user_id), people.ada.id, people.bob.id]
    answers = await asyncio.gather(*(room.call("PUT", people.host, f"/moderators/{one}") for one in candidates))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refusal_of(refused) == (409, "too_many_moderators")
    assert (await room.get(None, "/moderators"))["total"] == MODERATORS_MAX
    await room.put(people.host, f"/moderators/{people.mod.id}")


# --- who is there ----------------------------------------------------------------------------------------------


async def test_who_is_in_a_room(room: Room, people: People) -> None:
    assert await room.get(None, "/members") == {"members": [], "total": 0}
    others = [await a_person(room.ctx.db, f"zz{number:03}") for number in range(200)]
    here = [people.host, people.staff, people.mod, people.ada]
    async with room.ctx.db.connection() as connection:
        for node, users in (
            ("one", [one.principal.user_id for one in here]),
            ("two", [people.ada.principal.user_id, *(other.user_id for other in others)]),
        ):
            await people_queries.put_presence.run(connection, node, [room.id] * len(users), users)
    found = await room.get(None, "/members")
    assert (found["total"], len(found["members"])) == (204, 200)
    assert found["members"][:4] == [
        {**people.ada.view, "role": "member", "badge": None}, {**people.host.view, "role": "host", "badge": "host"},
        {**people.mod.view, "role": "moderator", "badge": "moderator"},
        {**people.staff.view, "role": "staff", "badge": "staff"},
    ]  # fmt: skip
    async with room.ctx.db.connection() as connection:
        await connection.execute("update chat_presence set seen_at = seen_at - interval '31 s' where node = 'two'")
    assert (await room.get(None, "/members"))["total"] == 4


# --- audit -----------------------------------------------------------------------------------------------------


async def test_acts_are_paged_newest_first(room: Room, people: People) -> None:
    for _ in range(3):
        await room.post(people.mod, "/timeouts", user_id=people.ada.id, seconds=5)
    page = await room.get(people.host, "/audit?limit=2&offset=2")
    assert (page["total"], page["limit"], page["offset"], len(page["entries"])) == (3, 2, 2, 1)
    (entry,) = page["entries"]
    assert set(entry) == {"id", "action", "actor", "target", "message_id", "details", "created_at"}
    newest = (await room.get(people.host, "/audit"))["entries"]
    assert [one["created_at"] for one in newest] == sorted((one["created_at"] for one in newest), reverse=True)
    assert newest[-1] == entry
