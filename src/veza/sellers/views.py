"""Sellers' money as answers show it, and as a spreadsheet reads it."""

import csv
import io
from collections.abc import Sequence

from veza.sellers.domain import Account, Transfer
from veza.sellers.schemas import (
    ConnectionView,
    DayView,
    StatsView,
    TopProductView,
    TotalsView,
    TransferView,
)
from veza.sellers.service import Stats

CSV_COLUMNS = (
    "id", "order_number", "order_id", "amount_cents", "platform_fee_cents", "currency", "status", "created_at",
    "completed_at", "stripe_transfer_id", "reversed_cents", "recovered_cents",
)  # fmt: skip
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def transfer_view(transfer: Transfer) -> TransferView:
    """A transfer."""
    return TransferView(**{name: getattr(transfer, name) for name in TransferView.__struct_fields__})


def connection_view(account: Account) -> ConnectionView:
    """How far a seller is."""
    return ConnectionView(account.can_receive, account.onboarding, account.disabled_reason, account.requirements_due)


def stats_view(stats: Stats, currency: str) -> StatsView:
    """What somebody sold."""
    days = [
        DayView(
            found.day,
            found.orders,
            found.gross_cents,
            found.fee_cents,
            found.gross_cents - found.fee_cents - found.taken_back_cents,
        )
        for found in stats.days
    ]
    totals = TotalsView(
        sum(day.orders for day in days),
        sum(day.gross_cents for day in days),
        sum(day.fee_cents for day in days),
        sum(day.net_cents for day in days),
        sum(found.refunded_cents for found in stats.days),
    )
    top = [
        TopProductView(found.product_id, found.title, found.quantity, found.gross_cents) for found in stats.top_products
    ]
    return StatsView(currency, days, totals, top)


def csv_head() -> bytes:
    """The line that names the columns; begins with a byte order mark, by which spreadsheets know UTF-8."""
    return b"\xef\xbb\xbf" + _lines([CSV_COLUMNS])


def csv_lines(transfers: Sequence[Transfer]) -> bytes:
    """Transfers as lines. What a spreadsheet would take for a formula is made text (OWASP, CSV Injection)."""
    return _lines([[_cell(getattr(transfer, name)) for name in CSV_COLUMNS] for transfer in transfers])


def _cell(value: object) -> str:
    text = "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    held = io.StringIO()
    csv.writer(held).writerows(rows)
    return held.getvalue().encode()
