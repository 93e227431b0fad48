"""The child program that sets documents: Typst, its fonts from two packages, no other file, no network, no clock.

PDF/A refuses characters that no font can show; each becomes U+FFFD. When that is not enough, the document is set with
plain letters alone: one that is owed comes out, whatever its words are made of.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import manimgx_fonts
import msgspec
import noto_cjk_sans_otc
import typst

from veza.processing.wire import Paper, Typeset, TypesetFacts, TypesetRequest

_STANDARD: "list[typst.PDFStandard]" = ["a-3a"]
_UNKNOWN = "\ufffd"
_TRIES = 6
_REFUSED = re.compile(r'error: PDF/A-3a error: the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-f]{1,6})\}|(.))")
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
_WORDS_MAX = 1000
_NOT_PLAIN = re.compile(r"[^\x20-\x7e\xa0-\xff\u20ac\ufffd]")


def answer(request: bytes) -> bytes:
    """The program's door."""
    asked = msgspec.json.decode(request, type=TypesetRequest)
    return msgspec.json.encode(TypesetFacts(papers=_set_all(asked)))


def _set_all(asked: TypesetRequest) -> list[Typeset]:
    folders = [Path(package.__file__).parent for package in (manimgx_fonts, noto_cjk_sans_otc)]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
    template = Path(asked.template)
    compiler = typst.Compiler(template, root=template.parent, font_paths=fonts, ignore_system_fonts=True)
    return [_set(compiler, paper) for paper in asked.papers]


def _set(compiler: typst.Compiler, paper: Paper) -> Typeset:
    values, replaced = msgspec.json.decode(paper.values), 0
    for attempt in range(1, _TRIES + 1):
        shown = msgspec.json.encode(values).decode()
        try:
            made = compiler.compile(
                format="pdf", pdf_standards=_STANDARD, timestamp=paper.created_at_s, sys_inputs={"paper": shown}
            )
        except typst.TypstError as error:
            refused = sorted({_unescaped(found) for found in _REFUSED.findall(error.diagnostic)}, key=len, reverse=True)
            if not refused or attempt == _TRIES:
                return Typeset(failed=error.diagnostic[:_WORDS_MAX] or str(error)[:_WORDS_MAX])
            replaced += len(refused)
            values = _mapped(values, _plain if attempt == _TRIES - 1 else _without(refused))
        else:
            assert isinstance(made, bytes)
            Path(paper.target).write_bytes(made)
            return Typeset(replaced=replaced)
    raise AssertionError("the last try returns")


def _unescaped(text: str) -> str:
    """What Rust's `{:?}` wrote of a text."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else _LETTERS.get(found[2], found[2]), text)


def _without(refused: list[str]) -> Callable[[str], str]:
    def replace(text: str) -> str:
        for found in refused:
            text = text.replace(found, _UNKNOWN)
        return text

    return replace


def _plain(text: str) -> str:
    return _NOT_PLAIN.sub(_UNKNOWN, text)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    """Every text of a JSON value changed; names of fields stay."""
    match value:
        case str():
            return change(value)
        case list():
            return [_mapped(one, change) for one in value]
        case dict():
            return {name: _mapped(one, change) for name, one in value.items()}
        case _:
            return value
