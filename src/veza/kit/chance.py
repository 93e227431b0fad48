"""Chance that can be told to happen again the same way: for fault switches and invented data. Never for a secret."""

import random


class Chance:
    """Draws from a generator of its own; the same `seed` gives the same draws, in the order in which they are asked."""

    def __init__(self, seed: int) -> None:
        self._generator = random.Random(seed)  # noqa: S311 - not a secret

    def happens(self, rate: float) -> bool:
        """Whether something of this probability happens now. 0 never does, 1 always; neither uses up a draw."""
        if rate <= 0 or rate >= 1:
            return rate >= 1
        return self._generator.random() < rate
