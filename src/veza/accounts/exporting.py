"""A copy of what is known of somebody, for them: asked for, made by the worker, kept for a week, given away by a link.

It goes from the database through the archive into the file store in pieces; no file of it, and no copy, is ever held
whole. Each piece is read by itself: what changes meanwhile may stand in it or not.
"""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import structlog

from veza.accounts import domain, export_queries, queries
from veza.accounts.archive import ArchiveWriter
from veza.accounts.domain import Export, ExportStatus
from veza.accounts.export_queries import AREAS, BATCH, Area
from veza.accounts.queries import ExportRow
from veza.auth.domain import Principal
from veza.context import Context
from veza.db.pool import Tx
from veza.files import service as files
from veza.files.domain import ObjectKind, StoredObject
from veza.http.rate_limit import RateLimits, Rule
from veza.jobs.queue import defer
from veza.kit.errors import NotFound
from veza.kit.ids import new_id
from veza.kit.signing import keyed_hash, same

log = structlog.get_logger()

EXPORT_RULE = Rule("account_export", domain.EXPORTS_PER_DAY, 86_400)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0)
_SIGNATURE_BYTES = 32
_WORD_MAX = 300


@dataclass(frozen=True, slots=True, repr=False)
class ExportLink:
    """What opens a copy, and until when."""

    word: str
    expires_at: datetime


