"""A `ports.mail.Message` as the bytes of RFC 5322, for all who hand mail over. No socket and no file here.

The header is written here, line by line: the standard library's `EmailMessage` decodes what looks like an encoded word
in a text that it is given, so that a title such as `=?utf-8?q?a=0D=0ABcc:…?=` would add a line to it (CPython issue
121650; early releases of 3.11 and 3.12 write it out). What is written is ASCII, whatever the texts hold; only an
address with letters beyond ASCII makes an internationalised message (RFC 6532).
"""

from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from email_validator import EmailNotValidError, validate_email

from veza.kit.text import holds_controls
from veza.ports.mail import MailRefused, Message
from veza.settings import Mailbox

_PLAIN_MAX = 900
"""The longest text that stays as it is: a line may have 998 characters (RFC 5322 §2.1.1)."""


def write_eml(message: Message, sender: Mailbox, at: datetime) -> bytes:
    """The message as it goes over the wire, before dots are doubled. Raises `MailRefused` for a header of two lines."""
    lines = [
        ("Date", format_datetime(at)),
        ("From", _mailbox(sender)),
        ("To", wire_address(message.to)),
        ("Subject", _text("Subject", message.subject)),
        ("Message-ID", _one_line(message.message_id)),
        ("Auto-Submitted", "auto-generated"),  # RFC 3834 §5: so that nobody's holiday answers it
    ]
    if message.list_unsubscribe is not None:
        lines.append(("List-Unsubscribe", f"<{_one_line(message.list_unsubscribe)}>"))
        lines.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    body = EmailMessage(policy=SMTP)
    body.set_content(message.text, charset="utf-8", cte="quoted-printable")
    body.add_alternative(message.html, subtype="html", charset="utf-8", cte="quoted-printable")
    return "".join(f"{name}: {value}\r\n" for name, value in lines).encode() + body.as_bytes()


def wire_address(address: str) -> str:
    """An address as an envelope carries it: its domain in ASCII; all of it, if its local part is. Or `MailRefused`."""
    try:
        found = validate_email(address, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        raise MailRefused("the address is none that mail can be sent to") from None
    return found.ascii_email or f"{found.local_part}@{found.ascii_domain}"


def _mailbox(sender: Mailbox) -> str:
    name = _text("From", sender.name)
    return f"{name} <{sender.address}>" if name != sender.name else formataddr((name, sender.address))


def _text(header: str, text: str) -> str:
    """Free text of a header: as it is, or in encoded words (RFC 2047), on lines that belong together."""
    if _one_line(text).isascii() and "=?" not in text and len(text) <= _PLAIN_MAX:
        return text
    return Header(text, charset="utf-8", header_name=header).encode(linesep="\r\n")


def _one_line(value: str) -> str:
    if holds_controls(value) or value.splitlines() not in ([value], []):
        raise MailRefused("a header of the message would not be one line")
    return value
