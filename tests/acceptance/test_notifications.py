"""Mail that somebody asks for: who hears that a stream is live, once, and how it is turned off from the mail itself."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from structlog.testing import capture_logs
from tests.factories.api import Person, api_client, bearer, data_of, join, refusal_of
from tests.factories.mailbox import Mailbox, open_mailbox
from tests.factories.market import run_jobs
from tests.factories.smtp_server import part_of

from veza.context import Context
from veza.kit.ids import new_id
from veza.live import announcing, on_air
from veza.mail.domain import MailKind
from veza.mail.preferences import write_word
from veza.streaming.authority import Grant

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
async def mailbox(ctx: Context) -> AsyncIterator[Mailbox]:
    at_once = replace(ctx, settings=replace(ctx.settings, live_announce_after_s=0.0))
    async with open_mailbox(at_once) as found:
        yield found


@pytest.fixture
async def client(mailbox: Mailbox) -> AsyncIterator[httpx.AsyncClient]:
    async with api_client(mailbox.ctx) as found:
        yield found


async def begin(ctx: Context, key: str) -> tuple[UUID, UUID]:
    """What media says when an encoder comes; stream and broadcast."""
    grant = await on_air.authorise(ctx, key, "node")
    assert isinstance(grant, Grant)
    broadcast_id = new_id()
    assert (
        await on_air.go_live(ctx, grant, broadcast_id=broadcast_id, node="node", resumed=False, audio_only=False)
    ) is None
    return grant.stream_id, broadcast_id


async def stream_of(client: httpx.AsyncClient, person: Person, title: str = "Night drive") -> str:
    """A stream's key."""
    made = data_of(await client.post("/live/streams", json={"title": title}, headers=person.headers), 201)
    answer = await client.get(f"/live/streams/me/key?stream_id={made['id']}", headers=person.headers)
    return str(data_of(answer)["stream_key"])


async def follower(mailbox: Mailbox, client: httpx.AsyncClient, name: str, *, wants: bool = True) -> Person:
    """Somebody who follows ada, with a confirmed address."""
    person = await join(client, name)
    data_of(await client.put("/users/ada/follow", headers=person.headers))
    if wants:
        await client.put("/users/me/notifications", json={"stream_live": True}, headers=person.headers)
    await confirm(mailbox.ctx, name)
    return person


async def confirm(ctx: Context, name: str) -> None:
    async with ctx.db.connection() as connection:
        await connection.execute("update users set email_verified = true where username = $1", name)


async def live_mails(mailbox: Mailbox) -> list[str]:
    return sorted(str(mail["To"]) for mail in await mailbox.arrived() if "is live" in str(mail["Subject"]))


# --- asking for it ---------------------------------------------------------------------------------------------


async def test_nobody_is_asked_until_they_ask(client: httpx.AsyncClient) -> None:
    bob = await join(client, "bob")
    path = "/users/me/notifications"
    assert data_of(await client.get(path, headers=bob.headers)) == {"stream_live": False}
    for wanted in (True, True, False):
        body = {"stream_live": wanted}
        assert data_of(await client.put(path, json=body, headers=bob.headers)) == body
        assert data_of(await client.get(path, headers=bob.headers)) == body
    assert refusal_of(await client.get(path)) == (401, "unauthenticated")
    wrong: list[Any] = [{}, {"stream_live": "yes"}, {"stream_live": None}, {"stream_live": True, "user_id": 1}, []]
    for body in wrong:
        assert (await client.put(path, json=body, headers=bob.headers)).status_code == 400


