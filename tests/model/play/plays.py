"""The table of all plays: an action's name and how to draw a call of it."""

from __future__ import annotations

from collections.abc import Callable

from tests.model.play.hand import Hand, Plan

Play = Callable[[Hand], Plan]
PLAYS: dict[str, Play] = {}


def play(name: str) -> Callable[[Play], Play]:
    def enter(made: Play) -> Play:
        PLAYS[name] = made
        return made

    return enter
