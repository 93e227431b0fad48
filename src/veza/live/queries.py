"""SQL of streams and broadcasts.

Times: `now()` of the database everywhere, because api, worker and media compare each other's rows; the context's
clock never meets them.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class StreamRow(msgspec.Struct, frozen=True):
    """A stream as anybody may see it. No key in any form."""

    id: UUID
    user_id: UUID
    title: str
    description: str
    category: str
    tags: list[str]
    status: str
    viewer_count: int
    peak_viewers: int
    started_at: datetime | None
    ended_at: datetime | None
    audio_only: bool
    record: bool
    thumbnail_version: int | None
    created_at: datetime
    updated_at: datetime


class IdRow(msgspec.Struct, frozen=True):
    """A stream's id."""

    id: UUID


class KeyRow(msgspec.Struct, frozen=True):
    """The sealed key of a stream."""

    id: UUID
    key_sealed: bytes


class OnAirRow(msgspec.Struct, frozen=True):
    """What decides about a publisher; see `domain.OnAir`."""

    stream_id: UUID
    user_id: UUID
    status: str
    key_version: int
    is_deleted: bool
    broadcast_id: UUID | None
    node: str
    is_beating: bool


class BeatRow(msgspec.Struct, frozen=True):
    """Where a beat met its stream; None throughout when there is no such stream."""

    stream_id: UUID
    user_id: UUID | None
    status: str | None
    key_version: int | None
    is_deleted: bool | None
    broadcast_id: UUID | None


class SubjectRow(msgspec.Struct, frozen=True):
    """How a stream stands."""

    id: UUID
    status: str
    viewer_count: int


class CountsRow(msgspec.Struct, frozen=True):
    """How much is on air, over the whole install."""

    streams_live: int
    viewers: int


class AnnouncedRow(msgspec.Struct, frozen=True):
    """A stream that is on air with the broadcast that is announced."""

    id: UUID
    user_id: UUID
    title: str


class ToRecordRow(msgspec.Struct, frozen=True):
    """A stream whose broadcasts are to be recorded."""

    user_id: UUID
    title: str


class HealthRow(msgspec.Struct, frozen=True):
    """What media measured last of a stream on air, as JSON."""

    user_id: UUID
    health: str | None
    health_at: datetime | None


class ProgressRow(msgspec.Struct, frozen=True):
    """How far an announcement got."""

    after_id: UUID | None
    is_done: bool


class Swept(msgspec.Struct, frozen=True):
    """A stream that went silent."""

    stream_id: UUID
    last_beat_at: datetime


# --- reading ---------------------------------------------------------------------------------------------------

