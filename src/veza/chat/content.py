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


def parse_content(text: str) -> str:
    """A message as it is kept: trimmed, NFC. Raises `Invalid` (`invalid_content`).

    One line without control characters, direction overrides (which would turn what stands around it) or towers of
    combining marks; surrogates cannot be stored.
    """
    content = unicodedata.normalize("NFC", text.strip()) if len(text) <= 4 * CONTENT_MAX else text
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
        marks = marks + 1 if kind in {"Mn", "Me"} else 0
        if marks > COMBINING_MAX:
            return "A message may not pile up accents."
        is_visible = is_visible or kind not in {"Cf", "Mn", "Me", "Zs", "Cn", "Co"}
    return None if is_visible else "Write something that can be seen."


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
    """Folded words with single spaces between; what cannot be seen does not part a word."""
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return " ".join("".join(c if c.isalnum() else " " for c in fold(seen)).split())
