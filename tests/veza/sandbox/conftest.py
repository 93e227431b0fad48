"""A running sandbox for each test of this folder that asks for one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.factories.sandbox import Sandbox, a_sandbox


@pytest.fixture
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    async with a_sandbox(tmp_path) as running:
        yield running
