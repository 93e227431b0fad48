"""What we write as MP4 is read back by another demuxer, and box by box."""

import io
from itertools import pairwise
from typing import Any

import av
import pytest
from tests.factories.media_samples import EncodedMedia, encode_media
from tests.factories.mp4_boxes import read_boxes, read_fragments

from veza.media.fmp4 import AudioRun, VideoSample, write_fragment, write_init_segment
from veza.media.units import AudioConfig, MediaError, TrackConfig, TrackKind, VideoConfig

VIDEO = VideoConfig("avc1.64001f", b"avc1", b"\1\x64\0\x1f\xff\xe1\0\0\1\0\0", 1280, 720)
AUDIO = AudioConfig("mp4a.40.2", b"mp4a", b"\x11\x90", 48_000, 2, 1024)


def tracks_of(media: EncodedMedia) -> tuple[TrackConfig, ...]:
    return tuple(track for track in (media.video, media.audio) if track is not None)


def write_all(media: EncodedMedia) -> bytes:
    """One fragment with everything."""
    pictures = [sample for sample in media.samples if sample.kind is TrackKind.VIDEO]
    ends = [later.dts_ms for _, later in pairwise(pictures)] + [pictures[-1].dts_ms + 33] if pictures else []
    video = [
        VideoSample(90 * sample.dts_ms, 90 * (end - sample.dts_ms), 90 * sample.cts_ms, sample.keyframe, sample.data)
        for sample, end in zip(pictures, ends, strict=True)
    ]
    frames = [sample.data for sample in media.samples if sample.kind is TrackKind.AUDIO]
    audio = AudioRun(0, 1024, frames) if frames else None
    return write_init_segment(tracks_of(media)) + write_fragment(1, video, audio)


def decode(data: bytes) -> dict[str, list[Any]]:
    """Frames by kind, in presentation order."""
    frames: dict[str, list[Any]] = {"video": [], "audio": []}
    with av.open(io.BytesIO(data), "r") as container:
        for packet in container.demux():
            for frame in packet.decode():
                frames["video" if isinstance(frame, av.VideoFrame) else "audio"].append(frame)
    return frames


@pytest.mark.parametrize("b_frames", [0, 2])
def test_every_picture_and_sound_comes_back_at_its_time(b_frames: int) -> None:
    media = encode_media(seconds=2, b_frames=b_frames)
    frames = decode(write_all(media))
    pictures = [sample for sample in media.samples if sample.kind is TrackKind.VIDEO]
    assert len(frames["video"]) == len(pictures) == 60
    shown = sorted(90 * (sample.dts_ms + sample.cts_ms) for sample in pictures)
    assert [frame.pts for frame in frames["video"]] == shown
    sounds = [sample for sample in media.samples if sample.kind is TrackKind.AUDIO]
    assert [frame.pts for frame in frames["audio"]] == [1024 * index for index in range(len(sounds))]


@pytest.mark.parametrize(("video", "audio"), [(True, False), (False, True)])
def test_one_track_alone_plays(video: bool, audio: bool) -> None:
    frames = decode(write_all(encode_media(seconds=2, video=video, audio=audio)))
    assert bool(frames["video"]) is video
    assert bool(frames["audio"]) is audio


def test_the_init_segment_names_its_tracks() -> None:
    ftyp, moov = read_boxes(write_init_segment([VIDEO, AUDIO]))
    assert (ftyp.kind, moov.kind) == (b"ftyp", b"moov")
    assert b"cmfc" in ftyp.body
    assert [box.body[8:12] for box in moov.all(b"hdlr")] == [b"vide", b"soun"]
    assert [int.from_bytes(box.body[12:16], "big") for box in moov.all(b"mdhd")] == [90_000, 48_000]
    assert len(moov.all(b"trex")) == 2
    header = moov.all(b"tkhd")[0].body
    assert (int.from_bytes(header[-8:-4], "big") >> 16, int.from_bytes(header[-4:], "big") >> 16) == (1280, 720)
    assert VIDEO.decoder_config in moov.all(b"stsd")[0].body
    assert AUDIO.decoder_config in moov.all(b"stsd")[1].body


def test_a_fragment_says_where_its_bytes_and_times_are() -> None:
    video = [VideoSample(1 << 33, 3000, 6000, True, b"kk"), VideoSample((1 << 33) + 3000, 2990, -3000, False, b"d")]
    data = write_fragment(7, video, AudioRun(4096, 1024, [b"aaa", b"bb"]))
    ((pictures, sounds),) = read_fragments(data)
    assert (pictures.decode_time, pictures.durations, pictures.offsets) == (1 << 33, (3000, 2990), (6000, -3000))
    assert (pictures.flags, pictures.first_is_key) == ((0x02000000, 0x01010000), True)
    assert data[pictures.data_offset :][:3] == b"kkd"
    assert (sounds.decode_time, sounds.durations, sounds.sizes) == (4096, (1024, 1024), (3, 2))
    assert data[sounds.data_offset :] == b"aaabb"
    moof = read_boxes(data)[0]
    assert moof.all(b"mfhd")[0].body == b"\0\0\0\0\0\0\0\7"
    assert {box.body[1:4] for box in moof.all(b"tfhd")} == {b"\2\0\0", b"\2\0\x28"}  # default-base-is-moof
    assert {box.body[0] for box in moof.all(b"tfdt") + moof.all(b"trun")} == {1}


def test_a_codec_without_a_box_is_refused_with_what_to_do() -> None:
    with pytest.raises(MediaError, match=r"H\.264"):
        write_init_segment([VideoConfig("vp09.00", b"vp09", b"", 1, 1)])
    with pytest.raises(MediaError, match="AAC"):
        write_init_segment([AudioConfig("mp3", b".mp3", b"", 44_100, 2, 1152)])


def test_a_rate_beyond_16_bits_does_not_spill() -> None:
    fast = AudioConfig("mp4a.40.2", b"mp4a", b"\x10\x10", 96_000, 2, 1024)
    (_, moov) = read_boxes(write_init_segment([fast]))
    assert moov.all(b"stsd")[0].body[8 + 8 + 24 : 8 + 8 + 28] == bytes(4)
