"""Without a server, mail lies in a folder: whole, private, once, and not without end."""

import asyncio
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.factories.clock import TurnableClock
from tests.factories.smtp_server import parsed, part_of

from veza.adapters.file_mail import FileMail
from veza.kit.errors import Unavailable
from veza.ports.mail import Message
from veza.settings import Mailbox

HELLO = Message("ada@example.com", "Hello", "Hi, Zoë.\n", "<p>Hi.</p>", "<receipt.1@music.example>")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mail_in(folder: Path, kept_max: int = 1_000) -> FileMail:
    return FileMail(folder, Mailbox("Veza", "no-reply@music.example"), TurnableClock(), kept_max=kept_max)


async def test_a_mail_is_a_private_file(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "mail"
    await mail_in(folder).send(HELLO)
    (found,) = folder.iterdir()
    assert found.name == "receipt-1.eml"
    assert stat.S_IMODE(found.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    message = parsed(found.read_bytes())
    assert (message["To"], message["Subject"], part_of(message, "plain")) == ("ada@example.com", "Hello", HELLO.text)


async def test_the_log_says_that_it_is_there_and_nothing_of_it(tmp_path: Path) -> None:
    with capture_logs() as lines:
        await mail_in(tmp_path / "mail").send(HELLO)
    assert [line["event"] for line in lines] == ["mail_put_into_folder"]
    assert not any(word in str(lines) for word in ("ada@", "Hello", "Zoë", str(tmp_path)))


async def test_the_same_mail_again_is_the_same_file(tmp_path: Path) -> None:
    mail = mail_in(tmp_path / "mail")
    await mail.send(HELLO)
    await mail.send(HELLO)
    await mail.send(replace(HELLO, message_id="<receipt.2@music.example>"))
    assert names_in(tmp_path / "mail") == ["receipt-1.eml", "receipt-2.eml"]


async def test_no_name_of_a_mail_leads_out_of_the_folder(tmp_path: Path) -> None:
    await mail_in(tmp_path / "mail").send(replace(HELLO, message_id="<../../etc/passwd@music.example>"))
    assert names_in(tmp_path / "mail") == ["etc-passwd.eml"]
    assert names_in(tmp_path) == ["mail"]


async def test_the_newest_are_kept_and_the_rest_is_counted(tmp_path: Path) -> None:
    mail = mail_in(tmp_path / "mail", kept_max=3)
    with capture_logs() as lines:
        for number in range(5):
            await mail.send(replace(HELLO, message_id=f"<m.{number}@music.example>"))
    assert names_in(tmp_path / "mail") == ["m-2.eml", "m-3.eml", "m-4.eml"]
    assert sum(line["dropped"] for line in lines) == 2


async def test_a_folder_that_cannot_be_made_is_for_now(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")
    with pytest.raises(Unavailable):
        await mail_in(tmp_path / "mail").send(HELLO)


async def test_two_at_once_that_drop_the_same_messages_both_succeed(tmp_path: Path) -> None:
    mails = [mail_in(tmp_path / "mail", kept_max=5) for _ in range(2)]
    messages = [replace(HELLO, message_id=f"<m.{number}@music.example>") for number in range(200)]
    await asyncio.gather(*(mails[number % 2].send(message) for number, message in enumerate(messages)))
    assert len(names_in(tmp_path / "mail")) <= 5
