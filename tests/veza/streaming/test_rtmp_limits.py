"""Networks and the memory of refusals, on a clock of the test's own."""

import pytest

from veza.streaming.rtmp_limits import RefusedKeys, RtmpLimits, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("a socket path", "a socket path"),
    ],
)
def test_networks(address: str, network: str) -> None:
    assert network_of(address) == network


def test_refusals_are_forgotten_after_a_minute() -> None:
    keys = RefusedKeys(RtmpLimits(refused_keys_per_minute=2))
    keys.add("a", 0.0)
    assert not keys.exhausted("a", 1.0)
    keys.add("a", 30.0)
    assert keys.exhausted("a", 31.0)
    assert not keys.exhausted("b", 31.0)
    assert not keys.exhausted("a", 60.5)
    assert not keys.exhausted("a", 200.0)


def test_the_memory_is_bounded() -> None:
    keys = RefusedKeys(RtmpLimits(refused_keys_per_minute=1, max_tracked_networks=3))
    for network in "abcd":
        keys.add(network, 0.0)
    assert [keys.exhausted(network, 1.0) for network in "abcd"] == [False, True, True, True]
