"""Every sample of the API reference's Authentication section, as it stands there: path, body, fields, status."""

import json

import httpx
from tests.factories.api import api_client

from veza.context import Context
from veza.kit.ids import parse_id

JSON = {"Content-Type": "application/json"}
REGISTER = '{"username":"johndoe","email":"john@example.com","password":"SecureP@ssw0rd"}'
LOGIN = '{"email":"john@example.com","password":"SecureP@ssw0rd"}'


async def curl(client: httpx.AsyncClient, path: str, body: str = "", **headers: str) -> httpx.Response:
    """One `curl -X POST`, as from a shell: no cookie is kept."""
    answer = await client.post(path, content=body, headers=headers)
    client.cookies.clear()
    return answer


def expect_tokens(answer: httpx.Response, status: int) -> tuple[str, str]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert set(body) == {"success", "data"}
    assert body["success"] is True
    data = body["data"]
    assert set(data) == {"user", "access_token", "refresh_token", "token_type", "expires_in"}
    assert (data["token_type"], data["expires_in"]) == ("Bearer", 3600)
    user = data["user"]
    assert set(user) == {"id", "username", "email", "role", "email_verified", "created_at"}
    assert (user["username"], user["email"]) == ("johndoe", "john@example.com")
    assert (user["role"], user["email_verified"]) == ("user", False)
    assert parse_id(user["id"]) is not None
    assert user["created_at"].endswith("Z")
    assert data["access_token"].startswith("eyJ")
    return data["access_token"], data["refresh_token"]


async def test_the_samples_of_authentication_work_as_written(ctx: Context) -> None:
    async with api_client(ctx) as client:
        expect_tokens(await curl(client, "/auth/register", REGISTER, **JSON), 201)
        access_token, refresh_token = expect_tokens(await curl(client, "/auth/login", LOGIN, **JSON), 200)
        body = json.dumps({"refresh_token": refresh_token})
        access_token, refresh_token = expect_tokens(await curl(client, "/auth/refresh", body, **JSON), 200)
        answer = await curl(client, "/auth/logout", Authorization=f"Bearer {access_token}")
        assert (answer.status_code, answer.json()) == (200, {"success": True, "data": {}})
        body = json.dumps({"refresh_token": refresh_token})
        assert (await curl(client, "/auth/refresh", body, **JSON)).status_code == 401


async def test_a_failure_is_a_sentence_a_code_and_a_request_id(ctx: Context) -> None:
    async with api_client(ctx) as client:
        await curl(client, "/auth/register", REGISTER, **JSON)
        for path, body, status, code in (
            ("/auth/register", REGISTER, 409, "username_taken"),
            ("/auth/login", LOGIN.replace("SecureP", "WrongP"), 401, "invalid_credentials"),
            ("/auth/refresh", '{"refresh_token":"eyJ..."}', 401, "unauthenticated"),
            ("/auth/refresh", "", 401, "unauthenticated"),
        ):
            answer = await curl(client, path, body, **(JSON if body else {}))
            assert answer.status_code == status
            failure = answer.json()
            assert set(failure) == {"success", "error", "code", "request_id"}
            assert (failure["success"], failure["code"]) == (False, code)
            assert failure["error"].endswith(".")
            assert failure["request_id"] == answer.headers["x-request-id"]
