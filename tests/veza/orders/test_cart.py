"""What can be bought, what it costs, and whose each cent is."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from veza.kit.errors import Conflict, Forbidden, Invalid, VezaError
from veza.kit.ids import new_id
from veza.orders import cart
from veza.orders.cart import Problem
from veza.orders.domain import CartItem, Line
from veza.products.domain import Details, License, Product, ProductStatus, ProductType

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
SELLERS = [UUID(int=number) for number in range(1, 5)]


def line(seller: UUID, total_cents: int) -> Line:
    return Line(new_id(), new_id(), None, seller, "Night", "track", None, False, None, 1, total_cents, total_cents)


@given(
    st.lists(st.tuples(st.sampled_from(SELLERS), st.integers(0, 200_000)), min_size=1, max_size=30),
    st.integers(0, 9_999),
)
def test_fees_are_of_each_sellers_sum_and_every_cent_has_an_owner(sold: list[tuple[UUID, int]], rate: int) -> None:
    lines = cart.with_fees([line(*one) for one in sold], rate)
    for seller in {one[0] for one in sold}:
        own = [found for found in lines if found.seller_id == seller]
        gross = sum(found.total_cents for found in own)
        assert sum(found.fee_cents for found in own) == (gross * rate + 5_000) // 10_000
        assert all(0 <= found.fee_cents <= found.total_cents for found in own)
    shares = cart.shares_of(lines)
    assert sum(share.net_cents + share.fee_cents for share in shares) == sum(found.total_cents for found in lines)


def test_who_is_owed_nothing_has_no_share() -> None:
    assert cart.shares_of([line(SELLERS[0], 0)]) == ()


def product(**changes: object) -> Product:
    values = {
        "id": UUID(int=9),
        "seller_id": SELLERS[0],
        "seller_username": "ada",
        "details": Details(ProductType.TRACK, "Night", "", (), 499),
        "status": ProductStatus.PUBLISHED,
        "cover_id": None,
        "cover_small_id": None,
        "preview_id": None,
        "duration_ms": None,
        "licenses": (),
        "rating_average": None,
        "rating_counts": (0, 0, 0, 0, 0),
        "created_at": NOON,
        "updated_at": NOON,
        "published_at": NOON,
        "takedown_reason": None,
    }
    return Product(**{**values, **changes})  # type: ignore[arg-type]


LICENSE = License(UUID(int=5), "Lease", 900, False, "Keep the credit.", ())
SERVICE = Details(ProductType.SERVICE, "Mixing", "", (), 9_000)


@pytest.mark.parametrize(
    ("found", "item", "owned", "taken", "code"),
    [
        (product(), {}, [], False, None),
        (None, {}, [], False, "unavailable"),
        (product(status=ProductStatus.DRAFT), {}, [], False, "unavailable"),
        (product(status=ProductStatus.ARCHIVED), {}, [], False, "unavailable"),
        (product(seller_id=SELLERS[1]), {}, [], False, "own_product"),
        (product(licenses=(LICENSE,)), {}, [], False, "license_required"),
        (product(licenses=(LICENSE,)), {"license_id": LICENSE.id}, [], False, None),
        (product(licenses=(LICENSE,)), {"license_id": UUID(int=6)}, [], False, "unavailable"),
        (product(), {"license_id": LICENSE.id}, [], False, "unavailable"),
        (product(), {"quantity": 2}, [], False, "quantity"),
        (product(details=SERVICE), {"quantity": 2}, [], False, None),
        (product(details=SERVICE), {}, [None], False, None),
        (product(), {}, [None], False, "already_owned"),
        (product(licenses=(LICENSE,)), {"license_id": LICENSE.id}, [None], False, None),
        (product(licenses=(LICENSE,)), {"license_id": LICENSE.id}, [], True, "sold_out"),
    ],
)
def test_what_stands_in_the_way_of_an_item(
    found: Product | None, item: dict[str, object], owned: list[UUID | None], taken: bool, code: str | None
) -> None:
    asked = CartItem(**{"product_id": UUID(int=9), "quantity": 1, **item})  # type: ignore[arg-type]
    problem = cart.find_problem(3, asked, found, SELLERS[1], owned=owned, taken=taken)
    assert (None if problem is None else problem.code) == code


def test_a_line_is_what_the_licence_costs_now() -> None:
    item = CartItem(UUID(int=9), 1, LICENSE.id)
    drafted = cart.draft_line(item, product(licenses=(LICENSE,)))
    assert (drafted.unit_price_cents, drafted.license_name, drafted.license_terms) == (900, "Lease", "Keep the credit.")
    drafted = cart.draft_line(CartItem(UUID(int=9), 3), product(details=SERVICE))
    assert (drafted.unit_price_cents, drafted.total_cents, drafted.license_name) == (9_000, 27_000, None)


@pytest.mark.parametrize(
    ("codes", "kind", "code"),
    [
        (["own_product", "sold_out"], Forbidden, "own_product"),
        (["sold_out", "already_owned"], Conflict, "sold_out"),
        (["already_owned"], Conflict, "already_owned"),
        (["unavailable", "sold_out"], Invalid, "validation_error"),
    ],
)
def test_the_gravest_problem_decides_the_error(codes: list[str], kind: type[VezaError], code: str) -> None:
    error = cart.refuse([Problem(index, found, "no") for index, found in enumerate(codes)])
    assert isinstance(error, kind)
    assert error.code == code


def test_a_cart_is_bounded_and_holds_nothing_twice() -> None:
    item = CartItem(UUID(int=9), 1)
    for wrong in ([], [item] * 51, [item, item], [CartItem(UUID(int=9), 0)], [CartItem(UUID(int=9), 100)]):
        with pytest.raises(Invalid):
            cart.parse_cart(wrong)
    assert cart.parse_cart([item, CartItem(UUID(int=9), 1, LICENSE.id)])
