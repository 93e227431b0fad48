"""Bodies as strangers send them: every refusal is a 400 that names the field and never the value."""

from typing import Annotated, Literal

import msgspec
import pytest

from veza.http.envelope import Body
from veza.http.request import decode_strictly, holds_nul
from veza.kit.errors import Invalid


class Item(Body, frozen=True):
    quantity: Annotated[int, msgspec.Meta(ge=1, le=99)]


class Order(Body, frozen=True):
    items: Annotated[list[Item], msgspec.Meta(min_length=1)]
    note: str | None = None


def refusal(body: bytes) -> Invalid:
    with pytest.raises(Invalid) as caught:
        decode_strictly(body, Order)
    return caught.value


def test_a_good_body_becomes_the_type() -> None:
    assert decode_strictly(b'{"items":[{"quantity":2}],"note":"hi"}', Order) == Order(
        items=[Item(quantity=2)], note="hi"
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"items":[{"quantity":0}]}', "items.0.quantity"),
        (b'{"items":[{"quantity":1},{"quantity":"2"}]}', "items.1.quantity"),
        (b'{"items":[{"quantity":1.5}]}', "items.0.quantity"),
        (b'{"items":[{}]}', "items.0.quantity"),
        (b'{"items":[{"quantity":1,"price":5}]}', "items.0.price"),
        (b'{"items":[]}', "items"),
        (b'{"item":[]}', "item"),
        (b"{}", "items"),
        (b"[]", ""),
        (b'{"items":[{"quantity":1}],"note":7}', "note"),
    ],
)
def test_a_wrong_field_is_named(body: bytes, field: str) -> None:
    error = refusal(body)
    assert error.code == "validation_error"
    assert [problem.field for problem in error.fields] == [field]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nope", b'{"items":1e400}', b'{"items":NaN}', b'{"items":[{"quantity":1}],"note":"\xff"}',
        b'\xef\xbb\xbf{"items":[]}', b'{"items":[{"quantity":1}]} x', b'{"note":"\\ud800"}',
        b"[" * 20_000, b'{"a":' * 20_000,
    ],
)  # fmt: skip
def test_what_is_not_json_is_said_to_be_malformed(body: bytes) -> None:
    assert refusal(body).code in {"malformed_json", "validation_error"}


def test_nul_is_refused_wherever_it_hides() -> None:
    assert refusal(b'{"items":[{"quantity":1}],"note":"a\\u0000b"}').code == "validation_error"
    assert holds_nul({"a": [{"b\0": 1}]})
    assert not holds_nul({"a": [{"b": ("c", 1, None)}]})


def test_the_value_is_never_echoed() -> None:
    error = refusal(b'{"items":[{"quantity":"hunter2hunter2"}]}')
    assert "hunter2" not in error.sentence + "".join(p.message for p in error.fields)


def test_a_choice_that_is_not_offered_is_not_echoed_either() -> None:
    class Choice(Body, frozen=True):
        kind: Literal["one", "two"]

    with pytest.raises(Invalid) as caught:
        decode_strictly(b'{"kind":"hunter2"}', Choice)
    (problem,) = caught.value.fields
    assert (problem.field, problem.message) == ("kind", "is not one of the values that are allowed")
