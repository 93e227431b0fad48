"""Routes of reviews (api.md, reviews)."""

from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from veza.auth.domain import Principal
from veza.auth.guard import optional_user, signed_in
from veza.context import Context
from veza.http.envelope import Limit, Nothing, Offset, Ok, nothing, ok
from veza.http.errors import documented
from veza.kit.page import PageRequest
from veza.reviews import service
from veza.reviews.domain import Review
from veza.reviews.schemas import BuyerView, NewReview, ReviewChanges, ReviewsView, ReviewView, StandingView

TAGS = ["Reviews"]


@get(
    "/marketplace/products/{product_id:uuid}/reviews",
    operation_id="listReviews",
    summary="List the reviews of a product",
    description="The newest first, with the average and how many gave each rating.",
    tags=TAGS,
    responses=documented(404),
    **optional_user,
)
async def list_reviews(
    ctx: NamedDependency[Context],
    caller: NamedDependency[Principal | None],
    product_id: FromPath[UUID],
    limit: FromQuery[Limit] = 20,
    offset: FromQuery[Offset] = 0,
) -> Ok[ReviewsView]:
    """A page of reviews."""
    page, product = await service.list_reviews(ctx, product_id, caller, PageRequest(limit, offset))
    histogram = {str(rating): count for rating, count in enumerate(product.rating_counts, start=1)}
    views = [_view(review) for review in page.items]
    return ok(ReviewsView(views, page.total, product.rating_average, histogram, limit, offset))


@post(
    "/marketplace/products/{product_id:uuid}/reviews",
    operation_id="createReview",
    summary="Review a product",
    description="Only who bought it (403 `purchase_required`), once (409 `already_reviewed`), never its seller.",
    tags=TAGS,
    status_code=201,
    responses=documented(401, 403, 404, 409, 429),
    **signed_in,
)
async def create_review(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    product_id: FromPath[UUID],
    data: JSONBody[NewReview],
) -> Ok[ReviewView]:
    """Write a review."""
    return ok(_view(await service.write_review(ctx, principal, product_id, data.rating, data.comment)))


@put(
    "/marketplace/products/{product_id:uuid}/reviews/{review_id:uuid}",
    operation_id="updateReview",
    summary="Change your review",
    tags=TAGS,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def update_review(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    product_id: FromPath[UUID],
    review_id: FromPath[UUID],
    data: JSONBody[ReviewChanges],
) -> Ok[ReviewView]:
    """Change what was sent."""
    review = await service.change_review(
        ctx,
        principal,
        product_id,
        review_id,
        rating=None if data.rating is msgspec.UNSET else data.rating,
        comment=None if data.comment is msgspec.UNSET else data.comment,
    )
    return ok(_view(review))


@delete(
    "/marketplace/products/{product_id:uuid}/reviews/{review_id:uuid}",
    operation_id="deleteReview",
    summary="Delete your review",
    description="The staff may delete any.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def delete_review(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    product_id: FromPath[UUID],
    review_id: FromPath[UUID],
) -> Ok[Nothing]:
    """Take it away."""
    await service.delete_review(ctx, principal, product_id, review_id)
    return nothing()


@get(
    "/marketplace/products/{product_id:uuid}/standing",
    operation_id="getStanding",
    summary="Where you stand with a product",
    description="Whether you sell it, own it, or may review it; and your review.",
    tags=TAGS,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def get_standing(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], product_id: FromPath[UUID]
) -> Ok[StandingView]:
    """For the product's page."""
    found = await service.get_standing(ctx, principal, product_id)
    review = None if found.review is None else _view(found.review)
    return ok(StandingView(found.is_seller, found.is_owned, list(found.license_ids), found.can_review, review))


def _view(review: Review) -> ReviewView:
    return ReviewView(
        review.id,
        review.product_id,
        review.buyer_id,
        BuyerView(review.buyer_id, review.buyer_username),
        review.order_id,
        review.rating,
        review.comment,
        review.created_at,
        review.updated_at,
    )


routes: list[BaseRouteHandler] = [list_reviews, create_review, update_review, delete_review, get_standing]
