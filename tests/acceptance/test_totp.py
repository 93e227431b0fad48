"""Two-step log-in through the real doors: setting up, codes that work once, guessing, the staff, and lost phones."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler
from structlog.testing import capture_logs
from tests.factories.api import PASSWORD, Person, api_client, bearer, data_of, join, refusal_of, sign_up
from tests.factories.clock import TurnableClock
from tests.factories.mailbox import open_mailbox
from tests.factories.second_factor import Phone, log_in_with, set_up_phone, try_log_in

from veza.app import create_app
from veza.auth.domain import Role
from veza.auth.service import change_role
from veza.context import Context
from veza.kit.ids import new_id

REFUSED = (401, "invalid_totp")


@pytest.fixture
async def phone(client: httpx.AsyncClient, clock: TurnableClock, ada: Person) -> Phone:
    """Ada's."""
    return await set_up_phone(client, clock, ada.headers)


@pytest.fixture
async def strict(ctx: Context) -> AsyncIterator[httpx.AsyncClient]:
    """The application of an install that asks a second factor of its staff."""
    async with api_client(replace(ctx, settings=replace(ctx.settings, require_staff_totp=True))) as found:
        yield found


async def post(client: httpx.AsyncClient, person: Person, path: str, **body: Any) -> httpx.Response:
    return await client.post(path, json=body, headers=person.headers)


# --- setting it up ---------------------------------------------------------------------------------------------


async def test_it_is_set_up_with_a_password_and_a_code_of_the_app(
    client: httpx.AsyncClient, clock: TurnableClock, ada: Person
) -> None:
    me = data_of(await client.get("/auth/me", headers=ada.headers))
    assert me["totp_enabled"] is False
    off = {"enabled": False, "required": False, "recovery_codes_left": 0}
    assert data_of(await client.get("/auth/totp", headers=ada.headers)) == off
    answer = await post(client, ada, "/auth/totp/setup", password="not the password")
    assert refusal_of(answer) == (401, "invalid_credentials")
    answer = await post(client, ada, "/auth/totp/setup", password=PASSWORD)
    setup = data_of(answer)
    assert answer.headers["cache-control"] == "no-store"
    assert setup["otpauth_uri"].startswith("otpauth://totp/")
    phone = Phone(clock, setup["secret"], [])
    answer = await post(client, ada, "/auth/totp/enable", code=phone.wrong_code())
    assert refusal_of(answer) == (400, "invalid_totp")
    assert [problem["field"] for problem in answer.json()["fields"]] == ["code"]
    data_of(await try_log_in(client, "ada"))  # not asked for yet
    answer = await post(client, ada, "/auth/totp/enable", code=phone.code())
    codes = data_of(answer)["recovery_codes"]
    assert answer.headers["cache-control"] == "no-store"
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[a-z2-7]{5}-[a-z2-7]{5}", code) for code in codes)
    on = {"enabled": True, "required": False, "recovery_codes_left": 10}
    assert data_of(await client.get("/auth/totp", headers=ada.headers)) == on
    assert data_of(await client.get("/auth/me", headers=ada.headers))["totp_enabled"] is True
    for path, body in (("setup", {"password": PASSWORD}), ("enable", {"code": phone.code(1)})):
        assert refusal_of(await post(client, ada, f"/auth/totp/{path}", **body)) == (409, "totp_enabled")


async def test_nothing_is_turned_on_that_was_not_begun(client: httpx.AsyncClient, ada: Person) -> None:
    assert refusal_of(await post(client, ada, "/auth/totp/enable", code="123456")) == (409, "totp_not_begun")
    for path in ("disable", "recovery-codes"):
        answer = await post(client, ada, f"/auth/totp/{path}", password=PASSWORD, code="123456")
        assert refusal_of(answer) == (409, "totp_not_enabled")


async def test_of_two_secrets_the_newer_counts(client: httpx.AsyncClient, clock: TurnableClock, ada: Person) -> None:
    first = data_of(await post(client, ada, "/auth/totp/setup", password=PASSWORD))["secret"]
    second = data_of(await post(client, ada, "/auth/totp/setup", password=PASSWORD))["secret"]
    old, new = Phone(clock, first, []), Phone(clock, second, [])
    if old.code() != new.code():
        assert (await post(client, ada, "/auth/totp/enable", code=old.code())).status_code == 400
    data_of(await post(client, ada, "/auth/totp/enable", code=new.code()))


