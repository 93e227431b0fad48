"""ZIPs as people upload them, and as those make them who mean harm. Small, and the same on every run."""

import io
import zipfile
from collections.abc import Mapping


def zip_of(
    files: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED, mode: int = 0o100644, comment: bytes = b""
) -> bytes:
    """An archive of these files, each with the mode given."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.comment = comment
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)
            entry.filename = name  # ZipInfo cuts at NUL and turns backslashes on some systems
            entry.create_system, entry.external_attr, entry.compress_type = 3, mode << 16, method
            archive.writestr(entry, data)
    return target.getvalue()


def with_flag(archive: bytes, flag: int) -> bytes:
    """The same with a flag set in each directory entry."""
    data = bytearray(archive)
    at = data.find(b"PK\1\2")
    while at >= 0:
        data[at + 8] |= flag & 0xFF
        data[at + 9] |= flag >> 8
        at = data.find(b"PK\1\2", at + 4)
    return bytes(data)


def overlapping(count: int) -> bytes:
    """One file's bytes, claimed by `count` entries (how a bomb of one layer is made)."""
    single = zip_of({"0000": bytes(1000)})
    start = single.index(b"PK\1\2")
    end = single.index(b"PK\5\6")
    entry = single[start:end]
    entries = b"".join(entry.replace(b"0000", f"{number:04}".encode()) for number in range(count))
    tail = bytearray(single[end:])
    tail[8:10] = tail[10:12] = count.to_bytes(2, "little")
    tail[12:16] = len(entries).to_bytes(4, "little")
    return single[:start] + entries + bytes(tail)


def with_field(archive: bytes, magic: bytes, offset: int, value: bytes) -> bytes:
    """The same with other bytes at a place in the first structure of a kind."""
    at = archive.index(magic) + offset
    return archive[:at] + value + archive[at + len(value) :]
