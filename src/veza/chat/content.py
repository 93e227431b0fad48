"""What may be said in a chat room: messages, nonces and blocked words as they are kept and compared. Pure."""

import unicodedata
from collections.abc import Sequence

from veza.kit.errors import FieldProblem, Invalid
from veza.kit.text import fold

CONTENT_MAX = 500
NONCE_MAX = 64
COMBINING_MAX = 8
BLOCKED_WORDS_MAX = 200
BLOCKED_WORD_MAX = 50

_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_HOLLOW = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters and signs by their category, blank on the screen: Hangul fillers, the empty Braille pattern."""
_SELECTORS = frozenset(map(chr, (0x034F, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""Marks that show nothing themselves: the grapheme joiner, variation selectors."""


def parse_content(text: str) -> str:
    """A message as it is kept: trimmed, NFC. Raises `Invalid` (`invalid_content`).

    One line without control characters, direction overrides (which would turn what stands around it) or towers of
    combining marks; surrogates cannot be stored.
    """
    content = text.strip()
    if len(content) <= 4 * CONTENT_MAX:  # nothing longer becomes short enough
        content = unicodedata.normalize("NFC", content)
    problem = _content_problem(content)
    if problem is not None:
        raise Invalid(problem, FieldProblem("content", problem), code="invalid_content")
    return content


def _content_problem(content: str) -> str | None:
    if not content:
        return "Write something first."
    if len(content) > CONTENT_MAX:
        return f"A message has at most {CONTENT_MAX} characters."
    marks, is_visible = 0, False
    for character in content:
        kind = unicodedata.category(character)
        if kind in {"Cc", "Cs", "Zl", "Zp"} or character in _DIRECTION:
            return "A message is one line of text without control characters."
        if kind != "Cf":  # what cannot be seen does not begin a new pile
            marks = marks + 1 if kind in {"Mn", "Me"} else 0
        if marks > COMBINING_MAX:
            return "A message may not pile up accents."
        is_visible = is_visible or _is_visible(character, kind)
    return None if is_visible else "Write something that can be seen."


def _is_visible(character: str, kind: str) -> bool:
    if kind == "Cn":  # also emoji that are newer than our tables
        return "\U00010000" <= character <= "\U0003ffff"
    return kind not in {"Cf", "Mn", "Me", "Zs", "Co"} and character not in _HOLLOW


def parse_nonce(text: str) -> str:
    """A nonce that can be stored. Raises `Invalid`."""
    if not 1 <= len(text) <= NONCE_MAX or not text.isprintable():
        problem = f"must be 1 to {NONCE_MAX} printable characters"
        raise Invalid("The nonce is not right.", FieldProblem("nonce", problem))
    return text


def parse_blocked_words(words: Sequence[str]) -> tuple[str, ...]:
    """Words and phrases as they are compared, each once, in order. Raises `Invalid`."""
    found: dict[str, None] = {}
    problems: list[FieldProblem] = []
    if len(words) > BLOCKED_WORDS_MAX:
        problems.append(FieldProblem("blocked_words", f"must be at most {BLOCKED_WORDS_MAX}"))
    for index, word in enumerate(words[:BLOCKED_WORDS_MAX]):
        plain = _plain_words(word)
        if not plain or len(word) > BLOCKED_WORD_MAX:
            message = f"must be 1 to {BLOCKED_WORD_MAX} characters with a letter or digit"
            problems.append(FieldProblem(f"blocked_words.{index}", message))
        found[plain] = None
    if problems:
        raise Invalid("Some words cannot be blocked.", *problems[:10])
    return tuple(found)


def is_blocked(content: str, blocked_words: Sequence[str]) -> bool:
    """Whether one of the words stands in it as a whole word, whatever its case and accents.

    One pass to fold, then one linear search per word: no pattern of the host's is ever run.
    """
    if not blocked_words:
        return False
    padded = f" {_plain_words(content)} "
    return any(f" {word} " in padded for word in blocked_words)


def _plain_words(text: str) -> str:
    """Folded words with single spaces between; what cannot be seen or only surrounds does not part a word."""
    solid = (c for c in text if c not in _SELECTORS and unicodedata.category(c) not in {"Cf", "Me"})
    seen = "".join(" " if c in _HOLLOW else c for c in solid)
    return " ".join("".join(c if c.isalnum() else " " for c in fold(seen)).split())
