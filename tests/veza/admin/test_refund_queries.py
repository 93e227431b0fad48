"""What was changed behind the back of refunds is found, by its code; what was not is no difference."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.factories.api import join
from tests.factories.market import Market, open_market
from tests.factories.refunds import refund_of, refunded, require_right

from veza.admin.money_check import check_money
from veza.context import Context


@pytest.fixture
async def market(ctx: Context, tmp_path: Path) -> AsyncIterator[Market]:
    async with open_market(ctx, tmp_path) as found:
        yield found


@pytest.fixture
async def order(market: Market) -> Any:
    """A service of 29.99, of which 10.00 were given back."""
    seller, buyer = await market.seller("ada"), await join(market.client, "bob")
    order = await market.buy(buyer, (await market.service(seller))["id"])
    await refunded(market, buyer, order, (0, 1_000))
    await require_right(market)
    return order


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ("update orders set refunded_cents = 999", {"order_refunded_differently"}),
        ("update order_items set refunded_cents = 999", {"line_refunded_differently"}),
        ("update refund_items set amount_cents = 999", {"refund_parts_differ", "line_refunded_differently"}),
        ("update refunds set amount_cents = 1001", {"refund_booked_differently", "refund_parts_differ"}),
        ("update refunds set status = 'failed'", {"refund_booked_unsent", "clearing_differs"}),
        ("update orders set status = 'completed'", {"order_status_differs"}),
        ("update order_items set fee_cents = 0", {"fee_given_back_differently"}),
    ],
)
async def test_what_was_changed_is_found(market: Market, order: Any, change: str, codes: set[str]) -> None:
    async with market.ctx.db.connection() as connection:
        await connection.execute(change)
    report = await check_money(market.ctx, ask_providers=False)
    assert codes <= {found.code for found in report.check.differences}


async def test_the_provider_is_asked_about_refunds(market: Market, order: Any) -> None:
    assert (await refund_of(market, order)).startswith("ref_")
    for change, code in (
        ("update refunds set amount_cents = 999", "provider_refund_differs"),
        ("update refunds set provider_refund_id = 'ref_01K0000000000000000000000A'", "provider_refund_missing"),
    ):
        async with market.ctx.db.connection() as connection:
            await connection.execute(change)
        report = await check_money(market.ctx, ask_providers=True)
        assert code in {found.code for found in report.check.differences}
