"""Mail over SMTP, by aiosmtplib: one connection for each message, encrypted before anything is said.

The server's no to this recipient or this message is final; its no to us (log-in, sender, no TLS) is a matter of the
settings, and is tried again like a server that is away. Answers of servers hold people's addresses: no text of theirs
leaves this file, only codes. One connection a message is what a shop needs; a newsletter would need more.
"""

import asyncio
import contextlib
import re
import ssl

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from veza.adapters.eml import wire_address, write_eml
from veza.db.pool import outside_transaction
from veza.kit.clock import Clock
from veza.kit.errors import Unavailable
from veza.ports.mail import MailRefused, Message
from veza.settings import Mailbox, SmtpServer

STEP_S = 60.0
"""How long one answer may take. RFC 5321 §4.5.3.2 asks for minutes: who leaves early sends twice."""
_WHOLE_STEPS = 4
_GOODBYE_S = 5.0
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)")
"""A status code of RFC 3463, at the start of an answer."""


class SmtpMail:
    """`ports.mail.Mail` through one server.

    Args:
        server: where, as whom, and how encrypted.
        sender: who mail is from, and where what bounces goes.
        clock: dates the messages.
        our_name: what we call ourselves to the server (EHLO): a domain, or an address literal.
        tls: which certificates are believed; None: those of the system (SSL_CERT_FILE names others).
        step_s: how long one answer may take; four times as much is the limit of all.
    """

    def __init__(
        self,
        server: SmtpServer,
        sender: Mailbox,
        clock: Clock,
        *,
        our_name: str,
        tls: ssl.SSLContext | None = None,
        step_s: float = STEP_S,
    ) -> None:
        self._server = server
        self._sender = sender
        self._clock = clock
        self._our_name = our_name
        self._tls = tls or ssl.create_default_context()
        self._step_s = step_s

    async def send(self, message: Message) -> None:
        """See `Mail.send`."""
        outside_transaction()
        to = wire_address(message.to)
        content = write_eml(message, self._sender, self._clock.now())
        client = SMTP(
            hostname=self._server.host,
            port=self._server.port,
            local_hostname=self._our_name,
            timeout=self._step_s,
            use_tls=self._server.is_tls,
            start_tls=False,  # `_enter` does it, so that what goes wrong can be said
            tls_context=self._tls,
        )
        try:
            async with asyncio.timeout(self._step_s * _WHOLE_STEPS):
                await self._enter(client)
                await self._hand_over(client, to, content)
        except (SMTPException, OSError) as error:  # TimeoutError and what TLS raises are among them
            raise _judge(error) from None
        else:
            with contextlib.suppress(SMTPException, OSError):
                await client.quit(timeout=min(_GOODBYE_S, self._step_s))
        finally:
            client.close()

    async def _enter(self, client: SMTP) -> None:
        await client.connect()
        await client.ehlo()
        if self._server.needs_starttls:
            if not client.supports_extension("starttls"):
                raise Unavailable("The mail server offers no STARTTLS, and nothing is sent without.")
            await client.starttls()
            await client.ehlo()
        if self._server.user:
            if not client.supports_extension("auth"):
                raise Unavailable("The mail server offers no log-in.")
            await client.login(self._server.user, self._server.password)

    async def _hand_over(self, client: SMTP, to: str, content: bytes) -> None:
        if to.isascii():
            await client.mail(self._sender.address)
            await client.rcpt(to)
        elif client.supports_extension("smtputf8") and client.supports_extension("8bitmime"):
            await client.mail(self._sender.address, options=["SMTPUTF8", "BODY=8BITMIME"])
            await client.rcpt(to, encoding="utf-8")
        else:
            raise SMTPNotSupported("an address beyond ASCII")
        await client.data(content)


def _judge(error: SMTPException | OSError) -> Unavailable | MailRefused:
    """Our own error for what went wrong: its kind and codes, and none of its words."""
    what = type(error).__name__
    if isinstance(error, SMTPResponseException):
        enhanced = _ENHANCED.match(error.message)
        what += f" {error.code}" + (f" {enhanced[0]}" if enhanced else "")
        if isinstance(error, SMTPRecipientRefused | SMTPDataError) and 500 <= error.code < 600:
            return MailRefused(f"the mail server refuses the message ({what})")
    if isinstance(error, SMTPNotSupported):
        return MailRefused("the mail server takes no addresses beyond ASCII")
    return Unavailable(f"The mail server cannot be used now ({what}).")
