"""Setting documents through the real child: whatever strangers wrote comes out as they wrote it, and does nothing."""

import io
from pathlib import Path

import msgspec
import pikepdf
import pypdf
import pytest
from tests.factories.documents import a_credit_note, a_document
from tests.factories.paper import pages_of, require_sound, squeezed, words_of

from veza.invoices.domain import Document, Party
from veza.invoices.pdf import TEMPLATE, paper
from veza.processing.failures import TooHeavy
from veza.processing.typeset import typeset
from veza.processing.wire import ChildLimits, Paper, Typeset

MARKUP = [
    "*bold* _it_ `raw` $x^2$",
    '#read("/etc/passwd")',
    '#include "/etc/passwd"',
    '#import "@preview/cetz:0.3.0": *',
    '#eval("1+1")',
    "#sys.inputs",
    '#image("/etc/passwd")',
    '#link("http://127.0.0.1:1")[x]',
    "= heading",
    "- item",
    "+ item",
    "/ term: definition",
    "@reference <label>",
    "// comment",
    "/* comment */",
    "\\u{41} \\ \\n",
    "~ -- --- ...",
    "'single' \"double\"",
    "#set page(width: 1pt)",
    "#panic()",
    "#while true {}",
    "#let paper = 1",
    "]) #pagebreak() ([",
    "}{][)(",
    "<b>bold</b>&amp;&#65;",
    "<script>alert(1)</script>",
    "javascript:alert(1)",
    "%PDF-1.7 endobj",
    "/JS (app.alert(1))",
    "/Launch /OpenAction",
    "${HOME} $(id) `id`",
    "{{7*7}} {% x %}",
    "%s %n %x",
    "=1+1",
    "@SUM(A1)",
    "'; drop table invoices; --",
    "../../../etc/passwd",
    "C:\\con\\aux",
    "\\begin{document}\\input{/etc/passwd}",
    "\\write18{id}",
]
"""What some language or other would run. Each must be printed."""
SCRIPTS = [
    "日本語タイトル",
    "简体字 繁體字",
    "한국어 제목",
    "Ελληνικά",
    "Русский",
    "Tiếng Việt",
    "Ünïcödé ß ø đ",
    "😀🎵🎸",
    "♫ ★ Ⅷ ①",
]
"""Words that are read from left to right, letter by letter, so that a copy is what was written."""
SHAPED = ["שלום עולם", "مرحبا بالعالم", "हिन्दी गीत", "ไทยเพลง", "বাংলা গান", "தமிழ்"]
"""Words whose letters join or turn: every letter must be a glyph; a copy may have them in another order."""


async def set_all(folder: Path, *documents: Document) -> list[bytes]:
    """Each document's PDF."""
    papers = [paper(document, folder / f"{place}.pdf") for place, document in enumerate(documents)]
    facts = await typeset(TEMPLATE, papers)
    assert [one.failed for one in facts.papers] == [""] * len(documents)
    return [(folder / f"{place}.pdf").read_bytes() for place in range(len(documents))]


def named(name: str) -> Document:
    """An invoice to somebody of this name."""
    return a_document("Night drive", buyer=Party(name, name, "FR", name[:20], name))


async def test_hostile_titles_and_names_are_printed_as_they_are(tmp_path: Path) -> None:
    assert len(MARKUP) + len(SCRIPTS) + len(SHAPED) >= 50
    texts = MARKUP + SCRIPTS
    papers = await set_all(tmp_path, *(a_document(text) for text in texts), *(named(text) for text in texts))
    for text, titled, called in zip(texts, papers[: len(texts)], papers[len(texts) :], strict=True):
        for found in (titled, called):
            require_sound(found)
            assert squeezed(text) in squeezed(words_of(found)), text


@pytest.mark.parametrize("text", SHAPED)
async def test_letters_that_join_or_turn_are_glyphs(text: str, tmp_path: Path) -> None:
    (found,) = await set_all(tmp_path, a_document(text))
    require_sound(found)
    words = squeezed(words_of(found))
    assert "\ufffd" not in words
    assert set(squeezed(text)) <= set(words)
    with pikepdf.open(io.BytesIO(found)) as opened:
        fonts = {
            str(one.BaseFont) for one in opened.objects if isinstance(one, pikepdf.Dictionary) and "/BaseFont" in one
        }
    assert len(fonts) > 1, "a font of its own has it"


@pytest.mark.parametrize(
    "text", ["W" * 200, "日" * 200, "ا" * 200, "x\u0301" * 100, "x" * 100 + "\u0301" * 100, "👩‍👩‍👧" * 28, "🇫🇷" * 60]
)
async def test_long_words_and_stacks_of_marks_stay_on_the_page(text: str, tmp_path: Path) -> None:
    titled, called = await set_all(tmp_path, a_document(text), named(text))
    for found in (titled, called):
        require_sound(found)
        assert pages_of(found) <= 2
        assert "€29.99" in words_of(found)


async def test_what_no_font_has_is_replaced_and_told(tmp_path: Path) -> None:
    document = a_document("a \U00012000\ue000\u0378 b", "".join(chr(0x12000 + place) for place in range(150)))
    target = tmp_path / "found.pdf"
    facts = await typeset(TEMPLATE, [paper(document, target)])
    assert facts.papers[0].failed == ""
    assert facts.papers[0].replaced >= 150
    require_sound(target.read_bytes())
    assert "a\ufffd\ufffd\ufffdb" in squeezed(words_of(target.read_bytes()))


async def test_the_same_document_gives_the_same_bytes(tmp_path: Path) -> None:
    document = a_document(*MARKUP, *SCRIPTS, *SHAPED)
    (first,), (second,) = await set_all(tmp_path, document), await set_all(tmp_path, document)
    assert first == second
    other, again = await set_all(tmp_path, a_document("Another"), document)
    assert again == first, "whatever was set before it"
    assert other != first


async def test_many_lines_go_on_with_their_header(tmp_path: Path) -> None:
    (found,) = await set_all(tmp_path, a_document(*(f"Song number {place}" for place in range(50))))
    require_sound(found)
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(found)).pages]
    assert len(pages) >= 2
    listed = [page for page in pages if "Song number" in page]
    assert all("Description" in page and "Amount" in page for page in listed)
    assert all(f"Page {place} / {len(pages)}" in page for place, page in enumerate(pages, 1))
    assert "Total" in pages[-1]


async def test_a_credit_note_is_set_too(tmp_path: Path) -> None:
    (found,) = await set_all(tmp_path, a_credit_note(a_document("Night drive")))
    require_sound(found)
    words = squeezed(words_of(found))
    for wanted in ("Creditnote", "CN-2026-000007", "INV-2026-000042", "Totalgivenback"):
        assert wanted in words


async def test_one_that_cannot_be_set_keeps_no_other(tmp_path: Path) -> None:
    sound = paper(a_document("Night drive"), tmp_path / "sound.pdf")
    broken = Paper(values=msgspec.Raw(b"{}"), target=str(tmp_path / "broken.pdf"), created_at_s=0)
    facts = await typeset(TEMPLATE, [broken, sound])
    assert facts.papers[0].failed
    assert facts.papers[1] == Typeset()
    assert not (tmp_path / "broken.pdf").exists()
    require_sound((tmp_path / "sound.pdf").read_bytes())


async def test_a_child_is_held_to_its_limits(tmp_path: Path) -> None:
    one = paper(a_document("Night drive"), tmp_path / "late.pdf")
    with pytest.raises(TooHeavy):
        await typeset(TEMPLATE, [one], limits=ChildLimits(wall_s=0.01))
    assert not (tmp_path / "late.pdf").exists()
