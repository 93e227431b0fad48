"""SQL of reviews."""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Command, Query


class ReviewRow(msgspec.Struct, frozen=True):
    """A review as it is stored."""

    id: UUID
    product_id: UUID
    buyer_id: UUID
    order_id: UUID
    rating: int
    comment: str
    created_at: datetime
    updated_at: datetime


listed = Query(
    ReviewRow,
    """
    select id, product_id, buyer_id, order_id, rating, comment, created_at, updated_at from reviews
    where product_id = $1 order by created_at desc, id desc limit $2 offset $3
    """,
)
of_buyer = Query(
    ReviewRow,
    """
    select id, product_id, buyer_id, order_id, rating, comment, created_at, updated_at from reviews
    where product_id = $1 and buyer_id = $2
    """,
)
lock_review = Query(
    ReviewRow,
    """
    select id, product_id, buyer_id, order_id, rating, comment, created_at, updated_at from reviews
    where id = $1 and product_id = $2 for update
    """,
)
insert = Query(
    ReviewRow,
    """
    insert into reviews (id, product_id, buyer_id, order_id, rating, comment) values ($1, $2, $3, $4, $5, $6)
    on conflict (product_id, buyer_id) do nothing
    returning id, product_id, buyer_id, order_id, rating, comment, created_at, updated_at
    """,
)
change = Query(
    ReviewRow,
    """
    update reviews set rating = $2, comment = $3, updated_at = now() where id = $1
    returning id, product_id, buyer_id, order_id, rating, comment, created_at, updated_at
    """,
)
delete = Command("delete from reviews where id = $1")
