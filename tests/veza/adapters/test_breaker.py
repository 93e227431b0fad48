"""A provider that does not answer is left alone for a while, and asked by one at a time until it does."""

import pytest
from tests.factories.clock import TurnableClock

from veza.adapters.breaker import Breaker


@pytest.fixture
def heard() -> list[bool]:
    return []


@pytest.fixture
def breaker(clock: TurnableClock, heard: list[bool]) -> Breaker:
    found = Breaker(clock, failures_max=3, pause_s=10.0, on_change=lambda: heard.append(found.is_open))
    return found


def is_open(breaker: Breaker) -> bool:
    """Asked anew each time, also for the type checker."""
    return breaker.is_open


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        assert breaker.wait_s() == 0
        breaker.failed()


def test_it_opens_after_so_many_failures_in_a_row(breaker: Breaker, heard: list[bool]) -> None:
    fail(breaker, 2)
    breaker.answered()
    fail(breaker, 2)
    assert not is_open(breaker)
    fail(breaker, 1)
    assert is_open(breaker)
    assert breaker.wait_s() == 10
    assert heard == [True]


def test_it_opens_at_once_when_told(breaker: Breaker) -> None:
    breaker.open()
    assert is_open(breaker)
    assert breaker.wait_s() > 0


def test_one_may_try_in_each_pause_and_an_answer_closes_it(
    breaker: Breaker, clock: TurnableClock, heard: list[bool]
) -> None:
    fail(breaker, 3)
    clock.turn(10)
    assert breaker.wait_s() == 0, "this one tries"
    assert breaker.wait_s() == 10, "the others wait for it"
    breaker.failed()
    clock.turn(9)
    assert breaker.wait_s() == 1
    clock.turn(1)
    assert breaker.wait_s() == 0
    breaker.answered()
    assert not is_open(breaker)
    assert breaker.wait_s() == 0
    assert heard == [True, False]
    fail(breaker, 2)
    assert not is_open(breaker), "it counts anew"


def test_a_try_that_is_never_reported_costs_one_pause(breaker: Breaker, clock: TurnableClock) -> None:
    breaker.open()
    clock.turn(10)
    assert breaker.wait_s() == 0
    clock.turn(10)
    assert breaker.wait_s() == 0
