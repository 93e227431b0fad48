"""One network for one household, whatever form its address comes in."""

import pytest

from veza.kit.network import find_network


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::/64"),
        ("nonsense", None),
        ("", None),
    ],
)
def test_find_network(address: str, network: str | None) -> None:
    assert find_network(address) == network
