"""From a cart to the lines of an order: what can be bought now, what it costs, and whose each cent will be. Pure.

Prices are the product's, never the buyer's. A fee is of each seller's sum, and its parts add up to it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from veza.kit.errors import Conflict, FieldProblem, Forbidden, Invalid
from veza.kit.ids import new_id
from veza.kit.money import fee_of, split_by_largest_remainder
from veza.orders.domain import CartItem, Line, Share
from veza.products.domain import License, Product, ProductStatus

ITEMS_MAX = 50
QUANTITY_MAX = 99
TOTAL_MAX_CENTS = 10_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an item cannot be bought now. `index`: its place in the cart."""

    index: int
    code: str
    message: str


def find_problem(
    index: int, item: CartItem, product: Product | None, buyer_id: UUID, *, owned: Iterable[UUID | None], taken: bool
) -> Problem | None:
    """Why this item cannot be bought, or None.

    Args:
        index: its place in the cart.
        item: what is asked for.
        product: what there is; None when there is none.
        buyer_id: who asks.
        owned: with which licences (None: without) the buyer owns the product.
        taken: the licence is exclusive, and held or sold.
    """
    found = None
    if product is not None and product.seller_id == buyer_id:
        found = "own_product"
    elif taken:
        found = "sold_out"
    elif product is None or product.status is not ProductStatus.PUBLISHED:
        found = "unavailable"
    elif item.license_id is None and product.licenses:
        found = "license_required"
    elif item.license_id is not None and find_license(product, item.license_id) is None:
        found = "unavailable"
    elif item.quantity > 1 and product.details.type.is_digital:
        found = "quantity"
    elif product.details.type.is_digital and item.license_id in set(owned):
        found = "already_owned"
    return None if found is None else Problem(index, found, _SENTENCES[found])


_SENTENCES = {
    "own_product": "This is your own product.",
    "sold_out": "This exclusive licence is sold.",
    "unavailable": "This is not on sale.",
    "license_required": "Choose one of its licences.",
    "quantity": "One of it is all that one needs: the quantity must be 1.",
    "already_owned": "You own this already.",
}


def find_license(product: Product, license_id: UUID | None) -> License | None:
    """The licence of this id that the product offers."""
    return next((found for found in product.licenses if found.id == license_id), None)


def draft_line(item: CartItem, product: Product) -> Line:
    """The line of an item that has no problem: title, price, seller and terms as they are now."""
    chosen = find_license(product, item.license_id)
    unit_price_cents = product.details.price_cents if chosen is None else chosen.price_cents
    return Line(
        id=new_id(),
        product_id=product.id,
        license_id=item.license_id,
        seller_id=product.seller_id,
        title=product.details.title,
        product_type=product.details.type,
        license_name=None if chosen is None else chosen.name,
        license_exclusive=chosen is not None and chosen.exclusive,
        license_terms=None if chosen is None else chosen.terms,
        quantity=item.quantity,
        unit_price_cents=unit_price_cents,
        total_cents=unit_price_cents * item.quantity,
    )


def with_fees(lines: Sequence[Line], rate_bps: int) -> tuple[Line, ...]:
    """Lines with the platform's share: of each seller's sum, half up, split over their lines by largest remainder."""
    fees: dict[UUID, int] = {}
    for seller_id in dict.fromkeys(line.seller_id for line in lines):
        own = [line for line in lines if line.seller_id == seller_id]
        totals = [line.total_cents for line in own]
        parts = split_by_largest_remainder(fee_of(sum(totals), rate_bps), totals)
        fees.update({line.id: part for line, part in zip(own, parts, strict=True)})
    return tuple(replace(line, fee_cents=fees[line.id]) for line in lines)


def shares_of(lines: Iterable[Line]) -> tuple[Share, ...]:
    """What is each seller's, in the order of the lines; who is owed nothing is left out."""
    gross: dict[UUID, int] = {}
    fees: dict[UUID, int] = {}
    for line in lines:
        gross[line.seller_id] = gross.get(line.seller_id, 0) + line.total_cents
        fees[line.seller_id] = fees.get(line.seller_id, 0) + line.fee_cents
    return tuple(Share(seller_id, gross[seller_id], fees[seller_id]) for seller_id in gross if gross[seller_id])


def require_total(total_cents: int) -> None:
    """Raise `Invalid` for a sum that no provider takes. Nothing at all is fine: it is free."""
    if total_cents > TOTAL_MAX_CENTS:
        raise Invalid("This cart is worth too much for one order.", FieldProblem("items", "buy them in several orders"))


def parse_cart(items: Sequence[CartItem]) -> tuple[CartItem, ...]:
    """The items, checked for what no look at the database is needed. Raises `Invalid`."""
    problems: list[FieldProblem] = []
    if not 1 <= len(items) <= ITEMS_MAX:
        problems.append(FieldProblem("items", f"must hold 1 to {ITEMS_MAX} items"))
    seen: set[tuple[UUID, UUID | None]] = set()
    for index, item in enumerate(items[:ITEMS_MAX]):
        if not 1 <= item.quantity <= QUANTITY_MAX:
            problems.append(FieldProblem(f"items.{index}.quantity", f"must be between 1 and {QUANTITY_MAX}"))
        if (item.product_id, item.license_id) in seen:
            problems.append(FieldProblem(f"items.{index}", "stands in the cart twice: raise its quantity instead"))
        seen.add((item.product_id, item.license_id))
    if problems:
        raise Invalid("Some items cannot be ordered.", *problems)
    return tuple(items)


def refuse(problems: Sequence[Problem]) -> Exception:
    """The error of what stands in the way: the gravest kind decides, and every item is named."""
    by_code = {problem.code: problem for problem in problems}
    if "own_product" in by_code:
        return Forbidden("You cannot buy what you sell.", code="own_product")
    fields = [FieldProblem(f"items.{problem.index}", problem.message) for problem in problems]
    if any(problem.code in {"unavailable", "license_required", "quantity"} for problem in problems):
        return Invalid("Some items cannot be ordered.", *fields)
    if "sold_out" in by_code:
        return Conflict("An exclusive licence in your cart is sold.", code="sold_out")
    return Conflict("You own something in your cart already.", code="already_owned")
