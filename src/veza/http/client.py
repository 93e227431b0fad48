"""Who is calling, by address: the peer, or what a trusted proxy says of it. Never what a stranger's header says."""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from veza.kit.network import find_network
from veza.settings import Settings

_UNKNOWN = "0.0.0.0"  # noqa: S104 - a placeholder for a Unix socket's peer, never listened on


def client_address(scope: Any, settings: Settings) -> str:
    """The caller's IP address. X-Forwarded-For counts only from a trusted proxy, read from the right."""
    peer = scope["client"][0] if scope.get("client") else _UNKNOWN
    if not _is_trusted(peer, settings.trusted_proxies):
        return str(peer)
    for hop in reversed(_forwarded(scope["headers"])):
        if not _is_trusted(hop, settings.trusted_proxies):
            return hop
        peer = hop
    return str(peer)


@lru_cache(maxsize=4096)  # every request asks, and callers come again
def network_of(address: str) -> str:
    """The network behind an address (`kit.network`); all that have none share one."""
    return find_network(address) or _UNKNOWN


def _forwarded(headers: Sequence[tuple[bytes, bytes]]) -> list[str]:
    values = b",".join(value for name, value in headers if name == b"x-forwarded-for")
    hops = [hop.strip() for hop in values.decode("latin-1").split(",")]
    return [hop for hop in hops[-16:] if _is_address(hop)]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_trusted(address: str, networks: Sequence[Any]) -> bool:
    if not networks or not _is_address(address):
        return False
    parsed = ipaddress.ip_address(address)
    return any(parsed in network for network in networks)
