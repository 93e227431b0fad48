"""Use cases of invoices and credit notes: issue, in the transaction of whoever sells or gives back, and show.

A number is taken as the last lock of that transaction; who waits for it waits for the commit, and nothing leaves a gap.
Making the paper is `pdf.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from veza import metrics
from veza.auth.domain import Principal, Role
from veza.auth.service import usernames
from veza.context import Context
from veza.db.pool import Connection, Tx
from veza.files import service as files
from veza.files.domain import StoredObject
from veza.invoices import domain, queries
from veza.invoices.domain import CreditedLine, Document, DocumentLine, Kind, Party, SoldOrder
from veza.invoices.queries import InvoiceRow
from veza.jobs.queue import defer
from veza.kit.ids import new_id
from veza.settings import Settings

log = structlog.get_logger()


# --- the doors of orders and refunds ---------------------------------------------------------------------------


async def issue_invoice(tx: Tx, ctx: Context, order: SoldOrder, now: datetime) -> str:
    """The invoice of a completed order; its number. Again answers the same.

    Call it last: from here to the commit nobody else gets a number. The order is locked.
    """
    found = await queries.of_order.find(tx, order.order_id)
    if found is not None:
        return found.number
    settings = ctx.settings
    rate = domain.rate_for(dict(settings.vat_rates), order.billing.country, settings.invoice_issuer_country)
    names = await usernames(tx, {line.seller_id for line in order.lines} | {order.buyer_id})
    lines = tuple(
        DocumentLine(
            line.item_id,
            line.title,
            _detail(line.license_name, names.get(line.seller_id)),
            line.quantity,
            line.unit_price_cents,
            line.total_cents,
            rate,
        )
        for line in order.lines
    )
    draft = Document(
        kind=Kind.INVOICE,
        number="",
        issued_at=now,
        supplied_at=now,
        currency=order.currency,
        order_number=order.order_number,
        issuer=_issuer(settings),
        buyer=_buyer(order, names),
        lines=lines,
        total_cents=sum(line.total_cents for line in lines),
        vat=domain.vat_rows(lines),
        footer=settings.invoice_footer,
    )
    return await _issue(tx, draft, order_id=order.order_id, buyer_id=order.buyer_id)


async def issue_credit_note(
    tx: Tx, ctx: Context, *, order_id: UUID, refund_id: UUID, lines: Sequence[CreditedLine], now: datetime
) -> str | None:
    """The credit note of a refund that succeeded; its number. Again with the same refund answers the same.

    None for an order without an invoice: it was completed before there were any. Call it last, as `issue_invoice`.
    Raises `ValueError` for a line of another order and for more than was invoiced.
    """
    invoice = await queries.lock_of_order.find(tx, order_id)
    if invoice is None:
        log.warning("refund_without_invoice", order_id=str(order_id), refund_id=str(refund_id))
        return None
    found = await queries.of_refund.find(tx, order_id, refund_id)
    if found is not None:
        return found.number
    original = document_of(invoice)
    earlier = [document_of(row) for row in await queries.credit_notes.list(tx, order_id)]
    credited = _credited(original, lines, earlier)
    before = domain.sum_by_rate(row for document in earlier for row in document.vat)
    draft = msgspec.structs.replace(
        original,
        kind=Kind.CREDIT_NOTE,
        number="",
        issued_at=now,
        lines=credited,
        total_cents=sum(line.total_cents for line in credited),
        vat=domain.credited_rows(credited, original.vat, before),
        issuer=_issuer(ctx.settings),
        footer=ctx.settings.invoice_footer,
        corrects_number=original.number,
        corrects_issued_at=original.issued_at,
    )
    return await _issue(
        tx, draft, order_id=order_id, buyer_id=invoice.buyer_id, refund_id=refund_id, invoice_id=invoice.id
    )


async def _issue(
    tx: Tx,
    draft: Document,
    *,
    order_id: UUID,
    buyer_id: UUID,
    refund_id: UUID | None = None,
    invoice_id: UUID | None = None,
) -> str:
    kind, year, own_id = draft.kind, draft.issued_at.year, new_id()
    taken = await queries.take_number.find(tx, kind.series, year, draft.issued_at)
    assert taken is not None
    number = domain.number_of(kind, year, taken.last_number)
    document = msgspec.structs.replace(draft, number=number, issued_at=taken.last_issued_at)
    await queries.insert.run(
        tx, own_id, kind, order_id, refund_id, invoice_id, buyer_id, kind.series, year, taken.last_number, number,
        document.currency, document.total_cents, document.vat_cents, msgspec.to_builtins(document), document.issued_at,
    )  # fmt: skip
    await defer(tx, domain.RENDER, {"id": str(own_id)}, unique_key=f"invoice:{own_id}")
    metrics.documents_issued.labels(kind).inc()
    log.info("document_issued", kind=kind, number=number, order_id=str(order_id), total_cents=document.total_cents)
    return number


def _credited(
    original: Document, lines: Sequence[CreditedLine], earlier: Sequence[Document]
) -> tuple[DocumentLine, ...]:
    """The lines of a credit note, in the invoice's order; a part of a line is one piece at that price."""
    left = {line.item_id: line.total_cents for line in original.lines}
    for document in earlier:
        for line in document.lines:
            left[line.item_id] -= line.total_cents
    wanted: dict[UUID, int] = {}
    for part in lines:
        wanted[part.item_id] = wanted.get(part.item_id, 0) + part.amount_cents
    if not wanted or any(cents < 1 or cents > left.get(item_id, 0) for item_id, cents in wanted.items()):
        raise ValueError("a credit note gives back what was invoiced, and no more")
    credited = []
    for line in original.lines:
        cents = wanted.get(line.item_id)
        if cents == line.total_cents:
            credited.append(line)
        elif cents is not None:
            credited.append(msgspec.structs.replace(line, quantity=1, unit_price_cents=cents, total_cents=cents))
    return tuple(credited)


