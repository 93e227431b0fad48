"""FLV bodies: what is media, what is nothing, and what is refused with advice."""

from contextlib import suppress

import pytest
from hypothesis import given, strategies as st
from tests.factories.codec_headers import (
    aac_stereo_48k,
    avc_720p,
    flv_aac_config,
    flv_aac_frame,
    flv_avc_config,
    flv_avc_frame,
)

from veza.media.flv import parse_audio, parse_video
from veza.media.units import AudioConfig, MediaError, Sample, TrackKind, VideoConfig


def test_configurations() -> None:
    video, audio = parse_video(flv_avc_config(), 0), parse_audio(flv_aac_config(), 0)
    assert isinstance(video, VideoConfig)
    assert (video.width, video.height, video.decoder_config) == (1280, 720, avc_720p())
    assert isinstance(audio, AudioConfig)
    assert (audio.sample_rate_hz, audio.decoder_config) == (48000, aac_stereo_48k())


@pytest.mark.parametrize("form", [bytes, bytearray, memoryview])
def test_frames(form: type[bytes | bytearray | memoryview]) -> None:
    assert parse_video(form(flv_avc_frame(b"nal", keyframe=True, cts_ms=66)), 40) == Sample(
        TrackKind.VIDEO, 40, 66, keyframe=True, data=b"nal"
    )
    assert parse_video(form(flv_avc_frame(b"nal", keyframe=False, cts_ms=-33)), 40) == Sample(
        TrackKind.VIDEO, 40, -33, keyframe=False, data=b"nal"
    )
    assert parse_audio(form(flv_aac_frame(b"aac")), 41) == Sample(TrackKind.AUDIO, 41, 0, keyframe=True, data=b"aac")


@pytest.mark.parametrize("body", [b"", b"\x17\x02\0\0\0", b"\x57\0", b"\x57", b"\x17\x01\0\0\0"])
def test_video_that_carries_nothing(body: bytes) -> None:
    assert parse_video(body, 0) is None


@pytest.mark.parametrize("body", [b"", b"\xaf\x01", b"\xaf\x02x"])
def test_audio_that_carries_nothing(body: bytes) -> None:
    assert parse_audio(body, 0) is None


@pytest.mark.parametrize("body", [b"\x17", b"\x17\x01\0\0", b"\x17\0\0\0\0", b"\x17\0\0\0\0\x01"])
def test_video_cut_short(body: bytes) -> None:
    with pytest.raises(MediaError):
        parse_video(body, 0)


@pytest.mark.parametrize("body", [b"\xaf", b"\xaf\0", b"\xaf\0\x11"])
def test_audio_cut_short(body: bytes) -> None:
    with pytest.raises(MediaError):
        parse_audio(body, 0)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"\x90hvc1", "HEVC"),
        (b"\x1c\0", "HEVC"),
        (b"\x90av01", "AV1"),
        (b"\x90vp09", "VP9"),
        (b"\x90avc1", "H.264 in the enhanced form"),
        (b"\x90????", "another codec"),
        (b"\x90", "another codec"),
        (b"\x12", "Sorenson H.263"),
        (b"\x1f", "another codec"),
    ],
)
def test_other_video_is_refused_with_advice(body: bytes, name: str) -> None:
    with pytest.raises(MediaError) as caught:
        parse_video(body, 0)
    assert caught.value.reason == (
        f"This server takes H.264 video; your encoder sends {name}. "
        "Choose H.264 (x264) in the encoder's output settings."
    )
    assert len(caught.value.reason) < 200  # ffmpeg shows 255 bytes


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b"\x2f", "MP3"),
        (b"\xb2", "Speex"),
        (b"\x90Opus", "Opus"),
        (b"\x90mp4a", "AAC in the enhanced form"),
        (b"\xdf", "another codec"),
    ],
)
def test_other_audio_is_refused_with_advice(body: bytes, name: str) -> None:
    with pytest.raises(MediaError) as caught:
        parse_audio(body, 0)
    assert f"your encoder sends {name}. Choose AAC" in caught.value.reason


@given(st.binary(max_size=60), st.sampled_from([b"", b"\x17\0\0\0\0", b"\x17", b"\xaf\0", b"\x27\x01"]))
def test_random_bodies_are_read_or_refused(data: bytes, start: bytes) -> None:
    for parse in (parse_video, parse_audio):
        with suppress(MediaError):
            parse(start + data, 0)
