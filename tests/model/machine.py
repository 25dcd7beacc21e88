"""The state machine that hypothesis drives: any play after any other, each judged by the stage.

One rule draws the play by its name: with a rule for each, hypothesis would leave most of them out of most runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.model.engines import Revm
from tests.model.epilogue import play_out
from tests.model.play.all_plays import DECK, PLAYS
from tests.model.play.dice import Thrown
from tests.model.play.hand import Hand
from tests.model.replay import Sample
from tests.model.scene import raise_curtain
from tests.model.stage import Stage
from tests.model.tally import Tally


@dataclass
class Campaign:
    """What the machine did so far; of some runs, all that was sent and what came back."""

    tally: Tally = field(default_factory=Tally)
    samples: list[Sample] = field(default_factory=list)


CAMPAIGN = Campaign()
EVERY = 16  # which runs are kept


@cache
def _stage(at_work: bool) -> Stage:
    stage = raise_curtain(Revm(), at_work=at_work)
    stage.mark()
    return stage


class Marketplace(RuleBasedStateMachine):
    stage: Stage
    agrees = False

    @initialize(at_work=st.sampled_from((True, True, True, False)))
    def begin(self, at_work: bool) -> None:
        self.stage = _stage(at_work)
        self.stage.back()
        self.agrees = True

    @rule(card=st.integers(0, len(DECK) - 1), seed=st.integers(0, 2**32 - 1))
    def call(self, card: int, seed: int) -> None:
        """The seed decides all but the play: drawn one by one, the choices of some calls are more than hypothesis
        keeps. Both are counted from the calls so far, so that what it repeats (and it repeats much) comes out new.
        """
        calls = len(self.stage.sent)
        name = DECK[(card + calls) % len(DECK)]
        act, at = PLAYS[name](Hand(self.stage, Thrown(seed, calls)))
        self.agrees = False
        note(f"{act.contract}.{act.function}({dict(act.values)}) at {at}")
        CAMPAIGN.tally.count(name, self.stage.play(act, at).refusal)
        self.agrees = True

    def teardown(self) -> None:
        if self.agrees:
            CAMPAIGN.tally.see(self.stage.state)
            play_out(self.stage)
            if CAMPAIGN.tally.runs % EVERY == 0:
                CAMPAIGN.samples.append(Sample.of(self.stage))
