"""A page request is inside its bounds, or names each field that is not."""

import pytest

from veza.kit.errors import Invalid
from veza.kit.page import PageRequest


@pytest.mark.parametrize(("limit", "offset"), [(1, 0), (100, 10_000), (20, 5)])
def test_inside(limit: int, offset: int) -> None:
    assert PageRequest(limit, offset).limit == limit


@pytest.mark.parametrize(
    ("limit", "offset", "fields"),
    [(0, 0, ["limit"]), (101, 0, ["limit"]), (1, -1, ["offset"]), (-1, 10_001, ["limit", "offset"])],
)
def test_outside(limit: int, offset: int, fields: list[str]) -> None:
    with pytest.raises(Invalid) as refusal:
        PageRequest(limit, offset)
    assert [problem.field for problem in refusal.value.fields] == fields
