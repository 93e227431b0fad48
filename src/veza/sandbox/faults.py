"""The fault switches: what goes wrong, how often, and how often it really did. Drawn from a seeded generator.

Says whether something goes wrong now; what that means is up to each door (`door.py`) and to the webhooks (`events.py`).
"""

from collections import Counter
from typing import Any

import msgspec

from veza.kit.chance import Chance

BEFORE = ("refused", "rate_limited", "conflict")
"""Answers of a door that did nothing."""
AFTER = ("lost_answer", "html_answer", "empty_answer", "redirect_answer", "huge_answer")
"""The effect happened; its answer does not arrive as it should."""
SWITCHES = {
    "hyperswitch": (*BEFORE, *AFTER, "slow", "refund_fails", "refund_stays_pending"),
    "stripe": (*BEFORE, *AFTER, "slow", "balance_insufficient"),
    "webhooks": ("late", "doubled", "shuffled", "never"),
}
DELAYS = {"hyperswitch": ("slow_ms",), "stripe": ("slow_ms",), "webhooks": ("late_ms",)}
_DELAY_MS = 1000
_DELAY_MS_MAX = 600_000


class Switch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often: `rate` of all times (0 to 1), and surely the `next` n times.

    `only` limits it to requests whose `METHOD /path`, or events whose type, holds this text.
    """

    rate: float = 0.0
    next: int = 0
    only: str = ""


class WrongSwitch(ValueError):
    """A switch that does not exist, or a value that it cannot have. The text is a sentence."""


class Faults:
    """All switches of one sandbox. Plain memory; `written` and `apply` let them outlive it."""

    def __init__(self, seed: int) -> None:
        self.reset(seed)

    def reset(self, seed: int) -> None:
        """Everything off, nothing counted, the generator at its beginning."""
        self.seed = seed
        self._chance = Chance(seed)
        self._switches = {(door, name): Switch() for door, names in SWITCHES.items() for name in names}
        self._delays_ms = {(door, name): _DELAY_MS for door, names in DELAYS.items() for name in names}
        self._hits: Counter[tuple[str, str]] = Counter()

    def hit(self, door: str, name: str, what: str) -> bool:
        """Whether this fault happens to `what` now. Counts it if so."""
        switch = self._switches[door, name]
        if not (switch.rate or switch.next) or switch.only not in what:
            return False
        if switch.next:
            self._switches[door, name] = msgspec.structs.replace(switch, next=switch.next - 1)
        elif not self._chance.happens(switch.rate):
            return False
        self._hits[door, name] += 1
        return True

    def first_hit(self, door: str, names: tuple[str, ...], what: str) -> str | None:
        """The first of these faults that happens to `what` now."""
        return next((name for name in names if self.hit(door, name, what)), None)

    def delay_ms(self, door: str, name: str) -> int:
        return self._delays_ms[door, name]

    def written(self) -> dict[str, Any]:
        """All switches, as `apply` takes them."""
        return {
            "seed": self.seed,
            **{
                door: {name: msgspec.to_builtins(self._switches[door, name]) for name in names}
                | {name: self._delays_ms[door, name] for name in DELAYS[door]}
                for door, names in SWITCHES.items()
            },
        }

    def shown(self) -> dict[str, Any]:
        """`written`, and beside each switch its `hits`."""
        shown = self.written()
        for door, names in SWITCHES.items():
            for name in names:
                shown[door][name]["hits"] = self._hits[door, name]
        return shown

    def apply(self, change: dict[str, Any]) -> None:
        """Set what `change` names; the rest stays. A switch is a rate or `{rate, next, only}`.

        `{"reset": true}` turns everything off first; `seed` starts the generator anew. Raises `WrongSwitch` before
        anything is changed.
        """
        seed = change.get("seed", self.seed)
        if not isinstance(seed, int) or not isinstance(change.get("reset", False), bool):
            raise WrongSwitch("`seed` is a whole number, `reset` is true or false.")
        switches: dict[tuple[str, str], Switch] = {}
        delays_ms: dict[tuple[str, str], int] = {}
        for door, named in change.items():
            if door in {"seed", "reset"}:
                continue
            if door not in SWITCHES or not isinstance(named, dict):
                raise WrongSwitch(f"`{door}` is no door: write one of {', '.join(SWITCHES)}, each with an object.")
            for name, value in named.items():
                if name in DELAYS[door]:
                    delays_ms[door, name] = _delay_ms(name, value)
                elif name in SWITCHES[door]:
                    switches[door, name] = _switch(name, value)
                else:
                    raise WrongSwitch(f"`{door}` has no switch `{name}`: {', '.join(SWITCHES[door] + DELAYS[door])}.")
        if change.get("reset"):
            self.reset(seed)
        elif "seed" in change:
            self.seed, self._chance = seed, Chance(seed)
        self._switches |= switches
        self._delays_ms |= delays_ms


def _delay_ms(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _DELAY_MS_MAX:
        raise WrongSwitch(f"`{name}` is a whole number from 0 to {_DELAY_MS_MAX}.")
    return value


def _switch(name: str, value: object) -> Switch:
    if isinstance(value, dict):
        value = {field: given for field, given in value.items() if field != "hits"}  # what GET showed may be PUT
    try:
        switch = msgspec.convert(value if isinstance(value, dict) else {"rate": value}, Switch)
    except msgspec.ValidationError as error:
        raise WrongSwitch(f"`{name}` is a rate from 0 to 1, or an object with rate, next and only ({error}).") from None
    if not 0 <= switch.rate <= 1 or switch.next < 0:
        raise WrongSwitch(f"`{name}`: the rate is 0 to 1, and `next` is not negative.")
    return switch
