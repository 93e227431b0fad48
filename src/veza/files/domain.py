"""What an object of the file store is, who may see it, and how big it may be. Pure.

An object is `receiving` from before its first byte, `kept` once something names it, and `discarded` when nothing does
any more; a sweep removes what is discarded, and what was never finished.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from veza.kit.errors import Conflict, NotFound
from veza.kit.fields import size_words
from veza.kit.ids import parse_id

MIB = 1024 * 1024
GIB = 1024 * MIB

IMAGE_BYTES_MAX = 20 * MIB
FILE_BYTES_MAX = 2 * GIB
UNFINISHED_AFTER_S = 24 * 3600.0
"""An upload takes no longer; what is still `receiving` then was cut off."""
DOWNLOAD_EXPIRES_S = 15 * 60

DELETE_OBJECT = "files.delete_object"
MEDIA_PATH = "/api/v1/media/"
"""Before the id of a public object."""


class ObjectKind(StrEnum):
    """What an object is for. A `file` is for sale, a `document` and an `export` are one reader's; others are public.

    A `recording` is a folder of pieces; who may have them is for its slice to decide.
    """

    FILE = "file"
    DOCUMENT = "document"
    PREVIEW = "preview"
    COVER = "cover"
    AVATAR = "avatar"
    EXPORT = "export"
    RECORDING = "recording"

    @property
    def is_public(self) -> bool:
        return self not in {ObjectKind.FILE, ObjectKind.DOCUMENT, ObjectKind.EXPORT, ObjectKind.RECORDING}

    @property
    def is_counted(self) -> bool:
        """Whether it is part of what its owner may keep here. Recordings are bounded by time and by the disk."""
        return self not in {ObjectKind.EXPORT, ObjectKind.RECORDING}

    @property
    def is_folder(self) -> bool:
        """Whether many pieces lie under its key, in place of one object."""
        return self is ObjectKind.RECORDING


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object that is kept. `sha256`: of its bytes."""

    id: UUID
    kind: ObjectKind
    content_type: str
    size_bytes: int
    sha256: bytes

    @property
    def key(self) -> str:
        return object_key(self.kind, self.id)


def object_key(kind: ObjectKind, object_id: UUID) -> str:
    """Where it lies in the store: 256 folders of a kind, by the last byte of the id (the first ones are the time)."""
    text = str(object_id)
    return f"{kind.value}/{text[-2:]}/{text}"


def object_of_key(key: str) -> UUID | None:
    """Whose object a key of the store is, or a piece of; None for a key that is none of ours."""
    parts = key.split("/")
    return parse_id(parts[2]) if len(parts) >= 3 else None


def media_url(object_id: UUID | None) -> str | None:
    """Where a public object is, on the install's own address."""
    return None if object_id is None else f"{MEDIA_PATH}{object_id}"


def require_room(kept_bytes: int, allowed_bytes: int) -> None:
    """Raise `Conflict` (`storage_full`) for somebody who would keep more than one may."""
    if kept_bytes > allowed_bytes:
        raise Conflict(
            f"One may keep {size_words(allowed_bytes)} here, and this would be more. Remove something first.",
            code="storage_full",
        )


def object_not_found() -> NotFound:
    return NotFound("There is no such file.")
