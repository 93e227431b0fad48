"""What the staff's pages know of their own: names of jobs, refusals, and how an event is shown. Pure."""

import json
import re
from dataclasses import dataclass
from typing import Any

from veza.auth.domain import Role
from veza.kit.errors import Conflict
from veza.ledger.domain import Check

CHECK_MONEY = "admin.check_money"
CHECK_MONEY_EVERY_S = 3600.0
SEARCH_MAX = 100
REASON_MAX = 1_000

MASKED = "***"
_SECRET_NAMES = frozenset({"client_secret", "clientsecret", "ephemeral_key", "secret"})
_SECRET_VALUE = re.compile(r"\b(\w{1,100})_secret_\w+")
"""How both providers write the secrets of a payment: its id, `_secret_`, and what must not be read."""
_DEPTH_MAX = 64


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Which accounts; None: all."""

    search: str = ""
    role: Role | None = None
    is_suspended: bool | None = None


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a comparison of money found, and how far it looked.

    `asked`: payments and orders' transfers of which a provider said how they stand; `unanswered`: of which it did not.
    """

    check: Check
    asked: int = 0
    unanswered: int = 0


def body_forgotten() -> Conflict:
    return Conflict("What this event said is no longer kept, so it cannot be applied again.", code="body_forgotten")


def readable_body(body: bytes | None) -> str | None:
    """An event's body as an admin may read it: secrets masked, whatever its form."""
    if body is None:
        return None
    text = body.decode(errors="replace")
    try:
        shown = json.dumps(_masked(json.loads(text), 0), ensure_ascii=False, indent=2)
        return shown.encode(errors="replace").decode()  # JSON can hold half of a character, UTF-8 cannot
    except (ValueError, RecursionError):
        return _SECRET_VALUE.sub(rf"\1_secret_{MASKED}", text)


def _masked(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return _SECRET_VALUE.sub(rf"\1_secret_{MASKED}", value)
    if not isinstance(value, dict | list):
        return value
    if depth == _DEPTH_MAX:
        return MASKED
    if isinstance(value, list):
        return [_masked(item, depth + 1) for item in value]
    return {
        _masked(name, depth): MASKED if name.lower() in _SECRET_NAMES and item is not None else _masked(item, depth + 1)
        for name, item in value.items()
    }
