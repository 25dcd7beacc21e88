"""What is to happen when in a simulated world, up to its present."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

from huizhen.simulation.stage import Stage

Act = Callable[[], None]


@dataclass(slots=True)
class Agenda:
    """`end` is the world's present, unix seconds: what lies beyond it is left undone."""

    stage: Stage
    end: int
    _acts: list[tuple[int, int, Act]] = field(default_factory=list)
    _order: itertools.count[int] = field(default_factory=itertools.count)

    def at(self, moment: int, act: Act) -> None:
        """Acts of one moment follow in the order in which they were put here."""
        if moment <= self.end:
            heapq.heappush(self._acts, (moment, next(self._order), act))

    def after(self, seconds: int, act: Act) -> None:
        self.at(self.stage.now + seconds, act)

    @property
    def pending(self) -> int:
        return len(self._acts)

    def step(self) -> None:
        """The next act, at its time."""
        moment, _, act = heapq.heappop(self._acts)
        self.stage.at(moment)
        act()
