"""Groups that change who leads them and who decides."""

from __future__ import annotations

import random
from dataclasses import dataclass

from huizhen.domain import acts
from huizhen.simulation.agenda import Agenda
from huizhen.simulation.founding import Founding, Membership
from huizhen.simulation.stage import DAY

# One in so many groups.
SOME = 3


@dataclass(frozen=True, slots=True)
class Successions:
    world: Founding
    dice: random.Random
    agenda: Agenda

    def plan(self, begin: int) -> None:
        """The last group gets another lead and the one before it another policy, and so do others further up."""
        groups = list(self.world.groups.values())[::-1]
        spread = max(self.agenda.end - begin - DAY, 1)
        for membership in groups[::SOME]:
            moment = begin + self.dice.randrange(spread)
            self.agenda.at(moment, lambda membership=membership: self._hand_over(membership))  # type: ignore[misc]
        for membership in groups[1::SOME]:
            moment = begin + self.dice.randrange(spread)
            self.agenda.at(moment, lambda membership=membership: self._decide_otherwise(membership))  # type: ignore[misc]

    def _hand_over(self, membership: Membership) -> None:
        stage = self.world.stage
        others = [member for member in membership.members if member != membership.lead]
        if not others:
            return
        successor, consenters = self.dice.choice(others), self.world.consenters(membership)
        stage.perform(
            acts.transfer_lead(membership.group, successor, membership.revision, stage.deadline, consenters)
        )
        membership.lead = successor
        membership.revision += 1

    def _decide_otherwise(self, membership: Membership) -> None:
        """From the lead alone to two members, or back."""
        stage, quorum = self.world.stage, 0 if membership.quorum else 2
        consenters = self.world.consenters(membership)
        stage.perform(
            acts.set_policy(membership.group, quorum, membership.revision, stage.deadline, consenters)
        )
        membership.quorum = quorum
        membership.revision += 1
