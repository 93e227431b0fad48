"""avcC and SPS: sizes with every kind of cropping, real headers, and damage."""

from contextlib import suppress

import pytest
from hypothesis import given, strategies as st
from tests.factories.codec_headers import avc_720p, avc_record, escape_nal, sps

from veza.media.codecs.avc import MAX_RECORD_BYTES, parse_avc_config
from veza.media.units import MediaError

X264_1080P = bytes.fromhex(
    "01640028ffe1001b67640028acd940780227e5c044000003000400000300f03c60c65801000668ebe3cb22c0fdf8f800"
)
"""What libx264 in ffmpeg 9.0 writes for 1920 × 1080: eight lines are cropped, and emulation bytes stand in it."""


def test_a_real_header() -> None:
    config = parse_avc_config(X264_1080P)
    assert (config.codec, config.width, config.height) == ("avc1.640028", 1920, 1080)
    assert config.decoder_config == X264_1080P
    assert config.sample_entry == b"avc1"


@pytest.mark.parametrize(
    ("sequence_parameters", "size"),
    [
        (sps(80, 45), (1280, 720)),
        (sps(120, 68, crop=(0, 0, 0, 4)), (1920, 1080)),
        (sps(120, 34, frames_only=False, crop=(0, 0, 0, 2)), (1920, 1080)),
        (sps(20, 15, profile=66), (320, 240)),
        (sps(20, 15, profile=66, order_type=1), (320, 240)),
        (sps(20, 15, profile=77, order_type=2, crop=(1, 2, 3, 4)), (314, 226)),
        (sps(20, 15, profile=122, chroma_format=2, crop=(1, 0, 1, 0)), (318, 239)),
        (sps(20, 15, profile=244, chroma_format=3, crop=(1, 0, 1, 0)), (319, 239)),
        (sps(20, 15, profile=244, chroma_format=0, crop=(1, 0, 1, 0)), (319, 239)),
        (sps(20, 15, scaling_lists=True), (320, 240)),
        (sps(20, 15, profile=244, chroma_format=3, scaling_lists=True), (320, 240)),
        (sps(512, 512), (8192, 8192)),
    ],
)
def test_size_after_cropping(sequence_parameters: bytes, size: tuple[int, int]) -> None:
    config = parse_avc_config(avc_record(sequence_parameters))
    assert (config.width, config.height) == size


def test_codec_string_is_hexadecimal() -> None:
    assert parse_avc_config(avc_record(sps(20, 15, profile=66, level=12))).codec == "avc1.42000c"


def test_another_nal_length_size_is_kept() -> None:
    record = avc_record(sps(20, 15), length_bytes=2)
    assert parse_avc_config(record).decoder_config == record


@given(st.lists(st.sampled_from([0, 0, 0, 1, 2, 3, 4, 255]), max_size=40).map(bytes))
def test_emulation_prevention_is_undone(data: bytes) -> None:
    """What `avc.py` does to an SPS, against the plain writer of the standard's rule."""
    assert escape_nal(data).replace(b"\0\0\3", b"\0\0") == data


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"\x01\x64\x00\x28\xff\xe1",
        b"\x00" + avc_720p()[1:],
        avc_record(b"\x67"),
        avc_record(b"\x68" + sps(20, 15)[1:]),
        avc_720p()[:12],
        b"\x01\x64\x00\x28\xff\xe0\x00\x00",
        avc_record(sps(513, 10)),
        avc_record(sps(10, 257, frames_only=False)),
        avc_record(sps(1, 1, crop=(4, 4, 0, 0))),
        avc_720p() + bytes(MAX_RECORD_BYTES),
    ],
    ids=range(11),
)
def test_damage_and_absurdity_are_refused(record: bytes) -> None:
    with pytest.raises(MediaError):
        parse_avc_config(record)


@given(st.binary(max_size=80))
def test_random_parameters_are_read_or_refused(data: bytes) -> None:
    with suppress(MediaError):
        parse_avc_config(avc_record(b"\x67" + data))


@given(st.data())
def test_changed_headers_are_read_or_refused(data: st.DataObject) -> None:
    record = bytearray(X264_1080P)
    for _ in range(data.draw(st.integers(1, 5))):
        record[data.draw(st.integers(0, len(record) - 1))] = data.draw(st.integers(0, 255))
    with suppress(MediaError):
        parse_avc_config(bytes(record[: data.draw(st.integers(0, len(record)))]))
