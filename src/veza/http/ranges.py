"""Byte ranges of an answer (RFC 9110 §14), of which we serve one at a time. Pure."""

import re
from dataclasses import dataclass

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Part of an object: `start` to `end`, exclusive."""

    start: int
    end: int

    @property
    def size_bytes(self) -> int:
        return self.end - self.start


class RangeNotSatisfiable(ValueError):
    """A range that begins behind the object's end (RFC 9110 §15.5.17)."""


def parse_range(header: str | None, size_bytes: int) -> ByteRange | None:
    """What a Range header asks for; None for the whole (also for forms that a server may ignore: RFC 9110 §14.2).

    Raises `RangeNotSatisfiable`.
    """
    match = _RANGE.fullmatch(header.replace(" ", "")) if header and len(header) <= 100 else None
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        wanted = int(match[2])
        if wanted == 0:
            raise RangeNotSatisfiable
        return ByteRange(max(0, size_bytes - wanted), size_bytes)
    start = int(match[1])
    if match[2] and int(match[2]) < start:
        return None
    if start >= size_bytes:
        raise RangeNotSatisfiable
    return ByteRange(start, min(size_bytes, int(match[2]) + 1) if match[2] else size_bytes)
