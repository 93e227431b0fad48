"""AMF0: every type, every bound, and nothing but ProtocolError for what is wrong."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from veza.media.rtmp import amf0
from veza.media.rtmp.amf0 import AmfValue, read_values, write_values
from veza.media.rtmp.errors import ProtocolError

texts = st.text(st.characters(codec="utf-8"), max_size=40)
values: st.SearchStrategy[AmfValue] = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts.filter(bool), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(values, max_size=5))
def test_reads_what_it_wrote(written: list[AmfValue]) -> None:
    assert read_values(write_values(*written)) == written


@given(st.binary(max_size=300))
def test_random_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(ProtocolError):
        read_values(data)


@given(st.lists(values, min_size=1, max_size=3), st.data())
def test_any_cut_is_read_or_refused(written: list[AmfValue], data: st.DataObject) -> None:
    whole = write_values(*written)
    with suppress(ProtocolError):
        read_values(whole[: data.draw(st.integers(0, len(whole)))])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"\x08\0\0\0\x63\0\x01a\x05\0\0\x09", {"a": None}),  # ECMA array: the count is a hint
        (b"\x10\0\x03Foo\0\x01a\x01\x01\0\0\x09", {"a": True}),  # typed object: the class is dropped
        (b"\x0b" + struct.pack(">d", 1.5) + b"\0\0", 1.5),  # date
        (b"\x0c\0\0\0\x02hi", "hi"),  # long string
        (b"\x0f\0\0\0\x02<>", "<>"),  # XML
        (b"\x06", None),  # undefined
        (b"\x0d", None),  # unsupported
        (b"\x02\0\x02\xff\xfe", "\ufffd\ufffd"),  # not UTF-8
        (b"\x0a\0\0\0\x02\x05\x01\0", [None, False]),  # strict array
        (b"\x03\0\0\x05\0\0\x09", {"": None}),  # an empty key that is not the end
    ],
)
def test_reads_the_rarer_types(body: bytes, expected: AmfValue) -> None:
    assert read_values(body) == [expected]


def nested(depth: int) -> bytes:
    return b"\x0a\0\0\0\x01" * depth + b"\x05"


def test_depth_is_bounded() -> None:
    assert read_values(nested(amf0.MAX_DEPTH))
    with pytest.raises(ProtocolError):
        read_values(nested(amf0.MAX_DEPTH + 1))
    with pytest.raises(ProtocolError):
        read_values(nested(3000))


@pytest.mark.parametrize(
    "body",
    [
        b"\x02\xff\xff" + bytes(0xFFFF),  # a string beyond MAX_STRING_BYTES
        b"\x0c\x7f\xff\xff\xff",  # a long string that lies
        b"\x0a\x7f\xff\xff\xff",  # an array that lies
        b"\x03" + b"\0\x01a\x05" * (amf0.MAX_KEYS + 1) + b"\0\0\x09",
        b"\x05" * (amf0.MAX_VALUES + 1),
        b"\x07\0\0",  # references are not read
        b"\x11",  # AMF3
        b"\x02\0\x05hi",
        b"\x00\0\0",
        b"\x01",
        b"\x03\0\x01a",
    ],
    ids=range(11),
)
def test_bounds_and_lies_are_refused(body: bytes) -> None:
    with pytest.raises(ProtocolError) as caught:
        read_values(body)
    assert caught.value.reason == "amf"


def test_does_not_write_text_beyond_its_length_field() -> None:
    with pytest.raises(ValueError, match="65,535"):
        write_values("x" * 70_000)
