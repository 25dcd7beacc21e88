"""What decides everything that a hand draws."""

from __future__ import annotations

from random import Random
from typing import Protocol


class Dice(Protocol):
    def below(self, limit: int) -> int:
        """A number from 0 to limit - 1."""


class Thrown:
    """The same throws for the same seed."""

    def __init__(self, *seed: object) -> None:
        self._random = Random(repr(seed))

    def below(self, limit: int) -> int:
        return self._random.randrange(limit)