stream = Query(
    StreamRow,
    """
    select id, user_id, title, description, category, tags, status, viewer_count, peak_viewers, started_at, ended_at,
           audio_only, record, thumbnail_version, created_at, updated_at
    from streams where id = $1 and deleted_at is null
    """,
)
listed = Query(
    StreamRow,
    """
    select id, user_id, title, description, category, tags, status, viewer_count, peak_viewers, started_at, ended_at,
           audio_only, record, thumbnail_version, created_at, updated_at
    from streams
    where status <> 'draft' and deleted_at is null
      and ($1::boolean is null or is_live = $1)
      and ($2::text is null or category = $2)
      and ($3::text is null or search @@ $3::tsquery)
    order by is_live desc, viewer_count desc, started_at desc, id desc
    limit $4 offset $5
    """,
)
count_listed = Value(
    int,
    """
    select count(*) from streams
    where status <> 'draft' and deleted_at is null
      and ($1::boolean is null or is_live = $1)
      and ($2::text is null or category = $2)
      and ($3::text is null or search @@ $3::tsquery)
    """,
)
own = Query(
    StreamRow,
    """
    select id, user_id, title, description, category, tags, status, viewer_count, peak_viewers, started_at, ended_at,
           audio_only, record, thumbnail_version, created_at, updated_at
    from streams where user_id = $1 and deleted_at is null
    order by is_live desc, id desc
    limit $2 offset $3
    """,
)
on_air_of_many = Query(
    StreamRow,
    """
    select id, user_id, title, description, category, tags, status, viewer_count, peak_viewers, started_at, ended_at,
           audio_only, record, thumbnail_version, created_at, updated_at
    from streams where status in ('live', 'interrupted') and user_id = any($1::uuid[])
    order by viewer_count desc, started_at desc, id desc
    limit $2 offset $3
    """,
)
count_on_air_of_many = Value(
    int, "select count(*) from streams where status in ('live', 'interrupted') and user_id = any($1::uuid[])"
)
count_own = Value(int, "select count(*) from streams where user_id = $1 and deleted_at is null")
viewer_count = Value(int, "select viewer_count from streams where id = $1 and deleted_at is null")
subjects = Query(
    SubjectRow, "select id, status, viewer_count from streams where id = any($1::uuid[]) and deleted_at is null"
)
counts = Query(
    CountsRow,
    """
    select count(*) as streams_live, coalesce(sum(viewer_count), 0)::bigint as viewers
    from streams where status in ('live', 'interrupted')
    """,
)
on_air_of_user = Query(
    IdRow, "select id from streams where user_id = $1 and status in ('live', 'interrupted') order by id"
)

health = Query(
    HealthRow,
    """
    select user_id, case when status = 'live' then health::text end as health,
           case when status = 'live' then health_at end as health_at
    from streams where id = $1 and deleted_at is null
    """,
)

# --- keys ------------------------------------------------------------------------------------------------------

keys_of = Query(KeyRow, "select id, key_sealed from streams where id = any($1::uuid[])")
key_of_user = Query(
    KeyRow,
    """
    select id, key_sealed from streams
    where user_id = $1 and deleted_at is null and ($2::uuid is null or id = $2)
    order by is_live desc, id desc limit 1
    """,
)
replace_key = Command(
    """
    update streams set key_hash = $2, key_sealed = $3, key_version = key_version + 1, updated_at = now() where id = $1
    """
)
on_air_by_key = Query(
    OnAirRow,
    """
    select id as stream_id, user_id, status, key_version, deleted_at is not null as is_deleted, broadcast_id, node,
           coalesce(last_beat_at > now() - make_interval(secs => $2::float8), false) as is_beating
    from streams where key_hash = $1
    """,
)

# --- writing ---------------------------------------------------------------------------------------------------

lock_user = Command("select pg_advisory_xact_lock(hashtextextended('veza.live.' || $1::text, 0))")
insert_stream = Command(
    """
    insert into streams (id, user_id, title, description, category, tags, record, search, key_hash, key_sealed)
    values ($1, $2, $3, $4, $5, $6, $7, array_to_tsvector($8::text[]), $9, $10)
    """
)
update_details = Command(
    """
    update streams set title = $2, description = $3, category = $4, tags = $5, record = $6,
        search = array_to_tsvector($7::text[]), updated_at = now()
    where id = $1
    """
)
lock_on_air = Query(
    OnAirRow,
    """
    select id as stream_id, user_id, status, key_version, deleted_at is not null as is_deleted, broadcast_id, node,
           coalesce(last_beat_at > now() - make_interval(secs => $2::float8), false) as is_beating
    from streams where id = $1 for update
    """,
)
mark_deleted = Command(
    "update streams set deleted_at = now(), key_version = key_version + 1, updated_at = now() where id = $1"
)

lock_streams_of = Query(
    SubjectRow,
    "select id, status, viewer_count from streams where user_id = $1 and deleted_at is null order by id for update",
)
erase_streams_of = Command(
    "update streams set title = 'deleted', description = '', tags = '{}', search = '' where user_id = $1"
)

# --- on air ----------------------------------------------------------------------------------------------------

