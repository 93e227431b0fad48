"""What people write into forms, checked the same way wherever it is kept: a title, prose, tags.

Each answers the problems it found, so that one refusal can name every wrong field. Nothing here is stored or raised. At
the end, sizes of files as people read them.
"""

from collections.abc import Callable, Sequence

from veza.kit.errors import FieldProblem, TooLarge
from veza.kit.text import holds_controls


def clean_prose(text: str) -> str:
    """`text` of several lines as it is kept: one kind of line end, nothing around it."""
    return text.replace("\r\n", "\n").strip()


def title_problems(title: str, most: int) -> list[FieldProblem]:
    """What is wrong with a title that is trimmed already."""
    if not 1 <= len(title) <= most:
        return [FieldProblem("title", f"must be 1 to {most} characters")]
    if holds_controls(title):
        return [FieldProblem("title", "must be one line without control characters")]
    return []


def description_problems(description: str, most: int) -> list[FieldProblem]:
    """What is wrong with a description that is clean already."""
    if len(description) > most:
        return [FieldProblem("description", f"must be at most {most:,} characters")]
    if holds_controls(description, besides="\n\t"):
        return [FieldProblem("description", "must not hold control characters")]
    return []


def tag_problems(tags: Sequence[str], most: int, longest: int) -> list[FieldProblem]:
    """What is wrong with tags as they were sent: their number, or each by its place."""
    if len(tags) > most:
        return [FieldProblem("tags", f"must be at most {most}")]
    return [
        FieldProblem(f"tags.{index}", f"must be 1 to {longest} characters, without control characters")
        for index, tag in enumerate(tags)
        if not 1 <= len(tag.strip()) <= longest or holds_controls(tag)
    ]


def different_tags(tags: Sequence[str], key: Callable[[str], str]) -> tuple[str, ...]:
    """Trimmed, each once by its `key`, the first spelling kept."""
    found: dict[str, str] = {}
    for tag in tags:
        found.setdefault(key(tag), tag.strip())
    return tuple(found.values())


def size_words(size_bytes: int) -> str:
    """A size in whole GiB, or in MiB below that: "2 GiB"."""
    mib = max(1, size_bytes // 1024**2)
    return f"{mib // 1024:,} GiB" if mib >= 1024 else f"{mib:,} MiB"


def file_too_large(allowed_bytes: int) -> TooLarge:
    """The refusal of a file that is bigger than it may be."""
    return TooLarge(f"The file is larger than {size_words(allowed_bytes)}.")
