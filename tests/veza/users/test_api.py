"""Public profiles, and following the people behind them, through the real door."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from tests.factories.accounts import a_person
from tests.factories.api import api_client, bearer, data_of, refusal_of, sign_up
from tests.factories.clock import TurnableClock

from veza.auth import service
from veza.context import Context
from veza.users.domain import FOLLOW_CHANGES_PER_MINUTE


async def test_a_profile_shows_no_more_than_it_should(ctx: Context) -> None:
    async with api_client(ctx) as client:
        user = (await sign_up(client, "JohnDoe"))["user"]
        profile = data_of(await client.get("/users/johndoe"))
    assert profile == {
        "id": user["id"],
        "username": "JohnDoe",
        "display_name": "",
        "bio": "",
        "links": [],
        "avatar_url": None,
        "follower_count": 0,
        "following_count": 0,
        "is_following": False,
        "created_at": user["created_at"],
    }


async def test_only_the_fields_that_are_sent_change(ctx: Context) -> None:
    async with api_client(ctx) as client:
        headers = bearer((await sign_up(client))["access_token"])
        first = {"display_name": " John ", "bio": "Line\nline", "links": ["https://a.example"]}
        data_of(await client.put("/users/me", json=first, headers=headers))
        changed = data_of(await client.put("/users/me", json={"bio": ""}, headers=headers))
        assert (changed["display_name"], changed["bio"], changed["links"]) == ("John", "", ["https://a.example"])
        assert data_of(await client.put("/users/me", json={"links": []}, headers=headers))["links"] == []
        assert data_of(await client.get("/users/johndoe"))["display_name"] == "John"


async def test_what_cannot_be_is_refused_and_changes_nothing(ctx: Context) -> None:
    async with api_client(ctx) as client:
        headers = bearer((await sign_up(client))["access_token"])
        for body in (
            {"links": ["javascript:alert(1)"], "bio": "new"},
            {"display_name": None},
            {"role": "admin"},
            {"username": "other"},
            {"email": "other@example.com"},
            {"display_name": "x" * 5000},
            {"links": ["https://a.example"] * 101},
        ):
            refused = await client.put("/users/me", json=body, headers=headers)
            assert refusal_of(refused) == (400, "validation_error")
        assert data_of(await client.get("/users/johndoe"))["bio"] == ""


async def test_nobody_is_there_who_never_was_or_may_not_be_seen(ctx: Context) -> None:
    async with api_client(ctx) as client:
        user = (await sign_up(client))["user"]
        assert refusal_of(await client.get("/users/nobody")) == (404, "not_found")
        assert refusal_of(await client.get("/users/%F0%9F%8E%B8")) == (404, "not_found")
        await service.suspend_user(ctx, user["id"])
        assert refusal_of(await client.get("/users/johndoe")) == (404, "not_found")


# --- follows ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fan:
    """Somebody who is logged in, and how they ask."""

    client: httpx.AsyncClient
    user: dict[str, Any]
    headers: dict[str, str]

    async def ask(self, method: str, path: str) -> httpx.Response:
        return await self.client.request(method, path, headers=self.headers)

    async def follow(self, username: str) -> Any:
        return data_of(await self.ask("PUT", f"/users/{username}/follow"))

    async def following(self, query: str = "") -> Any:
        return data_of(await self.ask("GET", f"/users/me/following{query}"))


@pytest.fixture
async def fan(ctx: Context) -> AsyncIterator[Fan]:
    async with api_client(ctx) as client:
        data = await sign_up(client, "fan")
        yield Fan(client, data["user"], bearer(data["access_token"]))


async def test_to_follow_and_to_follow_no_longer(ctx: Context, fan: Fan) -> None:
    await a_person(ctx.db, "Artist")
    for _ in range(2):
        assert await fan.follow("artist") == {"following": True, "follower_count": 1}
    artist = data_of(await fan.ask("GET", "/users/Artist"))
    assert (artist["follower_count"], artist["following_count"], artist["is_following"]) == (1, 0, True)
    mine = data_of(await fan.ask("GET", "/users/fan"))
    assert (mine["follower_count"], mine["following_count"], mine["is_following"]) == (0, 1, False)
    assert data_of(await fan.client.put("/users/me", json={"bio": "x"}, headers=fan.headers))["following_count"] == 1
    for _ in range(2):
        answer = await fan.ask("DELETE", "/users/ARTIST/follow")
        assert data_of(answer) == {"following": False, "follower_count": 0}
    assert data_of(await fan.ask("GET", "/users/artist"))["is_following"] is False


async def test_a_guest_sees_the_counts_and_follows_nobody(ctx: Context, fan: Fan) -> None:
    await a_person(ctx.db, "artist")
    await fan.follow("artist")
    for headers in ({}, bearer("eyJhbGciOiJub25lIn0.e30.")):
        seen = data_of(await fan.client.get("/users/artist", headers=headers))
        assert (seen["follower_count"], seen["is_following"]) == (1, False)
        for method, path in (
            ("PUT", "/users/artist/follow"),
            ("DELETE", "/users/artist/follow"),
            ("GET", "/users/me/following"),
        ):
            refused = await fan.client.request(method, path, headers=headers)
            assert refusal_of(refused) == (401, "unauthenticated")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_whom_nobody_can_follow(ctx: Context, fan: Fan, method: str) -> None:
    gone = await a_person(ctx.db, "gone")
    await service.suspend_user(ctx, gone.user_id)
    assert refusal_of(await fan.ask(method, "/users/FAN/follow")) == (400, "own_profile")
    for name in ("nobody", "me", "gone", "%F0%9F%8E%B8"):
        assert refusal_of(await fan.ask(method, f"/users/{name}/follow")) == (404, "not_found")
    assert await fan.following() == {"users": [], "total": 0, "limit": 20, "offset": 0}


async def test_whom_one_follows_the_newest_first(ctx: Context, fan: Fan, clock: TurnableClock) -> None:
    people = [await a_person(ctx.db, name) for name in ("first", "second", "third")]
    for person in people:
        clock.turn(1)
        await fan.follow(person.username)
    data = await fan.following()
    assert [user["username"] for user in data["users"]] == ["third", "second", "first"]
    assert data["users"][0] == {
        "id": str(people[2].user_id),
        "username": "third",
        "display_name": "",
        "avatar_url": None,
        "followed_at": clock.now().isoformat().replace("+00:00", "Z"),
    }
    page = await fan.following("?limit=1&offset=1")
    assert ([user["username"] for user in page["users"]], page["total"]) == (["second"], 3)
    assert (page["limit"], page["offset"]) == (1, 1)
    for query in ("limit=0", "limit=101", "offset=-1", "offset=10001", "limit=x"):
        refused = await fan.ask("GET", f"/users/me/following?{query}")
        assert refusal_of(refused) == (400, "validation_error")


async def test_who_is_suspended_is_not_listed_and_comes_back(ctx: Context, fan: Fan) -> None:
    artist = await a_person(ctx.db, "artist")
    await fan.follow("artist")
    await service.suspend_user(ctx, artist.user_id)
    assert (await fan.following())["total"] == 0
    assert data_of(await fan.ask("GET", "/users/fan"))["following_count"] == 0
    await service.reinstate_user(ctx, artist.user_id)
    assert [user["username"] for user in (await fan.following())["users"]] == ["artist"]
    assert data_of(await fan.ask("GET", "/users/artist"))["is_following"] is True


async def test_who_is_suspended_follows_nobody_new(ctx: Context, fan: Fan) -> None:
    await a_person(ctx.db, "artist")
    await service.suspend_user(ctx, fan.user["id"])
    assert refusal_of(await fan.ask("PUT", "/users/artist/follow")) == (403, "account_suspended")


async def test_changes_are_bounded_for_each_person_alone(ctx: Context, fan: Fan) -> None:
    await a_person(ctx.db, "artist")
    for count in range(FOLLOW_CHANGES_PER_MINUTE):
        data_of(await fan.ask(("PUT", "DELETE")[count % 2], "/users/artist/follow"))
    for method in ("PUT", "DELETE"):
        refused = await fan.ask(method, "/users/artist/follow")
        assert refusal_of(refused) == (429, "rate_limited")
        assert 1 <= int(refused.headers["retry-after"]) <= 60
    other = await sign_up(fan.client, "other")
    data_of(await fan.client.put("/users/artist/follow", headers=bearer(other["access_token"])))


async def test_the_document_tells_how_to_follow(fan: Fan) -> None:
    paths = (await fan.client.get("/openapi.json")).json()["paths"]
    follow = paths["/api/v1/users/{username}/follow"]
    assert (follow["put"]["operationId"], follow["delete"]["operationId"]) == ("followUser", "unfollowUser")
    assert {"200", "400", "401", "403", "404", "409", "429", "503"} <= set(follow["put"]["responses"])
    assert {"200", "400", "401", "403", "404", "429", "503"} <= set(follow["delete"]["responses"])
    assert paths["/api/v1/users/{username}"]["get"]["security"] == [{}, {"bearer": []}]
