"""A letter as plain text and as HTML: one source for both, so that they cannot say different things. Pure.

The HTML is one column of real text. It loads nothing, follows nobody, and has colours for light and dark; a program
that drops its style sheet still shows a readable page. Whatever is shown is escaped here, in one place.
"""

import textwrap
from dataclasses import dataclass
from html import escape
from typing import TypeAlias, assert_never

from veza.ports.mail import Message

_WIDTH = 72


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Whole sentences."""

    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """Something with an amount. `detail` may be empty."""

    title: str
    detail: str
    amount: str


@dataclass(frozen=True, slots=True)
class Statement:
    """Rows, and under them what they come to, by name; the last of `sums` is the one that counts."""

    rows: tuple[Row, ...]
    sums: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Where one can go now."""

    label: str
    url: str


Block: TypeAlias = Paragraph | Statement | Link


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail before it has a form. `footer` says why it came."""

    subject: str
    blocks: tuple[Block, ...]
    footer: str


def write_message(letter: Letter, *, to: str, message_id: str, list_unsubscribe: str | None = None) -> Message:
    """The letter in both forms, to one address; the rest as `ports.mail.Message` has it."""
    return Message(to, letter.subject, write_text(letter), write_html(letter), message_id, list_unsubscribe)


def write_text(letter: Letter) -> str:
    """The letter for people who read plain text. A name has a line of its own, and so its own direction."""
    parts = [_block_text(block) for block in letter.blocks]
    return "\n\n".join([*parts, "-- \n" + _wrapped(letter.footer)]) + "\n"


def write_html(letter: Letter) -> str:
    """The letter as a page."""
    body = "".join(_block_html(block) for block in letter.blocks)
    return _PAGE.format(title=escape(letter.subject), style=_STYLE, body=body, footer=escape(letter.footer))


def _block_text(block: Block) -> str:
    match block:
        case Paragraph(text):
            return _wrapped(text)
        case Statement(rows, sums):
            told = [f"{row.title}\n  {row.detail + ': ' if row.detail else ''}{row.amount}" for row in rows]
            return "\n".join(told) + "\n\n" + "\n".join(f"{name}: {amount}" for name, amount in sums)
        case Link(label, url):
            return f"{label}:\n{url}"
        case _:
            assert_never(block)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _block_html(block: Block) -> str:
    match block:
        case Paragraph(text):
            return f"<p>{escape(text)}</p>\n"
        case Statement(rows, sums):
            return f"<table>\n{''.join(map(_row_html, rows))}{_sums_html(sums)}</table>\n"
        case Link(label, url):
            return f'<p><a class="go" href="{escape(url)}">{escape(label)}</a></p>\n'
        case _:
            assert_never(block)


def _row_html(row: Row) -> str:
    detail = f"<br><small>{escape(row.detail)}</small>" if row.detail else ""
    return f'<tr><td><bdi>{escape(row.title)}</bdi>{detail}</td><td class="sum">{escape(row.amount)}</td></tr>\n'


def _sums_html(sums: tuple[tuple[str, str], ...]) -> str:
    last = len(sums) - 1
    return "".join(
        f'<tr class="{"last" if place == last else "part"}"><th>{escape(name)}</th>'
        f'<td class="sum">{escape(amount)}</td></tr>\n'
        for place, (name, amount) in enumerate(sums)
    )


_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; padding: 32px 16px; background: #faf9f7; color: #1a1a1c;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
main { max-width: 560px; margin: 0 auto; }
p { margin: 0 0 16px; }
table { width: 100%; margin: 0 0 24px; border-collapse: collapse; }
th, td { padding: 8px 0; text-align: start; vertical-align: top; font-weight: inherit; }
.sum { padding-left: 16px; text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.last th, .last td { border-top: 1px solid #d8d5cf; font-weight: 600; }
small, footer { color: #5f5c57; font-size: 14px; }
.go { display: inline-block; padding: 10px 18px; border-radius: 8px; background: #0b6b5f; color: #ffffff;
  text-decoration: none; }
@media (prefers-color-scheme: dark) {
  body { background: #101113; color: #f2f1ee; }
  .last th, .last td { border-color: #34363b; }
  small, footer { color: #a9a7a2; }
  .go { background: #6bd3bf; color: #062621; }
}
"""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}<footer>{footer}</footer>
</main>
</body>
</html>
"""
