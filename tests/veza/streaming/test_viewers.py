"""Viewers are counted by session, come and go by time, and cannot be inflated from one address."""

from veza.streaming.viewers import ViewerSessions, is_loopback


def test_a_session_counts_once_and_for_ten_seconds() -> None:
    viewers = ViewerSessions()
    viewers.seen("someone2", "192.0.2.2", 0.0)
    for now in (0.0, 1.0, 2.0):
        viewers.seen("someone1", "192.0.2.1", now)
    assert viewers.count(10.0) == 2
    assert viewers.count(11.0) == 1
    assert viewers.count(12.1) == 0
    assert viewers.peak == 2


def test_one_address_cannot_inflate_the_count() -> None:
    viewers = ViewerSessions(limit_per_address=5)
    for number in range(100):
        viewers.seen(f"session-{number}", "192.0.2.1", 0.0)
    assert (viewers.count(0.0), viewers.uncounted) == (5, 95)
    viewers.seen("elsewhere", "192.0.2.2", 0.0)
    assert viewers.count(0.0) == 6
    viewers.seen("session-99", "192.0.2.1", 20.0)
    assert viewers.count(20.0) == 1


def test_a_proxy_on_this_machine_stands_for_many() -> None:
    viewers = ViewerSessions(limit_per_address=5)
    for number in range(100):
        viewers.seen(f"session-{number}", "127.0.0.1", 0.0)
    assert viewers.count(0.0) == 100
    assert is_loopback("::1")
    assert not is_loopback("not an address")


def test_sessions_are_bounded() -> None:
    viewers = ViewerSessions(limit=10)
    for number in range(100):
        viewers.seen(f"session-{number}", f"192.0.2.{number}", 0.0)
    assert viewers.count(0.0) == 10
