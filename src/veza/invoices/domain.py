"""What an invoice and a credit note say, and the arithmetic of VAT in prices that include it. Pure.

A document is a frozen value: whatever is printed stands in it, so that the same words come out for ever, whatever
becomes of settings, titles and people. Sources: Directive 2006/112/EC art. 219 and 226; EN 16931 (BR-CO-17: VAT is
rounded once per rate); ADR 0017.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from veza.kit.errors import NotFound, Unavailable

RENDER = "invoices.render"
SWEEP = "invoices.sweep"

RATE_ONE = 10_000
"""Rates are in hundredths of a percent: 2,000 is 20 %."""


class Kind(StrEnum):
    """What a paper is. A credit note says what of an invoice was given back."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"

    @property
    def series(self) -> str:
        return "INV" if self is Kind.INVOICE else "CN"


def number_of(kind: Kind, year: int, sequence: int) -> str:
    """A number as it is printed: INV-2026-000042. Gapless within its series and year."""
    return f"{kind.series}-{year}-{sequence:06d}"


def filename_of(kind: Kind, number: str) -> str:
    """The name under which it is saved."""
    return f"{kind.value.replace('_', '-')}-{number}.pdf"


# --- what orders and refunds tell ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of a completed order, frozen when it was placed."""

    item_id: UUID
    title: str
    license_name: str | None
    seller_id: UUID
    quantity: int
    unit_price_cents: int
    total_cents: int


@dataclass(frozen=True, slots=True)
class BilledTo:
    """Whom the buyer wants to be named; any of it may be empty."""

    name: str = ""
    address: str = ""
    country: str = ""
    vat_id: str = ""


@dataclass(frozen=True, slots=True)
class SoldOrder:
    """A completed order, as far as an invoice needs it."""

    order_id: UUID
    order_number: str
    buyer_id: UUID
    currency: str
    billing: BilledTo
    lines: tuple[SoldLine, ...]
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class CreditedLine:
    """What of a line is given back, VAT included."""

    item_id: UUID
    amount_cents: int


# --- the frozen document ---------------------------------------------------------------------------------------


class Party(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who sells or buys. `address` may have several lines."""

    name: str
    address: str = ""
    country: str = ""
    vat_id: str = ""
    note: str = ""
    """A line below: the registration of the issuer, the username of the buyer."""


class DocumentLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line as it is printed. Amounts include VAT."""

    item_id: UUID
    title: str
    detail: str
    quantity: int
    unit_price_cents: int
    total_cents: int
    rate_bps: int | None = None


class VatRow(msgspec.Struct, frozen=True):
    """One rate: `net_cents` + `vat_cents` = `gross_cents`."""

    rate_bps: int
    gross_cents: int
    net_cents: int
    vat_cents: int


class Document(msgspec.Struct, frozen=True, omit_defaults=True):
    """An invoice or a credit note, whole. `vat` is empty where no VAT is charged."""

    kind: Kind
    number: str
    issued_at: datetime
    supplied_at: datetime
    currency: str
    order_number: str
    issuer: Party
    buyer: Party
    lines: tuple[DocumentLine, ...]
    total_cents: int
    vat: tuple[VatRow, ...] = ()
    corrects_number: str = ""
    corrects_issued_at: datetime | None = None
    footer: str = ""
    language: str = "en"

    @property
    def vat_cents(self) -> int:
        return sum(row.vat_cents for row in self.vat)


# --- VAT -------------------------------------------------------------------------------------------------------


def vat_within(gross_cents: int, rate_bps: int) -> int:
    """The VAT that an amount ≥ 0 holds, half up. 120.00 at 20 % → 20.00."""
    divisor = RATE_ONE + rate_bps
    return (2 * gross_cents * rate_bps + divisor) // (2 * divisor)


def rate_for(rates: Mapping[str, int], buyers_country: str, issuers_country: str) -> int | None:
    """The rate of a sale: that of the buyer's country, of the issuer's for who named none; None: no VAT is shown."""
    return rates.get(buyers_country or issuers_country)


def vat_rows(lines: Iterable[DocumentLine]) -> tuple[VatRow, ...]:
    """What the lines come to per rate, the highest rate first; VAT is rounded once per rate, not per line."""
    gross = _gross_by_rate(lines)
    return tuple(_row(rate, cents, vat_within(cents, rate)) for rate, cents in sorted(gross.items(), reverse=True))


def credited_rows(
    lines: Iterable[DocumentLine], invoiced: Sequence[VatRow], before: Mapping[int, int]
) -> tuple[VatRow, ...]:
    """The same for a credit note, after `before` (gross per rate) was credited already.

    VAT is the difference of what is given back in all before and after, so that whatever the steps were, credit notes
    of a whole invoice hold exactly its VAT.
    """
    rows = []
    for rate, cents in sorted(_gross_by_rate(lines).items(), reverse=True):
        done = before.get(rate, 0)
        whole = next(row.gross_cents for row in invoiced if row.rate_bps == rate)
        if done + cents > whole:
            raise ValueError("more would be given back than was invoiced")
        rows.append(_row(rate, cents, vat_within(done + cents, rate) - vat_within(done, rate)))
    return tuple(rows)


def _gross_by_rate(lines: Iterable[DocumentLine]) -> dict[int, int]:
    gross: dict[int, int] = {}
    for line in lines:
        if line.rate_bps is not None:
            gross[line.rate_bps] = gross.get(line.rate_bps, 0) + line.total_cents
    return gross


def _row(rate_bps: int, gross_cents: int, vat_cents: int) -> VatRow:
    return VatRow(rate_bps, gross_cents, gross_cents - vat_cents, vat_cents)


def sum_by_rate(rows: Iterable[VatRow]) -> dict[int, int]:
    """Gross per rate over the rows of several documents."""
    gross: dict[int, int] = {}
    for row in rows:
        gross[row.rate_bps] = gross.get(row.rate_bps, 0) + row.gross_cents
    return gross


# --- errors ----------------------------------------------------------------------------------------------------


def document_not_found() -> NotFound:
    return NotFound("There is no such invoice or credit note.")


def document_pending() -> Unavailable:
    return Unavailable("The document is being made. Try again in a moment.", retry_after_s=1, code="document_pending")
