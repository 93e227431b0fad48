"""Bits and Golomb codes, to the last bit and not one further."""

import pytest
from hypothesis import given, strategies as st
from tests.factories.codec_headers import BitWriter

from veza.media.codecs.bits import MAX_BYTES, BitReader
from veza.media.units import MediaError


@given(st.lists(st.integers(0, 2**31 - 2), max_size=20), st.lists(st.integers(-(2**30), 2**30), max_size=20))
def test_reads_the_codes_it_wrote(unsigned: list[int], signed: list[int]) -> None:
    writer = BitWriter()
    for number in unsigned:
        writer.unsigned(number)
    for number in signed:
        writer.signed(number)
    reader = BitReader(writer.done(), "test")
    assert [reader.unsigned_golomb() for _ in unsigned] == unsigned
    assert [reader.signed_golomb() for _ in signed] == signed


def test_stops_at_the_end() -> None:
    reader = BitReader(b"\xa5", "test")
    assert reader.take(8) == 0xA5
    with pytest.raises(MediaError, match="test header is cut short"):
        reader.take(1)


def test_refuses_codes_beyond_32_bits() -> None:
    with pytest.raises(MediaError, match="damaged"):
        BitReader(bytes(10), "test").unsigned_golomb()


def test_reads_no_further_than_its_bound() -> None:
    reader = BitReader(bytes(MAX_BYTES + 1), "test")
    reader.take(MAX_BYTES * 8)
    with pytest.raises(MediaError):
        reader.take(1)
