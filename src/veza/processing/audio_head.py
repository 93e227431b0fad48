"""How much of a file is missing by what its container says, where FFmpeg would take what is there for the whole.

Only reads heads of chunks and boxes; decodes nothing.
"""

from pathlib import Path
from typing import BinaryIO

_CHUNKS_MAX = 10_000


def missing_share(source: str, file_format: str) -> float:
    """Which share of the audio's bytes the file promises and does not have; 0 when it promises nothing."""
    with Path(source).open("rb") as file:
        if file_format == "wav":
            return _missing_in_wav(file)
        return _missing_in_mp4(file) if file_format == "m4a" else 0.0


def counts_its_frames(source: str) -> bool:
    """Whether an MP3 begins with a frame that counts the others (Xing, Info, VBRI)."""
    with Path(source).open("rb") as file:
        head = file.read(10)
        is_tagged = head.startswith(b"ID3") and len(head) == 10
        file.seek(10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]) if is_tagged else 0)
        first = file.read(4096)
    return any(mark in first for mark in (b"Xing", b"Info", b"VBRI"))


def _missing_in_wav(file: BinaryIO) -> float:
    """EBU Tech 3306: RF64's wide size stands in `ds64`. A recorder that was cut off leaves 0 or all ones."""
    size = file.seek(0, 2)
    wide_bytes = None
    at = 12
    for _ in range(_CHUNKS_MAX):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return 0.0
        name, chunk_bytes = head[:4], int.from_bytes(head[4:], "little")
        if name == b"ds64":
            wide_bytes = int.from_bytes(file.read(16)[8:], "little")
        if name == b"data":
            if chunk_bytes == 0xFFFFFFFF:
                chunk_bytes = wide_bytes or 0
            return _share(chunk_bytes, size - at - 8)
        at += 8 + chunk_bytes + chunk_bytes % 2
    return 0.0


def _missing_in_mp4(file: BinaryIO) -> float:
    """By the box that reaches past the end: mostly `mdat`, when the index behind it is gone too."""
    size = file.seek(0, 2)
    at = 0
    for _ in range(_CHUNKS_MAX):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return 0.0
        box_bytes = int.from_bytes(head[:4], "big")
        if box_bytes == 1:
            box_bytes = int.from_bytes(head[8:], "big")
        if box_bytes < 8:
            return 0.0
        if at + box_bytes > size:
            return _share(box_bytes, size - at)
        at += box_bytes
    return 0.0


def _share(promised_bytes: int, present_bytes: int) -> float:
    return 1 - present_bytes / promised_bytes if promised_bytes > present_bytes else 0.0
