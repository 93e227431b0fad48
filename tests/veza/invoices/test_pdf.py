"""Making paper: once, whoever does it and however often, also after a lost job, a dead worker and a full store."""

import asyncio
import hashlib
from collections.abc import AsyncIterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from tests.factories.accounts import a_person
from tests.factories.clock import TurnableClock
from tests.factories.documents import a_sold_order
from tests.factories.paper import require_sound

from veza.adapters.obstore_files import ObstoreFiles, local_files
from veza.context import Context
from veza.files import service as files
from veza.invoices import pdf
from veza.invoices.service import issue_invoice
from veza.kit.errors import Unavailable


async def issued(ctx: Context, how_many: int = 1) -> list[UUID]:
    """Invoices without paper."""
    buyer, seller = await a_person(ctx.db), await a_person(ctx.db)
    for _ in range(how_many):
        order = await a_sold_order(ctx.db, buyer.user_id, seller.user_id, 2_999)
        async with ctx.db.transaction() as tx:
            await issue_invoice(tx, ctx, order, ctx.clock.now())
    async with ctx.db.connection() as connection:
        rows = await connection.fetch("select id from invoices where buyer_id = $1 order by sequence", buyer.user_id)
    return [row["id"] for row in rows]


async def paper_of(ctx: Context, invoice_id: UUID) -> bytes | None:
    """The bytes that are served, checked against their row."""
    async with ctx.db.connection() as connection:
        document_id = await connection.fetchval("select document_id from invoices where id = $1", invoice_id)
        if document_id is None:
            return None
        stored = await files.get_kept(connection, document_id)
    found = await ctx.files.read(stored.key, 0, stored.size_bytes)
    assert hashlib.sha256(found).digest() == stored.sha256
    return found


async def test_one_job_makes_the_paper_of_all_that_wait(ctx: Context) -> None:
    ids = await issued(ctx, 3)
    await pdf.render(ctx, ids[2])
    papers = [await paper_of(ctx, one) for one in ids]
    for paper in papers:
        assert paper is not None
        require_sound(paper)
    assert len(set(papers)) == 3


async def test_it_is_made_once(ctx: Context) -> None:
    (one,) = await issued(ctx)
    await pdf.render(ctx, one)
    first = await paper_of(ctx, one)
    await pdf.render(ctx, one)
    assert await paper_of(ctx, one) == first
    async with ctx.db.connection() as connection:
        assert await connection.fetchval("select count(*) from stored_objects where kind = 'document'") == 1
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await connection.execute("update invoices set document_id = null, rendered_at = null")


async def test_of_several_workers_the_first_ones_counts_and_the_rest_is_thrown_away(ctx: Context) -> None:
    (one,) = await issued(ctx)
    await asyncio.gather(*(pdf.render(ctx, one) for _ in range(3)))
    assert await paper_of(ctx, one) is not None
    async with ctx.db.connection() as connection:
        states = await connection.fetch("select state from stored_objects where kind = 'document'")
    assert sorted({row["state"] for row in states}) in (["kept"], ["discarded", "kept"])
    assert sum(row["state"] == "kept" for row in states) == 1


async def test_it_fills_nobodys_room(ctx: Context) -> None:
    small = replace(ctx, settings=replace(ctx.settings, storage_per_person_bytes=1))
    (one,) = await issued(small)
    await pdf.render(small, one)
    assert await paper_of(small, one) is not None


class FullStore(ObstoreFiles):
    """A store that takes nothing."""

    async def put(self, key: str, chunks: AsyncIterable[bytes], *, filename: str, content_type: str) -> None:
        raise Unavailable("The store is full.")


async def test_a_store_that_is_away_leaves_it_to_the_next_try(ctx: Context, tmp_path: Path) -> None:
    (one,) = await issued(ctx)
    away = replace(ctx, files=FullStore(local_files(tmp_path / "away")._store))
    with pytest.raises(Unavailable):
        await pdf.render(away, one)
    assert await paper_of(ctx, one) is None
    await pdf.render(ctx, one)
    assert await paper_of(ctx, one) is not None


async def test_a_job_that_was_lost_is_found_again(ctx: Context, clock: TurnableClock) -> None:
    ids = await issued(ctx, 2)
    async with ctx.db.connection() as connection:
        await connection.execute("delete from jobs")
    assert await pdf.sweep(ctx) == 0, "they may be under way"
    clock.turn(pdf.FORGOTTEN_AFTER_S + 1)
    assert await pdf.sweep(ctx) == 2
    assert await pdf.sweep(ctx) == 2
    async with ctx.db.connection() as connection:
        assert await connection.fetchval("select count(*) from jobs where name = 'invoices.render'") == 2, "once each"
    await pdf.render(ctx, ids[0])
    assert await pdf.sweep(ctx) == 0


async def test_what_is_not_there_is_no_error(ctx: Context) -> None:
    (one,) = await issued(ctx)
    await pdf.render(ctx, UUID(int=0))
    assert await paper_of(ctx, one) is None, "who asks for nothing makes nothing"


def test_the_sweep_waits_longer_than_a_try_takes() -> None:
    assert timedelta(seconds=pdf.FORGOTTEN_AFTER_S) > timedelta(minutes=1)
