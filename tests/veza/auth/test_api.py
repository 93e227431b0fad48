"""The refresh cookie, the pages that may use it, and bodies that nobody should send."""

from dataclasses import replace
from http.cookies import Morsel, SimpleCookie

import httpx
import pytest
from tests.factories.api import PASSWORD, api_client, bearer, data_of, refusal_of, sign_up
from tests.factories.clock import TurnableClock
from tests.veza.http.test_origin import HOSTILE

from veza.context import Context

PAGE = {"Origin": "http://localhost:8080", "Content-Type": "application/json"}


def cookie_of(answer: httpx.Response, name: str = "veza_refresh") -> "Morsel[str]":
    (header,) = answer.headers.get_list("set-cookie")
    return SimpleCookie(header)[name]


async def login(client: httpx.AsyncClient, **extra: bool) -> httpx.Response:
    return await client.post("/auth/login", json={"email": "johndoe@example.com", "password": PASSWORD, **extra})


async def test_the_cookie_is_closed_to_scripts_other_sites_and_other_routes(ctx: Context) -> None:
    async with api_client(ctx) as client:
        await sign_up(client)
        answer = await login(client)
    cookie = cookie_of(answer)
    assert cookie.value == data_of(answer)["refresh_token"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/api/v1/auth", True, "strict")
    assert (cookie["secure"], cookie["domain"], cookie["max-age"]) == ("", "", "")


async def test_on_https_its_name_promises_that_it_is_secure(ctx: Context) -> None:
    ctx = replace(ctx, settings=replace(ctx.settings, public_url="https://music.example"))
    async with api_client(ctx) as client:
        client.base_url = httpx.URL("https://music.example/api/v1")
        await sign_up(client)
        cookie = cookie_of(await login(client), "__Secure-veza_refresh")
        assert cookie["secure"] is True
        page = {"Origin": "https://music.example", "Content-Type": "application/json"}
        data_of(await client.post("/auth/refresh", headers=page))
        client.cookies.clear()
        plain = {**page, "Cookie": f"veza_refresh={cookie.value}"}
        assert refusal_of(await client.post("/auth/refresh", headers=plain)) == (401, "unauthenticated")


async def test_remember_me_makes_it_outlive_the_browser_and_never_the_session(
    ctx: Context, clock: TurnableClock
) -> None:
    async with api_client(ctx) as client:
        await sign_up(client)
        assert cookie_of(await login(client, remember_me=False))["max-age"] == ""
        assert cookie_of(await login(client, remember_me=True))["max-age"] == str(14 * 24 * 3600)
        for left_days in (14, 10):
            clock.turn(10 * 24 * 3600)
            answer = await client.post("/auth/refresh", headers=PAGE)
            assert cookie_of(answer)["max-age"] == str(left_days * 24 * 3600)


async def test_a_page_refreshes_with_the_cookie_and_never_sees_the_token(ctx: Context) -> None:
    async with api_client(ctx) as client:
        before = (await sign_up(client))["refresh_token"]
        for body in (b"", b"{}", b'{"refresh_token": null}'):
            answer = await client.post("/auth/refresh", headers=PAGE, content=body)
            data = data_of(answer)
            assert set(data) == {"user", "access_token", "token_type", "expires_in"}
            assert cookie_of(answer).value not in (before, *answer.text.split('"'))
            data_of(await client.get("/auth/me", headers=bearer(data["access_token"])))


async def test_a_token_in_the_body_wins_over_the_cookie(ctx: Context) -> None:
    async with api_client(ctx) as client:
        first = await sign_up(client, "first")
        await sign_up(client, "second")
        answer = await client.post(
            "/auth/refresh", headers={"Origin": "https://evil.example"}, json={"refresh_token": first["refresh_token"]}
        )
        data = data_of(answer)
    assert data["user"]["username"] == "first"
    assert cookie_of(answer).value == data["refresh_token"]


async def test_no_page_but_ours_can_use_the_cookie(ctx: Context) -> None:
    ctx = replace(ctx, settings=replace(ctx.settings, public_url="https://music.example"))
    async with api_client(ctx) as client:
        client.base_url = httpx.URL("https://music.example/api/v1")
        tokens = await sign_up(client)
        for origin in HOSTILE:
            headers = [(b"Content-Type", b"application/json")]
            if origin is not None:
                headers.append((b"Origin", origin.encode()))
            answer = await client.post("/auth/refresh", headers=headers, content=b"{}")
            assert refusal_of(answer) == (403, "origin_not_allowed"), origin
            assert "access-control-allow-origin" not in answer.headers
            assert "set-cookie" not in answer.headers
            if origin is not None:
                data_of(await client.post("/auth/logout", headers=headers[1:]))
        data_of(await client.get("/auth/me", headers=bearer(tokens["access_token"])))


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json"]
)
async def test_the_cookie_needs_a_body_that_no_foreign_form_can_send(ctx: Context, kind: str) -> None:
    async with api_client(ctx) as client:
        await sign_up(client)
        for body in (b"", b"{}"):
            answer = await client.post("/auth/refresh", headers={**PAGE, "Content-Type": kind}, content=body)
            assert refusal_of(answer) == (415, "unsupported_media_type")


