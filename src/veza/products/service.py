"""Use cases of products: make, show, change, publish, archive, take down.

Files are `contents.py`, lists `catalogue.py`. At the end, the door for the slices above: what is for sale, what a
product is, and how it was rated.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from uuid import UUID

import structlog

from veza.auth.domain import Principal, require_verified_email
from veza.context import Context
from veza.db.pool import Connection, Tx
from veza.files import service as files
from veza.kit.errors import Conflict
from veza.kit.ids import new_id
from veza.kit.page import Page, PageRequest
from veza.kit.text import prefix_query
from veza.products import domain, file_queries, queries
from veza.products.domain import Details, License, Offer, Product, ProductStatus, ProductType
from veza.products.queries import ProductRow

log = structlog.get_logger()


# --- reading ---------------------------------------------------------------------------------------------------


async def get_product(ctx: Context, product_id: UUID, caller: Principal | None) -> Product:
    """A product as the caller may see it: published, or their own, or anything for the staff. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        return await visible(connection, product_id, caller)


async def visible(connection: Connection, product_id: UUID, caller: Principal | None) -> Product:
    """`get_product` on a connection that is open."""
    row = await queries.product.find(connection, product_id)
    if row is None or not _may_see(row, caller):
        raise domain.product_not_found()
    return (await complete(connection, [row]))[0]


async def list_own(
    ctx: Context, seller: Principal, page: PageRequest, *, status: ProductStatus | None, search: str
) -> Page[Product]:
    """The caller's own products in whatever state, the newest first."""
    words = prefix_query(search, domain.SEARCH_WORDS_MAX)
    if words is None and search.strip():
        return Page([], 0, page.limit, page.offset)
    wanted = (seller.user_id, status, words)
    async with ctx.db.connection() as connection:
        rows = await queries.own.list(connection, *wanted, page.limit, page.offset)
        total = await queries.count_own.find(connection, *wanted) or 0
        return Page(await complete(connection, rows), total, page.limit, page.offset)


async def file_counts(ctx: Context, product_ids: Sequence[UUID]) -> dict[UUID, queries.FileCountsRow]:
    """How the files of these products stand; a product without files is left out."""
    async with ctx.db.connection() as connection:
        return {row.product_id: row for row in await queries.file_counts.list(connection, list(product_ids))}


async def complete(connection: Connection, rows: Sequence[ProductRow]) -> list[Product]:
    """Rows with their licences."""
    if not rows:
        return []
    found = await queries.licenses.list(connection, [row.id for row in rows])
    licenses = {key: tuple(map(_license, group)) for key, group in groupby(found, lambda row: row.product_id)}
    return [_product(row, licenses.get(row.id, ())) for row in rows]


def _may_see(row: ProductRow, caller: Principal | None) -> bool:
    if row.status == ProductStatus.PUBLISHED:
        return True
    return caller is not None and (caller.user_id == row.seller_id or caller.role.is_staff)


# --- writing ---------------------------------------------------------------------------------------------------


async def create_product(ctx: Context, seller: Principal, details: Details, offers: Sequence[Offer]) -> Product:
    """Make a draft. Raises `Forbidden`, `Invalid`, `Conflict` (`too_many_products`)."""
    checked = domain.parse_licenses(offers)
    require_verified_email(seller, required=ctx.settings.require_verified_email)
    product_id = new_id()
    async with ctx.db.transaction() as tx:
        await queries.lock_seller.run(tx, str(seller.user_id))
        if (await queries.count_own.find(tx, seller.user_id, None, None) or 0) >= domain.PRODUCTS_PER_SELLER_MAX:
            raise Conflict(
                f"You have {domain.PRODUCTS_PER_SELLER_MAX:,} products, as many as one may.", code="too_many_products"
            )
        await queries.insert_product.run(
            tx,
            product_id,
            seller.user_id,
            seller.username,
            details.type,
            details.title,
            details.description,
            list(details.tags),
            domain.price_of(details.price_cents, checked),
            details.title_key,
            details.search_vector(seller.username),
            len(checked),
        )
        if checked:
            await _put_licenses(tx, product_id, checked)
        log.info("product_created", product_id=str(product_id), seller_id=str(seller.user_id))
        return await _read(tx, product_id)


