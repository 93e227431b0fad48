"""What the paper of a document shows, as words: the template only lays them out. Pure.

Words of people are shown as one line each, without what could reach beyond their own place (`one_line`); a word that
no line could hold may break anywhere.
"""

import itertools
import unicodedata
from datetime import datetime
from typing import Any

from veza.invoices.domain import Document, Kind, Party
from veza.kit.money import format_money
from veza.kit.text import one_line

_LINE_MAX = 400
_ADDRESS_LINES_MAX = 10
_LONG_WORD = 24
_MAY_BREAK = "\u200b"
_JOINS = {"\u200d", "\ufe0e", "\ufe0f"}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_HAN = {"JP": "JP", "KR": "KR", "KP": "KR", "TW": "TC", "HK": "HK", "MO": "HK"}
"""Whose forms of the characters that Chinese, Japanese and Korean share; elsewhere the mainland's."""


def paper_of(document: Document) -> dict[str, Any]:
    """Everything the template shows."""
    is_invoice = document.kind is Kind.INVOICE
    kind = "Invoice" if is_invoice else "Credit note"
    return {
        "title": f"{kind} {document.number}",
        "author": one_line(document.issuer.name, _LINE_MAX),
        "language": document.language,
        "han": _HAN.get(document.buyer.country, "SC"),
        "kind": kind,
        "number": document.number,
        "page": "Page",
        "issuer": _party("From", document.issuer, "VAT ID"),
        "buyer": _party("Billed to", document.buyer, "VAT ID"),
        "facts": _facts(document),
        "columns": ["Description", "Quantity", "Unit price", *(["VAT"] if document.vat else []), "Amount"],
        "rows": [_row(document, place) for place in range(len(document.lines))],
        "totals": _totals(document),
        "vat": _vat(document),
        "notes": _notes(document),
        "footer": breakable(one_line(document.footer, _LINE_MAX)),
    }


def _party(label: str, party: Party, vat_label: str) -> dict[str, Any]:
    lines = [party.name, *party.address.splitlines()[:_ADDRESS_LINES_MAX], party.country]
    lines += [f"{vat_label} {party.vat_id}" if party.vat_id else "", party.note]
    return {"label": label, "lines": [breakable(shown) for line in lines if (shown := one_line(line, _LINE_MAX))]}


def _facts(document: Document) -> list[list[str]]:
    facts = [["Date of issue", date_of(document.issued_at)]]
    if document.kind is Kind.INVOICE:
        facts.append(["Date of supply", date_of(document.supplied_at)])
    facts.append(["Order", document.order_number])
    if document.corrects_issued_at is not None:
        facts.append(["Corrects invoice", document.corrects_number])
        facts.append(["of", date_of(document.corrects_issued_at)])
    return facts


def _row(document: Document, place: int) -> dict[str, Any]:
    line, currency = document.lines[place], document.currency
    rate = [] if not document.vat else ["" if line.rate_bps is None else rate_of(line.rate_bps)]
    return {
        "title": breakable(one_line(line.title, _LINE_MAX)),
        "detail": breakable(one_line(line.detail, _LINE_MAX)),
        "cells": [
            str(line.quantity),
            format_money(line.unit_price_cents, currency),
            *rate,
            format_money(line.total_cents, currency),
        ],
    }


def _totals(document: Document) -> list[list[Any]]:
    currency = document.currency
    total = "Total" if document.kind is Kind.INVOICE else "Total given back"
    if not document.vat:
        return [[total, format_money(document.total_cents, currency), True]]
    return [
        ["Without VAT", format_money(document.total_cents - document.vat_cents, currency), False],
        ["VAT", format_money(document.vat_cents, currency), False],
        [total, format_money(document.total_cents, currency), True],
    ]


def _vat(document: Document) -> dict[str, Any] | None:
    if not document.vat:
        return None
    currency = document.currency
    return {
        "columns": ["VAT rate", "Without VAT", "VAT", "With VAT"],
        "rows": [
            [
                rate_of(row.rate_bps),
                *(format_money(c, currency) for c in (row.net_cents, row.vat_cents, row.gross_cents)),
            ]
            for row in document.vat
        ],
    }


def _notes(document: Document) -> list[str]:
    notes = ["Prices include VAT."] if document.vat else []
    if document.kind is Kind.CREDIT_NOTE:
        notes.append(
            f"This credit note corrects invoice {document.corrects_number}. "
            "The amount is paid back to the card with which the order was paid."
        )
    elif document.total_cents:
        notes.append(f"Paid by card on {date_of(document.supplied_at)}. Nothing is left to pay.")
    else:
        notes.append("Free of charge. There is nothing to pay.")
    return notes


def date_of(at: datetime) -> str:
    """A day (UTC) as English writes it: 3 February 2027."""
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def rate_of(rate_bps: int) -> str:
    """A rate in percent: 2,000 → "20 %", 550 → "5.5 %"."""
    whole, part = divmod(rate_bps, 100)
    return f"{whole}{f'.{part:02d}'.rstrip('0') if part else ''}\u00a0%"


def breakable(text: str) -> str:
    """`text`, its long words with places where they may break: between characters, never inside one."""
    return " ".join(_open(word) if len(word) > _LONG_WORD else word for word in text.split(" "))


def _open(word: str) -> str:
    opened = word[0]
    for before, here in itertools.pairwise(word):
        is_one = before in _JOINS or here in _JOINS or unicodedata.category(here)[0] == "M" or _is_modifier(here)
        opened += here if is_one else _MAY_BREAK + here
    return opened


def _is_modifier(character: str) -> bool:
    """Skin tones, halves of flags, tags: they belong to the emoji before them."""
    return (
        "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U0001f1e6" <= character <= "\U0001f1ff"
        or character >= "\U000e0020"
    )
