"""The state machine that hypothesis drives: any play after any other, each judged by the stage.

One rule draws the play by its name: with a rule for each, hypothesis would leave most of them out of most runs.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.model.engines import Revm
from tests.model.epilogue import play_out
from tests.model.play.all_plays import PLAYS
from tests.model.play.hand import Hand
from tests.model.scene import raise_curtain
from tests.model.stage import Stage
from tests.model.tally import Tally

TALLY = Tally()


class Drawn:
    """Dice whose throws hypothesis chooses, and shrinks where something is wrong."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def below(self, limit: int) -> int:
        return int(self._source.draw(_numbers(limit)))


@lru_cache(maxsize=1024)
def _numbers(limit: int) -> st.SearchStrategy[int]:
    return st.integers(0, limit - 1)


@cache
def _stage(at_work: bool) -> Stage:
    stage = raise_curtain(Revm(), at_work=at_work)
    stage.mark()
    return stage


class Marketplace(RuleBasedStateMachine):
    stage: Stage

    @initialize(at_work=st.sampled_from((True, True, True, False)))
    def begin(self, at_work: bool) -> None:
        self.stage = _stage(at_work)
        self.stage.back()

    @rule(name=st.sampled_from(sorted(PLAYS)), source=st.data())
    def call(self, name: str, source: Any) -> None:
        act, at = PLAYS[name](Hand(self.stage, Drawn(source)))
        result = self.stage.play(act, at)
        note(f"{act.contract}.{act.function}({dict(act.values)}) at {at}: {result.refusal or 'done'}")
        TALLY.count(name, result.refusal)

    def teardown(self) -> None:
        if hasattr(self, "stage"):
            TALLY.see(self.stage.state)
            play_out(self.stage)

