"""What a set of checks means for the whole: pure, so that the rule is one page and one test.

`unhealthy`: the database, the disk or the ledger is broken. `degraded`: anything else is. What is not configured is
`disabled` and does not count.
"""

from dataclasses import dataclass, field
from enum import Enum

UNHEALTHY_WHEN_BROKEN = frozenset({"database", "disk", "ledger"})
"""Without these nothing can be kept, or nothing that is kept about money can be believed."""

DISK_ERROR_BYTES = 512 * 1024**2
DISK_ERROR_SHARE = 0.02
DISK_WARN_SHARE = 0.10
OLDEST_JOB_WARN_S = 300.0


class CheckStatus(Enum):
    OK = "ok"
    DEGRADED = "degraded"
    ERROR = "error"
    DISABLED = "disabled"


class OverallStatus(Enum):
    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"


class Readiness(Enum):
    READY = "ready"
    DEGRADED = "degraded"
    NOT_READY = "not_ready"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check. `details` holds numbers and words of ours: no host, path, version or error text."""

    status: CheckStatus
    latency_ms: float | None = None
    details: dict[str, float | str | bool] = field(default_factory=dict)


DISABLED = CheckResult(CheckStatus.DISABLED)


def overall(checks: dict[str, CheckResult]) -> OverallStatus:
    """The worst that follows from the checks."""
    if any(checks[name].status is CheckStatus.ERROR for name in UNHEALTHY_WHEN_BROKEN & checks.keys()):
        return OverallStatus.UNHEALTHY
    if any(check.status in {CheckStatus.ERROR, CheckStatus.DEGRADED} for check in checks.values()):
        return OverallStatus.DEGRADED
    return OverallStatus.HEALTHY


def judge_disk(free_bytes: int, total_bytes: int) -> CheckResult:
    """Free space of the data folder's volume; `free_gb` in 10⁹ bytes, as the API document shows it."""
    details: dict[str, float | str | bool] = {"free_gb": round(free_bytes / 1e9, 1)}
    share = free_bytes / total_bytes if total_bytes else 0.0
    if free_bytes < DISK_ERROR_BYTES or share < DISK_ERROR_SHARE:
        return CheckResult(CheckStatus.ERROR, details=details)
    if share < DISK_WARN_SHARE:
        return CheckResult(CheckStatus.DEGRADED, details=details)
    return CheckResult(CheckStatus.OK, details=details)


def judge_ledger(*, sums_to_zero: bool, differences: int | None) -> CheckResult:
    """The books: what they sum to now, and what the last comparison with orders and providers found (None: none)."""
    if not sums_to_zero:
        return CheckResult(CheckStatus.ERROR)
    details: dict[str, float | str | bool] = {} if differences is None else {"differences": differences}
    return CheckResult(CheckStatus.DEGRADED if differences else CheckStatus.OK, details=details)


def judge_jobs(oldest_due_s: float, due: int) -> CheckResult:
    """The backlog: `oldest_due_s` is how long the oldest due job has waited."""
    details: dict[str, float | str | bool] = {"due": due, "oldest_due_s": round(oldest_due_s, 1)}
    status = CheckStatus.DEGRADED if oldest_due_s > OLDEST_JOB_WARN_S else CheckStatus.OK
    return CheckResult(status, details=details)
