"""Mail goes out encrypted, once, to a real server; what the server does wrong ends in one of two errors."""

import ssl
import traceback
from pathlib import Path

import pytest
from tests.factories.clock import TurnableClock
from tests.factories.smtp_server import (
    DROP,
    HANG,
    PASSWORD,
    USER,
    Certificate,
    MailServer,
    mail_server,
    make_certificate,
    part_of,
)

from veza.adapters.smtp_mail import SmtpMail
from veza.db.pool import Database, NetworkInTransaction
from veza.kit.errors import Unavailable
from veza.ports.mail import MailRefused, Message
from veza.settings import Mailbox, SmtpServer

SENDER = Mailbox("Veza", "no-reply@music.example")
HELLO = Message("ada@example.com", "Hello", ".a dot\n\nHi, Zoë.\n", "<p>Hi, Zoë.</p>", "<receipt.1@music.example>")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def mail_to(
    server: SmtpServer, tls: ssl.SSLContext | None = None, *, sender: Mailbox = SENDER, step_s: float = 30.0
) -> SmtpMail:
    return SmtpMail(server, sender, TurnableClock(), our_name="music.example", tls=tls, step_s=step_s)


def plain(server: MailServer, *, step_s: float = 30.0) -> SmtpMail:
    return mail_to(server.address(needs_starttls=False), step_s=step_s)


async def test_starttls_and_log_in_come_before_the_mail(certificate: Certificate) -> None:
    async with mail_server(certificate.server, needs_login=True) as server:
        await mail_to(server.address(user=USER), certificate.client).send(HELLO)
    (taken,) = server.taken
    assert (taken.is_tls, taken.user) == (True, USER)
    assert (taken.sender, taken.recipient) == ("FROM:<no-reply@music.example>", "TO:<ada@example.com>")
    assert taken.message["From"] == "Veza <no-reply@music.example>"
    assert taken.message["Date"].datetime == TurnableClock().now()
    assert part_of(taken.message, "plain") == HELLO.text
    assert server.said.index("STARTTLS") < next(at for at, said in enumerate(server.said) if said.startswith("AUTH"))
    assert server.said[0] == "EHLO music.example"


async def test_tls_from_the_first_byte(certificate: Certificate) -> None:
    async with mail_server(certificate.server, is_implicit=True) as server:
        await mail_to(server.address(is_tls=True, needs_starttls=False), certificate.client).send(HELLO)
    assert [taken.is_tls for taken in server.taken] == [True]


async def test_nothing_is_said_to_a_server_without_starttls() -> None:
    async with mail_server(needs_login=True) as server:
        with pytest.raises(Unavailable, match="STARTTLS"):
            await mail_to(server.address(user=USER)).send(HELLO)
    assert server.said == ["EHLO music.example"]


@pytest.mark.parametrize("is_implicit", [True, False])
async def test_a_certificate_that_nobody_vouches_for_is_not_believed(
    certificate: Certificate, *, is_implicit: bool
) -> None:
    async with mail_server(certificate.server, is_implicit=is_implicit, needs_login=True) as server:
        address = server.address(user=USER, is_tls=is_implicit, needs_starttls=not is_implicit)
        with pytest.raises(Unavailable):
            await mail_to(address).send(HELLO)
    assert not [said for said in server.said if said.startswith(("AUTH", "MAIL"))]


async def test_a_certificate_that_has_run_out_is_not_believed(tmp_path: Path) -> None:
    old = make_certificate(tmp_path, days=-1)
    async with mail_server(old.server) as server:
        with pytest.raises(Unavailable):
            await mail_to(server.address(), old.client).send(HELLO)
    assert not server.taken


async def test_a_refused_log_in_is_tried_again_and_says_no_secret(certificate: Certificate) -> None:
    async with mail_server(certificate.server, needs_login=True) as server:
        server.will("AUTH", f"535 5.7.8 {PASSWORD} of {USER} is wrong")
        with pytest.raises(Unavailable, match=r"535 5\.7\.8") as refusal:
            await mail_to(server.address(user=USER), certificate.client).send(HELLO)
    told = "".join(traceback.format_exception(refusal.value))
    assert USER not in told
    assert PASSWORD not in told


