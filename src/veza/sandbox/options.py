"""What one run of the sandbox is told. Knows nothing of Veza's settings."""

from dataclasses import dataclass, field
from pathlib import Path

RETRY_DELAYS_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 1800.0, 3600.0)
"""Waits between the deliveries of one webhook; the last one repeats. The providers' own are 1 min to 6 h."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """Where it listens, what it keeps, whom it tells. An empty webhook address: these events are not sent."""

    state_file: Path
    """SQLite; made when absent. Two processes never share one."""
    hyperswitch_api_key: str = field(repr=False)
    hyperswitch_webhook_key: str = field(repr=False)
    stripe_api_key: str = field(repr=False)
    stripe_webhook_secret: str = field(repr=False)
    stripe_connect_webhook_secret: str = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 8082
    """0: the system chooses."""
    public_url: str = ""
    """What a browser uses, without a slash at its end. Empty: `http://localhost:<port>`."""
    hyperswitch_webhook_url: str = ""
    stripe_webhook_url: str = ""
    currency: str = "EUR"
    """ISO 4217, upper case: what balances are shown in while they are empty."""
    retry_delays_s: tuple[float, ...] = RETRY_DELAYS_S
    refund_settle_ms: int = 500
    """How long a refund stays pending."""
    link_life_s: float = 300.0
    """How long an onboarding link can be opened (Stripe: 300 s)."""
    seed: int = 1
    """Of the generator that fault switches draw from."""
