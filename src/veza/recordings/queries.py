"""SQL of recordings. Media's statements are one round trip each: they run for each segment of each stream."""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class RecordingRow(msgspec.Struct, frozen=True):
    """A recording, in the order of `domain.Recording`."""

    id: UUID
    stream_id: UUID
    user_id: UUID
    title: str
    started_at: datetime
    ended_at: datetime | None
    finished_at: datetime | None
    published_at: datetime | None
    duration_ticks: int
    missing_ticks: int
    problem: str | None
    size_bytes: int
    peak_bps: int
    target_duration_s: int | None
    thumbnail_bytes: int | None
    mp4_status: str | None
    mp4_object_id: UUID | None


class SaidRow(msgspec.Struct, frozen=True):
    """Which messages of its room belong to a recording."""

    chat_after_seq: int
    chat_until_seq: int | None


class OnAirRow(msgspec.Struct, frozen=True):
    """A recording of a broadcast that goes on."""

    id: UUID
    stream_id: UUID


class IdRow(msgspec.Struct, frozen=True):
    """A recording's id."""

    id: UUID


class SegmentRow(msgspec.Struct, frozen=True):
    """A segment that can be played, as playlists list it."""

    msn: int
    init: int
    discontinuity: bool
    program_time_ms: int
    duration_ticks: int
    size_bytes: int


class InitBytesRow(msgspec.Struct, frozen=True):
    """An init segment."""

    number: int
    data: bytes


class DeletedRow(msgspec.Struct, frozen=True):
    """A recording that is gone, and its MP4."""

    id: UUID
    mp4_object_id: UUID | None


class InitRow(msgspec.Struct, frozen=True):
    """What playlists say of the tracks of a recording."""

    codecs: str
    width: int | None
    height: int | None
    frame_rate: float | None


class PieceRow(msgspec.Struct, frozen=True):
    """A piece that is to be given away. An init segment is here itself."""

    is_open: bool
    size_bytes: int
    data: bytes | None


class ExpectedRow(msgspec.Struct, frozen=True):
    """A segment whose bytes may be in the store."""

    msn: int
    size_bytes: int


# --- what media says -------------------------------------------------------------------------------------------

insert = Command(
    """
    insert into recordings (id, object_id, stream_id, user_id, title, chat_after_seq) values ($1, $1, $2, $3, $4, $5)
    """
)
is_wanted = Value(bool, "select true from recordings where id = $1 and finished_at is null")
add_init = Value(
    bool,
    """
    with wanted as (select id from recordings where id = $1 and finished_at is null), added as (
        insert into recording_inits (recording_id, number, data, codecs, width, height, frame_rate)
        select id, $2, $3, $4, $5, $6, $7 from wanted on conflict do nothing
    )
    select true from wanted
    """,
)
expect = Value(
    bool,
    """
    with wanted as (select id from recordings where id = $1 and finished_at is null), added as (
        insert into recording_segments
            (recording_id, msn, init, discontinuity, program_time_ms, duration_ticks, size_bytes)
        select id, $2, $3, $4, $5, $6, $7 from wanted on conflict do nothing returning msn
    ), told as (
        update recordings set missing_ticks = missing_ticks + $8, problem = coalesce($9, problem),
            target_duration_s = coalesce(target_duration_s, $10)
        where id = $1 and exists (select from added)
    )
    select true from wanted
    """,
)
stored = Command(
    """
    with there as (
        update recording_segments set state = 'stored' where recording_id = $1 and msn = $2 and state = 'expected'
        returning duration_ticks, size_bytes
    )
    update recordings r set duration_ticks = r.duration_ticks + t.duration_ticks,
        size_bytes = r.size_bytes + t.size_bytes,
        peak_bps = greatest(r.peak_bps, t.size_bytes::bigint * 8 * 90000 / greatest(t.duration_ticks, 45000))
    from there t where r.id = $1
    """
)
lost = Command(
    """
    with gone as (
        update recording_segments set state = 'lost' where recording_id = $1 and msn = $2 and state = 'expected'
        returning duration_ticks
    )
    update recordings r set missing_ticks = r.missing_ticks + g.duration_ticks, problem = $3
    from gone g where r.id = $1
    """
)
picture = Command("update recordings set thumbnail_bytes = $2 where id = $1")
finish = Command(
    """
    update recordings set finished_at = now(), missing_ticks = missing_ticks + $2, problem = coalesce($3, problem)
    where id = $1 and finished_at is null
    """
)

# --- the broadcast's life --------------------------------------------------------------------------------------

