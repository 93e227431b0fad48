"""Paper for what was issued: a child sets it, the store keeps it, the row names it. Once, and for ever.

Any number of workers may do it at once and any of them may die: whoever names its paper first has made it, and what
others made is thrown away. The same document gives the same bytes.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import msgspec
import structlog

from veza import metrics
from veza.context import Context
from veza.files import service as files
from veza.files.domain import ObjectKind
from veza.invoices import domain, queries, service
from veza.invoices.domain import Document
from veza.invoices.paper import paper_of
from veza.invoices.queries import InvoiceRow
from veza.jobs.queue import defer
from veza.kit.errors import VezaError
from veza.processing.failures import TooHeavy, Unreadable
from veza.processing.typeset import PAPERS_MAX, typeset
from veza.processing.wire import Paper, Typeset

log = structlog.get_logger()

TEMPLATE = Path(__file__).parent / "template" / "document.typ"
FORGOTTEN_AFTER_S = 120.0
_SWEPT = 200


class NotMade(VezaError):
    """The paper of a document could not be made; it is tried again."""


async def render(ctx: Context, invoice_id: UUID) -> None:
    """Make the paper of a document, and of others that wait for theirs. What is there already is left as it is.

    Raises `NotMade`, `Unreadable` and `TooHeavy` (the child's end), `Unavailable`.
    """
    async with ctx.db.connection() as connection:
        rows = await queries.without_paper.list(connection, invoice_id, PAPERS_MAX)
    if not rows or rows[0].id != invoice_id:
        return
    try:
        outcome = await _make(ctx, rows)
    except (Unreadable, TooHeavy) as error:
        log.warning("documents_not_made", numbers=[row.number for row in rows], code=error.code, detail=error.detail)
        outcome = await _make(ctx, rows[:1])  # one that brings its child down must not keep the others
    if outcome.failed:
        raise NotMade("The document could not be made.")


async def _make(ctx: Context, rows: Sequence[InvoiceRow]) -> Typeset:
    """Set and store these; how the first one ended."""
    with TemporaryDirectory(prefix="veza-") as folder:
        targets = [Path(folder) / f"{row.id}.pdf" for row in rows]
        papers = [paper(service.document_of(row), target) for row, target in zip(rows, targets, strict=True)]
        made = (await typeset(TEMPLATE, papers)).papers
        for row, target, outcome in zip(rows, targets, made, strict=True):
            if outcome.failed:
                metrics.documents_rendered.labels("failed").inc()
                log.error("document_not_made", number=row.number, detail=outcome.failed)
                continue
            await _keep(ctx, row, target)
            if outcome.replaced:
                log.warning("document_without_glyphs", number=row.number, texts=outcome.replaced)
    return made[0]


def paper(document: Document, target: Path) -> Paper:
    """What the child is asked for."""
    values = msgspec.Raw(msgspec.json.encode(paper_of(document)))
    return Paper(values=values, target=str(target), created_at_s=int(document.issued_at.timestamp()))


async def _keep(ctx: Context, row: InvoiceRow, made: Path) -> None:
    """Store the bytes, and name them unless somebody else was faster."""
    stored = await files.receive_file(
        ctx, None, ObjectKind.DOCUMENT, made, filename=made.name, content_type="application/pdf"
    )
    try:
        async with ctx.db.transaction() as tx:
            is_first = bool(await queries.set_paper.run(tx, row.id, stored.id, ctx.clock.now()))
            if is_first:
                await files.keep(tx, stored)
            else:
                await files.discard(tx, [stored.id])
    except Exception:
        await files.abandon(ctx, stored.id)
        raise
    metrics.documents_rendered.labels("made" if is_first else "late").inc()


async def sweep(ctx: Context) -> int:
    """Ask again for what was issued a while ago and has no paper: its job was lost or given up. Answers how many."""
    before = ctx.clock.now() - timedelta(seconds=FORGOTTEN_AFTER_S)
    async with ctx.db.transaction() as tx:
        rows = await queries.forgotten.list(tx, before, _SWEPT)
        for row in rows:
            await defer(tx, domain.RENDER, {"id": str(row.id)}, unique_key=f"invoice:{row.id}")
    if rows:
        log.warning("documents_without_paper", count=len(rows))
    return len(rows)