async def test_followers_who_asked_hear_of_a_broadcast_once(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    ada = await join(client, "ada")
    await follower(mailbox, client, "bob")
    await follower(mailbox, client, "cleo", wants=False)
    stranger = await join(client, "dan")
    await client.put("/users/me/notifications", json={"stream_live": True}, headers=stranger.headers)
    unconfirmed = await follower(mailbox, client, "eve")
    async with mailbox.ctx.db.connection() as connection:
        await connection.execute("update users set email_verified = false where id = $1", unconfirmed.id)
    key = await stream_of(client, ada, "Night <b>drive</b>\u202e")
    stream_id, broadcast_id = await begin(mailbox.ctx, key)
    assert await live_mails(mailbox) == ["bob@example.com"]
    (mail,) = [mail for mail in await mailbox.arrived("bob") if mail["Subject"] == "ada is live"]
    assert f"/live/{stream_id}\n" in part_of(mail, "plain")
    assert "Night <b>drive</b>\n" in part_of(mail, "plain")
    await announcing.announce(mailbox.ctx, stream_id, broadcast_id)  # a job may run twice
    assert await live_mails(mailbox) == ["bob@example.com"]


async def test_a_stream_that_ended_again_is_not_told_of(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    ada = await join(client, "ada")
    await follower(mailbox, client, "bob")
    stream_id, broadcast_id = await begin(mailbox.ctx, await stream_of(client, ada))
    await on_air.end(mailbox.ctx, stream_id, broadcast_id)
    assert await live_mails(mailbox) == []


async def test_of_one_person_followers_hear_once_an_hour(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    ada = await join(client, "ada")
    await follower(mailbox, client, "bob")
    keys = [await stream_of(client, ada, f"Stream {number}") for number in range(3)]
    for key in keys:
        stream_id, broadcast_id = await begin(mailbox.ctx, key)
        await live_mails(mailbox)
        await on_air.end(mailbox.ctx, stream_id, broadcast_id)
    assert len(await live_mails(mailbox)) == 1
    async with mailbox.ctx.db.connection() as connection:
        await connection.execute("update live_announcements set created_at = created_at - interval '1 hour'")
    await begin(mailbox.ctx, keys[0])
    assert len(await live_mails(mailbox)) == 2


async def test_a_crowd_is_told_in_batches_that_go_on_where_they_were(
    mailbox: Mailbox, client: httpx.AsyncClient
) -> None:
    """Two workers at once, one of them again: each of 1,100 followers is written to once."""
    ada = await join(client, "ada")
    key = await stream_of(client, ada)
    async with mailbox.ctx.db.connection() as connection:
        await connection.execute(
            """
            with made as (
                insert into users
                    (id, username, email, email_key, email_verified, password_hash, created_at, updated_at)
                select gen_random_uuid(), 'fan' || n, 'fan' || n || '@example.com', 'fan' || n || '@example.com', true,
                       'none', now(), now() from generate_series(1, 1100) n returning id
            ), following as (
                insert into follows (follower_id, followed_id, created_at) select id, $1, now() from made
            )
            insert into mail_preferences (user_id, stream_live) select id, true from made
            """,
            ada.id,
        )
    stream_id, broadcast_id = await begin(mailbox.ctx, key)
    await asyncio.gather(*(announcing.announce(mailbox.ctx, stream_id, broadcast_id) for _ in range(3)))
    async with mailbox.ctx.db.connection() as connection:
        told = await connection.fetchrow(
            """
            select count(*) as jobs, count(distinct payload ->> 'user_id') as people
            from jobs where name = 'mail.send_bulk'
            """
        )
        progress = await connection.fetchrow("select mails, done_at is not null as is_done from live_announcements")
    assert told is not None
    assert progress is not None
    assert (told["jobs"], told["people"]) == (1100, 1100)
    assert (progress["mails"], progress["is_done"]) == (1100, True)


async def test_who_changed_their_mind_meanwhile_is_left_alone(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    ada = await join(client, "ada")
    bob = await follower(mailbox, client, "bob")
    stream_id, broadcast_id = await begin(mailbox.ctx, await stream_of(client, ada))
    await announcing.announce(mailbox.ctx, stream_id, broadcast_id)
    await client.put("/users/me/notifications", json={"stream_live": False}, headers=bob.headers)
    assert await live_mails(mailbox) == []


# --- turning it off --------------------------------------------------------------------------------------------


async def test_a_mail_turns_itself_off_by_its_link_and_by_one_click(
    mailbox: Mailbox, client: httpx.AsyncClient
) -> None:
    ada = await join(client, "ada")
    bob = await follower(mailbox, client, "bob")
    await begin(mailbox.ctx, await stream_of(client, ada))
    token = await mailbox.token("unsubscribe", "bob")
    (mail,) = [mail for mail in await mailbox.arrived("bob") if mail["Subject"] == "ada is live"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = str(mail["List-Unsubscribe"]).strip("<>")
    assert address == f"{mailbox.ctx.settings.public_url}/api/v1/mail/unsubscribe/{token}"
    path = address.removeprefix(f"{mailbox.ctx.settings.public_url}/api/v1")
    multipart = {"files": {"List-Unsubscribe": (None, "One-Click")}}
    ways: list[tuple[str, dict[str, Any]]] = [
        ("/mail/unsubscribe", {"json": {"token": token}}),
        (path, {"content": "List-Unsubscribe=One-Click", "headers": FORM}),
        (path, multipart),
    ]
    for way, sent in ways:
        await client.put("/users/me/notifications", json={"stream_live": True}, headers=bob.headers)
        for _ in range(2):
            assert data_of(await client.post(way, **sent)) == {}
        found = data_of(await client.get("/users/me/notifications", headers=bob.headers))
        assert found == {"stream_live": False}


async def test_opening_the_address_leads_to_the_page_and_changes_nothing(
    mailbox: Mailbox, client: httpx.AsyncClient
) -> None:
    bob = await join(client, "bob")
    await client.put("/users/me/notifications", json={"stream_live": True}, headers=bob.headers)
    word = write_word(mailbox.ctx, bob.id, MailKind.STREAM_LIVE)
    answer = await client.get(f"/mail/unsubscribe/{word}")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{mailbox.ctx.settings.public_url}/unsubscribe#token={word}"
    for body in ("", "List-Unsubscribe=Two-Clicks", "x" * 1000):
        assert (await client.post(f"/mail/unsubscribe/{word}", content=body, headers=FORM)).status_code == 400
    found = data_of(await client.get("/users/me/notifications", headers=bob.headers))
    assert found == {"stream_live": True}


async def test_a_word_that_is_not_ours_turns_nothing_off(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    bob = await join(client, "bob")
    good = write_word(mailbox.ctx, bob.id, MailKind.STREAM_LIVE)
    raw = base64.urlsafe_b64decode(good + "=" * (-len(good) % 4))
    another = base64.urlsafe_b64encode(raw[:32] + new_id().bytes + raw[48:]).decode().rstrip("=")
    receipts = write_word(mailbox.ctx, bob.id, MailKind.RECEIPT)
    for word in ("x", "é", another, receipts, good[:-2], good + "AAAA", "A" * 150):
        assert refusal_of(await client.post("/mail/unsubscribe", json={"token": word})) == (404, "not_found")
        answer = await client.post(f"/mail/unsubscribe/{word}", content="List-Unsubscribe=One-Click", headers=FORM)
        assert refusal_of(answer) == (404, "not_found")
        assert (await client.get(f"/mail/unsubscribe/{word}")).status_code == 404


async def test_the_address_of_one_click_stands_in_no_log_and_no_metric(
    mailbox: Mailbox, client: httpx.AsyncClient
) -> None:
    bob = await join(client, "bob")
    word = write_word(mailbox.ctx, bob.id, MailKind.STREAM_LIVE)
    with capture_logs() as logs:
        await client.post(f"/mail/unsubscribe/{word}", content="List-Unsubscribe=One-Click", headers=FORM)
        await client.post(f"/mail/unsubscribe/{word}x", content="List-Unsubscribe=One-Click", headers=FORM)
        await client.get(f"/mail/unsubscribe/{word}")
    assert [line["route"] for line in logs if line["event"] == "request"] == ["/api/v1/mail/unsubscribe/{token}"] * 3
    assert word not in json.dumps(logs, default=str)
    async with api_client(mailbox.ctx, address="127.0.0.1") as local:
        assert word not in (await local.get("/metrics")).text


async def test_what_goes_to_many_waits_apart_from_links(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    ada = await join(client, "ada")
    await follower(mailbox, client, "bob")
    await run_jobs(mailbox.ctx)
    stream_id, broadcast_id = await begin(mailbox.ctx, await stream_of(client, ada))
    await announcing.announce(mailbox.ctx, stream_id, broadcast_id)
    await client.post("/auth/email/resend", headers=bearer(ada.headers["Authorization"].removeprefix("Bearer ")))
    async with mailbox.ctx.db.connection() as connection:
        names = {row["name"] for row in await connection.fetch("select name from jobs where name ~ 'mail'")}
    assert names == {"mail.send_bulk", "auth.write_mail"}