async def change_product(
    ctx: Context,
    seller: Principal,
    product_id: UUID,
    *,
    title: str | None = None,
    description: str | None = None,
    type: ProductType | None = None,  # noqa: A002
    tags: Sequence[str] | None = None,
    price_cents: int | None = None,
    offers: Sequence[Offer] | None = None,
) -> Product:
    """Change what is not None. Raises `NotFound`, `Forbidden`, `Conflict`, `Invalid`."""
    async with ctx.db.transaction() as tx:
        row = await lock_own(tx, seller, product_id)
        now = (await complete(tx, [row]))[0]
        if type is not None and type is not now.details.type and row.published_at is not None:
            raise domain.type_is_fixed()
        details = domain.parse_details(
            type=type or now.details.type,
            title=now.details.title if title is None else title,
            description=now.details.description if description is None else description,
            tags=now.details.tags if tags is None else tags,
            price_cents=now.details.price_cents if price_cents is None else price_cents,
        )
        offered = now.licenses
        if offers is not None:
            file_ids = frozenset(found.id for found in await file_queries.files.list(tx, product_id))
            known = frozenset(found.id for found in now.licenses)
            offered = domain.parse_licenses(offers, known=known, file_ids=file_ids)
            await _put_licenses(tx, product_id, offered)
        if now.status is ProductStatus.PUBLISHED:
            domain.require_publishable(details.type, await file_queries.count_ready.find(tx, product_id) or 0)
        await _write_details(tx, product_id, row.seller_username, details, offered)
        return await _read(tx, product_id)


async def _put_licenses(tx: Tx, product_id: UUID, offered: Sequence[License]) -> None:
    """Make these the licences of a product. One that is no longer offered stays for those who bought it."""
    await queries.retire_licenses.run(tx, product_id, [found.id for found in offered])
    await queries.put_license.run_many(
        tx,
        [
            (found.id, product_id, place, found.name, found.price_cents, found.exclusive, found.terms,
             list(found.file_ids))
            for place, found in enumerate(offered)
        ],
    )  # fmt: skip


async def _write_details(tx: Tx, product_id: UUID, seller: str, details: Details, licenses: Sequence[License]) -> None:
    heard = await _heard(tx, product_id)
    await queries.update_details.run(
        tx,
        product_id,
        details.type,
        details.title,
        details.description,
        list(details.tags),
        domain.price_of(details.price_cents, licenses),
        details.title_key,
        details.search_vector(seller, heard),
        len(licenses),
    )


async def publish(ctx: Context, seller: Principal, product_id: UUID) -> Product:
    """Put a product on sale; again changes nothing. Raises `NotFound`, `Conflict` (`not_ready`, `taken_down`)."""
    require_verified_email(seller, required=ctx.settings.require_verified_email)
    async with ctx.db.transaction() as tx:
        row = await lock_own(tx, seller, product_id)
        domain.require_publishable(ProductType(row.type), await file_queries.count_ready.find(tx, product_id) or 0)
        if row.status != ProductStatus.PUBLISHED:
            await queries.publish.run(tx, product_id)
            log.info("product_published", product_id=str(product_id), seller_id=str(seller.user_id))
        return await _read(tx, product_id)


async def archive(ctx: Context, seller: Principal, product_id: UUID) -> None:
    """Take a product off sale; who bought it keeps it, and it can be published again. Again changes nothing."""
    async with ctx.db.transaction() as tx:
        row = await lock_own(tx, seller, product_id)
        if row.status != ProductStatus.ARCHIVED:
            await queries.set_status.run(tx, product_id, ProductStatus.ARCHIVED, None, None)
            log.info("product_archived", product_id=str(product_id), seller_id=str(seller.user_id))


async def take_down(ctx: Context, staff: Principal, product_id: UUID, reason: str) -> Product:
    """Hide a product from everybody but its seller and the staff, with its cover and previews. For the staff."""
    checked = domain.parse_reason(reason)
    async with ctx.db.transaction() as tx:
        await _lock(tx, product_id)
        await queries.set_status.run(tx, product_id, ProductStatus.TAKEN_DOWN, checked, staff.user_id)
        await _show_media(tx, product_id, is_public=False)
        log.warning("product_taken_down", product_id=str(product_id), staff_id=str(staff.user_id))
        return await _read(tx, product_id)


async def restore(ctx: Context, staff: Principal, product_id: UUID) -> Product:
    """Give a product that was taken down back to its seller, archived. For the staff. Raises `Conflict`."""
    async with ctx.db.transaction() as tx:
        row = await _lock(tx, product_id)
        if row.status != ProductStatus.TAKEN_DOWN:
            raise Conflict("This product was not taken down.", code="not_taken_down")
        await queries.set_status.run(tx, product_id, ProductStatus.ARCHIVED, None, None)
        await _show_media(tx, product_id, is_public=True)
        log.info("product_restored", product_id=str(product_id), staff_id=str(staff.user_id))
        return await _read(tx, product_id)


async def _show_media(tx: Tx, product_id: UUID, *, is_public: bool) -> None:
    shown = [row.id for row in await queries.public_objects.list(tx, product_id)]
    await files.set_public(tx, shown, is_public=is_public)


async def _lock(tx: Tx, product_id: UUID) -> ProductRow:
    row = await queries.lock_product.find(tx, product_id)
    if row is None:
        raise domain.product_not_found()
    return row


