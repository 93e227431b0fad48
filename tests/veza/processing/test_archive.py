"""ZIPs through the real child: what is in them, and what is refused and why."""

import io
import struct
import zipfile
from pathlib import Path

import pytest
from tests.factories.archive_files import overlapping, with_field, with_flag, zip_of

from veza.processing import archive as archive_door
from veza.processing.archive import check_archive
from veza.processing.failures import TooHeavy, Unreadable

DIRECTORY, LOCAL, END = b"PK\1\2", b"PK\3\4", b"PK\5\6"
PACK = {
    "Kit/": b"",
    "Kit/Kick 01.WAV": b"k" * 5000,
    "Kit/snare.flac": b"s" * 3000,
    "Kit/read me.txt": b"hello",
    "__MACOSX/Kit/._Kick 01.WAV": b"x",
    "Kit/été.mp3": b"m",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tmp_path / "pack.zip"


def put(source: Path, data: bytes) -> None:
    source.write_bytes(data)


async def refused(source: Path, data: bytes) -> str:
    put(source, data)
    with pytest.raises(Unreadable) as caught:
        await check_archive(source)
    assert caught.value.sentence != "We could not read this file.", caught.value.detail
    return caught.value.sentence


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
async def test_a_pack_is_described_by_its_directory(method: int, source: Path) -> None:
    put(source, zip_of(PACK, method=method, comment=b"thanks"))
    facts = await check_archive(source)
    assert facts.entries == 6
    assert facts.uncompressed_bytes == sum(map(len, PACK.values()))
    assert facts.names == [name for name in PACK if not name.endswith("/")]
    assert facts.audio_count == 3


async def test_streamed_and_wide_archives_are_read(source: Path) -> None:
    """Sizes behind the data (a pipe cannot seek), and ZIP64 fields where nobody needs them."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    for target in (Pipe(), io.BytesIO()):
        with zipfile.ZipFile(target, "w") as archive, archive.open("a.wav", "w", force_zip64=True) as file:
            file.write(b"x" * 2000)
        put(source, target.getvalue())
        facts = await check_archive(source)
        assert (facts.entries, facts.uncompressed_bytes) == (1, 2000)


async def test_an_empty_archive_holds_nothing(source: Path) -> None:
    put(source, zip_of({}))
    assert (await check_archive(source)).entries == 0


async def test_only_the_first_names_are_kept_and_cut(source: Path) -> None:
    put(source, zip_of({f"{number:05}{'é' * 400}": b"" for number in range(1000)}))
    facts = await check_archive(source)
    assert (facts.entries, len(facts.names), len(facts.names[0])) == (1000, 200, 255)


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../up.wav",
        "a/../../up.wav",
        "..\\up.wav",
        "a\\..\\..\\up",
        "\\\\host\\share",
        "C:\\x",
        "c:x",
        "a/..",
        "nul\0.wav",
    ],
)
async def test_names_that_lead_out_are_refused(name: str, source: Path) -> None:
    data = zip_of({name.replace("\0", "\x01"): b"x"})
    assert "outside of its folder" in await refused(source, data.replace(b"\x01.wav", b"\0.wav"))


async def test_links_and_devices_are_refused(source: Path) -> None:
    for mode in (0o120777, 0o020666, 0o010666):
        assert "link" in await refused(source, zip_of({"a": b"/etc/passwd"}, mode=mode))


async def test_passwords_are_refused(source: Path) -> None:
    for flag in (1, 1 << 6, 1 << 13):
        assert "password" in await refused(source, with_flag(zip_of(PACK), flag))
    assert "password" in await refused(source, with_field(zip_of(PACK), DIRECTORY, 10, b"\x63\0"))


async def test_bombs_are_refused(source: Path) -> None:
    assert "200 times" in await refused(source, zip_of({"a.wav": bytes(4 * 1024**2)}))
    assert "share their bytes" in await refused(source, overlapping(500))


async def test_small_files_may_be_packed_well(source: Path) -> None:
    put(source, zip_of({"silence.wav": bytes(1024**2)}))
    assert (await check_archive(source)).audio_count == 1


async def test_too_many_files_are_too_heavy(source: Path) -> None:
    put(source, zip_of({str(number): b"" for number in range(archive_door.ENTRIES_MAX)}))
    assert (await check_archive(source)).entries == archive_door.ENTRIES_MAX
    for count in (archive_door.ENTRIES_MAX + 1, 70_000):
        put(source, zip_of({str(number): b"" for number in range(count)}, method=zipfile.ZIP_STORED))
        with pytest.raises(TooHeavy, match="10,000 files"):
            await check_archive(source)


async def test_too_much_when_unpacked_is_too_heavy(source: Path) -> None:
    """The directory is believed when it says much: nothing is unpacked."""
    data = zip_of({f"{number}.wav": b"x" * 4 for number in range(6)})
    at = data.index(DIRECTORY)
    grown = data[:at] + data[at:].replace(struct.pack("<2L", 6, 4), struct.pack("<2L", 0x80000000, 0xF0000000))
    assert grown != data
    put(source, grown)
    with pytest.raises(TooHeavy, match="20 GiB"):
        await check_archive(source)


async def test_two_files_of_one_name_are_refused(source: Path) -> None:
    assert "same name" in await refused(source, zip_of({"aaaa": b"1", "bbbb": b"2"}).replace(b"bbbb", b"aaaa"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        zip_of(PACK)[:-1],
        zip_of(PACK)[: len(zip_of(PACK)) // 2],
        zip_of(PACK) + b"more",
        b"\0" * 100_000,
    ],
    ids=["empty", "two bytes", "one byte short", "half", "something behind", "zeros"],
)
async def test_what_is_no_whole_archive_is_refused(data: bytes, source: Path) -> None:
    assert "not a ZIP archive, or it ends" in await refused(source, data)


@pytest.mark.parametrize(
    "data",
    [
        b"something before" + zip_of(PACK),
        with_field(zip_of(PACK), END, 16, b"\0\0\0\0"),
        with_field(zip_of(PACK), END, 12, b"\xff\xff\xff\x7f"),
        with_field(zip_of(PACK), END, 8, b"\5\0\5\0"),
        with_field(zip_of(PACK), END, 8, b"\7\0\7\0"),
        with_field(zip_of(PACK), DIRECTORY, 42, b"\1\0\0\0"),
        with_field(zip_of(PACK), DIRECTORY, 28, b"\xff\xff"),
        with_field(zip_of({"a.wav": b"x" * 9}), DIRECTORY, 20, b"\xff\xff\0\0"),
        with_field(zip_of(PACK), LOCAL, 30, b"Cat"),
        with_field(zip_of({"a": b"1" * 9}, method=0), DIRECTORY, 24, b"\1\0\0\0"),
    ],
    ids=[
        "prefix", "offset", "size", "fewer", "more", "place", "name length", "packed size", "other name", "two sizes",
    ],
)  # fmt: skip
async def test_a_directory_that_does_not_match_is_refused(data: bytes, source: Path) -> None:
    assert "damaged" in await refused(source, data)


async def test_a_comment_cannot_hide_a_second_directory(source: Path) -> None:
    """Two endings: one program shows the first archive, another the second."""
    assert await refused(source, zip_of({"good.wav": b"x"}, comment=zip_of({"bad.exe": b"x"})))


async def test_archives_in_parts_are_refused(source: Path) -> None:
    assert "several parts" in await refused(source, with_field(zip_of(PACK), END, 4, b"\1\0"))
