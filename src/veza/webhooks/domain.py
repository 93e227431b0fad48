"""What becomes of an event that a provider sent. Pure."""

from enum import StrEnum

from veza.kit.errors import NotFound, Unauthenticated

BODY_BYTES_MAX = 65_536
BODY_KEPT_DAYS = 90
APPLY = "webhooks.apply"
FORGET = "webhooks.forget_bodies"


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


def not_configured() -> NotFound:
    return NotFound("This server takes no such events.")


def bad_signature() -> Unauthenticated:
    return Unauthenticated("The signature is not right.", code="bad_signature")


def event_not_found() -> NotFound:
    return NotFound("There is no such event.")
