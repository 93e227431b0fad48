"""The keys of the payment sandbox, from the install's secret: the same for the sandbox and for who talks to it.

Pure. They open a simulator that holds no money; a real provider's key never comes near this file.
"""

from dataclasses import dataclass, field

from veza.kit.signing import derive_key


@dataclass(frozen=True, slots=True)
class SandboxKeys:
    """What a platform would copy from the dashboards of Hyperswitch and Stripe, in their prefixes."""

    hyperswitch_api_key: str = field(repr=False)
    """`snd_…`: the header `api-key`."""
    hyperswitch_webhook_key: str = field(repr=False)
    """The profile's payment_response_hash_key; its characters are the key."""
    stripe_api_key: str = field(repr=False)
    """`sk_test_…`: the bearer."""
    stripe_webhook_secret: str = field(repr=False)
    """`whsec_…` of the endpoint of the account's own events."""
    stripe_connect_webhook_secret: str = field(repr=False)
    """`whsec_…` of the endpoint of events of connected accounts."""


def sandbox_keys(secret: bytes) -> SandboxKeys:
    """The keys of the install whose secret (≥ 32 bytes) this is."""

    def key(purpose: str) -> str:
        return derive_key(secret, f"sandbox-{purpose}").hex()

    return SandboxKeys(
        hyperswitch_api_key=f"snd_{key('hyperswitch-api')}",
        hyperswitch_webhook_key=key("hyperswitch-webhook"),
        stripe_api_key=f"sk_test_{key('stripe-api')}",
        stripe_webhook_secret=f"whsec_{key('stripe-webhook')}",
        stripe_connect_webhook_secret=f"whsec_{key('stripe-connect-webhook')}",
    )
