"""SQL of the inbox of events."""

from uuid import UUID

import msgspec

from veza.db.query import Command, Query


class ReceivedRow(msgspec.Struct, frozen=True):
    """An event that came in. `deliveries` 1: for the first time."""

    id: UUID
    deliveries: int


class EventRow(msgspec.Struct, frozen=True):
    """An event as it is kept; its body is forgotten after a while."""

    id: UUID
    provider: str
    event_id: str
    kind: str
    body: bytes | None
    status: str


receive = Query(
    ReceivedRow,
    """
    insert into webhook_events as e (id, provider, event_id, kind, body, status, note, handled_at)
    values ($1, $2, $3, $4, $5, $6, $7, case when $6 <> 'received' then now() end)
    on conflict (provider, event_id) do update set deliveries = e.deliveries + 1
    returning id, deliveries
    """,
)
lock_event = Query(
    EventRow, "select id, provider, event_id, kind, body, status from webhook_events where id = $1 for update"
)
event = Query(EventRow, "select id, provider, event_id, kind, body, status from webhook_events where id = $1")
handled = Command("update webhook_events set status = $2, note = $3, handled_at = now() where id = $1")
reopen = Command(
    """
    update webhook_events set status = 'received', note = null, handled_at = null where id = $1 and body is not null
    """
)
forget_bodies = Command(
    "update webhook_events set body = null where body is not null and received_at < now() - make_interval(days => $1)"
)