async def lock_own(tx: Tx, seller: Principal, product_id: UUID) -> ProductRow:
    """The caller's product, held until the end of `tx`. Raises `NotFound`, `Forbidden`, `Conflict` (`taken_down`)."""
    row = await _lock(tx, product_id)
    domain.require_seller(row.seller_id, seller.user_id, ProductStatus(row.status))
    domain.require_changeable(ProductStatus(row.status))
    return row


async def files_changed(tx: Tx, product_id: UUID) -> None:
    """Bring what a product shows of its files up to date: length, preview, and what it is found by."""
    await queries.sum_up_audio.run(tx, product_id)
    row = await _lock(tx, product_id)
    details = _details(row)
    vector = details.search_vector(row.seller_username, await _heard(tx, product_id))
    await queries.set_search.run(tx, product_id, vector)


async def _heard(tx: Tx, product_id: UUID) -> list[str]:
    rows = await queries.heard.list(tx, product_id)
    return [text for row in rows for text in (row.title, row.artist) if text]


async def _read(connection: Connection, product_id: UUID) -> Product:
    row = await queries.product.find(connection, product_id)
    if row is None:
        raise domain.product_not_found()
    return (await complete(connection, [row]))[0]


# --- the end of a seller ---------------------------------------------------------------------------------------


async def lock_some_of(tx: Tx, seller_id: UUID, name: str, limit: int) -> list[UUID]:
    """So many of a deleted seller's products that still bear the old name, held against everybody until `tx` ends."""
    return [row.id for row in await queries.lock_some_of.list(tx, seller_id, name, limit) if row.id is not None]


async def retire(tx: Tx, product_ids: Sequence[UUID], name: str) -> None:
    """What somebody bought of a deleted seller stays with its buyers: off sale, and under the seller's new name."""
    for product_id in product_ids:
        row = await _lock(tx, product_id)
        vector = _details(row).search_vector(name, await _heard(tx, product_id))
        await queries.retire.run(tx, product_id, name, vector)


async def remove(tx: Tx, product_ids: Sequence[UUID]) -> None:
    """What nobody ever had of a deleted seller is gone, with its files."""
    objects = [row.id for row in await queries.all_objects.list(tx, list(product_ids))]
    for statement in (queries.remove_files, queries.remove_licenses, queries.remove_products):
        await statement.run(tx, list(product_ids))
    await files.discard(tx, objects)


# --- the door --------------------------------------------------------------------------------------------------


async def products_among(connection: Connection, product_ids: Iterable[UUID]) -> dict[UUID, Product]:
    """These products in whatever state, with the licences that are offered."""
    rows = await queries.products.list(connection, list(set(product_ids)))
    return {found.id: found for found in await complete(connection, rows)}


async def licenses_among(connection: Connection, license_ids: Iterable[UUID]) -> dict[UUID, License]:
    """These licences, also those that are no longer offered."""
    rows = await queries.licenses_by_id.list(connection, list(set(license_ids)))
    return {row.id: _license(row) for row in rows}


async def sell_exclusive(tx: Tx, product_id: UUID, license_id: UUID) -> None:
    """An exclusive licence is sold: it is offered no more, and a product that offered nothing else is off sale."""
    row = await _lock(tx, product_id)
    left = [found for found in (await complete(tx, [row]))[0].licenses if found.id != license_id]
    await queries.retire_licenses.run(tx, product_id, [found.id for found in left])
    await queries.set_offer.run(tx, product_id, domain.price_of(row.price_cents, left), len(left))
    if not left and row.status == ProductStatus.PUBLISHED:
        await queries.set_status.run(tx, product_id, ProductStatus.ARCHIVED, None, None)


async def count_rating(tx: Tx, product_id: UUID, *, removed: int | None = None, added: int | None = None) -> None:
    """Keep a product's ratings in step with its reviews, in their transaction."""
    await queries.count_rating.run(tx, product_id, removed or 0, added or 0)


def _details(row: ProductRow) -> Details:
    return Details(ProductType(row.type), row.title, row.description, tuple(row.tags), row.price_cents)


def _license(row: queries.LicenseRow) -> License:
    return License(row.id, row.name, row.price_cents, row.exclusive, row.terms, tuple(row.file_ids))


def _product(row: ProductRow, licenses: tuple[License, ...]) -> Product:
    return Product(
        id=row.id,
        seller_id=row.seller_id,
        seller_username=row.seller_username,
        details=_details(row),
        status=ProductStatus(row.status),
        cover_id=row.cover_id,
        cover_small_id=row.cover_small_id,
        preview_id=row.preview_id,
        duration_ms=row.duration_ms,
        licenses=licenses,
        rating_average=row.rating_average,
        rating_counts=tuple(row.rating_counts),
        created_at=row.created_at,
        updated_at=row.updated_at,
        published_at=row.published_at,
        takedown_reason=row.takedown_reason,
    )
