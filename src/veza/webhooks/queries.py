"""SQL of the inbox of events."""

from uuid import UUID

from veza.db.query import Command, Value

event = Value(UUID, "select id from webhook_events where id = $1")
reopen = Command(
    """
    update webhook_events set status = 'received', note = null, handled_at = null where id = $1 and body is not null
    """
)
