"""What a review may say, and who may write one: a buyer, once for each product, never its seller. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veza.kit.errors import Conflict, FieldProblem, Forbidden, Invalid, NotFound
from veza.kit.fields import clean_prose
from veza.kit.text import holds_controls

COMMENT_MAX = 2_000
REVIEWS_PER_HOUR = 60


@dataclass(frozen=True, slots=True)
class Review:
    """A review of a product."""

    id: UUID
    product_id: UUID
    buyer_id: UUID
    buyer_username: str
    order_id: UUID
    rating: int
    comment: str
    created_at: datetime
    updated_at: datetime


def parse_comment(comment: str) -> str:
    """Trimmed and checked. Raises `Invalid`."""
    comment = clean_prose(comment)
    if not 1 <= len(comment) <= COMMENT_MAX or holds_controls(comment, besides="\n\t"):
        problem = FieldProblem("comment", f"must be 1 to {COMMENT_MAX:,} printable characters")
        raise Invalid("Some fields are not right.", problem)
    return comment


def require_other(seller_id: UUID, caller_id: UUID) -> None:
    """Raise `Forbidden` (`own_product`) for who sells it."""
    if seller_id == caller_id:
        raise Forbidden("You cannot review what you sell.", code="own_product")


def purchase_required() -> Forbidden:
    return Forbidden("Only who bought this can review it.", code="purchase_required")


def already_reviewed() -> Conflict:
    return Conflict("You have reviewed this already. Change that review instead.", code="already_reviewed")


def review_not_found() -> NotFound:
    return NotFound("There is no such review.")


def not_the_author() -> Forbidden:
    return Forbidden("Only its author may change a review.")
