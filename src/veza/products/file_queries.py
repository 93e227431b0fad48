"""SQL of the files of products."""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class FileRow(msgspec.Struct, frozen=True):
    """A file of a product; the fields of `domain.ProductFile`, in its order."""

    id: UUID
    product_id: UUID
    object_id: UUID
    position: int
    filename: str
    title: str
    format: str
    size_bytes: int
    status: str
    failure: str | None
    duration_ms: int | None
    loudness_lufs: float | None
    sample_rate_hz: int | None
    channels: int | None
    bit_rate_bps: int | None
    peaks: bytes | None
    preview_id: UUID | None
    preview_start_ms: int | None
    preview_ms: int | None
    artist: str
    isrc: str
    bpm: float | None
    musical_key: str
    entry_count: int | None
    created_at: datetime
    removed_at: datetime | None


class IdRow(msgspec.Struct, frozen=True):
    """A file's id."""

    id: UUID


files = Query(
    FileRow,
    """
    select id, product_id, object_id, position, filename, title, format, size_bytes, status, failure, duration_ms,
           loudness_lufs, sample_rate_hz, channels, bit_rate_bps, peaks, preview_id, preview_start_ms, preview_ms,
           artist, isrc, bpm, musical_key, entry_count, created_at, removed_at
    from product_files where product_id = $1 and removed_at is null order by position, id
    """,
)
ready_files = Query(
    FileRow,
    """
    select id, product_id, object_id, position, filename, title, format, size_bytes, status, failure, duration_ms,
           loudness_lufs, sample_rate_hz, channels, bit_rate_bps, null::bytea as peaks, preview_id, preview_start_ms,
           preview_ms, artist, isrc, bpm, musical_key, entry_count, created_at, removed_at
    from product_files where product_id = any($1::uuid[]) and status = 'ready' order by product_id, position, id
    """,
)
"""Also those that were taken out of their product: who owned it before keeps them."""
file = Query(
    FileRow,
    """
    select id, product_id, object_id, position, filename, title, format, size_bytes, status, failure, duration_ms,
           loudness_lufs, sample_rate_hz, channels, bit_rate_bps, peaks, preview_id, preview_start_ms, preview_ms,
           artist, isrc, bpm, musical_key, entry_count, created_at, removed_at
    from product_files where id = $1
    """,
)
same_content = Query(
    FileRow,
    """
    select id, product_id, object_id, position, filename, title, format, size_bytes, status, failure, duration_ms,
           loudness_lufs, sample_rate_hz, channels, bit_rate_bps, peaks, preview_id, preview_start_ms, preview_ms,
           artist, isrc, bpm, musical_key, entry_count, created_at, removed_at
    from product_files where product_id = $1 and sha256 = $2 and removed_at is null
    """,
)
count_files = Value(int, "select count(*) from product_files where product_id = $1 and removed_at is null")
count_ready = Value(
    int, "select count(*) from product_files where product_id = $1 and removed_at is null and status = 'ready'"
)
insert_file = Command(
    """
    insert into product_files
        (id, product_id, object_id, position, filename, title, format, content_type, size_bytes, sha256, status)
    select $1, $2, $3, coalesce(max(position) + 1, 0), $4, $5, $6, $7, $8, $9, $10
    from product_files where product_id = $2
    """
)
mark_ready = Command(
    """
    update product_files set status = 'ready', failure = null, duration_ms = $2, loudness_lufs = $3,
        sample_rate_hz = $4, channels = $5, bit_rate_bps = $6, peaks = $7, preview_id = $8, preview_start_ms = $9,
        preview_ms = $10, artist = $11, isrc = $12, bpm = $13, musical_key = $14,
        title = case when title = $16 then coalesce($15, title) else title end,
        updated_at = now()
    where id = $1 and status = 'processing' and removed_at is null
    """
)
mark_archive_ready = Command(
    """
    update product_files set status = 'ready', entry_count = $2, updated_at = now()
    where id = $1 and status = 'processing' and removed_at is null
    """
)
mark_failed = Command(
    """
    update product_files set status = 'failed', failure = $2, updated_at = now()
    where id = $1 and status = 'processing'
    """
)
try_again = Command(
    """
    update product_files set status = 'processing', failure = null, updated_at = now()
    where id = $1 and status = 'failed' and removed_at is null
    """
)
set_title = Command("update product_files set title = $2, updated_at = now() where id = $1")
set_positions = Command(
    """
    update product_files f set position = place - 1, updated_at = now()
    from unnest($2::uuid[]) with ordinality as t (id, place) where f.id = t.id and f.product_id = $1
    """
)
remove = Command("update product_files set removed_at = now(), updated_at = now() where id = $1")
delete = Command("delete from product_files where id = $1")
stuck = Query(
    IdRow,
    """
    select id from product_files
    where status = 'processing' and removed_at is null and updated_at < now() - make_interval(secs => $1::float8)
    order by updated_at limit 100
    """,
)
