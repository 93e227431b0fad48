"""What every part of the sandbox receives: options, memory, clock and fault switches. Decides nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from veza.kit.clock import Clock
from veza.kit.ids import random_alphanumeric
from veza.sandbox.faults import Faults
from veza.sandbox.options import SandboxOptions
from veza.sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Box:
    """One running sandbox. `public_url` is known, whatever the options left open."""

    options: SandboxOptions
    public_url: str
    store: Store
    clock: Clock
    faults: Faults

    def now_ms(self) -> int:
        """The wall clock in milliseconds since 1970."""
        return int(self.clock.now().timestamp() * 1000)

    def now_s(self) -> int:
        """The wall clock in seconds since 1970, as Stripe writes times."""
        return self.now_ms() // 1000


def timestamp(at_ms: int) -> str:
    """RFC 3339 with milliseconds, as Hyperswitch writes times."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_timestamp(text: str) -> int:
    """Milliseconds since 1970 of what `timestamp` wrote."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def new_name(prefix: str) -> str:
    """A provider's id: `tr_` and 24 letters and digits."""
    return f"{prefix}_{random_alphanumeric(24)}"


def is_web_address(text: object) -> bool:
    """Whether a browser may be sent there: http or https, with a host, at most 2,048 characters."""
    if not isinstance(text, str) or len(text) > 2048 or any(ord(letter) <= 32 for letter in text):
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def with_query(address: str, **more: str) -> str:
    """`address` with these parameters after its own, before its fragment; a parameter of the same name is replaced."""
    parts = urlsplit(address)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in more]
    return urlunsplit(parts._replace(query=urlencode([*kept, *more.items()])))
