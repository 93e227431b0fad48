"""A market for a test, with somebody who sells and somebody who buys: fixtures for every folder (`tests/conftest.py`).

A test file that wants them otherwise has fixtures of the same names.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.factories.api import Person, join
from tests.factories.market import Market, open_market

from veza.context import Context


@pytest.fixture
async def market(ctx: Context, tmp_path: Path) -> AsyncIterator[Market]:
    async with open_market(ctx, tmp_path) as found:
        yield found


@pytest.fixture
async def seller(market: Market) -> Person:
    return await market.seller("ada")


@pytest.fixture
async def buyer(market: Market) -> Person:
    return await join(market.client, "bob")
