"""Links by mail through the real doors: the address that is confirmed, the password that was forgotten, and thieves."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs
from tests.factories.api import PASSWORD, api_client, bearer, data_of, log_in, refusal_of, sign_up
from tests.factories.clock import TurnableClock
from tests.factories.mailbox import LINK, Mailbox, open_mailbox
from tests.factories.smtp_server import part_of

from veza.auth.service import suspend_user
from veza.context import Context
from veza.kit.ids import new_token

NEW = "a new and better pass phrase"
HOUR_S = 3600


@pytest.fixture
async def mailbox(ctx: Context) -> AsyncIterator[Mailbox]:
    async with open_mailbox(ctx) as found:
        yield found


@pytest.fixture
async def client(mailbox: Mailbox) -> AsyncIterator[httpx.AsyncClient]:
    async with api_client(mailbox.ctx) as found:
        yield found


async def forgot(client: httpx.AsyncClient, email: str = "ada@example.com", **headers: str) -> httpx.Response:
    return await client.post("/auth/password/forgot", json={"email": email}, headers=headers)


async def reset(client: httpx.AsyncClient, token: str, password: str = NEW, **headers: str) -> httpx.Response:
    return await client.post("/auth/password/reset", json={"token": token, "new_password": password}, headers=headers)


async def verify(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.post("/auth/email/verify", json={"token": token})


async def rows(ctx: Context, statement: str) -> list[dict[str, Any]]:
    async with ctx.db.connection() as connection:
        return [dict(row) for row in await connection.fetch(statement)]


# --- confirming an address -------------------------------------------------------------------------------------


async def test_who_registers_confirms_the_address_by_its_mail_once(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    data = await sign_up(client, "ada")
    (mail,) = await mailbox.arrived("ada")
    assert (mail["Subject"], mail["Auto-Submitted"]) == ("Confirm your e-mail address", "auto-generated")
    assert mail["List-Unsubscribe"] is None
    for form in ("plain", "html"):
        assert "/verify-email#token=" in part_of(mail, form)
    token = await mailbox.token("verify-email")
    user = data_of(await verify(client, token))["user"]
    assert (user["username"], user["email"], user["email_verified"]) == ("ada", "ada@example.com", True)
    me = data_of(await client.get("/auth/me", headers=bearer(data["access_token"])))
    assert me["email_verified"]
    assert refusal_of(await verify(client, token)) == (410, "link_expired")
    assert refusal_of(await client.post("/auth/email/resend", headers=bearer(data["access_token"]))) == (
        409,
        "already_verified",
    )


async def test_only_the_newest_link_confirms_and_not_for_ever(
    mailbox: Mailbox, client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    data = await sign_up(client, "ada")
    await mailbox.arrived()
    assert data_of(await client.post("/auth/email/resend", headers=bearer(data["access_token"]))) == {}
    old, new = await mailbox.tokens("verify-email")
    assert refusal_of(await verify(client, old)) == (410, "link_expired")
    clock.turn(48 * HOUR_S)
    assert refusal_of(await verify(client, new)) == (410, "link_expired")
    headers = bearer((await log_in(client, "ada"))["access_token"])
    data_of(await client.post("/auth/email/resend", headers=headers))
    assert data_of(await verify(client, await mailbox.token("verify-email")))["user"]["email_verified"]


async def test_sending_again_has_a_limit(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    headers = bearer((await sign_up(client, "ada"))["access_token"])
    for _ in range(4):  # registering was the first
        data_of(await client.post("/auth/email/resend", headers=headers))
    answer = await client.post("/auth/email/resend", headers=headers)
    assert refusal_of(answer) == (429, "rate_limited")
    assert int(answer.headers["retry-after"]) > 0
    assert (await mailbox.subjects()) == ["Confirm your e-mail address"]  # the four older links were dead when due
    assert refusal_of(await client.post("/auth/email/resend")) == (401, "unauthenticated")


async def test_a_link_of_one_purpose_does_nothing_of_the_other(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    await sign_up(client, "ada")
    await forgot(client)
    to_verify, to_reset = await mailbox.token("verify-email"), await mailbox.token("reset-password")
    assert refusal_of(await reset(client, to_verify)) == (410, "link_expired")
    assert refusal_of(await verify(client, to_reset)) == (410, "link_expired")
    assert data_of(await reset(client, to_reset)) == {}


async def test_where_the_setting_asks_for_it_nobody_sells_or_streams_unconfirmed(mailbox: Mailbox) -> None:
    ctx = replace(mailbox.ctx, settings=replace(mailbox.ctx.settings, require_verified_email=True))
    async with api_client(ctx) as client:
        headers = bearer((await sign_up(client, "ada"))["access_token"])
        product = {"type": "service", "title": "A song for you", "price_cents": 5_000}
        doors: list[tuple[str, str, Any]] = [
            ("POST", "/marketplace/products", product),
            ("POST", "/sell/connect/onboard", None),
            ("POST", "/live/streams", {"title": "On air"}),
            ("GET", "/live/streams/me/key", None),
            ("POST", "/live/streams/me/key/regenerate", None),
        ]
        for method, path, sent in doors:
            answer = await client.request(method, path, json=sent, headers=headers)
            assert refusal_of(answer) == (403, "email_unverified"), path
        data_of(await client.post("/chat/ticket", headers=headers), 201)
        data_of(await verify(client, await mailbox.token("verify-email")))
        made = data_of(await client.post("/marketplace/products", json=product, headers=headers), 201)
        data_of(await client.post(f"/marketplace/products/{made['id']}/publish", headers=headers))
        data_of(await client.get("/live/streams/me/key", headers=headers))


# --- a forgotten password --------------------------------------------------------------------------------------


async def test_a_forgotten_password_is_set_anew_and_every_session_ends(
    mailbox: Mailbox, client: httpx.AsyncClient
) -> None:
    data = await sign_up(client, "ada")
    assert data_of(await forgot(client, " ADA@example.com ")) == {}
    token = await mailbox.token("reset-password", "ada")
    assert data_of(await reset(client, token)) == {}
    assert refusal_of(await client.get("/auth/me", headers=bearer(data["access_token"]))) == (401, "unauthenticated")
    answer = await client.post("/auth/refresh", json={"refresh_token": data["refresh_token"]})
    assert refusal_of(answer) == (401, "unauthenticated")
    answer = await client.post("/auth/login", json={"email": "ada@example.com", "password": PASSWORD})
    assert refusal_of(answer) == (401, "invalid_credentials")
    user = (await log_in(client, "ada", NEW))["user"]
    assert user["email_verified"], "who used the link reads the mailbox"
    assert refusal_of(await reset(client, token)) == (410, "link_expired")
    assert (await mailbox.subjects("ada"))[-1] == "Your password was changed"


async def test_asking_tells_nobody_whether_there_is_an_account(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    await sign_up(client, "ada")
    await mailbox.arrived()
    mailbox.forget()
    answers = [await forgot(client, email) for email in ("ada@example.com", "nobody@example.com", "no address", "")]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    for answer in answers:  # not even by what comes with it
        assert set(answer.headers) == set(answers[0].headers)
    jobs = await rows(mailbox.ctx, "select name, payload::text as payload from jobs")
    assert {job["name"] for job in jobs} == {"auth.send_reset_link"}
    assert "example.com" not in json.dumps(jobs)
    assert await mailbox.subjects() == ["Set a new password"]


async def test_of_many_links_the_newest_is_good_and_five_an_hour_are_sent(
    mailbox: Mailbox, client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    await sign_up(client, "ada")
    for _ in range(7):
        await forgot(client)
        await mailbox.arrived()
    tokens = await mailbox.tokens("reset-password")
    assert len(set(tokens)) == len(tokens) == 5
    for token in tokens[:-1]:
        assert refusal_of(await reset(client, token)) == (410, "link_expired")
    clock.turn(HOUR_S)
    assert refusal_of(await reset(client, tokens[-1])) == (410, "link_expired")
    await forgot(client)
    assert data_of(await reset(client, await mailbox.token("reset-password"))) == {}


async def test_of_parallel_resets_one_wins(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    await sign_up(client, "ada")
    await forgot(client)
    token = await mailbox.token("reset-password")
    phrases = [f"a pass phrase with the number {number}" for number in range(8)]
    answers = await asyncio.gather(*(reset(client, token, phrase) for phrase in phrases))
    won = [phrase for phrase, answer in zip(phrases, answers, strict=True) if answer.status_code == 200]
    assert len(won) == 1
    assert {refusal_of(answer) for answer in answers if answer.status_code != 200} == {(410, "link_expired")}
    await log_in(client, "ada", won[0])


async def test_a_password_that_may_not_be_leaves_the_link_good(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    await sign_up(client, "ada")
    await forgot(client)
    token = await mailbox.token("reset-password")
    for bad in ("short", "ada@example.com", "p" * 129, ""):
        answer = await reset(client, token, bad)
        assert refusal_of(answer) == (400, "validation_error")
        assert [problem["field"] for problem in answer.json()["fields"]] == ["new_password"]
        assert not bad or bad not in answer.json()["error"]
    assert data_of(await reset(client, token)) == {}


async def test_a_changed_password_closes_links_and_is_told(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    headers = bearer((await sign_up(client, "ada"))["access_token"])
    await forgot(client)
    token = await mailbox.token("reset-password")
    body = {"current_password": PASSWORD, "new_password": NEW}
    data_of(await client.post("/auth/password/change", json=body, headers=headers))
    assert refusal_of(await reset(client, token, "yet another pass phrase")) == (410, "link_expired")
    assert (await mailbox.subjects("ada"))[-1] == "Your password was changed"


async def test_who_is_suspended_is_sent_no_link(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    data = await sign_up(client, "ada")
    await mailbox.arrived()
    await suspend_user(mailbox.ctx, data["user"]["id"])
    mailbox.forget()
    assert data_of(await forgot(client)) == {}
    assert await mailbox.subjects() == []


async def test_tokens_that_never_were_are_refused_alike(client: httpx.AsyncClient) -> None:
    for token in (new_token(), "x", "é" * 20, "../../etc", "' or 1=1 --"):
        assert refusal_of(await reset(client, token)) == (410, "link_expired")
        assert refusal_of(await verify(client, token)) == (410, "link_expired")
    for token in ("", "x" * 300, "with\0nul"):
        assert (await reset(client, token)).status_code == 400
        assert (await verify(client, token)).status_code == 400
    bodies: list[Any] = [{}, {"token": 1}, {"token": "x", "user_id": "1"}, [], "x"]
    for body in bodies:
        assert (await client.post("/auth/email/verify", json=body)).status_code == 400
        assert (await client.post("/auth/password/reset", json=body)).status_code == 400
        assert (await client.post("/auth/password/forgot", json=body)).status_code == 400


# --- limits and secrets ----------------------------------------------------------------------------------------


async def test_no_header_gives_a_network_more_tries(mailbox: Mailbox) -> None:
    ctx = mailbox.ctx
    few = {"link_mails_per_network": 3, "login_failures_per_network": 3}
    tight = replace(ctx, settings=replace(ctx.settings, **few))  # type: ignore[arg-type]
    async with api_client(tight) as client:
        await sign_up(client, "ada")
        asked: list[int] = []
        tried: list[int] = []
        for number in range(200):
            address = f"198.51.100.{number % 250}"
            forged = {"X-Forwarded-For": address, "Forwarded": f"for={address}", "X-Real-IP": address}
            asked.append((await forgot(client, f"u{number}@example.com", **forged)).status_code)
            tried.append((await reset(client, new_token(), **forged)).status_code)
    assert (asked.count(200), asked.count(429)) == (3, 197)
    assert (tried.count(410), tried.count(429)) == (3, 197)


async def test_no_token_stands_in_the_database_a_log_or_an_answer(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    with capture_logs() as logs:
        await sign_up(client, "ada")
        await forgot(client)
        tokens = await mailbox.tokens("verify-email") + await mailbox.tokens("reset-password")
        answers = [await verify(client, tokens[0]), await reset(client, tokens[1]), await reset(client, tokens[1])]
    stored = json.dumps([await rows(mailbox.ctx, f"select * from {table}") for table in ("email_links", "jobs")],
                        default=str)  # fmt: skip
    assert len(tokens) == 2
    for token in tokens:
        assert token not in stored
        assert token not in json.dumps(logs, default=str)
        assert all(token not in answer.text for answer in answers)


async def test_a_job_that_waits_holds_no_token_and_a_closed_link_is_not_sent(
    mailbox: Mailbox, client: httpx.AsyncClient
) -> None:
    data = await sign_up(client, "ada")
    jobs = await rows(mailbox.ctx, "select payload::text as payload from jobs where name = 'auth.write_mail'")
    data_of(await client.post("/auth/email/resend", headers=bearer(data["access_token"])))
    (mail,) = await mailbox.arrived("ada")
    ((_, _, token),) = LINK.findall(part_of(mail, "plain"))
    assert all(token not in job["payload"] and "example.com" not in job["payload"] for job in jobs)
    data_of(await verify(client, token))