async def test_of_parallel_enablings_one_gives_codes(
    client: httpx.AsyncClient, clock: TurnableClock, ada: Person
) -> None:
    phone = Phone(clock, data_of(await post(client, ada, "/auth/totp/setup", password=PASSWORD))["secret"], [])
    answers = await asyncio.gather(*(post(client, ada, "/auth/totp/enable", code=phone.code()) for _ in range(6)))
    (won,) = [answer for answer in answers if answer.status_code == 200]
    code = data_of(won)["recovery_codes"][0]
    data_of(await try_log_in(client, "ada", code))


async def test_nothing_strange_is_a_code(client: httpx.AsyncClient, ada: Person, phone: Phone) -> None:
    for code in ("", "x" * 65):
        assert (await try_log_in(client, "ada", code)).status_code == 400
    for code in ("12345", "é" * 6, "' or 1=1", "000000 000000", "aaaaa-aaaaa", phone.secret):
        assert refusal_of(await try_log_in(client, "ada", code)) == REFUSED
    for wrong in (None, 123456, ["123456"]):
        answer = await client.post("/auth/totp/enable", json={"code": wrong}, headers=ada.headers)
        assert answer.status_code == 400


# --- logging in ------------------------------------------------------------------------------------------------


async def test_the_password_alone_is_no_longer_enough(client: httpx.AsyncClient, phone: Phone) -> None:
    answer = await try_log_in(client, "ada")
    assert refusal_of(answer) == (401, "totp_required")
    assert "set-cookie" not in answer.headers
    answer = await try_log_in(client, "ada", password="not the password", code=phone.code(1))
    assert refusal_of(answer) == (401, "invalid_credentials"), "a code says nothing beside a wrong password"
    assert refusal_of(await try_log_in(client, "ada", phone.wrong_code())) == REFUSED
    headers = await log_in_with(client, "ada", phone.next_code())
    assert data_of(await client.get("/auth/me", headers=headers))["username"] == "ada"