async def test_logging_out_takes_the_cookie_away(ctx: Context) -> None:
    async with api_client(ctx) as client:
        tokens = await sign_up(client)
        answer = await client.post("/auth/logout", headers={"Origin": "http://localhost:8080"})
        data_of(answer)
        cookie = cookie_of(answer)
        assert (cookie.value, cookie["max-age"], cookie["path"]) == ("", "0", "/api/v1/auth")
        assert "veza_refresh" not in client.cookies
        assert (await client.get("/auth/me", headers=bearer(tokens["access_token"]))).status_code == 401


HOSTILE_BODIES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "malformed_json"),
    "broken": (b"{", "malformed_json"),
    "a byte-order mark": (b"\xef\xbb\xbf{}", "malformed_json"),
    "trailing junk": (b"{}{}", "validation_error"),
    "not UTF-8": (b'{"email":"\xff","password":"x"}', "malformed_json"),
    "a lone surrogate": (b'{"email":"\\ud800","password":"x"}', "malformed_json"),
    "1e400": (b'{"email":1e400,"password":"x"}', "validation_error"),
    "NaN": (b'{"email":NaN,"password":"x"}', "malformed_json"),
    "very deep": (b'{"email":' + b"[" * 20_000, "validation_error"),
    "very deep, unknown": (b'{"x":' + b"[" * 1_800 + b"]" * 1_800 + b"}", "validation_error"),
    "a list": (b"[]", "validation_error"),
    "null": (b"null", "validation_error"),
    "a field missing": (b'{"email":"a@example.com"}', "validation_error"),
    "a number": (b'{"email":"a@example.com","password":123456789012}', "validation_error"),
    "an object": (b'{"email":{"$ne":null},"password":"x"}', "validation_error"),
    "NUL": (b'{"email":"a\\u0000@example.com","password":"x"}', "validation_error"),
    "too long": (b'{"email":"a@example.com","password":"' + b"x" * 2000 + b'"}', "validation_error"),
    **{
        f"{field} of one's own": (
            b'{"email":"a@example.com","password":"x","%s":1}' % field.encode(),
            "validation_error",
        )
        for field in ("role", "is_admin", "id", "user_id", "email_verified", "created_at", "suspended_at")
    },
}


@pytest.mark.parametrize("name", HOSTILE_BODIES)
async def test_hostile_bodies_are_refused_and_not_echoed(ctx: Context, name: str) -> None:
    body, code = HOSTILE_BODIES[name]
    async with api_client(ctx) as client:
        answer = await client.post("/auth/login", content=body, headers={"Content-Type": "application/json"})
        assert refusal_of(answer) == (400, code)
        assert answer.headers["cache-control"] == "no-store"
        assert "a@example.com" not in answer.text


@pytest.mark.parametrize("body", [b"{{{", b"x" * 10_000_000, b'{"current_password": 1}'])
async def test_a_stranger_is_refused_before_the_body_is_looked_at(ctx: Context, body: bytes) -> None:
    async with api_client(ctx) as client:
        for answer in (
            await client.post("/auth/password/change", content=body, headers={"Content-Type": "application/json"}),
            await client.put("/users/me", content=body, headers={"Content-Type": "application/json"}),
        ):
            assert refusal_of(answer) == (401, "unauthenticated")


async def test_what_is_too_large_or_not_json_is_refused(ctx: Context) -> None:
    async with api_client(ctx) as client:
        kind = {"Content-Type": "application/json"}
        assert refusal_of(await client.post("/auth/login", content=b"x" * 10_000_000, headers=kind))[0] == 413
        body = b"email=a%40example.com&password=x"
        assert refusal_of(await client.post("/auth/login", content=body))[0] == 415
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert refusal_of(await client.post("/auth/login", content=body, headers=form))[0] == 415
        assert refusal_of(await client.get("/auth/login"))[0] == 405
