"""A message is written so that every reader finds in it what was put in, and nothing that was not."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP

import hypothesis.strategies as st
import pytest
from hypothesis import given
from tests.factories.smtp_server import parsed, part_of

from veza.adapters.eml import write_eml
from veza.ports.mail import MailRefused, Message
from veza.settings import Mailbox

AT = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
SENDER = Mailbox("Veza", "no-reply@music.example")
HELLO = Message("ada@example.com", "Hello", "Hi.\n", "<p>Hi.</p>", "<receipt.1@music.example>")
LONG = "https://a-rather-long-label-for-a-house-of-music.of-some-people.example.org/settings/mail?kind=newsletter"


def read(message: Message, sender: Mailbox = SENDER) -> EmailMessage:
    return parsed(write_eml(message, sender, AT))


def test_the_headers_that_every_mail_has() -> None:
    found = read(HELLO)
    assert found["Date"].datetime == AT
    assert found["From"] == "Veza <no-reply@music.example>"
    assert found["To"] == "ada@example.com"
    assert found["Message-ID"] == "<receipt.1@music.example>"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["List-Unsubscribe"] is None
    assert found.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in found.iter_parts()] == ["text/plain", "text/html"]


def test_what_can_be_turned_off_says_where() -> None:
    written = write_eml(replace(HELLO, list_unsubscribe=LONG), SENDER, AT)
    assert f"\r\nList-Unsubscribe: <{LONG}>\r\n".encode() in written, "no reader decodes or joins it"
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in written
    assert b"List-Unsubscribe" not in write_eml(HELLO, SENDER, AT)


@pytest.mark.parametrize("subject", ["🎧" * 200, "Grüße aus Köln", "שיר חדש", "a " * 300 + "b", "x" * 500])
def test_a_subject_comes_back_as_it_was_in_short_lines_of_ascii(subject: str) -> None:
    written = write_eml(replace(HELLO, subject=subject), SENDER, AT)
    assert written.isascii()
    assert max(map(len, written.split(b"\r\n"))) <= 998
    assert parsed(written)["Subject"] == subject


WORDS = st.sampled_from(
    ["=?utf-8?q?", "=0D=0A", "Bcc:_eve@example.com", "?=", " ", "=?utf-8?b?YQ0KQmNjOiBldmVAZXhhbXBsZS5jb20=?="]
)


@pytest.mark.parametrize("field", ["subject", "name"])
def test_what_looks_like_an_encoded_word_is_only_text(field: str) -> None:
    bad = "=?utf-8?q?a=0D=0ABcc:_eve@example.com=0D=0A=0D=0Abody?= and =?utf-8?b?YQ0KQmNjOiBldmVAZXhhbXBsZS5jb20=?="
    named = Mailbox(bad if field == "name" else "Veza", "no-reply@music.example")
    message = replace(HELLO, subject=bad if field == "subject" else "Hi")
    found = message_from_bytes(write_eml(message, named, AT))
    assert found["Bcc"] is None
    shown = str(make_header(decode_header(found["Subject" if field == "subject" else "From"])))
    assert shown.removesuffix(f" <{SENDER.address}>") == bad


@given(st.text(max_size=200) | st.lists(WORDS).map("".join), st.text(max_size=200) | st.lists(WORDS).map("".join))
def test_no_text_makes_a_header(subject: str, name: str) -> None:
    try:
        written = write_eml(replace(HELLO, subject=subject), Mailbox(name, "no-reply@music.example"), AT)
    except MailRefused:
        return
    found = message_from_bytes(written, policy=SMTP)
    assert found.keys() == [
        *("Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type")
    ]


@pytest.mark.parametrize(
    "bad", ["Hi\r\nBcc: eve@example.com", "Hi\nX: y", "Hi\rX: y", "Hi\0", "Hi\x85X: y", "Hi\u2028X"]
)
@pytest.mark.parametrize("field", ["subject", "message_id", "list_unsubscribe", "to"])
def test_a_header_of_two_lines_is_refused(field: str, bad: str) -> None:
    with pytest.raises(MailRefused):
        write_eml(replace(HELLO, **{field: bad}), SENDER, AT)


@pytest.mark.parametrize("name", ["", "Vèza", "Veza, the shop", 'The "Shop"', "音楽 🎧", "eve@evil.example"])
def test_a_sender_has_one_name_and_one_address(name: str) -> None:
    (found,) = read(HELLO, Mailbox(name, "no-reply@music.example"))["From"].addresses
    assert (found.display_name, found.addr_spec) == (name, "no-reply@music.example")


@pytest.mark.parametrize("address", ["no-reply@localhost", "no-reply@[127.0.0.1]", "no-reply@[IPv6:::1]"])
def test_a_sender_may_be_on_this_machine(address: str) -> None:
    (found,) = read(HELLO, Mailbox("Veza", address))["From"].addresses
    assert found.addr_spec == address


def test_texts_come_back_as_they_were() -> None:
    text = "Zoë\n.\n" + "long " * 400 + "\n\u202e🎧\n"
    found = read(replace(HELLO, text=text, html=f"<p>{text}</p>"))
    assert part_of(found, "plain") == text
    assert part_of(found, "html").rstrip("\n") == f"<p>{text}</p>".rstrip("\n")


@pytest.mark.parametrize("address", ["", "ada", "ada@", "a b@example.com", "ada@example.com, eve@example.com", "a@b>c"])
def test_what_is_no_address_is_refused_without_being_said(address: str) -> None:
    with pytest.raises(MailRefused) as refusal:
        write_eml(replace(HELLO, to=address), SENDER, AT)
    assert not address or address not in str(refusal.value)
