"""Everybody's mailbox: a real SMTP server behind the application, the worker's jobs on demand, and what was written."""

import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from email.message import EmailMessage

from tests.factories.market import run_jobs
from tests.factories.smtp_server import MailServer, mail_server, part_of

from veza.adapters.smtp_mail import SmtpMail
from veza.context import Context

LINK = re.compile(r"^(https?://\S+?/([a-z-]+))#token=(\S+)$", re.MULTILINE)


@dataclass
class Mailbox:
    """`ctx` is the world whose mail arrives here."""

    ctx: Context
    server: MailServer

    async def arrived(self, username: str | None = None) -> list[EmailMessage]:
        """Let the worker do what is due; the mail that is there now, of one person if they are named."""
        await run_jobs(self.ctx)
        found = [taken.message for taken in self.server.taken]
        return [mail for mail in found if username is None or mail["To"] == f"{username}@example.com"]

    async def subjects(self, username: str | None = None) -> list[str]:
        """What it is about, in the order in which it came."""
        return [str(mail["Subject"]) for mail in await self.arrived(username)]

    async def token(self, page: str, username: str | None = None) -> str:
        """The token in the newest mail that leads to `page` of the web app."""
        return (await self.tokens(page, username))[-1]

    async def tokens(self, page: str, username: str | None = None) -> list[str]:
        """All tokens that lead to `page`, the oldest first."""
        links = [found for mail in await self.arrived(username) for found in LINK.findall(part_of(mail, "plain"))]
        return [token for _, name, token in links if name == page]

    def forget(self) -> None:
        """Empty it."""
        self.server.taken.clear()


@contextlib.asynccontextmanager
async def open_mailbox(ctx: Context) -> AsyncIterator[Mailbox]:
    """A mail server while the block runs."""
    async with mail_server() as server:
        sender = ctx.settings.mail_sender
        mail = SmtpMail(server.address(needs_starttls=False), sender, ctx.clock, our_name="music.example")
        yield Mailbox(replace(ctx, mail=mail), server)
