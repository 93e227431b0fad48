"""What `from` and `to` mean, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from veza.kit.errors import Invalid
from veza.kit.period import Period, parse_period


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("since", "until", "period"),
    [
        (None, None, Period()),
        ("2026-02-24", None, Period(at(2026, 2, 24))),
        (None, "2026-02-24", Period(None, at(2026, 2, 25))),
        ("2026-02-24", "2026-02-24", Period(at(2026, 2, 24), at(2026, 2, 25))),
        ("2026-02-24T10:00:00Z", None, Period(at(2026, 2, 24, 10))),
        ("2026-02-24t10:00:00.25z", None, Period(at(2026, 2, 24, 10, 0, 0, 250_000))),
        ("2026-02-24T10:00:00+02:00", None, Period(at(2026, 2, 24, 8))),
        ("2026-02-24T10:00:00 02:00", None, Period(at(2026, 2, 24, 8))),
        (None, "2026-02-24T10:00:00Z", Period(None, at(2026, 2, 24, 10, 0, 0, 1))),
        (None, "9999-12-31", Period()),
    ],
)
def test_what_a_period_holds(since: str | None, until: str | None, period: Period) -> None:
    assert parse_period(since, until) == period


@pytest.mark.parametrize(
    "text",
    [
        "",
        "today",
        "2026-2-4",
        "2026-02-30",
        "20260224",
        "2026-02-24T10:00",
        "2026-02-24T10:00:00",
        "2026-W09-1",
        "0001-01-01T00:00:00+14:00",
        "2026-02-24T10:00:60Z",
        "٢٠٢٦-02-24",
        "2026-02-24\n",
    ],
)
def test_what_no_day_or_moment_is(text: str) -> None:
    for pair, field in (((text, None), "from"), ((None, text), "to")):
        with pytest.raises(Invalid) as caught:
            parse_period(*pair)
        assert [problem.field for problem in caught.value.fields] == [field]
        assert text == "" or text not in str(caught.value.fields)


def test_both_problems_are_named_and_an_end_before_the_beginning_is_one() -> None:
    with pytest.raises(Invalid) as caught:
        parse_period("x", "y")
    assert [problem.field for problem in caught.value.fields] == ["from", "to"]
    with pytest.raises(Invalid):
        parse_period("2026-02-25", "2026-02-24")


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda moment: moment.year < 9999))
def test_a_moment_is_inside_the_period_that_begins_and_ends_with_it(moment: datetime) -> None:
    text = moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
    period = parse_period(text, text)
    assert period == Period(moment, moment + timedelta(microseconds=1))
    assert (period.last, Period().last) == (moment, None)
