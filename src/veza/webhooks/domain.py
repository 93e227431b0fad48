"""What becomes of an event that a provider sent. Pure."""

from enum import StrEnum

from veza.kit.errors import NotFound

APPLY = "webhooks.apply"


class Provider(StrEnum):
    """Who sends events."""

    HYPERSWITCH = "hyperswitch"
    STRIPE = "stripe"


class EventStatus(StrEnum):
    """Where an event is. `flagged`: genuine and wrong, a person must look; `failed`: applying it failed for good."""

    RECEIVED = "received"
    APPLIED = "applied"
    IGNORED = "ignored"
    FLAGGED = "flagged"
    FAILED = "failed"


def event_not_found() -> NotFound:
    return NotFound("There is no such event.")
