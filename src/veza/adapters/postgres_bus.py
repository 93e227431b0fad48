"""The bus on LISTEN and NOTIFY: no further server. One connection per listener, beside the pool."""

from collections.abc import Callable, Mapping
from typing import NoReturn

from veza.db.listen import listen_to, notify
from veza.db.pool import Tx


class PostgresBus:
    """`ports.bus.Bus` over the database's own notes: in the transaction, so neither early nor without it."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    async def announce(self, tx: Tx, topic: str, payload: str) -> None:
        """See `Bus.announce`. Notes are delivered in the order of commits, by the server's own lock."""
        await notify(tx, topic, payload)

    async def listen(self, topics: Mapping[str, Callable[[str], None]], connected: Callable[[], None]) -> NoReturn:
        """See `Bus.listen`."""
        await listen_to(self._dsn, topics, connected=connected)