begin_broadcast = Command(
    """
    update streams set status = 'live', broadcast_id = $2, node = $3, audio_only = $4, started_at = now(),
        interrupted_at = null, ended_at = null, last_beat_at = now(), viewer_count = 0, peak_viewers = 0,
        thumbnail_version = null, health = null, updated_at = now()
    where id = $1
    """
)
to_record = Query(ToRecordRow, "select user_id, title from streams where id = $1 and record")
insert_broadcast = Command("insert into broadcasts (id, stream_id, node, audio_only) values ($2, $1, $3, $4)")
resume_broadcast = Command(
    """
    update streams set status = 'live', node = $2, audio_only = $3, interrupted_at = null, last_beat_at = now(),
        updated_at = now()
    where id = $1
    """
)
interrupt = Command(
    """
    update streams set status = 'interrupted', interrupted_at = now(), updated_at = now()
    where id = $1 and broadcast_id = $2 and status = 'live'
    """
)
end_broadcast = Command(
    """
    with closed as (
        update broadcasts b set ended_at = coalesce($3, now()), end_reason = $2, peak_viewers = s.peak_viewers,
            audio_only = s.audio_only
        from streams s where s.id = $1 and b.stream_id = s.id and b.ended_at is null
    )
    update streams set status = 'ended', ended_at = coalesce($3, now()), interrupted_at = null, viewer_count = 0,
        updated_at = now()
    where id = $1
    """
)
close_replaced = Command(
    """
    update broadcasts b set ended_at = coalesce(s.last_beat_at, now()), end_reason = $2, peak_viewers = s.peak_viewers,
        audio_only = s.audio_only
    from streams s where s.id = $1 and b.stream_id = s.id and b.ended_at is null
    """
)
beat = Query(
    BeatRow,
    """
    with said as (
        select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::bool[], $5::bigint[], $6::text[])
            as t (stream_id, broadcast_id, viewer_count, audio_only, thumbnail_version, health)
    ), heard as (
        update streams s set last_beat_at = now(), viewer_count = said.viewer_count,
            peak_viewers = greatest(s.peak_viewers, said.viewer_count), audio_only = said.audio_only,
            thumbnail_version = said.thumbnail_version, health = said.health::jsonb, health_at = now()
        from said where s.id = said.stream_id and s.broadcast_id = said.broadcast_id
            and s.status in ('live', 'interrupted')
    )
    select said.stream_id, s.user_id, s.status, s.key_version, s.deleted_at is not null as is_deleted, s.broadcast_id
    from said left join streams s on s.id = said.stream_id
    """,
)
silent = Query(
    Swept,
    """
    select id as stream_id, last_beat_at from streams
    where status in ('live', 'interrupted')
      and greatest(last_beat_at, pg_postmaster_start_time()) < now() - make_interval(secs => $1::float8)
      and (status = 'live' or interrupted_at < now() - make_interval(secs => $2::float8))
    order by last_beat_at limit 100
    for update skip locked
    """,
)
"""A server that just started counts as a sign of life: while the database was away, nobody could beat."""

# --- telling followers -----------------------------------------------------------------------------------------

announced = Query(
    AnnouncedRow,
    """
    select id, user_id, title from streams
    where id = $1 and broadcast_id = $2 and status in ('live', 'interrupted') and deleted_at is null
    """,
)
begin_announcement = Command(
    """
    insert into live_announcements (broadcast_id, user_id)
    select $1, $2 where not exists (
        select from live_announcements
        where user_id = $2 and broadcast_id <> $1 and created_at > now() - make_interval(secs => $3::float8))
    on conflict do nothing
    """
)
lock_announcement = Query(
    ProgressRow,
    "select after_id, done_at is not null as is_done from live_announcements where broadcast_id = $1 for update",
)
move_announcement = Command(
    """
    update live_announcements set after_id = $2, mails = mails + $3, done_at = case when $4 then now() end
    where broadcast_id = $1
    """
)
