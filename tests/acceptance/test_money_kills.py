"""A short market day under kill -9; the long one is `make faults`."""

from pathlib import Path

import pytest
from tests.factories.money_run import SETTINGS, Plan, run_market_day
from tests.factories.platform import running_platform

pytestmark = [pytest.mark.xdist_group("machine"), pytest.mark.timeout(300)]


def test_nothing_is_lost_or_doubled_whatever_dies(tmp_path: Path) -> None:
    with running_platform(tmp_path, **SETTINGS) as platform:
        report = run_market_day(platform, tmp_path / "data", Plan(orders=120, kills=5, seed=11))
    report.require_clean()
    assert report.acknowledged == 120
    assert report.kills.total() == 5
