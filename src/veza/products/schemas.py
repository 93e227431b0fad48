"""Bodies of the routes of products. What only its seller may know stands in `OwnProductView`."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from veza.http.envelope import Body
from veza.products import domain
from veza.products.domain import FileStatus, ProductStatus, ProductType

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=domain.TITLE_MAX, pattern=r"\S")]
Description = Annotated[str, msgspec.Meta(max_length=domain.DESCRIPTION_MAX)]
Tags = Annotated[
    list[Annotated[str, msgspec.Meta(min_length=1, max_length=domain.TAG_MAX, pattern=r"\S")]],
    msgspec.Meta(max_length=domain.TAGS_MAX),
]
Cents = Annotated[int, msgspec.Meta(ge=0, le=domain.PRICE_MAX_CENTS)]


class LicenseBody(Body, frozen=True, kw_only=True):
    """A licence to offer. With the `id` of one there is, that one changes; without, it is new."""

    id: UUID | None = None
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=domain.LICENSE_NAME_MAX, pattern=r"\S")]
    price_cents: Cents
    exclusive: bool = False
    terms: Annotated[str, msgspec.Meta(max_length=domain.TERMS_MAX)] = ""
    file_ids: Annotated[list[UUID], msgspec.Meta(max_length=domain.FILES_MAX)] = msgspec.field(default_factory=list)


Licenses = Annotated[list[LicenseBody], msgspec.Meta(max_length=domain.LICENSES_MAX)]


class NewProduct(Body, frozen=True, kw_only=True):
    """Body of POST /marketplace/products."""

    title: Title
    price_cents: Cents = 0
    type: ProductType = ProductType.TRACK
    description: Description = ""
    tags: Tags = msgspec.field(default_factory=list)
    licenses: Licenses = msgspec.field(default_factory=list)


class ProductChanges(Body, frozen=True, kw_only=True):
    """Body of PUT /marketplace/products/:id: only what is sent changes; `licenses` is the whole list."""

    title: Title | msgspec.UnsetType = msgspec.UNSET
    price_cents: Cents | msgspec.UnsetType = msgspec.UNSET
    type: ProductType | msgspec.UnsetType = msgspec.UNSET
    description: Description | msgspec.UnsetType = msgspec.UNSET
    tags: Tags | msgspec.UnsetType = msgspec.UNSET
    licenses: Licenses | msgspec.UnsetType = msgspec.UNSET


class FileOrder(Body, frozen=True, kw_only=True):
    """All files of the product, in their new order."""

    file_ids: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=domain.FILES_MAX)]


class FileChanges(Body, frozen=True, kw_only=True):
    """What a file is called in the product."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=domain.FILE_TITLE_MAX, pattern=r"\S")]


class Takedown(Body, frozen=True, kw_only=True):
    """Why a product is taken down; its seller reads it."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=domain.REASON_MAX, pattern=r"\S")]


class SellerView(msgspec.Struct, frozen=True):
    """Whose product it is."""

    id: UUID
    username: str


class LicenseView(msgspec.Struct, frozen=True):
    """A tier of a product. `file_ids` empty: it gives all files."""

    id: UUID
    name: str
    price_cents: int
    exclusive: bool
    terms: str
    file_ids: list[UUID]


class ProductView(msgspec.Struct, frozen=True):
    """A product as anybody may see it. `price_cents` is that of the cheapest licence, when it has licences.

    Addresses (`cover_url` …) are relative to the install's own. `duration_seconds`: of all its audio together.
    `takedown_reason`: of one that was taken down, which only its seller and the staff see.
    """

    id: UUID
    seller: SellerView
    title: str
    description: str
    type: ProductType
    price_cents: int
    currency: str
    status: ProductStatus
    tags: list[str]
    cover_url: str | None
    cover_small_url: str | None
    preview_url: str | None
    duration_seconds: float | None
    licenses: list[LicenseView]
    rating_average: float | None
    rating_count: int
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    takedown_reason: str | None


class OwnProductView(ProductView, frozen=True, kw_only=True):
    """A product as its seller sees it."""

    files_ready: int
    files_processing: int
    files_failed: int


class ProductsView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of the public list. `total` stops at 1,001 with `total_capped`; `next_cursor` is null on the last page."""

    products: list[ProductView]
    total: int
    limit: int
    offset: int
    next_cursor: str | None
    total_capped: bool = False


class OwnProductsView(msgspec.Struct, frozen=True):
    """A page of one's own products."""

    products: list[OwnProductView]
    total: int
    limit: int
    offset: int


class FileView(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a product, without its bytes.

    `peaks`: 800 values from 0 to 255 over the whole of it. `preview_url` plays `preview_seconds` from
    `preview_start_seconds`. `failure` says why a file cannot be used, to its seller only.
    """

    id: UUID
    position: int
    title: str
    filename: str
    format: str
    size_bytes: int
    status: FileStatus
    failure: str | None
    duration_seconds: float | None
    loudness_lufs: float | None
    sample_rate_hz: int | None
    channels: int | None
    peaks: list[int] | None
    preview_url: str | None
    preview_start_seconds: float | None
    preview_seconds: float | None
    artist: str
    isrc: str
    bpm: float | None
    musical_key: str
    created_at: datetime


class FilesView(msgspec.Struct, frozen=True):
    """All files of a product, in their order."""

    files: list[FileView]
    total: int
