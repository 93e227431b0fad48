"""What a file is by its first bytes, what is two things at once, and names that harm nobody."""

import io
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from tests.factories.archive_files import zip_of
from tests.factories.audio_files import CODECS, id3_tag, sine, write_audio
from tests.factories.image_files import two_halves

from veza.processing.sniff import HEAD_BYTES, NAME_CHARACTERS_MAX, Kind, Sniffed, is_suspicious, safe_name, sniff

FORMATS = {
    "alac.m4a": "m4a",
    "24.wav": "wav",
    "32.wav": "wav",
    "float.wav": "wav",
    "ogg": "ogg-vorbis",
    "opus": "ogg-opus",
}


def image(kind: str) -> bytes:
    target = io.BytesIO()
    two_halves().save(target, kind)
    return target.getvalue()


HEADS = {
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", Kind.DOCUMENT),
    "zip": (zip_of({"a.wav": b"x"}), Kind.ARCHIVE),
    "midi": (b"MThd\0\0\0\6\0\1\0\1\0\x60", Kind.MIDI),
    "jpeg": (image("JPEG"), Kind.IMAGE),
    "png": (image("PNG"), Kind.IMAGE),
    "gif": (image("GIF"), Kind.IMAGE),
    "webp": (image("WEBP"), Kind.IMAGE),
    "avif": (b"\0\0\0\x1cftypavif\0\0\0\0", Kind.IMAGE),
    "svg": (b'\xef\xbb\xbf  <?xml version="1.0"?><svg xmlns="x">', Kind.MARKUP),
    "html": (b"\n<!DOCTYPE html><script>alert(1)</script>", Kind.MARKUP),
    "xml": (b"<?xml version='1.0'?><a/>", Kind.MARKUP),
    "elf": (b"\x7fELF\2\1\1", Kind.EXECUTABLE),
    "pe": (b"MZ\x90\0", Kind.EXECUTABLE),
    "mach-o": (b"\xcf\xfa\xed\xfe", Kind.EXECUTABLE),
    "script": (b"#!/bin/sh\n", Kind.EXECUTABLE),
    "unknown": (b"just some words", Kind.UNKNOWN),
}


@pytest.mark.parametrize("kind", CODECS)
def test_audio_is_known_by_its_first_bytes(kind: str, tmp_path: Path) -> None:
    head = write_audio(tmp_path / f"track.{kind}", sine(1)).read_bytes()[:HEAD_BYTES]
    found = sniff(head, "wrong.txt")
    assert found.kind is Kind.AUDIO
    assert found.format == FORMATS.get(kind, kind.rpartition(".")[2])
    assert found.content_type.startswith("audio/")
    assert not is_suspicious(head, head)


@pytest.mark.parametrize("name", HEADS)
def test_other_kinds_are_known_too(name: str) -> None:
    head, kind = HEADS[name]
    found = sniff(head, "song.mp3")
    assert (found.kind, found.format) == (kind, name)
    assert not is_suspicious(head)


def test_wide_wavs_and_other_forms() -> None:
    for magic in (b"RF64", b"BW64"):
        assert sniff(magic + b"\xff\xff\xff\xffWAVEds64").format == "wav"
    assert sniff(b"RIFF\0\0\0\0AVI LIST").kind is Kind.UNKNOWN
    assert sniff(b"FORM\0\0\0\0AIFCFVER").format == "aiff"
    assert sniff("<html>".encode("utf-16")).kind is Kind.MARKUP
    assert sniff(b"\0\0\0\x14ftypqt  \0\0\0\0").kind is Kind.UNKNOWN
    assert sniff(b"OggS" + bytes(22) + b"\1\x1e\x80theora" + bytes(30)).kind is Kind.UNKNOWN


def test_a_tag_is_believed_when_what_follows_is_too_far_away() -> None:
    assert sniff(id3_tag(10 * 1024**2)[:HEAD_BYTES]).format == "mp3"
    assert sniff(id3_tag(10 * 1024**2)[:HEAD_BYTES], "old.AAC").format == "aac"
    assert sniff(id3_tag(100) + b"fLaC\0\0\0\x22").format == "flac"


@pytest.mark.parametrize("kind", ["mp3", "aac"])
def test_a_bare_sync_word_is_luck_and_two_frames_are_not(kind: str, tmp_path: Path) -> None:
    source = write_audio(tmp_path / f"track.{kind}", sine(1), options={"id3v2_version": "0"} if kind == "mp3" else {})
    data = source.read_bytes()
    assert sniff(data).format == kind
    assert sniff(data[:60]).kind is Kind.UNKNOWN
    assert sniff(data[:4] + bytes(2000)).kind is Kind.UNKNOWN


