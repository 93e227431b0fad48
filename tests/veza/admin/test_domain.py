"""How an event's body is shown: whatever it is, without what must not be read."""

import json

import pytest
from hypothesis import given, strategies as st

from veza.admin.domain import readable_body

SECRET = "pay_01J0000000000000000000000_secret_canary"


@pytest.mark.parametrize(
    "body",
    [
        {"client_secret": SECRET},
        {"client_secret": "canary"},
        {"Client_Secret": ["canary"]},
        {"a": [{"b": {"client_secret": {"c": "canary"}}}]},
        {"url": f"https://pay.example/?s={SECRET}&x=1"},
        {SECRET: 1},
        [SECRET],
        SECRET,
    ],
)
def test_secrets_are_masked_wherever_they_stand(body: object) -> None:
    shown = readable_body(json.dumps(body).encode())
    assert shown is not None
    assert "canary" not in shown
    assert "***" in shown


def test_escaped_names_and_text_that_is_no_json_hide_nothing() -> None:
    assert readable_body(b'{"client\\u005fsecret": "canary"}') == '{\n  "client_secret": "***"\n}'
    assert readable_body(f"{{{SECRET}".encode()) == "{pay_01J0000000000000000000000_secret_***"


def test_what_is_no_secret_is_shown_as_it_is() -> None:
    assert readable_body(None) is None
    assert readable_body('{"titre": "Été", "n": null, "client_secret": null}'.encode()) == (
        '{\n  "titre": "Été",\n  "n": null,\n  "client_secret": null\n}'
    )
    assert readable_body(b"\xff") == "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("body", [b'"\\ud800"', b"[" * 100_000, b'{"a":' * 3_000 + b"1" + b"}" * 3_000, b"1" * 5_000])
def test_what_is_hard_to_read_is_shown_all_the_same(body: bytes) -> None:
    shown = readable_body(body)
    assert shown is not None
    shown.encode()


@given(st.binary(max_size=200))
def test_any_bytes_are_shown(body: bytes) -> None:
    shown = readable_body(body)
    assert shown is not None
    shown.encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)


@given(JSON, JSON)
def test_a_secret_inside_of_anything_is_masked(around: object, beside: object) -> None:
    shown = readable_body(json.dumps([around, {"client_secret": "canary", "beside": beside}]).encode())
    assert shown is not None
    assert "canary" not in shown
