"""Whole audio files through the real child: what is found, what is given away, what is refused."""

import itertools
from pathlib import Path

import av
import numpy as np
import pytest
from tests.factories.audio_files import CODECS, decoded, id3_tag, quiet_then_loud, sine, write_audio
from tests.factories.mp4_boxes import read_boxes, read_fragments

from veza.processing.audio import process_audio
from veza.processing.failures import Unreadable
from veza.processing.wire import AudioTags

AAC_FRAME_S = 1024 / 44_100


@pytest.mark.parametrize("kind", CODECS)
async def test_each_kind_of_file_is_looked_through(kind: str, tmp_path: Path) -> None:
    source = write_audio(tmp_path / f"track.{kind}", quiet_then_loud(6))
    facts = await process_audio(source, tmp_path / "preview.mp4")
    assert abs(facts.duration_ms - 6000) < 60
    assert (facts.sample_rate_hz, facts.channels) == (48_000, 2)
    assert facts.codec == {"mp3": "mp3", "ogg": "vorbis"}.get(kind, CODECS[kind][1].removeprefix("lib"))
    assert facts.bit_rate_bps is not None
    assert facts.bit_rate_bps > 10_000
    assert facts.loudness_lufs == pytest.approx(-6.3, abs=0.6)
    assert len(facts.peaks) == 800
    assert max(facts.peaks[:395]) < 10
    assert min(facts.peaks[405:790]) > 100
    assert facts.preview_start_ms >= 2_900
    assert facts.preview_duration_ms <= facts.duration_ms / 2
    heard = decoded(tmp_path / "preview.mp4")
    assert heard.shape[1] / 48_000 <= facts.duration_ms / 2000 + AAC_FRAME_S
    middle = heard[:, heard.shape[1] // 4 : -heard.shape[1] // 4]
    assert 0.4 < np.abs(middle).max() < 0.6


async def test_loudness_is_that_of_ebu_r128(tmp_path: Path) -> None:
    """A 1 kHz tone on both channels at −23 dBFS reads −23 LUFS (EBU Tech 3341, case 1)."""
    source = write_audio(tmp_path / "tone.24.wav", sine(20, amplitude=10 ** (-23 / 20)))
    facts = await process_audio(source, tmp_path / "preview.mp4")
    assert facts.loudness_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(("seconds", "amplitude"), [(5, 0.0), (0.3, 0.5)], ids=["silence", "too short to measure"])
async def test_what_cannot_be_measured_has_no_loudness(seconds: float, amplitude: float, tmp_path: Path) -> None:
    source = write_audio(tmp_path / "track.wav", sine(seconds, amplitude=amplitude))
    facts = await process_audio(source, tmp_path / "preview.mp4")
    assert facts.loudness_lufs is None
    assert set(facts.peaks) <= ({0} if not amplitude else set(range(256)))


async def test_a_preview_is_half_a_minute_of_the_loudest_part(tmp_path: Path) -> None:
    sound = sine(100, rate_hz=44_100, amplitude=0.05, channels=1)
    sound[:, 62 * 44_100 : 95 * 44_100] *= 10
    source = write_audio(tmp_path / "track.flac", sound, rate_hz=44_100)
    facts = await process_audio(source, tmp_path / "preview.mp4")
    assert 61_900 <= facts.preview_start_ms <= 65_100
    assert 29_900 <= facts.preview_duration_ms <= 30_000
    heard = decoded(tmp_path / "preview.mp4")
    assert heard.shape[0] == 1, "mono stays mono"
    assert 29.9 < heard.shape[1] / 44_100 <= 30 + AAC_FRAME_S
    at_ends, inside = np.abs(heard[:, :1500]).max(), np.abs(heard[:, 44_100:-44_100]).max()
    assert at_ends < inside / 4, "it fades in"
    assert np.abs(heard[:, 10_000:-10_000]).min(initial=1) >= 0
    assert np.abs(heard[:, 10_000:20_000]).max() > 0.4, "it holds the loud part"


async def test_a_preview_is_a_fragmented_mp4_that_knows_its_length_and_copies_no_words(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "track.mp3", sine(80), tags={"title": "SECRET TITLE", "artist": "SECRET ARTIST"})
    facts = await process_audio(source, tmp_path / "preview.mp4")
    data = (tmp_path / "preview.mp4").read_bytes()
    assert b"SECRET" not in data
    boxes = read_boxes(data)
    assert [box.kind for box in boxes[:3]] == [b"ftyp", b"moov", b"sidx"]
    fragments = [run for runs in read_fragments(data[boxes[3].offset :]) for run in runs]
    assert fragments[0].decode_time == 0
    assert all(run.end == after.decode_time for run, after in itertools.pairwise(fragments))
    ticks = sum(sum(run.durations) for run in fragments)
    assert abs(ticks / 48_000 - facts.preview_duration_ms / 1000) < 2 * AAC_FRAME_S
    assert len(data) < 30 * 128_000 / 8 * 1.1, "nothing else is in it"
    with av.open(tmp_path / "preview.mp4") as preview:
        assert preview.duration == pytest.approx(ticks / 48_000 * 1e6, abs=1e4), "a player knows it without reading all"
        preview.seek(20_000_000)
        assert 18 < (next(preview.decode(audio=0)).time or 0) <= 20


@pytest.mark.parametrize("seconds", [4, 0.5, 0.05, 0.0136])
async def test_a_one_shot_is_never_given_away_whole(seconds: float, tmp_path: Path) -> None:
    source = write_audio(tmp_path / "shot.wav", sine(seconds, rate_hz=44_100), rate_hz=44_100)
    facts = await process_audio(source, tmp_path / "preview.mp4")
    assert facts.preview_duration_ms <= seconds * 500 + 1
    assert len(facts.peaks) == 800
    heard = decoded(tmp_path / "preview.mp4")
    audible = np.flatnonzero(np.abs(heard).max(axis=0) > 0.05)
    assert len(audible) / 44_100 <= seconds / 2 + AAC_FRAME_S


async def test_surround_and_odd_rates_become_a_stereo_preview(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "wide.flac", sine(3, rate_hz=96_000, channels=6), rate_hz=96_000)
    facts = await process_audio(source, tmp_path / "preview.mp4")
    assert (facts.channels, facts.sample_rate_hz, facts.duration_ms) == (6, 96_000, 3000)
    assert decoded(tmp_path / "preview.mp4").shape[0] == 2


@pytest.mark.parametrize("kind", ["mp3", "flac", "ogg", "opus"])
async def test_tags_are_read(kind: str, tmp_path: Path) -> None:
    words = {"title": "Nuit\x07 blanche", "artist": "Zoë", "album": "x" * 500}
    facts_of = {"TSRC": "FR-Z03-24-00123", "TBPM": "128.5", "TKEY": "F#m"}
    source = write_audio(tmp_path / f"track.{kind}", sine(1), tags=words | facts_of)
    facts = await process_audio(source, tmp_path / "preview.mp4")
    assert facts.tags == AudioTags(
        title="Nuit blanche", artist="Zoë", album="x" * 200, isrc="FRZ032400123", bpm=128.5, musical_key="F#m"
    )


async def test_the_words_of_a_wav_may_be_in_an_old_encoding(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "track.wav", sine(1), tags={"title": "Caf@ noir"})
    source.write_bytes(source.read_bytes().replace(b"Caf@", b"Caf\xe9"))
    assert (await process_audio(source, tmp_path / "preview.mp4")).tags.title == "Café noir"


async def test_ten_megabytes_of_tag_and_its_picture_are_passed_over(tmp_path: Path) -> None:
    sound = write_audio(tmp_path / "bare.mp3", sine(3), options={"id3v2_version": "0", "write_id3v1": "0"})
    picture = b"APIC" + bytes([4, 0x40, 0, 0]) + b"\0\0" + b"\0image/png\0\3\0" + b"\x89PNG\r\n\x1a\n"
    source = tmp_path / "track.mp3"
    source.write_bytes(id3_tag(10 * 1024**2, picture) + sound.read_bytes())
    facts = await process_audio(source, tmp_path / "preview.mp4")
    assert facts.duration_ms == pytest.approx(3000, abs=60)


async def test_numbers_that_are_none_do_not_spoil_a_float_file(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "track.float.wav", sine(3))
    data = bytearray(source.read_bytes())
    data[-4000:-3992] = np.array([np.nan, np.inf], np.float32).tobytes()
    source.write_bytes(data)
    facts = await process_audio(source, tmp_path / "preview.mp4")
    assert facts.loudness_lufs is not None
    assert facts.peaks.count(255) == 1
    assert np.isfinite(decoded(tmp_path / "preview.mp4")).all()


async def test_an_mp3_may_have_a_few_damaged_frames(tmp_path: Path) -> None:
    source = write_audio(tmp_path / "track.mp3", sine(20))
    data = bytearray(source.read_bytes())
    first = data.index(b"\xff\xfb\x94")  # at 128 kbit/s; the one that counts has another rate
    for frame in (100, 101, 300, 500):
        at = first + frame * 384
        assert data[at : at + 3] == b"\xff\xfb\x94"
        data[at + 4 : at + 300] = bytes(range(1, 251)) + bytes(46)
    source.write_bytes(data)
    facts = await process_audio(source, tmp_path / "preview.mp4")
    assert 19_000 <= facts.duration_ms <= 20_100


@pytest.mark.parametrize("kind", ["wav", "24.wav", "float.wav", "flac", "aiff", "mp3", "m4a", "alac.m4a"])
async def test_a_file_that_ends_in_the_middle_is_refused(kind: str, tmp_path: Path) -> None:
    fast_start = {"movflags": "faststart"} if kind == "alac.m4a" else {}
    source = write_audio(tmp_path / f"track.{kind}", quiet_then_loud(8), options=fast_start)
    source.write_bytes(source.read_bytes()[: source.stat().st_size * 7 // 10])
    with pytest.raises(Unreadable, match="ends in the middle"):
        await process_audio(source, tmp_path / "preview.mp4")
    assert not (tmp_path / "preview.mp4").exists()


@pytest.mark.parametrize("kind", ["aac", "mp3", "wav"])
async def test_a_recording_whose_head_promises_nothing_is_taken_as_it_is(kind: str, tmp_path: Path) -> None:
    """ADTS has no head; an MP3 without a count and a WAV that was streamed do not know their length."""
    source = write_audio(tmp_path / f"track.{kind}", sine(8), options={"write_xing": "0"} if kind == "mp3" else {})
    data = bytearray(source.read_bytes())
    if kind == "wav":
        at = data.index(b"data")
        data[4:8] = data[at + 4 : at + 8] = b"\xff\xff\xff\xff"
    source.write_bytes(data[: len(data) // 2])
    facts = await process_audio(source, tmp_path / "preview.mp4")
    assert 3_800 < facts.duration_ms < 4_200
