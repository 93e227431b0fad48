"""Use cases of reviews. A product's ratings are counted in the transaction that changes a review, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from veza.auth.domain import Principal
from veza.auth.service import usernames
from veza.context import Context
from veza.db.pool import Connection, Tx
from veza.entitlements.service import hold_purchase, owned_of_product
from veza.http.rate_limit import RateLimits, Rule
from veza.kit.ids import new_id
from veza.kit.page import Page, PageRequest
from veza.products.domain import Product, product_not_found
from veza.products.service import count_rating, products_among, visible
from veza.reviews import domain, queries
from veza.reviews.domain import Review

log = structlog.get_logger()

REVIEW_RULE = Rule("review", domain.REVIEWS_PER_HOUR, 3600)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands with a product."""

    is_seller: bool
    is_owned: bool
    license_ids: tuple[UUID, ...]
    can_review: bool
    review: Review | None


async def list_reviews(
    ctx: Context, product_id: UUID, caller: Principal | None, page: PageRequest
) -> tuple[Page[Review], Product]:
    """The reviews of a product that the caller may see, the newest first, and its ratings. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        product = await visible(connection, product_id, caller)
        rows = await queries.listed.list(connection, product_id, page.limit, page.offset)
        reviews = await _complete(connection, rows)
        return Page(reviews, sum(product.rating_counts), page.limit, page.offset), product


async def get_standing(ctx: Context, caller: Principal, product_id: UUID) -> Standing:
    """What the product's page offers the caller. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        held = await owned_of_product(connection, caller.user_id, product_id)
        product = await _known(connection, product_id, caller, is_owned=bool(held))
        row = await queries.of_buyer.find(connection, product_id, caller.user_id)
        review = (await _complete(connection, [row]))[0] if row else None
    is_seller = product.seller_id == caller.user_id
    bought = any(found.order_id for found in held)
    return Standing(
        is_seller=is_seller,
        is_owned=bool(held),
        license_ids=tuple(found.license_id for found in held if found.license_id),
        can_review=bought and not is_seller and review is None,
        review=review,
    )


async def write_review(ctx: Context, buyer: Principal, product_id: UUID, rating: int, comment: str) -> Review:
    """Review a product that the caller bought.

    Raises `NotFound`, `Forbidden` (`own_product`, `purchase_required`), `Conflict` (`already_reviewed`), `TooMany`.
    """
    checked = domain.parse_comment(comment)
    await RateLimits(ctx.db).hit(REVIEW_RULE, str(buyer.user_id))
    async with ctx.db.transaction() as tx:
        purchase = await hold_purchase(tx, buyer.user_id, product_id)
        is_owned = purchase is not None or bool(await owned_of_product(tx, buyer.user_id, product_id))
        product = await _known(tx, product_id, buyer, is_owned=is_owned)
        domain.require_other(product.seller_id, buyer.user_id)
        if purchase is None or purchase.order_id is None:
            raise domain.purchase_required()
        row = await queries.insert.find(tx, new_id(), product_id, buyer.user_id, purchase.order_id, rating, checked)
        if row is None:
            raise domain.already_reviewed()
        await count_rating(tx, product_id, added=rating)
        log.info("review_written", product_id=str(product_id), buyer_id=str(buyer.user_id))
        return (await _complete(tx, [row]))[0]


async def change_review(
    ctx: Context,
    author: Principal,
    product_id: UUID,
    review_id: UUID,
    *,
    rating: int | None = None,
    comment: str | None = None,
) -> Review:
    """Change what is not None. Raises `NotFound`, `Forbidden`, `Invalid`."""
    checked = None if comment is None else domain.parse_comment(comment)
    async with ctx.db.transaction() as tx:
        row = await _lock_own(tx, author, product_id, review_id)
        new_rating = row.rating if rating is None else rating
        if new_rating != row.rating:
            await count_rating(tx, product_id, removed=row.rating, added=new_rating)
        changed = await queries.change.find(tx, review_id, new_rating, row.comment if checked is None else checked)
        assert changed is not None
        return (await _complete(tx, [changed]))[0]


async def delete_review(ctx: Context, author: Principal, product_id: UUID, review_id: UUID) -> None:
    """Take a review away; its author or the staff may. Raises `NotFound`, `Forbidden`."""
    async with ctx.db.transaction() as tx:
        row = await _lock_own(tx, author, product_id, review_id, or_staff=True)
        await queries.delete.run(tx, review_id)
        await count_rating(tx, product_id, removed=row.rating)
    log.info("review_deleted", review_id=str(review_id), by=str(author.user_id))


async def _lock_own(
    tx: Tx, caller: Principal, product_id: UUID, review_id: UUID, *, or_staff: bool = False
) -> queries.ReviewRow:
    row = await queries.lock_review.find(tx, review_id, product_id)
    if row is None:
        raise domain.review_not_found()
    if row.buyer_id != caller.user_id and not (or_staff and caller.role.is_staff):
        raise domain.not_the_author()
    return row


async def _known(connection: Connection, product_id: UUID, caller: Principal, *, is_owned: bool) -> Product:
    """A product that the caller may see, or owns although it is off sale. Raises `NotFound`."""
    if is_owned:
        product = (await products_among(connection, [product_id])).get(product_id)
        if product is None:
            raise product_not_found()
        return product
    return await visible(connection, product_id, caller)


async def _complete(connection: Connection, rows: Sequence[queries.ReviewRow]) -> list[Review]:
    if not rows:
        return []
    names = await usernames(connection, {row.buyer_id for row in rows})
    return [
        Review(
            row.id,
            row.product_id,
            row.buyer_id,
            names[row.buyer_id],
            row.order_id,
            row.rating,
            row.comment,
            row.created_at,
            row.updated_at,
        )
        for row in rows
    ]