def _issuer(settings: Settings) -> Party:
    return Party(
        name=settings.invoice_issuer_name or settings.mail_sender.name or settings.public_host,
        address=settings.invoice_issuer_address,
        country=settings.invoice_issuer_country,
        vat_id=settings.invoice_issuer_vat_id,
    )


def _buyer(order: SoldOrder, names: Mapping[UUID, str]) -> Party:
    billing, username = order.billing, names.get(order.buyer_id, "")
    return Party(
        name=billing.name or username,
        address=billing.address,
        country=billing.country,
        vat_id=billing.vat_id,
        note=username if billing.name else "",
    )


def _detail(license_name: str | None, seller: str | None) -> str:
    return " · ".join(part for part in (license_name, f"by {seller}" if seller else None) if part)


# --- reading ---------------------------------------------------------------------------------------------------


def document_of(row: InvoiceRow) -> Document:
    """What a stored document says."""
    return msgspec.convert(row.snapshot, Document)


async def get_invoice(ctx: Context, caller: Principal, order_id: UUID) -> tuple[StoredObject, str]:
    """The paper of an order's invoice, and its file name: for the buyer and admins.

    Raises `NotFound`, also before the order is completed, and `Unavailable` (`document_pending`).
    """
    async with ctx.db.connection() as connection:
        return await _paper(connection, caller, await queries.of_order.find(connection, order_id))


async def get_credit_note(ctx: Context, caller: Principal, order_id: UUID, refund_id: UUID) -> tuple[StoredObject, str]:
    """The same for the credit note of a refund."""
    async with ctx.db.connection() as connection:
        return await _paper(connection, caller, await queries.of_refund.find(connection, order_id, refund_id))


async def _paper(connection: Connection, caller: Principal, row: InvoiceRow | None) -> tuple[StoredObject, str]:
    if row is None or (row.buyer_id != caller.user_id and caller.role is not Role.ADMIN):
        raise domain.document_not_found()
    if row.document_id is None:
        raise domain.document_pending()
    stored = await files.get_kept(connection, row.document_id)
    return stored, domain.filename_of(Kind(row.kind), row.number)


async def invoice_numbers(connection: Connection, order_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The numbers of the invoices of these orders; who is not completed has none."""
    rows = await queries.numbers_of_orders.list(connection, list(order_ids))
    return {row.id: row.number for row in rows}


async def credit_note_numbers(connection: Connection, refund_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The numbers of the credit notes of these refunds; one that has not succeeded has none."""
    rows = await queries.numbers_of_refunds.list(connection, list(refund_ids))
    return {row.id: row.number for row in rows}
