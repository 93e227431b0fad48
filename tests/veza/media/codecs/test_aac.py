"""AudioSpecificConfig: the kinds that browsers play, and a sentence for the rest."""

from contextlib import suppress

import pytest
from hypothesis import given, strategies as st
from tests.factories.codec_headers import BitWriter

from veza.media.codecs.aac import parse_aac_config
from veza.media.units import AudioConfig, MediaError


def config(object_type: int = 2, rate: int = 3, channels: int = 2, rate_hz: int = 0, *, short: bool = False) -> bytes:
    bits = BitWriter()
    if object_type >= 31:
        bits.put(5, 31).put(6, object_type - 32)
    else:
        bits.put(5, object_type)
    bits.put(4, rate)
    if rate == 15:
        bits.put(24, rate_hz)
    bits.put(4, channels)
    if object_type in {5, 29}:
        bits.put(4, 3).put(5, 2)
    return bits.put(1, int(short)).put(2, 0).done()


@pytest.mark.parametrize(
    ("data", "codec", "rate_hz", "channels", "ticks"),
    [
        (b"\x11\x90", "mp4a.40.2", 48000, 2, 1024),
        (b"\x12\x10", "mp4a.40.2", 44100, 2, 1024),
        (b"\x12\x08\x56\xe5\x00", "mp4a.40.2", 44100, 1, 1024),  # ffmpeg's, with its SBR sync extension
        (config(rate=15, rate_hz=47999), "mp4a.40.2", 47999, 2, 1024),
        (config(channels=7), "mp4a.40.2", 48000, 8, 1024),
        (config(1, channels=6), "mp4a.40.1", 48000, 6, 1024),
        (config(short=True), "mp4a.40.2", 48000, 2, 960),
        (config(5, rate=6), "mp4a.40.5", 24000, 2, 1024),
        (config(29, rate=6, channels=1), "mp4a.40.29", 24000, 1, 1024),
    ],
)
def test_reads(data: bytes, codec: str, rate_hz: int, channels: int, ticks: int) -> None:
    assert parse_aac_config(data) == AudioConfig(codec, b"mp4a", data, rate_hz, channels, ticks)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "cut short"),
        (b"\x11", "cut short"),
        (config(rate=13), "damaged"),
        (config(39), "AAC-LC"),
        (config(42), "AAC-LC"),
        (config(0), "AAC-LC"),
        (config(channels=0), "stereo"),
        (config(channels=11), "stereo"),
        (config(rate=15, rate_hz=1), "sample rate"),
        (config(rate=15, rate_hz=1 << 23), "sample rate"),
        (bytes(65), "too long"),
    ],
)
def test_refuses_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(MediaError) as caught:
        parse_aac_config(data)
    assert sentence in caught.value.reason


@given(st.binary(max_size=70))
def test_random_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(MediaError):
        parse_aac_config(data)