async def test_a_code_works_once_and_so_does_none_before_it(client: httpx.AsyncClient, phone: Phone) -> None:
    assert refusal_of(await try_log_in(client, "ada", phone.code())) == REFUSED, "it turned two-step log-in on"
    code = phone.next_code()
    answers = await asyncio.gather(*(try_log_in(client, "ada", code) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200, *[401] * 7]
    assert refusal_of(await try_log_in(client, "ada", phone.code(-1))) == REFUSED
    phone.clock.turn(24 * 3600)
    assert refusal_of(await try_log_in(client, "ada", code)) == REFUSED


async def test_a_recovery_code_works_once_however_it_is_typed(
    client: httpx.AsyncClient, ada: Person, phone: Phone
) -> None:
    first, second = phone.recovery_codes[:2]
    answers = await asyncio.gather(*(try_log_in(client, "ada", first) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, *[401] * 4]
    data_of(await try_log_in(client, "ada", f" {second.upper().replace('-', ' ')} "))
    assert data_of(await client.get("/auth/totp", headers=ada.headers))["recovery_codes_left"] == 8


async def test_somebody_elses_codes_open_nothing(client: httpx.AsyncClient, clock: TurnableClock, phone: Phone) -> None:
    bob = await join(client, "bob")
    other = await set_up_phone(client, clock, bob.headers)
    assert refusal_of(await try_log_in(client, "bob", phone.recovery_codes[0])) == REFUSED
    if phone.code(1) != other.code(1):
        assert refusal_of(await try_log_in(client, "bob", phone.code(1))) == REFUSED


async def test_guessing_has_the_limits_of_logging_in(ctx: Context, clock: TurnableClock) -> None:
    async with api_client(ctx) as client:
        ada = await join(client, "ada")
        phone = await set_up_phone(client, clock, ada.headers)
        forged = [{"X-Forwarded-For": f"198.51.100.{n}", "X-Real-IP": f"198.51.100.{n}"} for n in range(14)]
        answers = [await try_log_in(client, "ada", phone.wrong_code(), **headers) for headers in forged]
        assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 4
        assert refusal_of(await try_log_in(client, "ada", phone.code(1))) == (429, "rate_limited")
    async with api_client(ctx, address="198.51.100.99") as elsewhere:
        data_of(await try_log_in(elsewhere, "ada", phone.code(1)))  # the owner from another network gets in


async def test_a_right_password_without_a_code_counts_as_a_try(client: httpx.AsyncClient, phone: Phone) -> None:
    answers = [await try_log_in(client, "ada") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert phone.recovery_codes


async def test_from_everywhere_together_fifty_wrong_codes_a_day_and_a_new_password_forgets_them(
    ctx: Context, clock: TurnableClock
) -> None:
    async with open_mailbox(ctx) as mailbox, api_client(mailbox.ctx) as home:
        ada = await join(home, "ada")
        phone = await set_up_phone(home, clock, ada.headers)
        tried = []
        for network in range(6):
            async with api_client(mailbox.ctx, address=f"198.51.100.{network}") as thief:
                tried += [(await try_log_in(thief, "ada", phone.wrong_code())).status_code for _ in range(9)]
        assert (tried.count(401), tried.count(429)) == (50, 4)
        assert (await try_log_in(home, "ada", phone.next_code())).status_code == 429
        await home.post("/auth/password/forgot", json={"email": "ada@example.com"})
        body = {"token": await mailbox.token("reset-password"), "new_password": "another pass phrase"}
        data_of(await home.post("/auth/password/reset", json=body))
        answer = await try_log_in(home, "ada", password="another pass phrase")
        assert refusal_of(answer) == (401, "totp_required"), "a mailbox is no second factor"
        data_of(await try_log_in(home, "ada", phone.next_code(), password="another pass phrase"))


# --- changing it -----------------------------------------------------------------------------------------------


async def test_it_is_turned_off_and_codes_are_renewed_with_password_and_code(
    ctx: Context, clock: TurnableClock
) -> None:
    async with open_mailbox(ctx) as mailbox, api_client(mailbox.ctx) as client:
        ada = await join(client, "ada")
        phone = await set_up_phone(client, clock, ada.headers)
        for path in ("disable", "recovery-codes"):
            answer = await post(client, ada, f"/auth/totp/{path}", password="not the password", code=phone.code(1))
            assert refusal_of(answer) == (401, "invalid_credentials")
            answer = await post(client, ada, f"/auth/totp/{path}", password=PASSWORD, code=phone.wrong_code())
            assert refusal_of(answer) == REFUSED
        answer = await post(client, ada, "/auth/totp/recovery-codes", password=PASSWORD, code=phone.next_code())
        new = data_of(answer)["recovery_codes"]
        assert not set(new) & set(phone.recovery_codes)
        assert refusal_of(await try_log_in(client, "ada", phone.recovery_codes[0])) == REFUSED
        data_of(await try_log_in(client, "ada", new[0]))
        assert data_of(await post(client, ada, "/auth/totp/disable", password=PASSWORD, code=new[1])) == {}
        data_of(await try_log_in(client, "ada"))
        assert data_of(await client.get("/auth/totp", headers=ada.headers))["recovery_codes_left"] == 0
        assert await mailbox.subjects("ada") == [
            "Confirm your e-mail address",
            "Two-step log-in is on",
            "You have new recovery codes",
            "Two-step log-in is off",
        ]
        assert (await set_up_phone(client, clock, ada.headers)).secret != phone.secret


async def test_no_secret_and_no_code_is_stored_or_logged(ctx: Context, clock: TurnableClock) -> None:
    with capture_logs() as logs:
        async with api_client(ctx) as client:
            ada = await join(client, "ada")
            phone = await set_up_phone(client, clock, ada.headers)
            await try_log_in(client, "ada", phone.recovery_codes[0])
    async with ctx.db.connection() as connection:
        stored = str([await connection.fetch(f"select * from {name}") for name in ("totp_secrets", "recovery_codes")])
        audit = await connection.fetch("select action, details::text from audit_entries")
    for secret in (phone.secret, *phone.recovery_codes):
        assert secret not in stored
        assert secret not in json.dumps(logs, default=str)
        assert secret not in str(audit)
    assert [row["action"] for row in audit] == ["user.totp_enabled"]


# --- the staff -------------------------------------------------------------------------------------------------


async def test_the_staff_are_such_only_with_a_second_factor(
    ctx: Context, client: httpx.AsyncClient, strict: httpx.AsyncClient, clock: TurnableClock, ada: Person
) -> None:
    people: dict[tuple[Role, bool], Person] = {}
    for role in Role:
        for has_totp in (False, True):
            person = await join(client, f"{role.value}-{'with' if has_totp else 'without'}")
            await change_role(ctx, person.id, role)
            people[role, has_totp] = person
            if has_totp:
                await set_up_phone(client, clock, person.headers)
    routes = staff_routes(ctx)
    assert len(routes) > 10
    for method, path, policy in routes:
        for (role, has_totp), person in people.items():
            answer = await strict.request(method, path, headers=person.headers)
            may = role is Role.ADMIN or (role is Role.MODERATOR and policy == "staff")
            if may and has_totp:
                assert answer.status_code not in {401, 403}, (role, path)
            else:
                code = "totp_setup_required" if may else "forbidden"
                assert refusal_of(answer) == (403, code), (role, has_totp, path)


def staff_routes(ctx: Context) -> list[tuple[str, str, str]]:
    """Every route that is the staff's, with an id of nothing in its path."""
    found = []
    for route in create_app(ctx).litestar.routes:
        for handler in getattr(route, "route_handlers", ()):
            policy = handler.opt.get("policy")
            if policy in {"staff", "admin_only"} and isinstance(handler, HTTPRouteHandler):
                path = re.sub(r"\{[^}]*\}", str(new_id()), route.path.removeprefix("/api/v1"))
                found += [(str(method), path, str(policy)) for method in handler.http_methods if method != "OPTIONS"]
    return found


async def test_elsewhere_they_are_as_everybody_until_then(
    ctx: Context, client: httpx.AsyncClient, strict: httpx.AsyncClient, clock: TurnableClock, ada: Person
) -> None:
    root = await join(client, "root")
    await change_role(ctx, root.id, Role.ADMIN)
    product = {"type": "service", "title": "A draft", "price_cents": 500}
    draft = data_of(await client.post("/marketplace/products", json=product, headers=ada.headers), 201)["id"]
    assert (await client.get(f"/marketplace/products/{draft}", headers=root.headers)).status_code == 200
    assert (await strict.get(f"/marketplace/products/{draft}", headers=root.headers)).status_code == 404
    assert data_of(await strict.get("/auth/me", headers=root.headers))["role"] == "admin"
    assert data_of(await strict.get("/auth/totp", headers=root.headers))["required"] is True
    phone = await set_up_phone(strict, clock, root.headers)
    assert (await strict.get(f"/marketplace/products/{draft}", headers=root.headers)).status_code == 200
    answer = await post(strict, root, "/auth/totp/disable", password=PASSWORD, code=phone.next_code())
    assert refusal_of(answer) == (409, "totp_required_for_staff")


async def test_an_admin_lets_in_who_lost_phone_and_codes(ctx: Context, clock: TurnableClock) -> None:
    async with open_mailbox(ctx) as mailbox, api_client(mailbox.ctx) as client:
        root, ada = await join(client, "root"), await join(client, "ada")
        await change_role(ctx, root.id, Role.ADMIN)
        await set_up_phone(client, clock, ada.headers)
        await set_up_phone(client, clock, root.headers)
        assert refusal_of(await post(client, ada, f"/admin/users/{ada.id}/totp/reset")) == (403, "forbidden")
        assert refusal_of(await post(client, root, f"/admin/users/{root.id}/totp/reset")) == (403, "own_account")
        assert data_of(await client.get(f"/admin/users/{ada.id}", headers=root.headers))["totp_enabled"]
        for _ in range(2):
            account = data_of(await post(client, root, f"/admin/users/{ada.id}/totp/reset"))
            assert account["totp_enabled"] is False
        data_of(await try_log_in(client, "ada"))
        audit = data_of(await client.get("/admin/audit?action=user.totp_reset", headers=root.headers))
        assert [(entry["actor_id"], entry["subject_id"]) for entry in audit["entries"]] == [(str(root.id), str(ada.id))]
        assert (await mailbox.subjects("ada"))[-1] == "Two-step log-in is off"


async def test_a_session_of_before_goes_on(client: httpx.AsyncClient, clock: TurnableClock) -> None:
    data = await sign_up(client, "ada")
    await set_up_phone(client, clock, bearer(data["access_token"]))
    answer = await client.post("/auth/refresh", json={"refresh_token": data["refresh_token"]})
    assert data_of(answer)["user"]["username"] == "ada"
