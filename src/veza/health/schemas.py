"""Answers of the health routes, as the API document shows them."""

from datetime import datetime
from typing import Literal

import msgspec


class SimpleHealth(msgspec.Struct, frozen=True):
    status: Literal["ok"]


class ReadinessView(msgspec.Struct, frozen=True):
    status: Literal["ready", "degraded", "not_ready"]


class CheckView(msgspec.Struct, frozen=True, omit_defaults=True):
    """One check; what is `disabled` has no latency."""

    status: Literal["ok", "degraded", "error", "disabled"]
    latency_ms: float | None = None
    details: dict[str, float | str | bool] = {}


class ConfigSummary(msgspec.Struct, frozen=True):
    """Which parts are set up. Booleans and rates only."""

    jwt_secret_set: bool
    stripe_connect_enabled: bool
    platform_fee_rate: float
    transfer_retry_enabled: bool


class DeepHealthView(msgspec.Struct, frozen=True):
    status: Literal["healthy", "degraded", "unhealthy"]
    timestamp: datetime
    checks: dict[str, CheckView]
    config: ConfigSummary
