"""Twenty orders, each asked for back by fifty at once until nothing is left, while the provider misbehaves."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.factories.market import Market, open_market
from tests.factories.refund_rush import a_crowd, rush

from veza.context import Context

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1_200)]


@pytest.fixture
async def market(ctx: Context, tmp_path: Path) -> AsyncIterator[Market]:
    async with open_market(replace(ctx, settings=replace(ctx.settings, orders_per_hour=1_000)), tmp_path) as found:
        yield found


async def test_twenty_orders_asked_for_by_fifty_at_once(market: Market) -> None:
    crowd = await a_crowd(market)
    await market.faults(webhooks={"doubled": 0.2, "shuffled": 0.1})
    codes: Counter[int] = Counter()
    for number in range(20):
        codes += await rush(market, crowd, random.Random(20_261_127 + number))
    succeeded = (await market.state())["refunds"]["by_status"]["succeeded"]
    assert succeeded["count"] == codes[200] >= 20
    assert succeeded["amount"] == 20 * (2_999 + 3 * 1_005)
