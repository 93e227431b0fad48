"""A real SMTP server on loopback, in this process: it takes mail, or does what a test tells it to instead.

Our own, since it must be able to fall silent in the middle, drop a connection after the last dot and answer any code;
aiosmtpd has had no release since May 2024.
"""

import asyncio
import base64
import contextlib
import ipaddress
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from veza.settings import SmtpServer

HOST = "127.0.0.1"
USER, PASSWORD = "veza@mail.example", "p/ss:w@rd"
HANG, DROP = "hang", "drop"
"""Say nothing more; close the connection without a word."""


@dataclass(frozen=True)
class Taken:
    """A message that the server took over (or had whole when it dropped the connection)."""

    sender: str
    recipient: str
    content: bytes
    is_tls: bool
    user: str | None

    @property
    def message(self) -> EmailMessage:
        return parsed(self.content)


def parsed(content: bytes) -> EmailMessage:
    """A message as a mail program reads it."""
    found = message_from_bytes(content, policy=SMTP)
    assert isinstance(found, EmailMessage)
    return found


def part_of(message: EmailMessage, subtype: Literal["plain", "html"]) -> str:
    """The text of one of its forms, with plain line ends."""
    body = message.get_body((subtype,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


@dataclass(frozen=True)
class Certificate:
    """What a server shows, and what a client that believes it holds."""

    server: ssl.SSLContext
    client: ssl.SSLContext


def make_certificate(folder: Path, *, days: int = 1) -> Certificate:
    """A self-signed certificate for 127.0.0.1 and localhost, good for `days` from now (negative: run out)."""
    key, name = generate_private_key(SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST)), x509.DNSName("localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    pem = folder / "smtp.pem"
    pem.write_bytes(
        certificate.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(pem)
    return Certificate(server, ssl.create_default_context(cafile=str(pem)))


@dataclass
class MailServer:
    """A server that runs. `answers`: by verb (GREETING, EHLO, AUTH, MAIL, RCPT, DATA, DOT, QUIT), what to do next.

    An answer is a line of SMTP, HANG or DROP; each is used once, then the server is as it should be again.
    """

    tls: ssl.SSLContext | None
    needs_login: bool = False
    extensions: tuple[str, ...] = ("8BITMIME", "SMTPUTF8")
    port: int = 0
    answers: defaultdict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    taken: list[Taken] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """Every command that came, in order."""
    _end: asyncio.Event = field(default_factory=asyncio.Event)

    def address(self, *, user: str = "", is_tls: bool = False, needs_starttls: bool = True) -> SmtpServer:
        """What a client needs to know of it."""
        return SmtpServer(HOST, self.port, user, PASSWORD if user else "", is_tls, needs_starttls)

    def will(self, verb: str, *answers: str) -> None:
        """From now on, do these in place of what is right."""
        self.answers[verb].extend(answers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, EOFError):
            await _Conversation(self, reader, writer).run()
        writer.close()

    def end(self) -> None:
        self._end.set()

    async def silence(self) -> None:
        await self._end.wait()


class _Dropped(OSError):
    """The server ends the connection."""


class _Conversation:
    def __init__(self, server: MailServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.is_tls = writer.get_extra_info("sslcontext") is not None
        self.user: str | None = None
        self.sender = self.recipient = ""

    async def run(self) -> None:
        await self.answer("GREETING", "220 ready")
        while line := await self.reader.readline():
            command = line.decode().strip()
            self.server.said.append(command)
            verb, _, rest = command.partition(" ")
            await self.obey(verb.upper(), rest)

    async def answer(self, verb: str, usual: str) -> bool:
        """Say it, or what the test wants said instead. Answers whether it was the usual."""
        waiting = self.server.answers[verb]
        said = waiting.popleft() if waiting else usual
        if said == HANG:
            await self.server.silence()
        if said in {HANG, DROP}:
            raise _Dropped
        self.writer.write(said.encode() + b"\r\n")
        await self.writer.drain()
        return said == usual

    async def obey(self, verb: str, rest: str) -> None:
        on = {"ehlo": self.on_ehlo, "starttls": self.on_starttls, "auth": self.on_auth, "mail": self.on_mail}
        on |= {"rcpt": self.on_rcpt, "data": self.on_data, "quit": self.on_quit}
        if verb.lower() in on:
            await on[verb.lower()](rest)
        else:
            await self.answer(verb, "250 ok" if verb in {"RSET", "NOOP"} else "502 what")

    async def on_ehlo(self, _: str) -> None:
        lines = ["mail.example", *self.server.extensions]
        if self.server.tls is not None and not self.is_tls:
            lines.append("STARTTLS")
        if self.server.needs_login:
            lines.append("AUTH PLAIN")
        marks = ["-"] * (len(lines) - 1) + [" "]
        await self.answer("EHLO", "\r\n".join(f"250{mark}{line}" for mark, line in zip(marks, lines, strict=True)))

    async def on_starttls(self, _: str) -> None:
        if await self.answer("STARTTLS", "220 go ahead") and self.server.tls is not None:
            await self.writer.start_tls(self.server.tls)
            self.is_tls = True

    async def on_auth(self, rest: str) -> None:
        _, user, password = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")
        is_right = (user, password) == (USER, PASSWORD)
        if await self.answer("AUTH", "235 2.7.0 welcome" if is_right else "535 5.7.8 not you") and is_right:
            self.user = user

    async def on_mail(self, rest: str) -> None:
        self.sender = rest
        needs = self.server.needs_login and self.user is None
        await self.answer("MAIL", "530 5.7.0 log in first" if needs else "250 ok")

    async def on_rcpt(self, rest: str) -> None:
        self.recipient = rest
        await self.answer("RCPT", "250 ok")

    async def on_data(self, _: str) -> None:
        if await self.answer("DATA", "354 go on"):
            await self.take()

    async def on_quit(self, _: str) -> None:
        await self.answer("QUIT", "221 bye")
        raise _Dropped

    async def take(self) -> None:
        lines = []
        while (line := await self.reader.readline()) != b".\r\n":
            if not line:
                raise _Dropped
            lines.append(line[1:] if line.startswith(b".") else line)
        self.server.taken.append(Taken(self.sender, self.recipient, b"".join(lines), self.is_tls, self.user))
        if not await self.answer("DOT", "250 2.0.0 taken"):
            self.server.taken.pop()


@contextlib.asynccontextmanager
async def mail_server(
    tls: ssl.SSLContext | None = None, *, is_implicit: bool = False, needs_login: bool = False
) -> AsyncIterator[MailServer]:
    """A server while the block runs. `is_implicit`: TLS from the first byte, else by STARTTLS; no `tls`: neither."""
    found = MailServer(None if is_implicit else tls, needs_login)
    listener = await asyncio.start_server(found.serve, HOST, 0, ssl=tls if is_implicit else None)
    found.port = listener.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        found.end()
        listener.close()
        await listener.wait_closed()