close_of_stream = Query(
    IdRow,
    """
    update recordings set ended_at = coalesce($2::timestamptz, now()), chat_until_seq = greatest($3, chat_after_seq)
    where stream_id = $1 and ended_at is null
    returning id
    """,
)
expected = Query(
    ExpectedRow,
    "select msn, size_bytes from recording_segments where recording_id = $1 and state = 'expected' order by msn",
)
unsettled = Query(
    IdRow,
    """
    select id from recordings
    where finished_at is null and ended_at < now() - make_interval(secs => $1::float8) order by ended_at limit 100
    """,
)
expired = Query(
    IdRow,
    """
    select id from recordings
    where ended_at < now() - make_interval(days => $1::int) order by ended_at limit 100
    """,
)

# --- reading ---------------------------------------------------------------------------------------------------

recording = Query(
    RecordingRow,
    """
    select id, stream_id, user_id, title, started_at, ended_at, finished_at, published_at, duration_ticks,
           missing_ticks, problem, size_bytes, peak_bps, target_duration_s, thumbnail_bytes,
           mp4_status, mp4_object_id
    from recordings where id = $1
    """,
)
of_stream = Query(
    RecordingRow,
    """
    select id, stream_id, user_id, title, started_at, ended_at, finished_at, published_at, duration_ticks,
           missing_ticks, problem, size_bytes, peak_bps, target_duration_s, thumbnail_bytes,
           mp4_status, mp4_object_id
    from recordings where stream_id = $1 and (user_id = $2 or (published_at is not null and ended_at is not null))
    order by started_at desc, id desc limit $3 offset $4
    """,
)
count_of_stream = Value(
    int,
    """
    select count(*) from recordings
    where stream_id = $1 and (user_id = $2 or (published_at is not null and ended_at is not null))
    """,
)
on_air_of_streams = Query(
    OnAirRow,
    """
    select id, stream_id from recordings where stream_id = any($1::uuid[]) and ended_at is null and duration_ticks > 0
    """,
)
said = Query(SaidRow, "select chat_after_seq, chat_until_seq from recordings where id = $1")
segments = Query(
    SegmentRow,
    """
    select msn, init, discontinuity, program_time_ms, duration_ticks, size_bytes from recording_segments
    where recording_id = $1 and state = 'stored' order by msn limit 200000
    """,
)
inits = Query(
    InitBytesRow, "select number, data from recording_inits where recording_id = $1 order by number limit 10000"
)
newest_init = Query(
    InitRow,
    """
    select codecs, width, height, frame_rate from recording_inits where recording_id = $1 order by number desc limit 1
    """,
)
segment_piece = Query(
    PieceRow,
    """
    select r.published_at is not null or r.ended_at is null as is_open, s.size_bytes, null::bytea as data
    from recordings r join recording_segments s on s.recording_id = r.id
    where r.id = $1 and s.msn = $2 and s.state = 'stored'
    """,
)
init_piece = Query(
    PieceRow,
    """
    select r.published_at is not null or r.ended_at is null as is_open, length(i.data) as size_bytes, i.data
    from recordings r join recording_inits i on i.recording_id = r.id
    where r.id = $1 and i.number = $2
    """,
)

picture_piece = Query(
    PieceRow,
    """
    select published_at is not null or ended_at is null as is_open, thumbnail_bytes as size_bytes, null::bytea as data
    from recordings where id = $1 and thumbnail_bytes is not null
    """,
)

# --- writing ---------------------------------------------------------------------------------------------------

lock = Query(
    RecordingRow,
    """
    select id, stream_id, user_id, title, started_at, ended_at, finished_at, published_at, duration_ticks,
           missing_ticks, problem, size_bytes, peak_bps, target_duration_s, thumbnail_bytes,
           mp4_status, mp4_object_id
    from recordings where id = $1 for update
    """,
)
change = Command(
    """
    update recordings set title = $2, published_at = case when $3 then coalesce(published_at, now()) end where id = $1
    """
)
delete = Query(DeletedRow, "delete from recordings where id = any($1::uuid[]) returning id, mp4_object_id")
delete_of_stream = Query(DeletedRow, "delete from recordings where stream_id = $1 returning id, mp4_object_id")

# --- one file of it --------------------------------------------------------------------------------------------

want_mp4 = Command("update recordings set mp4_status = 'making' where id = $1 and mp4_object_id is null")
finish_mp4 = Command(
    "update recordings set mp4_status = 'ready', mp4_object_id = $2 where id = $1 and mp4_status = 'making'"
)
fail_mp4 = Command("update recordings set mp4_status = 'failed' where id = $1 and mp4_status = 'making'")
