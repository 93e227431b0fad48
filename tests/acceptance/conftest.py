"""The application's own door for every acceptance test, and two people to walk through it."""

from collections.abc import AsyncIterator

import httpx
import pytest
from tests.factories.api import Person, api_client, join

from veza.context import Context


@pytest.fixture
async def client(ctx: Context) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application, nobody's yet."""
    async with api_client(ctx) as found:
        yield found


@pytest.fixture
async def ada(client: httpx.AsyncClient) -> Person:
    """Somebody who sells."""
    return await join(client, "ada")


@pytest.fixture
async def bob(client: httpx.AsyncClient) -> Person:
    """Somebody else."""
    return await join(client, "bob")
