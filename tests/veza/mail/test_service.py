"""What is committed is mailed, once while it waits, to where somebody is reached now: by the queue and real SMTP."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs
from tests.factories.accounts import a_person, suspend
from tests.factories.smtp_server import DROP, MailServer, Taken, mail_server, part_of

from veza.adapters.smtp_mail import SmtpMail
from veza.auth.domain import WRITE_MAIL, Principal
from veza.context import Context
from veza.jobs.worker import Worker, WorkerOptions
from veza.kit.ids import new_id
from veza.mail.domain import SEND, SEND_BULK, BoughtLine, MailKind, PaymentReturned, Receipt, ReturnReason, Sale
from veza.mail.jobs import handlers
from veza.mail.service import defer_mail

ORDER_ID = new_id()
RECEIPT = Receipt(ORDER_ID, "VZ-1024", "EUR", (BoughtLine("Night drive", "Premium", 1, 2999, 2999),), 2999)


class Sending:
    """A worker that sends what waits to a real server, and the ends of its jobs."""

    def __init__(self, ctx: Context, server: MailServer) -> None:
        self.ctx, self.server = ctx, server
        self.ends: asyncio.Queue[str] = asyncio.Queue(100)

    async def next_end(self) -> str:
        async with asyncio.timeout(60):
            return await self.ends.get()

    async def defer(self, to: Principal, *, unique_key: str | None = None) -> int | None:
        async with self.ctx.db.transaction() as tx:
            return await defer_mail(tx, MailKind.RECEIPT, to.user_id, RECEIPT, unique_key=unique_key)

    async def waiting(self) -> list[tuple[Any, ...]]:
        async with self.ctx.db.connection() as connection:
            found = await connection.fetch("select status, attempts, coalesce(last_error, '') from jobs order by id")
        return [tuple(row) for row in found]

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        worker = Worker(
            self.ctx.db,
            handlers(self.ctx),
            options=WorkerOptions(poll_s=0.02, backoff_base_s=0.0, drain_s=10.0),
            observe=lambda _, result: self.ends.put_nowait(result),
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(worker.run())
            try:
                yield
            finally:
                worker.stop()


@pytest.fixture
async def sending(ctx: Context) -> AsyncIterator[Sending]:
    async with mail_server() as server:
        mail = SmtpMail(
            server.address(needs_starttls=False), ctx.settings.mail_sender, ctx.clock, our_name="music.example"
        )
        yield Sending(replace(ctx, mail=mail), server)


def one(server: MailServer) -> Taken:
    (taken,) = server.taken
    return taken


async def test_a_receipt_goes_to_where_its_buyer_is_reached(sending: Sending) -> None:
    ada = await a_person(sending.ctx.db, "ada")
    await sending.defer(ada)
    async with sending.running():
        assert await sending.next_end() == "done"
    taken = one(sending.server)
    assert taken.recipient == "TO:<ada@example.com>"
    assert taken.message["Subject"] == "Your receipt for order VZ-1024"
    assert "Night drive" in part_of(taken.message, "plain")
    assert "Night drive" in part_of(taken.message, "html")
    assert f"/orders/{ORDER_ID}" in part_of(taken.message, "html")
    assert taken.message["List-Unsubscribe"] is None, "what tells of one's money cannot be turned off"


async def test_every_kind_is_sent(sending: Sending) -> None:
    ada = await a_person(sending.ctx.db)
    sale = Sale("VZ-1", "EUR", (), 0, 0, 0)
    returned = PaymentReturned(ORDER_ID, "VZ-1", "EUR", 500, ReturnReason.CANCELLED)
    async with sending.ctx.db.transaction() as tx:
        await defer_mail(tx, MailKind.RECEIPT, ada.user_id, msgspec.to_builtins(RECEIPT))
        await defer_mail(tx, MailKind.SALE, ada.user_id, sale)
        await defer_mail(tx, MailKind.PAYMENT_RETURNED, ada.user_id, returned)
    async with sending.running():
        assert [await sending.next_end() for _ in range(3)] == ["done"] * 3
    ids = {taken.message["Message-ID"].partition(".")[0] for taken in sending.server.taken}
    assert ids == {"<receipt", "<sale", "<payment_returned"}


async def test_what_is_rolled_back_is_never_mailed(sending: Sending) -> None:
    ada = await a_person(sending.ctx.db)
    with contextlib.suppress(ZeroDivisionError):
        async with sending.ctx.db.transaction() as tx:
            await defer_mail(tx, MailKind.RECEIPT, ada.user_id, RECEIPT)
            raise ZeroDivisionError
    assert await sending.waiting() == []


async def test_facts_that_are_wrong_are_refused_where_they_are_made(sending: Sending) -> None:
    ada = await a_person(sending.ctx.db)
    with pytest.raises(msgspec.ValidationError):
        async with sending.ctx.db.transaction() as tx:
            await defer_mail(tx, MailKind.SALE, ada.user_id, RECEIPT)


async def test_one_event_sends_one_mail_to_each(sending: Sending) -> None:
    ada, bob = await a_person(sending.ctx.db), await a_person(sending.ctx.db)
    asked = [await sending.defer(to, unique_key="order:1") for to in (ada, ada, bob)]
    assert [found is not None for found in asked] == [True, False, True]
    async with sending.running():
        assert [await sending.next_end() for _ in range(2)] == ["done"] * 2
    assert len({taken.recipient for taken in sending.server.taken}) == 2
    assert len({taken.message["Message-ID"] for taken in sending.server.taken}) == 2


async def test_an_event_that_comes_again_after_its_mail_has_the_same_id(sending: Sending) -> None:
    ada = await a_person(sending.ctx.db)
    async with sending.running():
        for _ in range(2):
            await sending.defer(ada, unique_key="order:1")
            assert await sending.next_end() == "done"
    assert len({taken.message["Message-ID"] for taken in sending.server.taken}) == 1


async def test_no_for_now_is_tried_again_with_the_same_id(sending: Sending) -> None:
    ada = await a_person(sending.ctx.db)
    sending.server.will("RCPT", "450 4.2.1 greylisted")
    sending.server.will("DOT", DROP)
    await sending.defer(ada)
    async with sending.running():
        assert [await sending.next_end() for _ in range(3)] == ["retried", "retried", "done"]
    first, second = sending.server.taken
    assert first.message["Message-ID"] == second.message["Message-ID"]


async def test_no_for_good_ends_it_and_names_nobody(sending: Sending) -> None:
    ada = await a_person(sending.ctx.db, "ada")
    sending.server.will("RCPT", "550 5.1.1 <ada@example.com> is nobody")
    await sending.defer(ada)
    with capture_logs() as lines:
        async with sending.running():
            assert await sending.next_end() == "dead"
    assert [(status, attempts) for status, attempts, _ in await sending.waiting()] == [("dead", 1)]
    assert "ada@" not in str(await sending.waiting())
    assert "ada@" not in str(lines)
    assert not sending.server.taken


@pytest.mark.parametrize("what", ["suspended", "gone"])
async def test_who_is_suspended_or_gone_is_not_written_to(sending: Sending, what: str) -> None:
    ada = await a_person(sending.ctx.db)
    if what == "suspended":
        await suspend(sending.ctx.db, ada)
    await sending.defer(ada if what == "suspended" else replace(ada, user_id=new_id()))
    with capture_logs() as lines:
        async with sending.running():
            assert await sending.next_end() == "done"
    assert [line["reason"] for line in lines if line["event"] == "mail_skipped"] == [what]
    assert not sending.server.said


async def test_the_log_says_that_a_mail_was_sent_and_nothing_of_it(sending: Sending) -> None:
    ada = await a_person(sending.ctx.db, "ada")
    await sending.defer(ada)
    with capture_logs() as lines:
        async with sending.running():
            await sending.next_end()
    (line,) = [line for line in lines if line["event"] == "mail_sent"]
    assert (line["kind"], line["user_id"]) == ("receipt", str(ada.user_id))
    assert not any(word in str(lines) for word in ("ada@", "Night drive", "VZ-1024", "29.99"))


async def test_a_hostile_title_waits_in_the_queue_and_is_sent_as_a_title(sending: Sending) -> None:
    title = "a\r\nBcc: eve@example.com\0\ud800" + "🎧" * 200
    line = {"title": title, "license_name": None, "quantity": 1, "unit_price_cents": 1, "total_cents": 1}
    facts = {
        "order_number": "VZ-1",
        "currency": "EUR",
        "lines": [line],
        "gross_cents": 1,
        "fee_cents": 0,
        "net_cents": 1,
    }
    ada = await a_person(sending.ctx.db)
    async with sending.ctx.db.transaction() as tx:
        await defer_mail(tx, MailKind.SALE, ada.user_id, facts)
    async with sending.running():
        assert await sending.next_end() == "done"
    found = one(sending.server).message
    assert found["Bcc"] is None
    assert found["Subject"].startswith("You sold a Bcc: eve@example.com 🎧")


def test_the_jobs_are_those_that_the_worker_has(ctx: Context) -> None:
    assert set(handlers(ctx)) == {SEND, SEND_BULK, WRITE_MAIL}
