"""Bodies of the routes of reviews."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from veza.http.envelope import Body
from veza.reviews.domain import COMMENT_MAX

Rating = Annotated[int, msgspec.Meta(ge=1, le=5)]
Comment = Annotated[str, msgspec.Meta(min_length=1, max_length=COMMENT_MAX, pattern=r"\S")]


class NewReview(Body, frozen=True, kw_only=True):
    """Body of POST …/reviews."""

    rating: Rating
    comment: Comment


class ReviewChanges(Body, frozen=True, kw_only=True):
    """Body of PUT …/reviews/:review_id: only what is sent changes."""

    rating: Rating | msgspec.UnsetType = msgspec.UNSET
    comment: Comment | msgspec.UnsetType = msgspec.UNSET


class BuyerView(msgspec.Struct, frozen=True):
    """Who wrote it."""

    id: UUID
    username: str


class ReviewView(msgspec.Struct, frozen=True):
    """A review (api.md, reviews)."""

    id: UUID
    product_id: UUID
    buyer_id: UUID
    buyer: BuyerView
    order_id: UUID
    rating: int
    comment: str
    created_at: datetime
    updated_at: datetime


class ReviewsView(msgspec.Struct, frozen=True):
    """A page of the reviews, the newest first. `histogram`: how many gave each of "1" to "5"."""

    reviews: list[ReviewView]
    total: int
    rating_average: float | None
    histogram: dict[str, int]
    limit: int
    offset: int


class StandingView(msgspec.Struct, frozen=True):
    """Where the caller stands with a product: what its page offers them. `owned_license_ids`: with which licences."""

    is_seller: bool
    is_owned: bool
    owned_license_ids: list[UUID]
    can_review: bool
    review: ReviewView | None
