"""The port of outgoing mail: one message to one person. An SMTP server or a folder stands behind it.

Nothing is kept here: what must not be lost waits in the table of jobs until `send` has returned.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One message, the same in plain text and in HTML.

    `to`: a bare address. `message_id`: in angle brackets; the same each time the same message is sent, so that what
    comes twice can be told. `list_unsubscribe`: an address of the web that turns this kind of mail off when a mail
    program posts to it (RFC 8058); None for mail that cannot be.
    """

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    list_unsubscribe: str | None = None


class MailRefused(Exception):
    """This message will never be taken. The text holds codes, and nobody's address."""


class Mail(Protocol):
    """Says nothing about whether a message arrived: only that the next server has taken it over."""

    async def send(self, message: Message) -> None:
        """Hand a message over.

        Raises:
            Unavailable: not now. It may have been taken all the same, if the answer was lost.
            MailRefused: never.
        """
