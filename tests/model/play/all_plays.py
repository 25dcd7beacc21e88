"""All plays, and one more: a call that succeeded once, sent again as it was."""

from __future__ import annotations

from tests.model.play import (
    case_plays,
    consultation_plays,
    dispute_plays,
    group_plays,
    key_plays,
    ledger_plays,
    registry_plays,
)
from tests.model.play.hand import Hand, Plan
from tests.model.play.plays import PLAYS, play

__all__ = [
    "DECK",
    "PLAYS",
    "case_plays",
    "consultation_plays",
    "dispute_plays",
    "group_plays",
    "key_plays",
    "ledger_plays",
    "registry_plays",
]


@play("again")
def again(h: Hand) -> Plan:
    """What nobody signs may work a second time; what somebody signed never does."""
    h.passes()
    signed = [act for act in h.stage.done if act.digest]
    return Plan(h.one(signed[-40:]), h.at)


# What leads to much else is drawn more often.
OFTEN = {"book": 5, "deliver": 2, "cancel": 2, "dispute": 2, "substitute": 2, "reschedule": 2, "rule": 2}
DECK = tuple(name for name in sorted(PLAYS) for _ in range(OFTEN.get(name, 1)))
