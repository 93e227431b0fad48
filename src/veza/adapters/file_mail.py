"""Mail without a server: each message is a file that a mail program opens, readable by its owner alone.

For a machine where nothing is set. The newest are kept, a thousand at most; nothing of a message is logged but its
file's name.
"""

import asyncio
import contextlib
import re
from os import O_CREAT, O_TRUNC, O_WRONLY, fdopen, open as open_fd
from pathlib import Path

import structlog

from veza.adapters.eml import write_eml
from veza.db.pool import outside_transaction
from veza.kit.clock import Clock
from veza.kit.errors import Unavailable
from veza.ports.mail import Message
from veza.settings import Mailbox

log = structlog.get_logger()

KEPT_MAX = 1_000
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]+")


class FileMail:
    """`ports.mail.Mail` into `folder`, which is made with the first message. The same message is the same file."""

    def __init__(self, folder: Path, sender: Mailbox, clock: Clock, *, kept_max: int = KEPT_MAX) -> None:
        self._folder = folder
        self._sender = sender
        self._clock = clock
        self._kept_max = kept_max

    async def send(self, message: Message) -> None:
        """See `Mail.send`."""
        outside_transaction()
        content = write_eml(message, self._sender, self._clock.now())
        name = _NOT_IN_NAMES.sub("-", message.message_id.partition("@")[0]).strip("-")[:120] + ".eml"
        try:
            dropped = await asyncio.to_thread(self._write, name, content)
        except OSError as error:
            raise Unavailable(f"The folder of mail cannot be written ({error.strerror}).") from None
        log.info("mail_put_into_folder", file=name, dropped=dropped)

    def _write(self, name: str, content: bytes) -> int:
        """Write it whole or not at all. Answers how many of the oldest went for it."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._folder / f".{name}"
        with fdopen(open_fd(draft, O_WRONLY | O_CREAT | O_TRUNC, 0o600), "wb") as file:
            file.write(content)
        draft.replace(self._folder / name)
        return self._drop_oldest()

    def _drop_oldest(self) -> int:
        """Keep no more than may be kept. A tenth goes at once, so that most messages look at names alone.

        Another process may do the same at this moment: what is gone already is nobody's error.
        """
        found = list(self._folder.glob("[!.]*.eml"))
        if len(found) <= self._kept_max:
            return 0
        written_at: list[tuple[int, Path]] = []
        for path in found:
            with contextlib.suppress(FileNotFoundError):
                written_at.append((path.stat().st_mtime_ns, path))
        kept = self._kept_max - self._kept_max // 10
        dropped = [path for _, path in sorted(written_at)[:-kept]]
        for path in dropped:
            path.unlink(missing_ok=True)
        return len(dropped)
