"""A stranger's words, cleaned."""

import unicodedata

import pytest
from hypothesis import given, strategies as st

from veza.processing.audio_tags import TEXT_CHARACTERS_MAX, clean_tags
from veza.processing.wire import AudioTags


def test_each_format_s_names_are_known() -> None:
    wanted = AudioTags(title="T", artist="A", album="L", isrc="USABC2412345", bpm=174.0, musical_key="Am")
    vorbis = {"TITLE": "T", "ARTIST": "A", "ALBUM": "L", "ISRC": "US-ABC-24-12345", "BPM": "174", "KEY": "Am"}
    id3 = {"title": "T", "artist": "A", "album": "L", "TSRC": "usabc2412345", "TBPM": "174,0", "TKEY": "Am"}
    mp4 = {"title": "T", "artist": "A", "album": "L", "ISRC": "USABC2412345", "tmpo": "174", "initialkey": "Am"}
    for raw in (vorbis, id3, mp4):
        assert clean_tags(raw) == wanted


@pytest.mark.parametrize("isrc", ["", "US-ABC-24-1234", "12ABC2412345", "USABC24123456", "USÄBC2412345", "<script>"])
def test_what_is_no_isrc_is_left_out(isrc: str) -> None:
    assert clean_tags({"isrc": isrc}).isrc is None


@pytest.mark.parametrize(
    ("text", "bpm"),
    [
        ("120", 120.0),
        (" 92.5 ", 92.5),
        ("20", 20.0),
        ("19.9", None),
        ("401", None),
        ("nan", None),
        ("inf", None),
        ("", None),
    ],
)
def test_tempo_is_a_number_that_somebody_could_dance_to(text: str, bpm: float | None) -> None:
    assert clean_tags({"bpm": text}).bpm == bpm


@pytest.mark.parametrize("key", ["C", "F#m", "B♭ minor", "Ab", "8A", "12B", "11d", "E min"])
def test_keys_as_people_write_them(key: str) -> None:
    assert clean_tags({"initialkey": key}).musical_key == key


@pytest.mark.parametrize("key", ["H", "13A", "0B", "Cmaj7", "o", "-", "loud"])
def test_what_is_no_key_is_left_out(key: str) -> None:
    assert clean_tags({"TKEY": key}).musical_key is None


def test_text_is_one_clean_line() -> None:
    tags = clean_tags({"title": "  a\r\n\tb\0\u202ec\u200b ", "artist": "Caf\udce9", "album": "e\u0301" * 300})
    assert (tags.title, tags.artist, tags.album) == ("a bc", "Café", "é" * 200)


@given(st.dictionaries(st.sampled_from(["title", "ARTIST", "album", "isrc", "bpm", "key"]), st.text(max_size=500)))
def test_any_words_are_bounded(raw: dict[str, str]) -> None:
    tags = clean_tags(raw)
    for text in (tags.title, tags.artist, tags.album):
        assert len(text) <= TEXT_CHARACTERS_MAX
        assert all(unicodedata.category(c)[0] != "C" for c in text)
        assert text == " ".join(text.split())
