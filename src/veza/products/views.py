"""Products and files as they are answered. No decision here: only which field stands where."""

import msgspec

from veza.files.domain import MEDIA_PATH, media_url
from veza.products.domain import License, Product, ProductFile, ProductStatus
from veza.products.list_queries import ListedRow
from veza.products.queries import FileCountsRow
from veza.products.schemas import FileView, LicenseView, OwnProductView, ProductView, SellerView

NO_LICENSES: list[LicenseView] = []
_PUBLISHED = ProductStatus.PUBLISHED


def product_view(product: Product, currency: str) -> ProductView:
    """A product, for anybody who may see it."""
    return ProductView(
        id=product.id,
        seller=SellerView(product.seller_id, product.seller_username),
        title=product.details.title,
        description=product.details.description,
        type=product.details.type,
        price_cents=product.details.price_cents,
        currency=currency,
        status=product.status,
        tags=list(product.details.tags),
        cover_url=media_url(product.cover_id),
        cover_small_url=media_url(product.cover_small_id),
        preview_url=media_url(product.preview_id),
        duration_seconds=_seconds(product.duration_ms),
        licenses=[license_view(found) for found in product.licenses],
        rating_average=product.rating_average,
        rating_count=sum(product.rating_counts),
        created_at=product.created_at,
        updated_at=product.updated_at,
        published_at=product.published_at,
        takedown_reason=product.takedown_reason,
    )


def own_product_view(product: Product, currency: str, counts: FileCountsRow | None) -> OwnProductView:
    """A product, for its seller."""
    shown = product_view(product, currency)
    fields = {name: getattr(shown, name) for name in ProductView.__struct_fields__}
    return OwnProductView(
        **fields,
        files_ready=counts.ready if counts else 0,
        files_processing=counts.processing if counts else 0,
        files_failed=counts.failed if counts else 0,
    )


def listed_view(row: ListedRow, currency: str) -> ProductView:
    """A row of the public list. Its licences are JSON already, and go out as they are.

    By position and with the helpers written out, since each page does it twenty times: a test compares it, field by
    field, with `product_view`.
    """
    cover, small, preview, duration_ms = row.cover_id, row.cover_small_id, row.preview_id, row.duration_ms
    return ProductView(
        row.id,
        SellerView(row.seller_id, row.seller_username),
        row.title,
        row.description,
        row.type,  # type: ignore[arg-type]  # the column's check knows the same words
        row.price_cents,
        currency,
        _PUBLISHED,
        row.tags,
        None if cover is None else f"{MEDIA_PATH}{cover}",
        None if small is None else f"{MEDIA_PATH}{small}",
        None if preview is None else f"{MEDIA_PATH}{preview}",
        None if duration_ms is None else duration_ms / 1000,
        msgspec.Raw(row.licenses) if row.licenses else NO_LICENSES,  # type: ignore[arg-type]
        row.rating_average,
        row.rating_count,
        row.created_at,
        row.updated_at,
        row.published_at,
        None,
    )


def license_view(found: License) -> LicenseView:
    """A tier of a product."""
    return LicenseView(found.id, found.name, found.price_cents, found.exclusive, found.terms, list(found.file_ids))


def file_view(file: ProductFile, *, is_own: bool) -> FileView:
    """A file; why it failed is its seller's business."""
    return FileView(
        id=file.id,
        position=file.position,
        title=file.title,
        filename=file.filename,
        format=file.format,
        size_bytes=file.size_bytes,
        status=file.status,
        failure=file.failure if is_own else None,
        duration_seconds=_seconds(file.duration_ms),
        loudness_lufs=file.loudness_lufs,
        sample_rate_hz=file.sample_rate_hz,
        channels=file.channels,
        peaks=None if file.peaks is None else list(file.peaks),
        preview_url=media_url(file.preview_id),
        preview_start_seconds=_seconds(file.preview_start_ms),
        preview_seconds=_seconds(file.preview_ms),
        artist=file.artist,
        isrc=file.isrc,
        bpm=file.bpm,
        musical_key=file.musical_key,
        created_at=file.created_at,
    )


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
