"""One page of a list: the bounds of api.md, answers, checked once."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from veza.kit.errors import FieldProblem, Invalid

Item = TypeVar("Item")

MAX_LIMIT = 100
MAX_OFFSET = 10_000


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What the caller asked for. `limit` 1–100, `offset` 0–10,000; raises `Invalid` outside."""

    limit: int = 20
    offset: int = 0

    def __post_init__(self) -> None:
        problems: list[FieldProblem] = []
        if not 1 <= self.limit <= MAX_LIMIT:
            problems.append(FieldProblem("limit", f"must be between 1 and {MAX_LIMIT}"))
        if not 0 <= self.offset <= MAX_OFFSET:
            problems.append(FieldProblem("offset", f"must be between 0 and {MAX_OFFSET:,}"))
        if problems:
            raise Invalid("Some query parameters are not right.", *problems)


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A page of a list and the number of all that matched."""

    items: list[Item]
    total: int
    limit: int
    offset: int
