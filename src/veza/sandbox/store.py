"""The sandbox's memory: one SQLite file, read and written by short calls on the event loop (20 to 80 µs each).

WAL without a sync per commit: whatever was committed outlives a SIGKILL of this process, not a power cut.
Objects are kept as the JSON that the API answers, beside the columns that are searched or added up.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

_SCHEMA = """
CREATE TABLE IF NOT EXISTS payments (
    payment_id TEXT PRIMARY KEY, status TEXT NOT NULL, amount_cents INTEGER NOT NULL, currency TEXT NOT NULL,
    reference TEXT, open_until_ms INTEGER, created_ms INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS payments_newest ON payments (created_ms);
CREATE INDEX IF NOT EXISTS payments_sums ON payments (status, amount_cents);
CREATE INDEX IF NOT EXISTS payments_open ON payments (open_until_ms) WHERE open_until_ms IS NOT NULL;
CREATE TABLE IF NOT EXISTS refunds (
    refund_id TEXT PRIMARY KEY, payment_id TEXT NOT NULL, status TEXT NOT NULL, amount_cents INTEGER NOT NULL,
    settle_at_ms INTEGER, outcome TEXT, created_ms INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS refunds_of_payment ON refunds (payment_id);
CREATE INDEX IF NOT EXISTS refunds_due ON refunds (settle_at_ms) WHERE settle_at_ms IS NOT NULL;
CREATE TABLE IF NOT EXISTS disputes (
    dispute_id TEXT PRIMARY KEY, payment_id TEXT NOT NULL, status TEXT NOT NULL, amount_cents INTEGER NOT NULL,
    created_ms INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS disputes_of_payment ON disputes (payment_id);
CREATE TABLE IF NOT EXISTS accounts (
    seq INTEGER PRIMARY KEY, account_id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS account_links (
    token TEXT PRIMARY KEY, account_id TEXT NOT NULL, expires_at_ms INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0,
    refresh_url TEXT NOT NULL, return_url TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS transfers (
    seq INTEGER PRIMARY KEY, transfer_id TEXT NOT NULL UNIQUE, destination TEXT NOT NULL, transfer_group TEXT,
    amount_cents INTEGER NOT NULL, reversed_cents INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS transfers_of_group ON transfers (transfer_group, seq);
CREATE TABLE IF NOT EXISTS reversals (
    seq INTEGER PRIMARY KEY, reversal_id TEXT NOT NULL UNIQUE, transfer_id TEXT NOT NULL, amount_cents INTEGER NOT NULL,
    body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS reversals_of_transfer ON reversals (transfer_id, seq);
CREATE TABLE IF NOT EXISTS balances (
    holder TEXT NOT NULL, currency TEXT NOT NULL, available_cents INTEGER NOT NULL, PRIMARY KEY (holder, currency)
    ) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS idempotency (
    account TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL,
    request_id TEXT NOT NULL, created_ms INTEGER NOT NULL, PRIMARY KEY (account, key));
CREATE INDEX IF NOT EXISTS idempotency_oldest ON idempotency (created_ms);
CREATE TABLE IF NOT EXISTS told (object_id TEXT NOT NULL, event_type TEXT NOT NULL, PRIMARY KEY (object_id, event_type)
    ) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY, hook TEXT NOT NULL, event_id TEXT NOT NULL, event_type TEXT NOT NULL,
    object_id TEXT NOT NULL, body BLOB NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    due_ms INTEGER NOT NULL, created_ms INTEGER NOT NULL, after_id INTEGER, problem TEXT);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due_ms);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""


class Store:
    """The open file. `on_commit` is called after each transaction that wrote."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)  # onboarding links are in it; SQLite gives its other files the same mode
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=5.0)
        self._connection.row_factory = sqlite3.Row
        try:
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.executescript(_SCHEMA)
        except sqlite3.Error:
            self._connection.close()
            raise
        self.on_commit: Callable[[], None] = lambda: None

    def close(self) -> None:
        self._connection.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Nothing may be awaited inside: the loop has only this one connection."""
        self._connection.execute("BEGIN IMMEDIATE")
        before = self._connection.total_changes
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        if self._connection.total_changes != before:
            self.on_commit()

    def run(self, statement: str, *values: Any) -> int:
        """Write; answers how many rows changed."""
        return self._connection.execute(statement, values).rowcount

    def insert(self, statement: str, *values: Any) -> int:
        """Insert one row; answers its number."""
        return self._connection.execute(statement, values).lastrowid or 0

    def find(self, statement: str, *values: Any) -> sqlite3.Row | None:
        """The first row, if there is one."""
        row: sqlite3.Row | None = self._connection.execute(statement, values).fetchone()
        return row

    def rows(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        return self._connection.execute(statement, values).fetchall()

    def value(self, statement: str, *values: Any) -> Any:
        """The first column of the first row; None when there is none."""
        row = self.find(statement, *values)
        return None if row is None else row[0]

    def find_body(self, statement: str, *values: Any) -> dict[str, Any] | None:
        """The object whose JSON the statement selects."""
        text = self.value(statement, *values)
        return None if text is None else load(text)

    def bodies(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        return [load(row[0]) for row in self.rows(statement, *values)]

    def count(self, name: str, more: int = 1) -> None:
        """Add to a counter that outlives the process."""
        self.run(
            "INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
            name, more,
        )  # fmt: skip

    def move_money(self, holder: str, currency: str, more_cents: int) -> None:
        """Change a balance. `holder`: an account, or empty for the platform. May go below zero, as theirs may."""
        self.run(
            "INSERT INTO balances VALUES (?, ?, ?) ON CONFLICT (holder, currency) "
            "DO UPDATE SET available_cents = available_cents + excluded.available_cents",
            holder, currency.lower(), more_cents,
        )  # fmt: skip

    def available_cents(self, holder: str, currency: str) -> int:
        found = self.value(
            "SELECT available_cents FROM balances WHERE holder = ? AND currency = ?", holder, currency.lower()
        )
        return int(found or 0)


def load(text: str | bytes) -> dict[str, Any]:
    return msgspec.json.decode(text, type=dict[str, Any])


def dump(body: object) -> str:
    return msgspec.json.encode(body).decode()