@pytest.mark.parametrize(
    ("verb", "answer", "expected"),
    [
        ("GREETING", "554 go away", Unavailable),
        ("EHLO", "421 4.3.2 closing", Unavailable),
        ("MAIL", "550 5.7.1 not this sender", Unavailable),
        ("MAIL", "451 4.3.0 later", Unavailable),
        ("RCPT", "450 4.2.1 <ada@example.com> greylisted", Unavailable),
        ("RCPT", "550 5.1.1 <ada@example.com> nobody here", MailRefused),
        ("DATA", "452 4.3.1 full", Unavailable),
        ("DATA", "554 5.5.1 no", MailRefused),
        ("DOT", "451 4.7.0 ada@example.com looks odd", Unavailable),
        ("DOT", "550 5.7.1 spam for ada@example.com", MailRefused),
        ("DOT", "hello?", Unavailable),
        *[
            (verb, fault, Unavailable)
            for verb in ("GREETING", "EHLO", "MAIL", "RCPT", "DATA", "DOT")
            for fault in (DROP, HANG)
        ],
    ],
)
async def test_each_failure_is_for_now_or_for_good(verb: str, answer: str, expected: type[Exception]) -> None:
    async with mail_server() as server:
        server.will(verb, answer)
        with pytest.raises(expected) as refusal:
            await plain(server, step_s=0.2 if answer == HANG else 30.0).send(HELLO)
        assert "ada@" not in "".join(traceback.format_exception(refusal.value))
        await plain(server).send(HELLO)
    assert server.taken[-1].message["Message-ID"] == HELLO.message_id


async def test_a_message_that_is_tried_again_has_the_same_id() -> None:
    async with mail_server() as server:
        server.will("DOT", DROP)
        with pytest.raises(Unavailable):
            await plain(server).send(HELLO)
        await plain(server).send(HELLO)
    assert [taken.message["Message-ID"] for taken in server.taken] == [HELLO.message_id] * 2


@pytest.mark.parametrize("goodbye", [DROP, HANG, "500 what"])
async def test_a_server_that_took_it_and_forgets_its_manners_took_it(goodbye: str) -> None:
    async with mail_server() as server:
        server.will("QUIT", goodbye)
        await plain(server, step_s=2.0 if goodbye == HANG else 30.0).send(HELLO)
    assert len(server.taken) == 1


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    async with mail_server() as server:
        pass
    with pytest.raises(Unavailable):
        await plain(server).send(HELLO)


async def test_an_address_beyond_ascii_needs_a_server_that_takes_it() -> None:
    message = Message("zoë@müsik.example", "Grüße", "Hi.\n", "<p>Hi.</p>", "<receipt.2@music.example>")
    async with mail_server() as server:
        await plain(server).send(message)
        (taken,) = server.taken
        assert taken.recipient == "TO:<zoë@xn--msik-0ra.example>"
        assert "SMTPUTF8" in taken.sender
        assert taken.message["Subject"] == "Grüße"
        server.extensions = ()
        with pytest.raises(MailRefused):
            await plain(server).send(message)


async def test_a_domain_beyond_ascii_is_written_as_dns_writes_it() -> None:
    message = Message("zoe@müsik.example", "Hi", "Hi.\n", "<p>Hi.</p>", "<receipt.2@music.example>")
    async with mail_server() as server:
        server.extensions = ()
        await plain(server).send(message)
    assert server.taken[0].recipient == "TO:<zoe@xn--msik-0ra.example>"


async def test_no_mail_is_sent_inside_a_transaction(database: Database) -> None:
    async with mail_server() as server:
        with pytest.raises(NetworkInTransaction):
            async with database.transaction():
                await plain(server).send(HELLO)
    assert not server.said
