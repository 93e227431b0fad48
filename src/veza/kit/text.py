"""Words of a text as they are compared in a search: accents and case folded, punctuation gone. No database here.

PostgreSQL's own extension for this (unaccent) is not part of its core, and its parser depends on the locale; so what
is stored and what is asked for are both cut into words here.
"""

import unicodedata
from collections.abc import Iterable

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
