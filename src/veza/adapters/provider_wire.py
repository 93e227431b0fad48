"""Fields of providers' JSON, believed only so far as we can use them. Pure: bytes and dictionaries in, values out.

What comes from outside ends up in columns, logs and addresses, so ids and words are printable ASCII of bounded length,
amounts whole and not negative, times aware, addresses http. Nothing of one provider's protocol may stand here.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from veza.ports.provider_errors import Unreadable

T = TypeVar("T")

Id = Annotated[str, msgspec.Meta(pattern=r"\A[\x21-\x7e]{1,255}\Z")]
"""An id at a provider."""

Cents = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
"""Minor units; more than this is no price, and not exact in every JSON library."""

Currency = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z]{3}\Z")]
"""ISO 4217, in either case."""

_WORD = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_URL_CHARS_MAX = 2048


def parse_object(body: bytes) -> dict[str, Any]:
    """A body that is one JSON object. Raises `Unreadable` for everything else, however it is nested or spelt."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Unreadable("this is not JSON") from None
    if not isinstance(found, dict):
        raise Unreadable("this is JSON, but not an object")
    return found


def parse_as(found: object, kind: type[T]) -> T:
    """An object as a struct of the fields that we need; others are ignored. Raises `Unreadable`."""
    try:
        return msgspec.convert(found, kind)
    except (msgspec.MsgspecError, ValueError):
        raise Unreadable(f"this is not a {kind.__name__.strip('_').lower()}") from None


def find_word(value: object) -> str | None:
    """A word for programs (a status, a code), or None when it is anything else."""
    return value if isinstance(value, str) and _WORD.fullmatch(value) else None


def find_id(value: object) -> str | None:
    """An id that need not be there, or None when it is none."""
    return value if isinstance(value, str) and len(value) <= 255 and _PRINTABLE.fullmatch(value) else None


def find_cents(value: object) -> int | None:
    """An amount that some write as a number and some as digits in a string."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 16:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 2**53 else None


def find_time(value: object) -> datetime | None:
    """A time in ISO 8601 (without a zone it is UTC) or in seconds since 1970, aware; None when it is neither."""
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def find_web_address(value: object) -> str | None:
    """An address that a browser may be sent to; None for any other scheme and for what is no address."""
    if not isinstance(value, str) or len(value) > _URL_CHARS_MAX or not _PRINTABLE.fullmatch(value):
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    return value if parts.scheme in {"http", "https"} and parts.hostname else None


def find_header(headers: Mapping[str, str], name: str) -> str | None:
    """A header by its lower-case name, in whatever case it was sent."""
    return next((value for key, value in headers.items() if key.lower() == name), None)


def id_of_bytes(body: bytes) -> str:
    """What stands for the id of an event that has none: the same bytes are the same event."""
    return hashlib.sha256(body).hexdigest()
