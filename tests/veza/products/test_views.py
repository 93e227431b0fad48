"""A row of the public list and the product itself become the same answer, field by field."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from veza.products.domain import Details, License, Product, ProductStatus, ProductType
from veza.products.list_queries import ListedRow
from veza.products.views import listed_view, product_view

MADE, CHANGED, SHOWN = (datetime(2026, month, 2, 3, 4, 5, 678, tzinfo=UTC) for month in (1, 2, 3))
TIER = License(UUID(int=7), "Lease", 999, exclusive=False, terms="Credit me.", file_ids=(UUID(int=8),))
FULL: dict[str, Any] = {
    "cover_id": UUID(int=3),
    "cover_small_id": UUID(int=4),
    "preview_id": UUID(int=5),
    "duration_ms": 61_500,
    "rating_average": 4.5,
}


@pytest.mark.parametrize("known", [FULL, dict.fromkeys(FULL)], ids=["everything", "as little as there can be"])
def test_a_listed_row_is_shown_as_its_product(known: dict[str, Any]) -> None:
    tiers = (TIER,) if known["cover_id"] else ()
    product = Product(
        id=UUID(int=1),
        seller_id=UUID(int=2),
        seller_username="ada",
        details=Details(ProductType.BEAT, "Title", "Text", ("one", "two"), 999),
        status=ProductStatus.PUBLISHED,
        licenses=tiers,
        rating_counts=(0, 0, 0, 1, 1) if known["rating_average"] else (0, 0, 0, 0, 0),
        created_at=MADE,
        updated_at=CHANGED,
        published_at=SHOWN,
        takedown_reason=None,
        **known,
    )
    row = ListedRow(
        id=product.id,
        seller_id=product.seller_id,
        seller_username="ada",
        title="Title",
        description="Text",
        type="beat",
        price_cents=999,
        tags=["one", "two"],
        licenses=msgspec.json.encode([TIER]).decode() if tiers else None,
        rating_count=sum(product.rating_counts),
        created_at=MADE,
        updated_at=CHANGED,
        published_at=SHOWN,
        sort_key=SHOWN,
        total=1,
        **known,
    )
    shown, listed = (msgspec.json.encode(found) for found in (product_view(product, "EUR"), listed_view(row, "EUR")))
    assert msgspec.json.decode(listed) == msgspec.json.decode(shown)
