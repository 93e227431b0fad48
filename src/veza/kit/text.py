"""Words of a text as they are compared in a search, and other forms of text that several slices need. No database.

PostgreSQL's own extension for this (unaccent) is not part of its core, and its parser depends on the locale; so what
is stored and what is asked for are both cut into words here.
"""

import unicodedata
from collections.abc import Iterable
from urllib.parse import quote

MAX_WORD_CHARACTERS = 60

# Letters that Unicode does not decompose, though people type them without the stroke.
_PLAIN = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})


def fold(text: str) -> str:
    """`text` without accents and case: "Çà et Là, STRASSE, Straße" → "ca et la, strasse, strasse"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold().translate(_PLAIN)


def search_words(texts: Iterable[str], limit: int) -> list[str]:
    """The different folded words of `texts`, in order, at most `limit`, each cut to 60 characters."""
    found: dict[str, None] = {}
    for text in texts:
        spaced = "".join(c if c.isalnum() else " " for c in fold(text))
        for word in spaced.split():
            found[word[:MAX_WORD_CHARACTERS]] = None
            if len(found) == limit:
                return list(found)
    return list(found)


def prefix_query(text: str, limit: int) -> str | None:
    """A tsquery that asks for every word of `text` as a prefix; None when it holds no word.

    Words are letters and digits only, so nothing in them can be read as an operator.
    """
    words = search_words([text], limit)
    return " & ".join(f"'{word}':*" for word in words) or None


def lexeme(text: str) -> str:
    """`text` as one quoted word of a tsvector or tsquery, whatever it holds."""
    quoted = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'"


def disposition(filename: str) -> str:
    """A Content-Disposition that makes browsers save under this name (RFC 6266, RFC 8187)."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def holds_controls(text: str, besides: str = "") -> bool:
    """Whether `text` holds a control character or a lone surrogate, other than those of `besides`."""
    return any(unicodedata.category(c) in {"Cc", "Cs"} and c not in besides for c in text)


_BIDI_CONTROLS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_JOINERS = "\u200d\ufe0f"
"""What must not stand at the end of a text that was cut: it waits for a character that is not there."""


def one_line(text: str, limit: int) -> str:
    """Somebody's text as one line that can do no harm beside other words: at most `limit` characters, cut with "…".

    Controls and line ends become spaces, spaces are joined; lone surrogates go, and so does what turns the direction
    of the text after it (Unicode UAX #9 §2): letters that are read from right to left keep theirs.
    """
    plain = "".join(
        " " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c
        for c in text.translate(_BIDI_CONTROLS)
        if unicodedata.category(c) != "Cs"
    )
    joined = " ".join(plain.split())
    return joined if len(joined) <= limit else joined[: limit - 1].rstrip(_JOINERS + " ") + "…"
