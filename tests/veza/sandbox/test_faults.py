"""The switches by themselves: what can be set, what is refused whole, what is counted."""

from typing import Any

import pytest

from veza.sandbox.faults import SWITCHES, Faults, WrongSwitch


@pytest.mark.parametrize(
    "change",
    [
        {"stripe": {"lost_answer": 1.5}},
        {"stripe": {"lost_answer": -0.1}},
        {"stripe": {"lost_answer": "often"}},
        {"stripe": {"lost_answer": {"rate": 0.1, "sometimes": True}}},
        {"stripe": {"late": 1}},
        {"stripe": {"slow_ms": -1}},
        {"stripe": 1},
        {"paypal": {}},
        {"seed": "x"},
        {"reset": 1},
    ],
)
def test_a_change_that_cannot_be_changes_nothing(change: dict[str, Any]) -> None:
    faults = Faults(1)
    before = faults.written()
    with pytest.raises(WrongSwitch):
        faults.apply({"hyperswitch": {"refused": 0.5}} | change)
    assert faults.written() == before


def test_what_is_shown_may_be_set_again() -> None:
    faults = Faults(1)
    faults.apply({"stripe": {"slow": 0.25, "slow_ms": 20}, "webhooks": {"never": {"next": 2, "only": "refund"}}})
    other = Faults(2)
    other.apply(faults.shown())
    assert other.written() == faults.written()


def test_every_switch_is_off_at_first() -> None:
    faults = Faults(1)
    assert not any(faults.hit(door, name, "anything") for door, names in SWITCHES.items() for name in names)


def test_the_next_ones_come_before_the_rate() -> None:
    faults = Faults(1)
    faults.apply({"stripe": {"refused": {"next": 2}}})
    assert [faults.hit("stripe", "refused", "GET /v1/balance") for _ in range(3)] == [True, True, False]
    assert faults.shown()["stripe"]["refused"] == {"rate": 0.0, "next": 0, "only": "", "hits": 2}
