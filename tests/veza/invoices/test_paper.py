"""What a paper says in words: sums, dates, rates, and strangers' words that cannot reach beyond their place."""

import json
import unicodedata
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, strategies as st
from tests.factories.documents import a_credit_note, a_document

from veza.invoices.domain import Party
from veza.invoices.paper import breakable, date_of, paper_of, rate_of


@pytest.mark.parametrize(
    ("rate_bps", "shown"), [(2_000, "20"), (550, "5.5"), (2_575, "25.75"), (0, "0"), (805, "8.05")]
)
def test_rates(rate_bps: int, shown: str) -> None:
    assert rate_of(rate_bps) == f"{shown}\u00a0%"


def test_dates() -> None:
    assert date_of(datetime(2027, 2, 3, 23, 59, tzinfo=UTC)) == "3 February 2027"


def test_an_invoice_with_vat() -> None:
    paper = paper_of(a_document("Night drive", "Dawn"))
    assert paper["title"] == "Invoice INV-2026-000042"
    assert paper["columns"] == ["Description", "Quantity", "Unit price", "VAT", "Amount"]
    assert paper["rows"][0]["cells"] == ["1", "€29.99", "20\u00a0%", "€29.99"]
    assert paper["totals"] == [["Without VAT", "€49.98", False], ["VAT", "€10.00", False], ["Total", "€59.98", True]]
    assert paper["vat"]["rows"] == [["20\u00a0%", "€49.98", "€10.00", "€59.98"]]
    assert "VAT ID FR12345678901" in paper["issuer"]["lines"]


def test_an_invoice_without_vat_says_nothing_of_it() -> None:
    paper = paper_of(a_document("Night drive", rate_bps=None))
    assert paper["vat"] is None
    assert paper["totals"] == [["Total", "€29.99", True]]
    assert not any("VAT" in note for note in paper["notes"])


def test_a_free_one_says_so() -> None:
    assert paper_of(a_document("Night drive", rate_bps=None, cents=0))["notes"] == [
        "Free of charge. There is nothing to pay."
    ]


def test_a_credit_note_names_what_it_corrects() -> None:
    paper = paper_of(a_credit_note(a_document("Night drive")))
    assert ["Corrects invoice", "INV-2026-000042"] in paper["facts"]
    assert paper["totals"][-1] == ["Total given back", "€29.99", True]
    assert "corrects invoice INV-2026-000042" in paper["notes"][1]


@pytest.mark.parametrize(("country", "han"), [("JP", "JP"), ("TW", "TC"), ("FR", "SC"), ("", "SC")])
def test_shared_characters_have_the_forms_of_the_buyers_country(country: str, han: str) -> None:
    assert paper_of(a_document("x", buyer=Party("山田", "", country)))["han"] == han


@given(name=st.text(max_size=400), address=st.text(max_size=400), title=st.text(max_size=400))
def test_no_word_turns_the_direction_of_others_or_breaks_their_lines(name: str, address: str, title: str) -> None:
    clean = [text.encode("utf-8", "replace").decode() for text in (name, address, title)]
    buyer = Party(clean[0], clean[1])
    document = msgspec.structs.replace(a_document(clean[2]), buyer=buyer)
    shown = json.dumps(paper_of(document), ensure_ascii=False)
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(st.text(min_size=1, max_size=300))
def test_breaking_a_word_loses_nothing(text: str) -> None:
    plain = text.replace("\u200b", "")
    assert breakable(plain).replace("\u200b", "") == plain


@pytest.mark.parametrize("together", ["e\u0301", "👩‍👩‍👧", "👍🏽", "🇫🇷", "❤\ufe0f"])
def test_a_word_breaks_between_characters_and_never_inside_one(together: str) -> None:
    assert together in breakable("x" * 30 + together + "x" * 30)
    assert "\u200b" in breakable("x" * 30)
    assert "\u200b" not in breakable("a word of usual length")
