"""What the audio program refuses, and what no disguise makes it open."""

from pathlib import Path

import av
import numpy as np
import pytest
from tests.factories.audio_files import id3_tag, sine, write_audio

from veza.processing import audio
from veza.processing.audio import process_audio
from veza.processing.child import run_child
from veza.processing.failures import TooHeavy, Unreadable
from veza.processing.wire import AudioRequest, ChildLimits


async def refused(source: Path) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        await process_audio(source, source.parent / "preview.mp4")
    assert not (source.parent / "preview.mp4").exists()
    return caught.value


def disguises(other: Path) -> dict[str, bytes]:
    """Files that ask FFmpeg to open another one."""
    return {
        "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{other}\n#EXT-X-ENDLIST\n".encode(),
        "concat": f"ffconcat version 1.0\nfile '{other}'\n".encode(),
        "sdp": b"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n",
        "mpd": f'<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{other}</BaseURL></MPD>'.encode(),
        "playlist": f"[playlist]\nFile1={other}\n".encode(),
    }


@pytest.mark.parametrize("disguise", ["hls", "concat", "sdp", "mpd", "playlist"])
@pytest.mark.parametrize("prefix", ["", "tagged"])
async def test_a_playlist_named_mp3_opens_nothing(disguise: str, prefix: str, tmp_path: Path) -> None:
    """Bare, and behind a tag that makes it an MP3 by its head."""
    other = write_audio(tmp_path / "other.wav", sine(3))
    source = tmp_path / "track.mp3"
    source.write_bytes((id3_tag(100) if prefix else b"") + disguises(other)[disguise])
    await refused(source)


@pytest.mark.parametrize(
    "file_format", ["wav", "flac", "aiff", "mp3", "aac", "m4a", "ogg-vorbis", "ogg-opus", "ogg-flac"]
)
@pytest.mark.parametrize("disguise", ["hls", "concat"])
async def test_nor_does_it_when_the_child_is_told_a_format(disguise: str, file_format: str, tmp_path: Path) -> None:
    other = write_audio(tmp_path / "other.wav", sine(3))
    source = tmp_path / "track"
    source.write_bytes(disguises(other)[disguise])
    request = AudioRequest(
        source=str(source), preview=str(tmp_path / "preview.mp4"), format=file_format, duration_ms_max=60_000
    )
    with pytest.raises(Unreadable):
        await run_child("audio_child", request, limits=ChildLimits())


@pytest.mark.parametrize("file_format", ["hls", "concat", "lavfi", "tee", "image2", ""])
async def test_a_format_outside_of_the_list_is_not_opened(file_format: str, tmp_path: Path) -> None:
    source = write_audio(tmp_path / "track.wav", sine(1))
    request = AudioRequest(
        source=str(source), preview=str(tmp_path / "preview.mp4"), format=file_format, duration_ms_max=60_000
    )
    with pytest.raises(Unreadable, match="not audio"):
        await run_child("audio_child", request, limits=ChildLimits())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 10_000,
        b"RIFF\x24\0\0\0WAVE",
        b"fLaC",
        id3_tag(1000),
        b"OggS" + bytes(22) + b"\x01\x1e\x01vorbis" + bytes(100),
        b"\0\0\0\x18ftypM4A \0\0\0\0" + bytes(8),
        b"just some words",
    ],
    ids=["empty", "zeros", "wav head", "flac head", "tag alone", "ogg head", "mp4 head", "text"],
)
async def test_what_holds_no_audio_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "track.mp3").write_bytes(data)
    await refused(tmp_path / "track.mp3")


def wav(
    *, channels: int = 2, rate_hz: int = 44_100, codec: int = 1, bits: int = 16, data: bytes = bytes(40_000)
) -> bytes:
    """A WAV whose head says what it likes."""
    block = channels * bits // 8
    head = np.array([codec, channels], "<u2").tobytes() + np.array([rate_hz, rate_hz * block % 2**32], "<u4").tobytes()
    head += np.array([block % 2**16, bits], "<u2").tobytes()
    body = b"WAVEfmt " + len(head).to_bytes(4, "little") + head + b"data" + len(data).to_bytes(4, "little") + data
    return b"RIFF" + len(body).to_bytes(4, "little") + body


@pytest.mark.parametrize(
    "data",
    [
        wav(channels=200, data=bytes(400 * 400)),
        wav(channels=0),
        wav(rate_hz=0),
        wav(rate_hz=2_000_000_000),
        wav(data=b""),
        wav(bits=0),
        wav(codec=0x31, bits=0),
        wav(codec=0x161),
    ],
    ids=["200 channels", "no channel", "0 Hz", "2 GHz", "no sample", "0 bits", "GSM", "WMA"],
)
async def test_a_head_that_cannot_be_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "track.wav").write_bytes(data)
    await refused(tmp_path / "track.wav")


@pytest.mark.parametrize("kind", ["wav", "flac", "mp3", "m4a", "ogg", "opus", "aac", "aiff"])
async def test_noise_in_a_file_ends_in_facts_or_in_a_sentence(kind: str, tmp_path: Path) -> None:
    source = write_audio(tmp_path / f"track.{kind}", sine(4))
    data = bytearray(source.read_bytes())
    chance = np.random.default_rng(7)
    for at in chance.integers(100, len(data), 200):
        data[at] = int(chance.integers(0, 256))
    source.write_bytes(data)
    sentence = ""
    try:
        await process_audio(source, tmp_path / "preview.mp4")
    except Unreadable as error:
        sentence = f"{error.sentence} {error.detail}"
    assert "We could not read this file" not in sentence, "that is said of what no program foresaw"


async def test_more_than_half_noise_is_refused(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "track.mp3", sine(20))
    data = bytearray(source.read_bytes())
    for at in range(1000, len(data) - 1000, 1000):
        data[at : at + 600] = bytes(600)
    source.write_bytes(data)
    assert "damaged" in (await refused(source)).sentence


async def test_video_without_sound_is_not_audio(tmp_path: Path) -> None:
    with av.open(tmp_path / "clip.m4a", "w", format="mp4") as output:
        stream = output.add_stream("mpeg4", rate=25, width=64, height=64, pix_fmt="yuv420p")
        for _ in range(5):
            output.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        output.mux(stream.encode(None))
    assert "no audio" in (await refused(tmp_path / "clip.m4a")).sentence


async def test_longer_than_we_take_is_too_heavy(tmp_path: Path) -> None:
    """By its head at once, and without one when so much has been decoded."""
    for name in ("track.wav", "track.aac"):
        source = write_audio(tmp_path / name, sine(5))
        request = AudioRequest(
            source=str(source), preview=str(tmp_path / "p.mp4"), format=name[-3:], duration_ms_max=4000
        )
        with pytest.raises(TooHeavy, match="longer"):
            await run_child("audio_child", request, limits=ChildLimits())


async def test_larger_than_we_take_is_too_heavy(tmp_path: Path) -> None:
    source = tmp_path / "track.wav"
    with source.open("wb") as file:
        file.write(wav())
        file.truncate(audio.FILE_BYTES_MAX + 1)
    with pytest.raises(TooHeavy, match="2 GiB"):
        await process_audio(source, tmp_path / "preview.mp4")


async def test_a_file_that_costs_more_than_its_limits_is_too_heavy_and_leaves_nothing(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "track.wav", sine(120, channels=1))
    for limits in (ChildLimits(cpu_s=1, wall_s=0.3), ChildLimits(file_bytes=20_000)):
        with pytest.raises(TooHeavy):
            await process_audio(source, tmp_path / "preview.mp4", limits=limits)
        assert not (tmp_path / "preview.mp4").exists()
