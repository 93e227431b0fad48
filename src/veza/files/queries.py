"""SQL of the objects of the file store."""

from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class ObjectRow(msgspec.Struct, frozen=True):
    """An object that is kept."""

    id: UUID
    kind: str
    content_type: str
    size_bytes: int
    sha256: bytes


class UnsettledRow(msgspec.Struct, frozen=True):
    """An object that should go."""

    id: UUID
    kind: str
    state: str


class KnownRow(msgspec.Struct, frozen=True):
    """An object that has a row."""

    id: UUID


insert = Command("insert into stored_objects (id, kind, owner_id, content_type, is_public) values ($1, $2, $3, $4, $5)")
insert_folder = Command(
    """
    insert into stored_objects (id, kind, owner_id, content_type, state)
    values ($1, $2, $3, 'application/octet-stream', 'kept')
    """
)
keep = Command(
    """
    update stored_objects set state = 'kept', size_bytes = $2, sha256 = $3, changed_at = now()
    where id = $1 and state = 'receiving'
    """
)
discard = Query(
    UnsettledRow,
    """
    update stored_objects set state = 'discarded', is_public = false, changed_at = now()
    where id = any($1::uuid[]) and state <> 'discarded' returning id, kind, state
    """,
)
forget = Command("delete from stored_objects where id = $1 and state = 'discarded'")
publish = Command("update stored_objects set is_public = $2 where id = any($1::uuid[]) and state = 'kept'")
kept = Query(
    ObjectRow,
    "select id, kind, content_type, size_bytes, sha256 from stored_objects where id = $1 and state = 'kept'",
)
public = Query(
    ObjectRow,
    """
    select id, kind, content_type, size_bytes, sha256 from stored_objects where id = $1 and state = 'kept' and is_public
    """,
)
used_bytes = Value(
    int,
    """
    select coalesce(sum(size_bytes), 0)::bigint from stored_objects
    where owner_id = $1 and state <> 'discarded' and kind not in ('export', 'recording')
    """,
)
unfinished = Query(
    UnsettledRow,
    """
    select id, kind, state from stored_objects
    where (state = 'discarded' and changed_at < now() - interval '10 minutes')
       or (state = 'receiving' and changed_at < now() - make_interval(secs => $1::float8))
    order by changed_at limit 200
    """,
)
known_among = Query(KnownRow, "select id from stored_objects where id = any($1::uuid[])")
