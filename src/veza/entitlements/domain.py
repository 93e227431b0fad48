"""Who owns what: an entitlement gives one person the files of one product, until it is revoked. Pure.

It holds what was there when it was granted, and what its seller added since: a file that was taken out later stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veza.kit.errors import Conflict, Gone, NotFound
from veza.products.domain import License, Product, ProductFile


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What somebody owns. `order_id` None: it was given by hand."""

    id: UUID
    user_id: UUID
    product_id: UUID
    license_id: UUID | None
    order_id: UUID | None
    granted_at: datetime


@dataclass(frozen=True, slots=True)
class LibraryItem:
    """An entitlement with what it gives."""

    entitlement: Entitlement
    product: Product
    license: License | None
    files: tuple[ProductFile, ...]


def files_of(
    entitlement: Entitlement, license_bought: License | None, files: Sequence[ProductFile]
) -> list[ProductFile]:
    """Those of a product's ready files that this entitlement gives."""
    named = set(license_bought.file_ids) if license_bought else set()
    return [
        file
        for file in files
        if (not named or file.id in named) and (file.removed_at is None or file.removed_at >= entitlement.granted_at)
    ]


def not_owned() -> NotFound:
    return NotFound("There is no such thing in your library.")


def suspended() -> Conflict:
    sentence = "The money for this may be on its way back to you: it cannot be downloaded until that is decided."
    return Conflict(sentence, code="download_suspended")


def link_is_dead() -> Gone:
    return Gone("This link has run out, or what it gave is no longer yours. Get a new one from your library.")
