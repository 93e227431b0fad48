"""Public profiles through the real door."""

from tests.factories.api import api_client, bearer, data_of, refusal_of, sign_up

from veza.auth import service
from veza.context import Context


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
