"""The child program that judges a ZIP by its directory (APPNOTE 6.3). Never extracts, never inflates.

Our own reader, because what we look for is what lenient ones forgive: a directory that does not match its files,
entries that overlap, names that climb out of a folder. Bounded: the directory is read once, and only when it is small.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from struct import Struct
from typing import BinaryIO

import msgspec

from veza.processing.failures import TooHeavy, Unreadable
from veza.processing.wire import ArchiveFacts, ArchiveRequest

_END, _END64, _LOCATOR64 = Struct("<4s4H2LH"), Struct("<4sQ2H2L4Q"), Struct("<4sLQL")
_ENTRY, _LOCAL = Struct("<4s6H3L5H2L"), Struct("<4s5H3L2H")
_COMMENT_BYTES_MAX = 0xFFFF
_DIRECTORY_BYTES_PER_ENTRY_MAX, _NAME_BYTES_MAX = 2048, 1024
_RATIO_MAX, _RATIO_FROM_BYTES = 200, 1024**2
_STORED = 0
_METHODS = frozenset({_STORED, 8, 9, 12, 14, 93})
"""Stored, deflate, deflate64, bzip2, LZMA, Zstandard: what today's programs open."""
_ENCRYPTED_FLAGS, _UTF8_FLAG = 1 | 1 << 6 | 1 << 13, 1 << 11
_NAMES_SHOWN, _NAME_CHARACTERS_SHOWN = 200, 255
_AUDIO = frozenset({".wav", ".flac", ".aif", ".aiff", ".mp3", ".m4a", ".aac", ".ogg", ".opus"})

_DAMAGED = "This ZIP is damaged: its directory does not match what is in it."


@dataclass(frozen=True, slots=True)
class _Directory:
    entries: int
    size_bytes: int
    offset: int


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    raw_name: bytes
    method: int
    is_folder: bool
    packed_bytes: int
    size_bytes: int
    offset: int


def answer(request: bytes) -> bytes:
    """The program's door."""
    return msgspec.json.encode(judge(msgspec.json.decode(request, type=ArchiveRequest)))


def judge(request: ArchiveRequest) -> ArchiveFacts:
    """What is in the archive, when nothing is wrong with it."""
    with Path(request.source).open("rb") as file:
        directory = _find_directory(file, request.entries_max)
        entries = _read_entries(file, directory)
        total = sum(entry.size_bytes for entry in entries)
        if total > request.uncompressed_bytes_max:
            raise TooHeavy(f"Unpacked, an archive may have up to {request.uncompressed_bytes_max // 1024**3} GiB.")
        _require_apart(file, entries, directory.offset)
    files = [entry.name for entry in entries if not entry.is_folder]
    return ArchiveFacts(
        entries=len(entries),
        uncompressed_bytes=total,
        names=[name[:_NAME_CHARACTERS_SHOWN] for name in files[:_NAMES_SHOWN]],
        audio_count=sum(_is_audio(name) for name in files),
    )


def _find_directory(file: BinaryIO, entries_max: int) -> _Directory:
    size = file.seek(0, os.SEEK_END)
    start = max(0, size - _END.size - _COMMENT_BYTES_MAX)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    # The comment must fill the rest exactly: a second ending inside it would show other programs another archive.
    if at < 0 or at + _END.size > len(tail) or at + _END.size + _END.unpack_from(tail, at)[7] != len(tail):
        raise Unreadable("This is not a ZIP archive, or it ends in the middle.")
    _, disk, first_disk, here, entries, directory_bytes, offset, _ = _END.unpack_from(tail, at)
    end = start + at
    if 0xFFFF in (here, entries) or 0xFFFFFFFF in (directory_bytes, offset):
        found = _find_directory64(file, end)
        if found is not None:
            disk, first_disk, here, entries, directory_bytes, offset, end = found
    if disk or first_disk or here != entries:
        raise Unreadable("Archives in several parts cannot be sold: make one ZIP.")
    if entries > entries_max:
        raise TooHeavy(f"An archive may hold up to {entries_max:,} files.")
    if directory_bytes > entries * _DIRECTORY_BYTES_PER_ENTRY_MAX or offset + directory_bytes != end:
        raise Unreadable(_DAMAGED, detail="the directory is not where it should be")
    return _Directory(entries, directory_bytes, offset)


def _find_directory64(file: BinaryIO, end: int) -> tuple[int, int, int, int, int, int, int] | None:
    """The same fields in their wide form, and where they stand; None when there is no wide form."""
    if end < _LOCATOR64.size + _END64.size:
        return None
    file.seek(end - _LOCATOR64.size)
    magic, _, where, _ = _LOCATOR64.unpack(file.read(_LOCATOR64.size))
    if magic != b"PK\6\7":
        return None
    if where + _END64.size > end:
        raise Unreadable(_DAMAGED, detail="the locator leads past the end")
    file.seek(where)
    magic, _, _, _, disk, first_disk, here, entries, directory_bytes, offset = _END64.unpack(file.read(_END64.size))
    if magic != b"PK\6\6":
        raise Unreadable(_DAMAGED, detail="the locator leads nowhere")
    return disk, first_disk, here, entries, directory_bytes, offset, where


