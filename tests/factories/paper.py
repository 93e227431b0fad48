"""What stands in a PDF of ours: its words as a reader copies them, and whether it is sound and inert."""

import io
import re

import pikepdf
import pypdf

ACTIVE = ("/JS", "/JavaScript", "/Launch", "/OpenAction", "/AA", "/URI", "/SubmitForm", "/EmbeddedFiles", "/RichMedia")


def words_of(paper: bytes) -> str:
    """The text of all pages, in the order of the pages."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages)


def squeezed(text: str) -> str:
    """`text` without spaces, line ends and places where a word may break: what a copy can be compared by."""
    return re.sub(r"[\s\u200b]+", "", text)


def pages_of(paper: bytes) -> int:
    return len(pypdf.PdfReader(io.BytesIO(paper)).pages)


def require_sound(paper: bytes) -> None:
    """A PDF/A-3a in which qpdf finds nothing wrong and nothing acts."""
    with pikepdf.open(io.BytesIO(paper)) as opened:
        assert opened.check_pdf_syntax() == []
        with opened.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "3"
            assert metadata["pdfaid:conformance"] == "A"
        for found in opened.objects:
            if isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
                assert not [name for name in ACTIVE if name in found], found
    assert len(paper) <= 500_000
