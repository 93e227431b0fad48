"""What broken parts mean for the whole."""

import pytest

from veza.health.domain import DISABLED, CheckResult, CheckStatus, OverallStatus, judge_disk, judge_jobs, overall

OK, DEGRADED, ERROR = (CheckResult(s) for s in (CheckStatus.OK, CheckStatus.DEGRADED, CheckStatus.ERROR))


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ({"database": OK, "disk": OK, "redis": DISABLED}, OverallStatus.HEALTHY),
        ({"database": OK, "disk": OK, "rtmp": ERROR}, OverallStatus.DEGRADED),
        ({"database": OK, "disk": DEGRADED}, OverallStatus.DEGRADED),
        ({"database": ERROR, "disk": OK}, OverallStatus.UNHEALTHY),
        ({"database": OK, "disk": ERROR, "rtmp": ERROR}, OverallStatus.UNHEALTHY),
        ({}, OverallStatus.HEALTHY),
    ],
)
def test_overall(checks: dict[str, CheckResult], expected: OverallStatus) -> None:
    assert overall(checks) is expected


@pytest.mark.parametrize(
    ("free", "total", "status"),
    [
        (50 * 10**9, 100 * 10**9, CheckStatus.OK),
        (9 * 10**9, 100 * 10**9, CheckStatus.DEGRADED),
        (10**9, 100 * 10**9, CheckStatus.ERROR),
        (400 * 10**6, 10**9, CheckStatus.ERROR),
        (0, 0, CheckStatus.ERROR),
    ],
)
def test_disk(free: int, total: int, status: CheckStatus) -> None:
    found = judge_disk(free, total)
    assert found.status is status
    assert found.details["free_gb"] == round(free / 1e9, 1)


def test_jobs() -> None:
    assert judge_jobs(299.0, 5).status is CheckStatus.OK
    assert judge_jobs(301.0, 5).status is CheckStatus.DEGRADED
