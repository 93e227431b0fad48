"""An archive that is written while it is sent is whole, and holds nothing back."""

import io
import random
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from veza.accounts.archive import ArchiveWriter

AT = datetime(2026, 11, 26, 12, 0, 4, tzinfo=UTC)
PIECE = random.Random(7).randbytes(256 * 1024)


async def pieces(*given: bytes) -> AsyncIterator[bytes]:
    for piece in given:
        yield piece


async def test_what_goes_in_comes_out() -> None:
    written = io.BytesIO()
    with ArchiveWriter(AT) as archive:
        for name, given in (("a.txt", [b"one", b"", b" two"]), ("empty", []), ("ünïcode.bin", [PIECE] * 3)):
            async for piece in archive.file(name, pieces(*given)):
                written.write(piece)
        written.write(archive.end())
    with zipfile.ZipFile(written) as found:
        assert found.testzip() is None
        assert found.namelist() == ["a.txt", "empty", "ünïcode.bin"]
        assert (found.read("a.txt"), found.read("empty"), found.read("ünïcode.bin")) == (b"one two", b"", PIECE * 3)
        assert found.getinfo("a.txt").date_time == (2026, 11, 26, 12, 0, 4)


async def test_no_more_than_a_piece_or_so_is_ever_held() -> None:
    with ArchiveWriter(AT) as archive:
        sizes = [len(piece) async for piece in archive.file("big", pieces(*[PIECE] * 40))]
        archive.end()
    assert sum(sizes) > 40 * len(PIECE)
    assert max(sizes) < 3 * len(PIECE)


async def test_one_that_breaks_off_does_not_pretend_to_be_whole() -> None:
    written = io.BytesIO()

    async def break_off() -> None:
        with ArchiveWriter(AT) as archive:
            async for piece in archive.file("a.txt", pieces(b"one")):
                written.write(piece)
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        await break_off()
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(written)
