"""Twelve histories of a payment, a hundred orders each, every order's events shuffled and repeated: one end each."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.factories.market import Market, open_market
from tests.factories.payment_events import one_end_of

from veza.context import Context

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


@pytest.fixture
async def market(ctx: Context, tmp_path: Path) -> AsyncIterator[Market]:
    async with open_market(replace(ctx, settings=replace(ctx.settings, orders_per_hour=1_000)), tmp_path) as found:
        await found.faults(webhooks={"never": 1.0})
        yield found


@pytest.mark.parametrize("number", range(12))
async def test_a_hundred_orders_of_each_history(market: Market, number: int) -> None:
    await one_end_of(market, number, orders=100)
