"""The Live section of the API reference through the application's own door: each sample, each limit, each stranger."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import httpx
import pytest
from structlog.testing import capture_logs
from tests.factories.api import Person, api_client, bearer, data_of, join as sign_up_as, refusal_of

from veza.auth.domain import Role
from veza.auth.service import change_role, suspend_user
from veza.context import Context
from veza.kit.ids import new_id
from veza.live import on_air
from veza.live.domain import Category
from veza.streaming.authority import Beat, Grant

KEY = re.compile(r"vz_[A-Za-z0-9]{32}")
STREAM_FIELDS = {
    "id", "user_id", "streamer", "title", "description", "category", "tags", "status", "is_live", "viewer_count",
    "peak_viewers", "started_at", "ended_at", "thumbnail_url", "playback_url", "audio_only", "record", "recording_id",
    "chat", "created_at", "updated_at",
}  # fmt: skip
BODY = {"title": "Late set", "description": "Vinyl only", "category": "music", "tags": ["house", "vinyl"]}


Join = Callable[[str], Awaitable[Person]]


@pytest.fixture
def join(client: httpx.AsyncClient) -> Join:
    return partial(sign_up_as, client)


@pytest.fixture
async def streamer(join: Join) -> Person:
    return await join("johndoe")


async def create(client: httpx.AsyncClient, person: Person, **changes: Any) -> Any:
    return data_of(await client.post("/live/streams", headers=person.headers, json={**BODY, **changes}), 201)


async def key_of(client: httpx.AsyncClient, person: Person, stream_id: str) -> str:
    answer = await client.get("/live/streams/me/key", headers=person.headers, params={"stream_id": stream_id})
    return str(data_of(answer)["stream_key"])


async def publish(ctx: Context, key: str, *, viewers: int = 0) -> Beat:
    """What media does when an encoder with this key sends its first frames."""
    grant = await on_air.authorise(ctx, key, "media-1")
    assert isinstance(grant, Grant)
    beat = Beat(grant.stream_id, new_id(), grant.key_version, viewers, audio_only=False)
    await on_air.go_live(ctx, grant, broadcast_id=beat.broadcast_id, node="media-1", resumed=False, audio_only=False)
    assert await on_air.beat(ctx, [beat]) == []
    return beat


# --- the samples of the reference ------------------------------------------------------------------------------


async def test_create_a_stream(client: httpx.AsyncClient, streamer: Person) -> None:
    answer = await client.post("/live/streams", headers=streamer.headers, json=BODY)
    stream = data_of(answer, 201)
    assert set(stream) == STREAM_FIELDS
    assert {name: stream[name] for name in BODY} == BODY
    assert stream["streamer"] == {"id": str(streamer.id), "username": "johndoe"}
    assert stream["user_id"] == str(streamer.id)
    assert (stream["status"], stream["is_live"], stream["viewer_count"]) == ("draft", False, 0)
    assert stream["chat"] == {"enabled": True, "slow_mode_seconds": 0, "followers_only": False}
    assert stream["playback_url"].endswith(f"/hls/{stream['id']}/index.m3u8")
    assert stream["playback_url"].startswith("http://")
    assert stream["created_at"].endswith("Z")
    assert UUID(stream["id"]).version == 7
    assert not KEY.search(answer.text)


async def test_get_a_stream_also_a_draft_without_logging_in(client: httpx.AsyncClient, streamer: Person) -> None:
    made = await create(client, streamer)
    assert data_of(await client.get(f"/live/streams/{made['id']}")) == made


async def test_list_streams_with_and_without_the_filter(
    ctx: Context, client: httpx.AsyncClient, streamer: Person, join: Join
) -> None:
    assert data_of(await client.get("/live/streams")) == {"streams": [], "total": 0, "limit": 20, "offset": 0}
    other = await join("other")
    ended, live = await create(client, other, title="ended"), await create(client, streamer, title="live")
    await create(client, streamer, title="draft")
    await publish(ctx, await key_of(client, other, ended["id"]))
    data_of(await client.post(f"/live/streams/{ended['id']}/end", headers=other.headers))
    await publish(ctx, await key_of(client, streamer, live["id"]), viewers=3)

    every = data_of(await client.get("/live/streams"))
    assert [(s["title"], s["is_live"], s["viewer_count"]) for s in every["streams"]] == [
        ("live", True, 3), ("ended", False, 0),
    ]  # fmt: skip
    on = data_of(await client.get("/live/streams?is_live=true"))
    assert ([s["id"] for s in on["streams"]], on["total"]) == ([live["id"]], 1)
    page = data_of(await client.get("/live/streams?limit=1&offset=1"))
    assert ([s["id"] for s in page["streams"]], page["total"]) == ([ended["id"]], 2)
    assert data_of(await client.get("/live/streams?category=talk"))["total"] == 0
    assert data_of(await client.get("/live/streams?search=LIVE&category=music"))["total"] == 1
    assert data_of(await client.get("/live/streams?nonsense=1"))["total"] == 2


async def test_list_what_followed_people_have_on_air(
    ctx: Context, client: httpx.AsyncClient, streamer: Person, join: Join
) -> None:
    path, fan = "/live/streams/following", await join("fan")
    live, silent = await create(client, streamer, title="live"), await join("silent")
    await create(client, silent, title="draft")
    await publish(ctx, await key_of(client, streamer, live["id"]), viewers=3)
    nothing = {"streams": [], "total": 0, "limit": 20, "offset": 0}
    assert data_of(await client.get(path, headers=fan.headers)) == nothing
    for person in (streamer, silent):
        data_of(await client.put(f"/users/{person.username}/follow", headers=fan.headers))
    data = data_of(await client.get(f"{path}?limit=5", headers=fan.headers))
    assert data == {**data_of(await client.get("/live/streams?is_live=true")), "limit": 5}
    assert [stream["id"] for stream in data["streams"]] == [live["id"]]
    assert refusal_of(await client.get(path)) == (401, "unauthenticated")
    for query in ("limit=0", "offset=10001"):
        assert refusal_of(await client.get(f"{path}?{query}", headers=fan.headers)) == (400, "validation_error")


async def test_list_my_streams_with_their_keys(client: httpx.AsyncClient, streamer: Person) -> None:
    for title in ("first", "second"):
        await create(client, streamer, title=title)
    answer = await client.get("/live/streams/me", headers=streamer.headers)
    data = data_of(answer)
    assert data["total"] == 2
    assert [stream["title"] for stream in data["streams"]] == ["second", "first"]
    for stream in data["streams"]:
        assert set(stream) == STREAM_FIELDS | {"stream_key"}
        assert KEY.fullmatch(stream["stream_key"])
    assert answer.headers["cache-control"] == "no-store"


async def test_my_key_and_a_draft_if_there_is_none(client: httpx.AsyncClient, streamer: Person) -> None:
    answer = await client.get("/live/streams/me/key", headers=streamer.headers)
    data = data_of(answer)
    assert set(data) == {"stream_id", "stream_key", "rtmp_url"}
    assert KEY.fullmatch(data["stream_key"])
    assert re.fullmatch(r"rtmp://localhost:\d+/live", data["rtmp_url"])
    assert answer.headers["cache-control"] == "no-store"
    assert data_of(await client.get("/live/streams/me/key", headers=streamer.headers)) == data
    (mine,) = data_of(await client.get("/live/streams/me", headers=streamer.headers))["streams"]
    assert (mine["id"], mine["status"], mine["stream_key"]) == (data["stream_id"], "draft", data["stream_key"])


async def test_regenerate_my_key(ctx: Context, client: httpx.AsyncClient, streamer: Person) -> None:
    old = data_of(await client.get("/live/streams/me/key", headers=streamer.headers))
    beat = await publish(ctx, old["stream_key"])
    answer = await client.post("/live/streams/me/key/regenerate", headers=streamer.headers)
    new = data_of(answer)
    assert {**new, "stream_key": ""} == {**old, "stream_key": ""}
    assert new["stream_key"] != old["stream_key"]
    assert answer.headers["cache-control"] == "no-store"
    assert not isinstance(await on_air.authorise(ctx, old["stream_key"], "media-1"), Grant)
    assert isinstance(await on_air.authorise(ctx, new["stream_key"], "media-1"), Grant)
    assert len(await on_air.beat(ctx, [beat])) == 1


@pytest.mark.parametrize("change", [{"title": "New"}, {"description": ""}, {"category": "talk"}, {"tags": []}, {}])
async def test_change_only_what_was_sent(client: httpx.AsyncClient, streamer: Person, change: dict[str, Any]) -> None:
    made = await create(client, streamer)
    changed = data_of(await client.put(f"/live/streams/{made['id']}", headers=streamer.headers, json=change))
    assert {**changed, "updated_at": ""} == {**made, **change, "updated_at": ""}
    assert data_of(await client.get(f"/live/streams/{made['id']}")) == changed


async def test_end_a_broadcast(ctx: Context, client: httpx.AsyncClient, streamer: Person) -> None:
    made = await create(client, streamer)
    end = f"/live/streams/{made['id']}/end"
    assert refusal_of(await client.post(end, headers=streamer.headers)) == (409, "not_live")
    beat = await publish(ctx, await key_of(client, streamer, made["id"]), viewers=5)
    ended = data_of(await client.post(end, headers=streamer.headers))
    assert (ended["status"], ended["is_live"], ended["viewer_count"], ended["peak_viewers"]) == ("ended", False, 0, 5)
    assert ended["ended_at"] >= ended["started_at"]
    assert data_of(await client.post(end, headers=streamer.headers)) == ended
    assert len(await on_air.beat(ctx, [beat])) == 1


async def test_delete_a_stream_that_is_on_air(ctx: Context, client: httpx.AsyncClient, streamer: Person) -> None:
    made = await create(client, streamer)
    key = await key_of(client, streamer, made["id"])
    beat = await publish(ctx, key)
    path = f"/live/streams/{made['id']}"
    assert data_of(await client.delete(path, headers=streamer.headers)) == {}
    assert len(await on_air.beat(ctx, [beat])) == 1
    assert not isinstance(await on_air.authorise(ctx, key, "media-1"), Grant)
    gone = [client.get(path), client.get(f"{path}/viewers"), client.delete(path, headers=streamer.headers)]
    gone += [client.put(path, headers=streamer.headers, json={}), client.post(f"{path}/end", headers=streamer.headers)]
    for answer in await asyncio.gather(*gone):
        assert refusal_of(answer) == (404, "not_found")
    assert data_of(await client.get("/live/streams"))["total"] == 0
    assert data_of(await client.get("/live/streams/me", headers=streamer.headers))["total"] == 0


async def test_viewers_and_health(ctx: Context, client: httpx.AsyncClient, streamer: Person) -> None:
    made = await create(client, streamer)
    assert data_of(await client.get(f"/live/streams/{made['id']}/viewers")) == {"viewer_count": 0}
    await publish(ctx, await key_of(client, streamer, made["id"]), viewers=12)
    assert data_of(await client.get(f"/live/streams/{made['id']}/viewers")) == {"viewer_count": 12}
    health = data_of(await client.get("/live/health"))
    assert set(health) == {"rtmp_reachable", "rtmp_addr", "error", "last_check_at"}
    assert health["rtmp_reachable"] is False
    assert isinstance(health["error"], str)


async def test_fifty_first_visits_at_once(client: httpx.AsyncClient, streamer: Person) -> None:
    answers = await asyncio.gather(*(client.get("/live/streams/me/key", headers=streamer.headers) for _ in range(50)))
    assert len({json.dumps(data_of(answer), sort_keys=True) for answer in answers}) == 1
    assert data_of(await client.get("/live/streams/me", headers=streamer.headers))["total"] == 1


# --- limits and hostile input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "é" * 140}, None),
        ({"title": "é" * 141}, "title"),
        ({"title": ""}, "title"),
        ({"title": " \u2003 "}, "title"),
        ({"title": "a\nb"}, "title"),
        ({"title": None}, "title"),
        ({"title": 7}, "title"),
        ({"description": "x" * 5000}, None),
        ({"description": "x" * 5001}, "description"),
        ({"description": "\x1b[2J"}, "description"),
        ({"tags": [f"{n}" * 3 for n in range(10)]}, None),
        ({"tags": [f"{n}" for n in range(11)]}, "tags"),
        ({"tags": ["t" * 30]}, None),
        ({"tags": ["t" * 31]}, "tags.0"),
        ({"tags": ["fine", ""]}, "tags.1"),
        ({"tags": "house"}, "tags"),
        ({"category": "hunter2"}, "category"),
        ({"category": "Music"}, "category"),
        *[({"category": category.value}, None) for category in Category],
        *[
            ({name: value}, name)
            for name, value in {
                "id": "x", "user_id": "x", "status": "live", "is_live": True, "viewer_count": 9, "stream_key": "vz_x",
                "key_version": 1, "playback_url": "x", "chat": {}, "started_at": "x", "role": "admin",
            }.items()
        ],
    ],
)  # fmt: skip
async def test_what_a_stream_may_say(
    client: httpx.AsyncClient, streamer: Person, change: dict[str, Any], field: str | None
) -> None:
    made = await create(client, streamer)
    posted = await client.post("/live/streams", headers=streamer.headers, json={**BODY, **change})
    changed = await client.put(f"/live/streams/{made['id']}", headers=streamer.headers, json=change)
    if field is None:
        data_of(posted, 201)
        data_of(changed)
        return
    for answer in (posted, changed):
        assert refusal_of(answer) == (400, "validation_error")
        assert [problem["field"] for problem in answer.json()["fields"]] == [field]
        assert "hunter2" not in answer.text
    assert data_of(await client.get(f"/live/streams/{made['id']}")) == made


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"", "application/json", (400, "malformed_json")),
        (b"{", "application/json", (400, "malformed_json")),
        (b"[]", "application/json", (400, "validation_error")),
        (b'{"title":1e400}', "application/json", (400, "validation_error")),
        (b'{"title":"\\ud800"}', "application/json", (400, "malformed_json")),
        (b'{"title":"a\\u0000b"}', "application/json", (400, "validation_error")),
        (b'{"title":"\xff"}', "application/json", (400, "malformed_json")),
        (b'{"title":"x","tags":' + b"[" * 50_000, "application/json", (400, "validation_error")),
        (b"[" * 50_000, "application/json", (400, "validation_error")),
        (b'{"title":"' + b"x" * 300_000 + b'"}', "application/json", (413, "too_large")),
        (b"title=x", "application/x-www-form-urlencoded", (415, "unsupported_media_type")),
    ],
)
async def test_a_hostile_body_is_refused_with_the_envelope(
    client: httpx.AsyncClient, streamer: Person, body: bytes, content_type: str, expected: tuple[int, str]
) -> None:
    headers = {**streamer.headers, "content-type": content_type}
    assert refusal_of(await client.post("/live/streams", headers=headers, content=body)) == expected
    assert data_of(await client.get("/live/streams/me", headers=streamer.headers))["total"] == 0


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=101", "limit=x", "limit=" + "9" * 60, "offset=-1", "offset=10001", "is_live=maybe",
        "category=jazz", "search=" + "x" * 201, "search=%00",
    ],
)  # fmt: skip
async def test_a_wrong_query_is_400(client: httpx.AsyncClient, query: str) -> None:
    assert refusal_of(await client.get(f"/live/streams?{query}")) == (400, "validation_error")


@pytest.mark.parametrize(
    "search", ["'", "\\", "a:*", "a & !b", "(", "%25", "\u202e", "' or 1=1 --", "🎵", "x" * 200, "a " * 100]
)
async def test_any_search_is_an_answer(client: httpx.AsyncClient, search: str) -> None:
    assert data_of(await client.get("/live/streams", params={"search": search}))["streams"] == []


@pytest.mark.parametrize("stream_id", ["me2", "1", "00000000-0000-0000-0000-00000000000g", "..%2f..%2fetc", "%27"])
async def test_a_malformed_id_is_404(client: httpx.AsyncClient, streamer: Person, stream_id: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answer = await client.request(method, f"/live/streams/{stream_id}", headers=streamer.headers)
        assert refusal_of(answer) == (404, "not_found")


async def test_a_malformed_or_foreign_id_of_a_key(client: httpx.AsyncClient, streamer: Person, join: Join) -> None:
    foreign = await create(client, await join("other"))
    for stream_id, expected in (
        ("nonsense", (400, "validation_error")),
        (foreign["id"], (404, "not_found")),
        (str(new_id()), (404, "not_found")),
    ):
        params = {"stream_id": stream_id}
        got = await client.get("/live/streams/me/key", headers=streamer.headers, params=params)
        made = await client.post("/live/streams/me/key/regenerate", headers=streamer.headers, params=params)
        assert (refusal_of(got), refusal_of(made)) == (expected, expected)


# --- who may do what (rows 21 to 25 of the access matrix) ------------------------------------------------------


async def test_who_may_do_what(ctx: Context, client: httpx.AsyncClient, streamer: Person, join: Join) -> None:
    stream = await create(client, streamer)
    await publish(ctx, await key_of(client, streamer, stream["id"]))
    people = {name: await join(name) for name in ("user", "moderator", "admin", "banned")}
    await change_role(ctx, people["moderator"].id, Role.MODERATOR)
    await change_role(ctx, people["admin"].id, Role.ADMIN)
    await suspend_user(ctx, people["banned"].id)
    callers = {
        "anonymous": {}, "forged": bearer("eyJhbGciOiJub25lIn0.e30."), "owner": streamer.headers,
        **{name: person.headers for name, person in people.items()},
    }  # fmt: skip
    path = f"/live/streams/{stream['id']}"
    shut_out = {"anonymous": 401, "forged": 401, "banned": 403}
    for caller, headers in callers.items():
        for public in ("/live/streams", path, f"{path}/viewers", "/live/health"):
            answer = await client.get(public, headers=headers)
            assert answer.status_code == 200, (caller, public)
            assert not KEY.search(answer.text)
        for method, mine, status in (
            ("POST", "/live/streams", 201),
            ("GET", "/live/streams/me", 200),
            ("GET", "/live/streams/following", 200),
            ("GET", "/live/streams/me/key", 200),
            ("POST", "/live/streams/me/key/regenerate", 200),
        ):
            answer = await client.request(method, mine, headers=headers, json=BODY if status == 201 else None)
            assert answer.status_code == shut_out.get(caller, status), (caller, mine)
        for method, suffix in (("PUT", ""), ("DELETE", ""), ("POST", "/end")):
            if caller == "owner":
                continue
            changes = {"title": caller} if method == "PUT" else None
            answer = await client.request(method, path + suffix, headers=headers, json=changes)
            assert answer.status_code == shut_out.get(caller, 403), (caller, method, suffix)
    now = data_of(await client.get(path))
    assert (now["title"], now["status"]) == (BODY["title"], "live")
    data_of(await client.put(path, headers=streamer.headers, json={"title": "owner"}))


async def test_a_stranger_is_sent_away_before_the_body_is_read(client: httpx.AsyncClient) -> None:
    for body in (b"{{{", b"x" * 300_000):
        answer = await client.post("/live/streams", content=body, headers={"content-type": "application/json"})
        assert refusal_of(answer) == (401, "unauthenticated")


async def test_each_streamer_sees_only_their_own_keys(client: httpx.AsyncClient, join: Join) -> None:
    people = [await join(f"person{n}") for n in range(3)]
    streams = [await create(client, person) for person in people]
    for person, stream in zip(people, streams, strict=True):
        mine = data_of(await client.get("/live/streams/me", headers=person.headers))["streams"]
        assert [found["id"] for found in mine] == [stream["id"]]


async def test_a_key_stands_in_no_public_answer_and_no_log(
    ctx: Context, client: httpx.AsyncClient, streamer: Person
) -> None:
    with capture_logs() as logs:
        made = await create(client, streamer)
        old = await key_of(client, streamer, made["id"])
        await publish(ctx, old, viewers=1)
        data = data_of(await client.post("/live/streams/me/key/regenerate", headers=streamer.headers))
        await client.get("/live/streams/me/key", headers=streamer.headers, params={"stream_id": old})
        path = f"/live/streams/{made['id']}"
        answers = [
            await client.get("/live/streams"), await client.get(path), await client.get(f"{path}/viewers"),
            await client.get("/live/streams", headers=streamer.headers),
            await client.put(path, headers=streamer.headers, json={"title": "x"}),
            await client.post(f"{path}/end", headers=streamer.headers),
            await client.delete(path, headers=streamer.headers),
            await client.get("/openapi.json"), await client.get("/config"),
        ]  # fmt: skip
    for answer in answers:
        assert not KEY.search(answer.text), answer.url
    for secret in (old, data["stream_key"]):
        assert secret not in str(logs)


async def test_addresses_come_from_the_settings(ctx: Context, streamer: Person) -> None:
    settings = replace(ctx.settings, hls_public_url="https://cdn.example/v", rtmp_public_url="rtmps://in.example/live")
    async with api_client(replace(ctx, settings=settings)) as client:
        made = await create(client, streamer)
        assert made["playback_url"] == f"https://cdn.example/v/hls/{made['id']}/index.m3u8"
        key = data_of(await client.get("/live/streams/me/key", headers=streamer.headers))
        assert key["rtmp_url"] == "rtmps://in.example/live"
