"""Registering, logging in, refreshing, limits and sessions, through the real door with a clock that is turned."""

import asyncio
from dataclasses import replace
from typing import Any

import asyncpg
import httpx
import pytest
import structlog
from argon2 import PasswordHasher
from structlog.testing import LogCapture
from tests.factories.api import (
    PASSWORD,
    api_client,
    bearer,
    data_of,
    log_in,
    refusal_of,
    sign_up,
)
from tests.factories.clock import TurnableClock

from veza.auth import service
from veza.auth.domain import AUTH_CHANNEL, MAX_SESSIONS, Role
from veza.context import Context
from veza.kit.errors import Conflict, Invalid, NotFound
from veza.kit.ids import new_id
from veza.kit.signing import plain_hash

DAY_S = 24 * 3600


@pytest.fixture
def lenient(ctx: Context) -> Context:
    """The same world with limits that are not the subject."""
    wide = {
        "login_failures_per_account": 1000,
        "login_failures_per_network": 1000,
        "registrations_per_network": 1000,
    }
    return replace(ctx, settings=replace(ctx.settings, **wide))  # type: ignore[arg-type]


async def refresh(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post("/auth/refresh", json={"refresh_token": token})


async def login(client: httpx.AsyncClient, email: str, password: str, **headers: str) -> httpx.Response:
    return await client.post("/auth/login", json={"email": email, "password": password}, headers=headers)


async def is_in(client: httpx.AsyncClient, access_token: str) -> bool:
    return (await client.get("/auth/me", headers=bearer(access_token))).status_code == 200


# Registering


async def test_names_and_addresses_belong_to_one_account_without_regard_to_case(ctx: Context) -> None:
    async with api_client(ctx) as client:
        await sign_up(client, "JohnDoe")
        for username, email, code in (
            ("johndoe", "other@example.com", "username_taken"),
            ("other", "JOHNDOE@EXAMPLE.COM", "email_taken"),
            ("other", "  johndoe@example.com", "email_taken"),
        ):
            body = {"username": username, "email": email, "password": PASSWORD}
            assert refusal_of(await client.post("/auth/register", json=body)) == (409, code)


async def test_every_problem_of_a_registration_is_named_at_once(ctx: Context) -> None:
    async with api_client(ctx) as client:
        answer = await client.post(
            "/auth/register", json={"username": "a b", "email": "x", "password": "short-canary"[:9]}
        )
        assert refusal_of(answer) == (400, "validation_error")
        assert [problem["field"] for problem in answer.json()["fields"]] == ["username", "email", "password"]
        assert "short-can" not in answer.text


@pytest.mark.parametrize(("same", "code"), [("email", "email_taken"), ("username", "username_taken")])
async def test_of_50_who_register_the_same_at_once_one_gets_it(lenient: Context, same: str, code: str) -> None:
    def body(n: int) -> dict[str, str]:
        return {"username": f"user-{n}", "email": f"u{n}@example.com", "password": PASSWORD} | {
            same: "only-one" if same == "username" else "only@example.com"
        }

    async with api_client(lenient) as client:
        answers = await asyncio.gather(*(client.post("/auth/register", json=body(n)) for n in range(50)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 49
    assert {refusal_of(answer)[1] for answer in answers if answer.status_code == 409} == {code}


async def test_registrations_are_limited_per_network(ctx: Context) -> None:
    ctx = replace(ctx, settings=replace(ctx.settings, registrations_per_network=2))
    async with api_client(ctx) as client, api_client(ctx, address="198.51.100.1") as elsewhere:
        await sign_up(client, "one")
        await sign_up(client, "two")
        body = {"username": "three", "email": "three@example.com", "password": PASSWORD}
        refused = await client.post("/auth/register", json=body)
        assert refusal_of(refused) == (429, "rate_limited")
        assert int(refused.headers["retry-after"]) >= 1
        await sign_up(elsewhere, "three")


async def test_an_operator_makes_an_admin(ctx: Context) -> None:
    made = await service.create_user(ctx, username="boss", email="boss@example.com", password=PASSWORD, role=Role.ADMIN)
    async with api_client(ctx) as client:
        user = (await log_in(client, "boss"))["user"]
    assert (user["id"], user["role"], user["email_verified"]) == (str(made.id), "admin", True)
    with pytest.raises(Conflict):
        await service.create_user(ctx, username="BOSS", email="b@example.com", password=PASSWORD)
    with pytest.raises(Invalid):
        await service.create_user(ctx, username="boss2", email="b@example.com", password="short")


# Logging in


async def test_an_unknown_address_and_a_wrong_password_are_one_answer(ctx: Context) -> None:
    def told(answer: httpx.Response) -> tuple[int, dict[str, Any], list[str]]:
        return answer.status_code, answer.json() | {"request_id": ""}, sorted(answer.headers)

    async with api_client(ctx) as client:
        await sign_up(client)
        known = told(await login(client, "johndoe@example.com", "not the password"))
        assert known[0:1] == (401,)
        assert known[1]["code"] == "invalid_credentials"
        for email in ("nobody@example.com", "not an address", "", "johndoe@example.com "):
            assert told(await login(client, email, "not the password")) == known


async def test_addresses_log_in_in_any_case(ctx: Context) -> None:
    async with api_client(ctx) as client:
        await sign_up(client)
        data_of(await login(client, " JohnDoe@EXAMPLE.com ", PASSWORD))


async def test_guesses_at_an_account_are_limited_and_its_owner_gets_in_from_elsewhere(ctx: Context) -> None:
    async with api_client(ctx) as client, api_client(ctx, address="198.51.100.1") as owner:
        await sign_up(owner)
        for _ in range(10):
            assert refusal_of(await login(client, "johndoe@example.com", "wrong")) == (401, "invalid_credentials")
        for n in range(20):
            forged = {
                "X-Forwarded-For": f"198.51.100.{n}",
                "X-Real-IP": f"198.51.100.{n}",
                "Forwarded": f"for=198.51.100.{n}",
            }
            refused = await login(client, "JOHNDOE@example.com" if n % 2 else "johndoe@example.com", PASSWORD, **forged)
            assert refusal_of(refused) == (429, "rate_limited")
            assert 1 <= int(refused.headers["retry-after"]) <= 900
        data_of(await login(owner, "johndoe@example.com", PASSWORD))


async def test_parallel_guesses_do_not_slip_past_the_limit(ctx: Context) -> None:
    async with api_client(ctx) as client:
        await sign_up(client)
        answers = await asyncio.gather(*(login(client, "johndoe@example.com", f"wrong {n}") for n in range(30)))
    assert sorted(answer.status_code for answer in answers) == [401] * 10 + [429] * 20


async def test_one_ipv6_household_is_one_network(ctx: Context) -> None:
    async with api_client(ctx) as client:
        await sign_up(client)
    codes = []
    for n in range(12):
        async with api_client(ctx, address=f"2001:db8:1:2::{n + 1}") as client:
            codes.append((await login(client, "johndoe@example.com", "wrong")).status_code)
    assert codes == [401] * 10 + [429] * 2


async def test_a_right_password_wipes_the_wrong_ones_and_costs_its_network_nothing(ctx: Context) -> None:
    ctx = replace(ctx, settings=replace(ctx.settings, login_failures_per_account=2, login_failures_per_network=5))
    async with api_client(ctx) as client:
        await sign_up(client)
        for _ in range(6):
            data_of(await login(client, "johndoe@example.com", PASSWORD))
        for _ in range(2):
            assert (await login(client, "johndoe@example.com", "wrong")).status_code == 401
            data_of(await login(client, "johndoe@example.com", PASSWORD))
        for n in range(3):
            assert (await login(client, f"somebody{n}@example.com", "wrong")).status_code == 401
        assert (await login(client, "somebody9@example.com", "wrong")).status_code == 429


async def test_old_hashes_are_made_anew_at_login(ctx: Context) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    async with api_client(ctx) as client:
        await sign_up(client)
        async with ctx.db.connection() as connection:
            await connection.execute("update users set password_hash = $1", weak)
        await log_in(client)
        async with ctx.db.connection() as connection:
            stored = await connection.fetchval("select password_hash from users")
        assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        await log_in(client)


async def test_the_oldest_of_too_many_sessions_ends(lenient: Context, clock: TurnableClock) -> None:
    async with api_client(lenient) as client:
        latest = first = await sign_up(client)
        for _ in range(MAX_SESSIONS):
            clock.turn(1)
            latest = await log_in(client)
        assert not await is_in(client, first["access_token"])
        listed = data_of(await client.get("/auth/sessions?limit=1", headers=bearer(latest["access_token"])))
        assert listed["total"] == MAX_SESSIONS


# Refreshing


async def test_each_refresh_hands_over_to_a_successor(ctx: Context, clock: TurnableClock) -> None:
    async with api_client(ctx) as client:
        tokens = [(await sign_up(client))["refresh_token"]]
        for _ in range(5):
            clock.turn(3600)
            data = data_of(await refresh(client, tokens[-1]))
            assert set(data) == {"user", "access_token", "refresh_token", "token_type", "expires_in"}
            assert await is_in(client, data["access_token"])
            tokens.append(data["refresh_token"])
    assert len(set(tokens)) == 6


async def test_a_lost_answer_is_given_again_for_ten_seconds(ctx: Context, clock: TurnableClock) -> None:
    async with api_client(ctx) as client:
        token = (await sign_up(client))["refresh_token"]
        successor = data_of(await refresh(client, token))["refresh_token"]
        clock.turn(10)
        assert data_of(await refresh(client, token))["refresh_token"] == successor
        data_of(await refresh(client, successor))


async def _expect_family_dead(client: httpx.AsyncClient, stolen: str, data: dict[str, Any], others: Any) -> None:
    assert refusal_of(await refresh(client, stolen)) == (401, "refresh_reused")
    assert refusal_of(await refresh(client, data["refresh_token"])) == (401, "refresh_reused")
    assert not await is_in(client, data["access_token"])
    assert await is_in(client, others["access_token"])
    data_of(await refresh(client, others["refresh_token"]))


async def test_a_replay_after_ten_seconds_ends_the_family_and_no_other(ctx: Context, clock: TurnableClock) -> None:
    async with api_client(ctx) as client:
        stolen = (await sign_up(client))["refresh_token"]
        others = await log_in(client)
        data = data_of(await refresh(client, stolen))
        assert await is_in(client, data["access_token"])
        clock.turn(10.1)
        await _expect_family_dead(client, stolen, data, others)


async def test_a_replay_of_what_has_a_used_successor_ends_the_family_at_once(ctx: Context) -> None:
    async with api_client(ctx) as client:
        stolen = (await sign_up(client))["refresh_token"]
        others = await log_in(client)
        second = data_of(await refresh(client, stolen))["refresh_token"]
        data = data_of(await refresh(client, second))
        await _expect_family_dead(client, stolen, data, others)


async def test_a_session_rests_14_days_and_lives_30(ctx: Context, clock: TurnableClock) -> None:
    async with api_client(ctx) as client:
        resting = (await sign_up(client))["refresh_token"]
        token = (await log_in(client))["refresh_token"]
        clock.turn(13 * DAY_S)
        token = data_of(await refresh(client, token))["refresh_token"]
        clock.turn(1 * DAY_S)
        assert refusal_of(await refresh(client, resting)) == (401, "token_expired")
        clock.turn(12 * DAY_S)
        token = data_of(await refresh(client, token))["refresh_token"]
        clock.turn(4 * DAY_S)
        assert refusal_of(await refresh(client, token)) == (401, "token_expired")
        assert await service.forget_old_sessions(ctx) == 2
        assert refusal_of(await refresh(client, token)) == (401, "unauthenticated")


async def test_20_parallel_refreshes_with_one_token_give_one_successor(ctx: Context, clock: TurnableClock) -> None:
    async with api_client(ctx) as client:
        token = (await sign_up(client))["refresh_token"]
        answers = await asyncio.gather(*(refresh(client, token) for _ in range(20)))
        successors = {data_of(answer)["refresh_token"] for answer in answers}
        assert len(successors) == 1
        async with ctx.db.connection() as connection:
            assert await connection.fetchval("select count(*) from refresh_tokens") == 2
        clock.turn(11)
        answers = await asyncio.gather(*(refresh(client, token) for _ in range(20)))
        assert {refusal_of(answer) for answer in answers} == {(401, "refresh_reused")}


async def test_what_is_stored_opens_nothing(ctx: Context) -> None:
    async with api_client(ctx) as client:
        tokens = await sign_up(client)
        successor = data_of(await refresh(client, tokens["refresh_token"]))["refresh_token"]
    async with ctx.db.connection() as connection:
        stored = {row[0] for row in await connection.fetch("select token_hash from refresh_tokens")}
        everything = str(
            await connection.fetch("select u.*::text, s.*::text, t.*::text from users u, sessions s, refresh_tokens t")
        )
    assert stored == {plain_hash(tokens["refresh_token"]), plain_hash(successor)}
    for secret in (PASSWORD, tokens["refresh_token"], tokens["access_token"], successor):
        assert secret not in everything


# Ending


async def test_logging_out_ends_the_session_by_either_token(ctx: Context, clock: TurnableClock) -> None:
    async with api_client(ctx) as client:
        by_access, by_refresh, by_old_access = await sign_up(client), await log_in(client), await log_in(client)
        client.cookies.clear()
        data_of(await client.post("/auth/logout", headers=bearer(by_access["access_token"])))
        data_of(await client.post("/auth/logout", json={"refresh_token": by_refresh["refresh_token"]}))
        for ended in (by_access, by_refresh):
            assert not await is_in(client, ended["access_token"])
            assert refusal_of(await refresh(client, ended["refresh_token"])) == (401, "unauthenticated")
        clock.turn(2 * 3600)
        data_of(await client.post("/auth/logout", headers=bearer(by_old_access["access_token"])))
        assert refusal_of(await refresh(client, by_old_access["refresh_token"])) == (401, "unauthenticated")


@pytest.mark.parametrize("headers", [{}, bearer("nonsense"), {"Cookie": "veza_refresh=nonsense"}])
async def test_logging_out_without_anything_to_end_is_fine(ctx: Context, headers: dict[str, str]) -> None:
    async with api_client(ctx) as client:
        assert data_of(await client.post("/auth/logout", headers=headers)) == {}
        assert data_of(await client.post("/auth/logout", headers=headers)) == {}


async def test_ones_own_sessions_can_be_seen_and_ended(ctx: Context, clock: TurnableClock) -> None:
    async with api_client(ctx) as client:
        here = await sign_up(client)
        stranger = await sign_up(client, "stranger")
        clock.turn(5)
        client.headers["User-Agent"] = "Phone \x01" + "x" * 300
        phone = await log_in(client)
        listed = data_of(await client.get("/auth/sessions", headers=bearer(here["access_token"])))
        assert (listed["total"], listed["limit"], listed["offset"]) == (2, 20, 0)
        first, second = listed["sessions"]
        assert first["user_agent"].startswith("Phone x")
        assert len(first["user_agent"]) == 256
        assert (first["current"], second["current"]) == (False, True)
        assert first["network"] == "203.0.113.7"
        address = f"/auth/sessions/{first['id']}"
        assert refusal_of(await client.delete(address, headers=bearer(stranger["access_token"]))) == (404, "not_found")
        assert await is_in(client, phone["access_token"])
        assert data_of(await client.delete(address, headers=bearer(here["access_token"]))) == {}
        assert not await is_in(client, phone["access_token"])
        assert refusal_of(await client.delete(address, headers=bearer(here["access_token"]))) == (404, "not_found")
        assert (
            refusal_of(await client.delete("/auth/sessions/nonsense", headers=bearer(here["access_token"])))[0] == 404
        )
        assert refusal_of(await client.get("/auth/sessions?limit=101", headers=bearer(here["access_token"])))[0] == 400


async def test_a_new_password_ends_the_other_sessions(ctx: Context) -> None:
    async with api_client(ctx) as client:
        other, here = await sign_up(client), await log_in(client)
        assert await is_in(client, other["access_token"])
        headers = bearer(here["access_token"])
        wrong = {"current_password": "wrong", "new_password": "another good one"}
        refused = await client.post("/auth/password/change", json=wrong, headers=headers)
        assert refusal_of(refused) == (401, "invalid_credentials")
        weak = {"current_password": PASSWORD, "new_password": "password1234"}
        refused = await client.post("/auth/password/change", json=weak, headers=headers)
        assert refusal_of(refused) == (400, "validation_error")
        assert refused.json()["fields"][0]["field"] == "new_password"
        good = {"current_password": PASSWORD, "new_password": "another good one"}
        assert data_of(await client.post("/auth/password/change", json=good, headers=headers)) == {}
        assert not await is_in(client, other["access_token"])
        assert refusal_of(await refresh(client, other["refresh_token"])) == (401, "unauthenticated")
        assert await is_in(client, here["access_token"])
        data_of(await refresh(client, here["refresh_token"]))
        await log_in(client, password="another good one")
        assert (await login(client, "johndoe@example.com", PASSWORD)).status_code == 401


async def test_guesses_with_a_stolen_access_token_are_limited(ctx: Context) -> None:
    async with api_client(ctx) as client:
        headers = bearer((await sign_up(client))["access_token"])
        body = {"current_password": "wrong", "new_password": "another good one"}
        answers = [await client.post("/auth/password/change", json=body, headers=headers) for _ in range(12)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2


async def test_a_suspended_person_is_told_so_once_they_proved_who_they_are(ctx: Context) -> None:
    async with api_client(ctx) as client:
        tokens = await sign_up(client)
        user_id = (await service.user_by_id(ctx, tokens["user"]["id"])).id
        assert await is_in(client, tokens["access_token"])
        assert (await service.suspend_user(ctx, user_id)).is_suspended
        refused = await client.get("/auth/me", headers=bearer(tokens["access_token"]))
        assert refusal_of(refused) == (403, "account_suspended")
        assert refusal_of(await refresh(client, tokens["refresh_token"])) == (401, "unauthenticated")
        assert refusal_of(await login(client, "johndoe@example.com", PASSWORD)) == (403, "account_suspended")
        assert refusal_of(await login(client, "johndoe@example.com", "wrong")) == (401, "invalid_credentials")
        assert not (await service.reinstate_user(ctx, user_id)).is_suspended
        assert not await is_in(client, tokens["access_token"])
        await log_in(client)


async def test_a_session_that_slipped_past_a_suspension_cannot_be_refreshed(ctx: Context) -> None:
    async with api_client(ctx) as client:
        tokens = await sign_up(client)
        async with ctx.db.connection() as connection:  # as when a login and a suspension cross
            await connection.execute("update users set suspended_at = now()")
        assert refusal_of(await refresh(client, tokens["refresh_token"])) == (401, "unauthenticated")


async def test_a_role_comes_from_the_database_and_bites_at_once(ctx: Context) -> None:
    async with api_client(ctx) as client:
        tokens = await sign_up(client)
        user = data_of(await client.get("/auth/me", headers=bearer(tokens["access_token"])))
        assert user["role"] == "user"
        await service.change_role(ctx, (await service.user_by_id(ctx, user["id"])).id, Role.MODERATOR)
        user = data_of(await client.get("/auth/me", headers=bearer(tokens["access_token"])))
        assert user["role"] == "moderator"


async def test_changes_of_nobody_are_not_found(ctx: Context) -> None:
    for change in (service.suspend_user, service.reinstate_user, service.user_by_id):
        with pytest.raises(NotFound):
            await change(ctx, new_id())
    with pytest.raises(NotFound):
        await service.change_role(ctx, new_id(), Role.ADMIN)


async def test_other_processes_hear_of_every_end(ctx: Context) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue(100)
    listener = await asyncpg.connect(ctx.db.dsn)
    await listener.add_listener(AUTH_CHANNEL, lambda *note: heard.put_nowait(str(note[3])))
    async with api_client(ctx) as client:
        tokens = await sign_up(client)
        data_of(await client.post("/auth/logout", headers=bearer(tokens["access_token"])))
        assert '"session_id"' in await asyncio.wait_for(heard.get(), 5)
        user_id = (await service.user_by_id(ctx, tokens["user"]["id"])).id
        for change in (service.suspend_user, service.reinstate_user):
            await change(ctx, user_id)
            assert await asyncio.wait_for(heard.get(), 5) == f'{{"user_id":"{user_id}"}}'
        await service.change_role(ctx, user_id, Role.ADMIN)
        assert str(user_id) in await asyncio.wait_for(heard.get(), 5)
    await listener.close()


async def test_names_of_many_for_lists(ctx: Context) -> None:
    one = await service.create_user(ctx, username="one", email="one@example.com", password=PASSWORD)
    two = await service.create_user(ctx, username="two", email="two@example.com", password=PASSWORD)
    async with ctx.db.connection() as connection:
        found = await service.usernames(connection, {one.id, two.id, new_id()})
        assert await service.find_user(connection, new_id()) is None
    assert found == {one.id: "one", two.id: "two"}


async def test_no_secret_and_no_address_is_ever_logged(ctx: Context) -> None:
    capture = LogCapture()
    before = structlog.get_config()
    structlog.configure(processors=[capture], cache_logger_on_first_use=False)
    try:
        async with api_client(ctx) as client:
            tokens = await sign_up(client)
            await login(client, "johndoe@example.com", "canary-of-a-wrong-password")
            await login(client, "canary-nobody@example.com", "canary-of-a-wrong-password")
            await client.post("/auth/login", content=b'{"password": "canary-broken')
            await client.post("/auth/login", json={"email": "canary", "password": ["canary"]})
            data = data_of(await refresh(client, tokens["refresh_token"]))
            data_of(await refresh(client, data["refresh_token"]))
            await refresh(client, tokens["refresh_token"])
            await client.post("/auth/logout", headers=bearer(data["access_token"]))
    finally:
        structlog.configure(**before)
    text = str(capture.entries)
    assert {"user_created", "authn_login_fail", "authn_token_reuse"} <= {entry["event"] for entry in capture.entries}
    for secret in (
        PASSWORD,
        "canary",
        "@example.com",
        tokens["refresh_token"],
        data["refresh_token"],
        tokens["access_token"],
    ):
        assert secret not in text
