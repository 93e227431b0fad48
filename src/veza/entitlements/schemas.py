"""Bodies of the library and of downloads."""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.products.domain import ProductType


class OwnedProductView(msgspec.Struct, frozen=True):
    """What a product in the library shows, also when it is no longer on sale."""

    id: UUID
    title: str
    type: ProductType
    seller_username: str
    cover_small_url: str | None
    is_on_sale: bool


class OwnedLicenseView(msgspec.Struct, frozen=True):
    """The licence that was bought."""

    id: UUID
    name: str
    exclusive: bool
    terms: str


class OwnedFileView(msgspec.Struct, frozen=True):
    """A file that may be downloaded."""

    id: UUID
    title: str
    filename: str
    format: str
    size_bytes: int
    duration_seconds: float | None


class LibraryItemView(msgspec.Struct, frozen=True):
    """Something that the caller owns."""

    id: UUID
    product: OwnedProductView
    license: OwnedLicenseView | None
    order_id: UUID | None
    granted_at: datetime
    files: list[OwnedFileView]


class LibraryView(msgspec.Struct, frozen=True):
    """A page of the library, the newest first."""

    items: list[LibraryItemView]
    total: int
    limit: int
    offset: int


class DownloadView(msgspec.Struct, frozen=True):
    """Where a file is to be had until `expires_at`, for nobody else and only while it is owned."""

    url: str
    expires_at: datetime
