"""Chance with a seed: the same again, and honest at its ends."""

from veza.kit.chance import Chance


def test_the_same_seed_gives_the_same_draws() -> None:
    draws = [[chance.happens(0.5) for _ in range(64)] for chance in (Chance(1), Chance(1), Chance(2))]
    assert draws[0] == draws[1] != draws[2]


def test_never_and_always_are_certain_and_use_up_nothing() -> None:
    plain, disturbed = Chance(3), Chance(3)
    assert not any(disturbed.happens(0) for _ in range(10))
    assert all(disturbed.happens(1) for _ in range(10))
    assert [plain.happens(0.5) for _ in range(20)] == [disturbed.happens(0.5) for _ in range(20)]


def test_a_rate_is_kept() -> None:
    chance = Chance(4)
    assert 150 < sum(chance.happens(0.2) for _ in range(1000)) < 250