def _read_entries(file: BinaryIO, directory: _Directory) -> list[_Entry]:
    file.seek(directory.offset)
    data = file.read(directory.size_bytes)
    entries: list[_Entry] = []
    at = 0
    for _ in range(directory.entries):
        if at + _ENTRY.size > len(data):
            raise Unreadable(_DAMAGED, detail="the directory is shorter than it says")
        fields = _ENTRY.unpack_from(data, at)
        if fields[0] != b"PK\1\2":
            raise Unreadable(_DAMAGED, detail="an entry does not begin as one")
        name_bytes, extra_bytes, comment_bytes = fields[10:13]
        after = at + _ENTRY.size
        raw_name, extra = data[after : after + name_bytes], data[after + name_bytes : after + name_bytes + extra_bytes]
        at = after + name_bytes + extra_bytes + comment_bytes
        if at > len(data):
            raise Unreadable(_DAMAGED, detail="an entry is cut off")
        entries.append(_entry(fields, raw_name, extra))
    if at != len(data):
        raise Unreadable(_DAMAGED, detail="the directory is longer than its entries")
    if len({entry.raw_name for entry in entries}) != len(entries):
        raise Unreadable("Two files in this archive have the same name.")
    return entries


def _entry(fields: tuple[int, ...], raw_name: bytes, extra: bytes) -> _Entry:
    made_by, flags, method = fields[1] >> 8, fields[3], fields[4]
    mode = fields[15] >> 16 if made_by in {3, 19} else 0  # Unix and macOS keep the file's kind there
    name = _decode_name(raw_name, flags)
    _require_harmless(name, flags, method, mode)
    packed_bytes, size_bytes, offset = _sizes(fields, extra)
    if size_bytes > _RATIO_FROM_BYTES and size_bytes > packed_bytes * _RATIO_MAX:
        raise Unreadable(f"“{name[:100]}” would grow more than {_RATIO_MAX} times when unpacked.")
    if method == _STORED and packed_bytes != size_bytes:
        raise Unreadable(_DAMAGED, detail="a stored entry has two sizes")
    return _Entry(name, raw_name, method, name.endswith("/"), packed_bytes, size_bytes, offset)


def _decode_name(raw: bytes, flags: int) -> str:
    if not raw or len(raw) > _NAME_BYTES_MAX:
        raise Unreadable("A file in this archive has no name, or one that is too long.")
    try:
        return raw.decode("utf-8" if flags & _UTF8_FLAG else "cp437")
    except UnicodeDecodeError:
        raise Unreadable("The name of a file in this archive cannot be read.") from None


def _require_harmless(name: str, flags: int, method: int, mode: int) -> None:
    if flags & _ENCRYPTED_FLAGS or method == 99:
        raise Unreadable("This archive has a password: nobody who buys it could open it.")
    if method not in _METHODS:
        raise Unreadable("A file in this archive is compressed in a way that few programs can open.")
    steps = name.replace("\\", "/").split("/")
    if any(ord(c) < 32 for c in name) or not steps[0] or steps[0].endswith(":") or name[1:2] == ":" or ".." in steps:
        raise Unreadable("A file in this archive would be unpacked outside of its folder.", detail=repr(name)[:200])
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise Unreadable("This archive holds a link or a device, not only files.", detail=repr(name)[:200])


def _sizes(fields: tuple[int, ...], extra: bytes) -> tuple[int, int, int]:
    """Packed size, size and place, from the ZIP64 field where the narrow ones are full."""
    size_bytes, packed_bytes, disk, offset = fields[9], fields[8], fields[13], fields[16]
    if disk not in {0, 0xFFFF}:
        raise Unreadable(_DAMAGED, detail="an entry is on another disk")
    wide = _wide_field(extra)
    if size_bytes == 0xFFFFFFFF and len(wide) >= 8:
        size_bytes, wide = int.from_bytes(wide[:8], "little"), wide[8:]
    if packed_bytes == 0xFFFFFFFF and len(wide) >= 8:
        packed_bytes, wide = int.from_bytes(wide[:8], "little"), wide[8:]
    if offset == 0xFFFFFFFF and len(wide) >= 8:
        offset = int.from_bytes(wide[:8], "little")
    return packed_bytes, size_bytes, offset


def _wide_field(extra: bytes) -> bytes:
    while len(extra) >= 4:
        kind, size = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        if kind == 1:
            return extra[4 : 4 + size]
        extra = extra[4 + size :]
    return b""


def _require_apart(file: BinaryIO, entries: list[_Entry], directory_offset: int) -> None:
    """Each entry begins where it says, is named there as in the directory, and ends before the next begins."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.offset):
        if entry.offset < end:
            raise Unreadable("Files in this archive share their bytes: that is how archives are made that grow.")
        file.seek(entry.offset)
        head = file.read(_LOCAL.size)
        if len(head) < _LOCAL.size or head[:4] != b"PK\3\4":
            raise Unreadable(_DAMAGED, detail="an entry's header is not there")
        fields = _LOCAL.unpack(head)
        if file.read(fields[9]) != entry.raw_name or fields[3] != entry.method or fields[2] & _ENCRYPTED_FLAGS:
            raise Unreadable(_DAMAGED, detail="an entry's header says otherwise than the directory")
        end = entry.offset + _LOCAL.size + fields[9] + fields[10] + entry.packed_bytes
        if end > directory_offset:
            raise Unreadable(_DAMAGED, detail="an entry reaches into the directory")


def _is_audio(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix.lower() in _AUDIO and not path.name.startswith("._")  # macOS's shadows of files
