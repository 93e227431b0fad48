"""SQL of links that are sent by mail. Their tokens are in no column."""

from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class OpenLinkRow(msgspec.Struct, frozen=True):
    """A link that can be used."""

    id: UUID
    user_id: UUID
    purpose: str


# Whoever makes a link for somebody waits here for whoever else does: one is open at a time.
hold_user = Value(UUID, "select id from users where id = $1 and deleted_at is null for no key update")
close_open = Command("update email_links set closed_at = $3 where user_id = $1 and purpose = $2 and closed_at is null")
insert = Command(
    """
    insert into email_links (id, user_id, purpose, token_hash, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)
    """
)
count_since = Value(int, "select count(*) from email_links where user_id = $1 and purpose = $2 and created_at > $3")
open_by_id = Query(
    OpenLinkRow,
    "select id, user_id, purpose from email_links where id = $1 and closed_at is null and expires_at > $2",
)
open_by_token = Query(
    OpenLinkRow,
    """
    select id, user_id, purpose from email_links
    where token_hash = $1 and purpose = $2 and closed_at is null and expires_at > $3
    """,
)
use = Value(
    UUID,
    """
    update email_links set closed_at = $3
    where token_hash = $1 and purpose = $2 and closed_at is null and expires_at > $3
    returning user_id
    """,
)
delete_links = Command("delete from email_links where user_id = $1")
forget_before = Command("delete from email_links where created_at < $1")