@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_bytes_are_something(head: bytes, name: str) -> None:
    assert isinstance(sniff(head, name), Sniffed)
    is_suspicious(head, head)


@pytest.mark.parametrize(
    "markup", [b"<html>", b"<SCRIPT src=x>", b"<svg onload=x>", b"<!DOCTYPE html>", b"<iframe/src=x>"]
)
@pytest.mark.parametrize("name", ["jpeg", "gif", "png", "pdf", "midi"])
def test_markup_inside_of_another_format_is_refused(name: str, markup: bytes) -> None:
    head = HEADS[name][0]
    assert is_suspicious(head[:20] + markup + head[20:])
    assert is_suspicious(b"RIFF\0\0\0\0WAVELIST" + markup)
    assert is_suspicious(id3_tag(400, b"TIT2" + markup))
    assert not is_suspicious(head[:20] + bytes(2000) + markup), "no browser looks that far"


def test_a_document_or_an_archive_inside_of_another_format_is_refused() -> None:
    wav = b"RIFF\0\0\0\0WAVEfmt "
    assert is_suspicious(wav + b"%PDF-1.4")
    assert is_suspicious(HEADS["gif"][0][:10] + b"%PDF-1.4")
    assert is_suspicious(HEADS["jpeg"][0] + zip_of({"a.exe": b"x"}))
    assert is_suspicious(wav, bytes(100) + zip_of({"a.exe": b"x"})[-60:])
    assert not is_suspicious(wav + b"PK\3\4" + b"\xff" * 40), "four bytes are luck"


def test_metadata_that_is_written_in_xml_is_no_markup() -> None:
    assert not is_suspicious(b"RIFF\0\0\0\0WAVEiXML\0\0\0\0<?xml version='1.0'?><BWFXML><PROJECT/></BWFXML>")
    assert not is_suspicious(b"\xff\xd8\xff\xe1\0\0http://ns.adobe.com/xap/1.0/\0<?xpacket?><x:xmpmeta><rdf:RDF>")


def test_an_archive_may_hold_a_page_and_a_document() -> None:
    assert not is_suspicious(zip_of({"license.html": b"<html>", "b.pdf": b"%PDF-1.4"}, method=0))


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("Kick 01.wav", "Kick 01.wav"),
        ("C:\\Users\\me\\Kick.wav", "Kick.wav"),
        ("../../etc/passwd", "passwd"),
        ("a/..", "file"),
        ("..", "file"),
        ("", "file"),
        ("\0\x1f\u202e", "file"),
        ("song\u202egpj.exe", "songgpj.exe"),
        (".htaccess", "htaccess"),
        ("track.wav. . ", "track.wav"),
        ("con.wav", "_con.wav"),
        ("LPT1", "_LPT1"),
        ("aux .txt", "_aux .txt"),
        ("conga.wav", "conga.wav"),
        ('what? "now": <x>|*.wav', "what_ _now__ _x___.wav"),
        ("e\u0301te\u0301.wav", "été.wav"),
        ("می\u200cخواهم.mp3", "می\u200cخواهم.mp3"),
        ("x" * 300 + ".flac", "x" * 195 + ".flac"),
        ("x." + "y" * 300, "x." + "y" * 198),
        ("C:evil.exe", "evil.exe"),
    ],
)
def test_names(given_name: str, safe: str) -> None:
    assert safe_name(given_name) == safe


NASTY = st.text(st.one_of(st.characters(), st.sampled_from('/\\.: \0\u202e\u200d"<>|?*cConN1')), max_size=260)


@given(NASTY)
def test_any_name_becomes_a_harmless_one_and_stays_it(name: str) -> None:
    safe = safe_name(name)
    assert safe == safe_name(safe)
    assert 1 <= len(safe) <= NAME_CHARACTERS_MAX
    assert safe == unicodedata.normalize("NFC", safe)
    assert not set(safe) & set('/\\<>:"|?*')
    assert not safe.startswith((".", " "))
    assert not safe.endswith((".", " "))
    assert all(unicodedata.category(c) not in {"Cc", "Cs"} and c not in "\u202a\u202b\u202c\u202d\u202e" for c in safe)
    assert safe.partition(".")[0].rstrip().upper() not in {"CON", "NUL", "PRN", "AUX"}
    safe.encode()
