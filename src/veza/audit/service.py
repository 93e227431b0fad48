"""Writing down who did what, in the transaction of the act.

An act that is rolled back leaves no entry, and no entry is ever changed. Chat rooms keep an audit of their own, for
their hosts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

import structlog

from veza.audit import queries
from veza.db.pool import Connection, Tx
from veza.kit.ids import new_id
from veza.kit.page import Page, PageRequest

Entry: TypeAlias = queries.EntryRow
"""An act that was written down, with its actor's name."""


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries; None: all."""

    actor_id: UUID | None = None
    action: str | None = None
    subject_kind: str | None = None
    subject_id: str | None = None


async def record(
    tx: Tx,
    action: str,
    *,
    subject: tuple[str, UUID | str],
    actor_id: UUID | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write an act down.

    Args:
        tx: the transaction of the act.
        action: `noun.verb`, such as `transfer.retried`.
        subject: its kind and id, such as ("transfer", id).
        actor_id: who; None: Veza itself, or a provider.
        details: facts that JSON can carry; never a secret.
    """
    kind, subject_id = subject
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    await queries.insert.run(tx, new_id(), actor_id, action, kind, str(subject_id), dict(details or {}), request_id)


async def list_entries(connection: Connection, wanted: EntryFilter, page: PageRequest) -> Page[Entry]:
    """Entries, the newest first."""
    chosen = (wanted.actor_id, wanted.action, wanted.subject_kind, wanted.subject_id)
    rows = await queries.listed.list(connection, *chosen, page.limit, page.offset)
    return Page(rows, await queries.count.find(connection, *chosen) or 0, page.limit, page.offset)
