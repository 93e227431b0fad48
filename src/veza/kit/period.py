"""A period as people ask for it in a query: two days or moments (RFC 3339), either of them absent, both inclusive.

Times only; what is looked for in the period stands elsewhere.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from veza.kit.errors import FieldProblem, Invalid

MOMENT_MAX = 40
"""Characters that a day or moment can have."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)")
_LOST_PLUS = re.compile(r" (\d\d:\d\d)$")
"""The `+` of an offset that was not encoded arrives as a space."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` on and before `until`; None: without that bound. Both aware, in UTC."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def last(self) -> datetime | None:
        """The last moment that is inside, to the microsecond, as it is stored."""
        return None if self.until is None else self.until - timedelta(microseconds=1)


EVER = Period()


def parse_period(since: str | None, until: str | None) -> Period:
    """What `from` and `to` of a query mean; a day as `to` is inside as a whole. Raises `Invalid`."""
    problems: list[FieldProblem] = []
    found: list[tuple[datetime, bool] | None] = []
    for field, text in (("from", since), ("to", until)):
        try:
            found.append(None if text is None else _parse(text))
        except (ValueError, OverflowError):
            problems.append(FieldProblem(field, "must be a day or a moment of RFC 3339, such as 2026-02-24"))
    if problems:
        raise Invalid("Some query parameters are not right.", *problems)
    begin, end = found
    period = Period(None if begin is None else begin[0], None if end is None else _behind(end[0], is_day=end[1]))
    if period.since is not None and period.until is not None and period.since >= period.until:
        raise Invalid("Some query parameters are not right.", FieldProblem("to", "must not be before `from`"))
    return period


def _parse(text: str) -> tuple[datetime, bool]:
    """A moment, or the beginning of a day and True. Raises `ValueError`, `OverflowError`."""
    if _DAY.fullmatch(text):
        return datetime.fromisoformat(text).replace(tzinfo=UTC), True
    text = _LOST_PLUS.sub(r"+\1", text)
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text.upper()).astimezone(UTC), False


def _behind(end: datetime, *, is_day: bool) -> datetime | None:
    """The first moment that is no longer inside; None behind the last that there is."""
    try:
        return end + (timedelta(days=1) if is_day else timedelta(microseconds=1))
    except OverflowError:
        return None
