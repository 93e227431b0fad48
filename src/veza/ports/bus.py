"""Events between processes: said inside a transaction, heard everywhere after its commit. May be lost, never invented.

Who listens is told at each (re)connection, and must then look for itself: nothing that matters may live in a note
alone. Notes of one topic are heard in the order of their commits.
"""

from collections.abc import Callable, Mapping
from typing import NoReturn, Protocol

from veza.db.pool import Tx

NOTE_BYTES_MAX = 7_900
"""The longest payload, in UTF-8 bytes (PostgreSQL's own limit for NOTIFY is 7,999)."""


class Bus(Protocol):
    """One bus joins all processes of an install."""

    async def announce(self, tx: Tx, topic: str, payload: str) -> None:
        """Say `payload` with the commit of `tx`; with its rollback nothing is said. The own process hears it too."""

    async def listen(self, topics: Mapping[str, Callable[[str], None]], connected: Callable[[], None]) -> NoReturn:
        """Call the topic's function with each payload, until cancelled. `connected` runs after each (re)connection.

        None of the functions may wait.
        """
