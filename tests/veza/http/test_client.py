"""Whose address counts: the peer's, unless a proxy that we trust says otherwise."""

import ipaddress
from typing import Any

import pytest

from veza.http.client import client_address, network_of
from veza.settings import Settings

PROXIED = Settings(trusted_proxies=(ipaddress.ip_network("127.0.0.1/32"), ipaddress.ip_network("10.0.0.0/8")))


def scope(peer: str, *forwarded: str) -> dict[str, Any]:
    return {"client": (peer, 1234), "headers": [(b"x-forwarded-for", value.encode("latin-1")) for value in forwarded]}


@pytest.mark.parametrize(
    ("settings", "peer", "forwarded", "expected"),
    [
        (Settings(), "203.0.113.9", ("198.51.100.1",), "203.0.113.9"),
        (Settings(), "127.0.0.1", ("198.51.100.1",), "127.0.0.1"),
        (PROXIED, "203.0.113.9", ("198.51.100.1",), "203.0.113.9"),
        (PROXIED, "127.0.0.1", ("198.51.100.1",), "198.51.100.1"),
        (PROXIED, "127.0.0.1", ("6.6.6.6, 198.51.100.1",), "198.51.100.1"),
        (PROXIED, "127.0.0.1", ("6.6.6.6", "198.51.100.1, 10.1.2.3"), "198.51.100.1"),
        (PROXIED, "127.0.0.1", (), "127.0.0.1"),
        (PROXIED, "127.0.0.1", ("nonsense, \xff",), "127.0.0.1"),
        (PROXIED, "127.0.0.1", ("10.0.0.5",), "10.0.0.5"),
    ],
)
def test_client_address(settings: Settings, peer: str, forwarded: tuple[str, ...], expected: str) -> None:
    assert client_address(scope(peer, *forwarded), settings) == expected


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::/64"),
        ("nonsense", "0.0.0.0"),
    ],
)
def test_network_of(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_unix_socket_has_no_peer() -> None:
    assert client_address({"client": None, "headers": []}, Settings()) == "0.0.0.0"