class _Claim(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a link says."""

    user_id: UUID
    export_id: UUID
    expires_s: int


async def ask(ctx: Context, principal: Principal) -> Export:
    """Have a copy made. Raises `Conflict` (`export_in_progress`), `TooMany`."""
    async with ctx.db.connection() as connection:
        known = await queries.newest.find(connection, principal.user_id)
    if known is not None and known.status == ExportStatus.PENDING:
        raise domain.export_in_progress()
    await RateLimits(ctx.db).hit(EXPORT_RULE, str(principal.user_id))
    async with ctx.db.transaction() as tx:
        export_id = await queries.insert.find(tx, new_id(), principal.user_id)
        row = None if export_id is None else await queries.export.find(tx, export_id)
        if row is None:
            raise domain.export_in_progress()
        await defer(tx, domain.MAKE_EXPORT, {"id": str(row.id)}, unique_key=f"{domain.MAKE_EXPORT}:{row.id}")
    log.info("export_asked_for", user_id=str(principal.user_id), export_id=str(row.id))
    return _export(row)


async def find(ctx: Context, principal: Principal) -> Export | None:
    """The caller's newest copy, whatever its state."""
    async with ctx.db.connection() as connection:
        row = await queries.newest.find(connection, principal.user_id)
    return None if row is None else _export(row)


async def link_to(ctx: Context, principal: Principal) -> ExportLink:
    """A link to the caller's newest copy, good for 15 minutes. Raises `NotFound` unless it is ready."""
    export = await find(ctx, principal)
    if export is None or not _is_there(ctx, export):
        raise domain.no_export()
    expires_at = (ctx.clock.now() + domain.EXPORT_LINK_LIFE).replace(microsecond=0)
    raw = msgspec.json.encode(_Claim(export.user_id, export.id, int(expires_at.timestamp())))
    signature = keyed_hash(ctx.keys.export_link, raw.decode())
    return ExportLink(base64.urlsafe_b64encode(signature + raw).decode().rstrip("="), expires_at)


async def follow_link(ctx: Context, word: str) -> StoredObject:
    """The copy behind a link. Raises `NotFound` for no link of ours, `Gone` for a dead one."""
    claim = _read_link(ctx, word)
    async with ctx.db.connection() as connection:
        row = await queries.export.find(connection, claim.export_id)
        if row is None or row.user_id != claim.user_id or ctx.clock.now().timestamp() >= claim.expires_s:
            raise domain.export_link_is_dead()
        export = _export(row)
        if export.object_id is None or not _is_there(ctx, export):
            raise domain.export_link_is_dead()
        return await files.get_kept(connection, export.object_id)


def _is_there(ctx: Context, export: Export) -> bool:
    return export.status is ExportStatus.READY and export.expires_at is not None and ctx.clock.now() < export.expires_at


def _read_link(ctx: Context, word: str) -> _Claim:
    try:
        raw = base64.b64decode(word[:_WORD_MAX] + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        signature, said = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if same(signature, keyed_hash(ctx.keys.export_link, said.decode())):
            return msgspec.json.decode(said, type=_Claim)
    except (ValueError, msgspec.DecodeError):
        pass
    raise NotFound("There is no such link.")


# --- the worker's part -----------------------------------------------------------------------------------------


async def make(ctx: Context, export_id: UUID) -> None:
    """Write the copy into the file store. Again, or after the account has gone, it changes nothing."""
    async with ctx.db.connection() as connection:
        row = await queries.export.find(connection, export_id)
    if row is None or row.status != ExportStatus.PENDING:
        return
    stored = await files.receive(
        ctx,
        row.user_id,
        ObjectKind.EXPORT,
        _archive(ctx, row.user_id),
        filename=domain.EXPORT_FILENAME,
        bytes_max=domain.EXPORT_BYTES_MAX,
        judge=lambda _: "application/zip",
    )
    now = ctx.clock.now()
    try:
        async with ctx.db.transaction() as tx:
            await files.keep(tx, stored)
            owner = await queries.finish.find(
                tx, export_id, stored.id, stored.size_bytes, now, now + domain.EXPORT_KEPT
            )
            if owner is None:  # the account was deleted meanwhile, or another worker was quicker
                await files.discard(tx, [stored.id])
            else:
                await _expire(tx, await queries.older.list(tx, owner, export_id))
    except Exception:
        await files.abandon(ctx, stored.id)
        raise
    log.info("export_made", export_id=str(export_id), size_bytes=stored.size_bytes)


async def give_up(ctx: Context, export_id: UUID) -> None:
    """It could not be made: its owner may ask again."""
    async with ctx.db.connection() as connection:
        await queries.fail.run(connection, export_id)


async def sweep(ctx: Context) -> int:
    """Remove copies that were kept long enough; answers how many."""
    async with ctx.db.transaction() as tx:
        await queries.fail_lost.run(tx, domain.EXPORT_LOST_AFTER.total_seconds())
        rows = await queries.over.list(tx, ctx.clock.now())
        await _expire(tx, rows)
    return len(rows)


async def discard_all(tx: Tx, user_id: UUID) -> None:
    """Somebody's account is being deleted: their copies, too."""
    await _expire(tx, await queries.of_person.list(tx, user_id))


async def _expire(tx: Tx, rows: list[queries.ObjectRow]) -> None:
    if rows:
        await queries.expire.run(tx, [row.id for row in rows])
        await files.discard(tx, [row.object_id for row in rows])


async def _archive(ctx: Context, user_id: UUID) -> AsyncIterator[bytes]:
    with ArchiveWriter(ctx.clock.now()) as archive:
        parts = [("README.txt", _readme(ctx)), ("account.json", _account(ctx, user_id))]
        parts += [(area.filename, _rows(ctx, user_id, area)) for area in AREAS]
        for filename, pieces in parts:
            async for piece in archive.file(filename, pieces):
                if piece:
                    yield piece
        yield archive.end()


async def _readme(ctx: Context) -> AsyncIterator[bytes]:
    lines = [
        f"What {ctx.settings.public_host} knows of you, as of {ctx.clock.now():%Y-%m-%d %H:%M} UTC.",
        "",
        "Each file is JSON. Amounts are in the smallest unit of their currency, times in UTC.",
        "",
        "account.json: your account and profile",
        *(f"{area.filename}: {area.text}" for area in AREAS),
        "",
        f"Files that you uploaded or bought are not in here. Log in, and get each at {ctx.settings.public_url} by the",
        "address beside it (how_to_get_it): it answers a link that is good for 15 minutes.",
    ]
    yield "\n".join([*lines, ""]).encode()


async def _account(ctx: Context, user_id: UUID) -> AsyncIterator[bytes]:
    async with ctx.db.connection() as connection:
        found = await export_queries.account.find(connection, user_id)
    yield _pretty(found or "null") + b"\n"


async def _rows(ctx: Context, user_id: UUID, area: Area) -> AsyncIterator[bytes]:
    after, before_first = _BEGINNING, b"[\n"
    while True:
        async with ctx.db.connection() as connection:
            rows = await area.rows.list(connection, user_id, *after)
        if rows:
            yield before_first + b",\n".join(_pretty(row.body) for row in rows)
            after, before_first = (rows[-1].at, rows[-1].id), b",\n"
        if len(rows) < BATCH:
            yield b"\n]\n" if before_first != b"[\n" else b"[]\n"
            return


def _pretty(body: str) -> bytes:
    return msgspec.json.format(body.encode(), indent=2)


def _export(row: ExportRow) -> Export:
    return Export(
        row.id, row.user_id, ExportStatus(row.status), row.object_id, row.size_bytes, row.created_at, row.expires_at
    )
