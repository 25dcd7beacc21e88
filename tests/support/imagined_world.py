"""A world that exists in events alone: whole lifecycles as the contracts would emit them, at any length, from a seed.

Each act is one transaction, in an order that the contracts allow; time passes only by the chain that tells it. What
has ended is forgotten, so that the state stays small, and it can be copied, so that a chain may fork anywhere.
"""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

from tests.support.imagined import booking, disputes, groups, keys, money, papers, parties, payouts, sessions
from tests.support.imagined.founding import found
from tests.support.imagined.state import TAX, Case, State
from tests.support.log_encoding import Emitted

__all__ = ["STEPS", "TAX", "ImaginedWorld"]

Step = Callable[[State, Case, random.Random], list[Emitted]]
Act = Callable[[State, random.Random], list[Emitted]]

PAYOUTS = 0.04
"""Of what is not seldom."""

OPEN_FOR_EACH_DOCTOR = 2
NEAR = 24
"""Cases go on in turns, though not quite one after the other."""

STEPS: Final[dict[str, Step]] = {
    step.__name__: step
    for step in (
        papers.commit_file,
        papers.grant_keys,
        papers.renew_key,
        papers.end_key,
        papers.withdraw,
        booking.book,
        booking.reschedule,
        booking.substitute,
        sessions.attend,
        sessions.attend_without_required,
        sessions.mark_seats,
        sessions.mark_hospital,
        sessions.deliver,
        sessions.accept,
        sessions.accept_by_time,
        sessions.cancel,
        sessions.cancel_withdrawn,
        sessions.expire,
        disputes.dispute,
        disputes.dispute_left_out,
        disputes.agree,
        disputes.rule,
        disputes.default,
        disputes.release_uncontested,
    )
}

SELDOM: Final[tuple[Act, ...]] = (
    groups.membership,
    groups.membership,
    groups.share_rule_set,
    groups.revised,
    groups.revised,
    keys.added,
    keys.removal,
    keys.removal,
    keys.replacement,
    keys.replacement,
    keys.account_created,
    money.refunded,
    money.taken_back,
    papers.anchored,
    parties.suspended,
    parties.accredited,
    parties.moved,
    parties.agreed,
    payouts.account_set,
    payouts.account_set,
)


@dataclass(slots=True)
class ImaginedWorld(State):
    def act(self, salt: int = 0) -> list[Emitted]:
        """The logs of the next transaction; another salt leads to another future."""
        if not self.turn:
            found(self)
        self.turn += 1
        dice = random.Random(f"{self.seed}/{salt}/{self.turn}")
        logs: list[Emitted] = self.waiting.popleft() if self.waiting else []
        while not logs:
            logs = self._something(dice)
        return logs

    def frozen(self) -> bytes:
        """As it is now, for `thawed`."""
        return pickle.dumps(self, pickle.HIGHEST_PROTOCOL)

    @classmethod
    def thawed(cls, frozen: bytes) -> Self:
        world: Self = pickle.loads(frozen)  # noqa: S301 - what this process froze itself
        return world

    def _something(self, dice: random.Random) -> list[Emitted]:
        """Nothing, where what the dice want cannot be."""
        if dice.random() < self.seldom:
            return dice.choice(SELDOM)(self, dice)
        if dice.random() < PAYOUTS:
            return payouts.pay(self, dice)
        if len(self.open) < OPEN_FOR_EACH_DOCTOR * self.doctors and dice.random() < 0.5:
            return papers.begin(self, dice)
        return self._go_on(dice)

    def _go_on(self, dice: random.Random) -> list[Emitted]:
        """One of the cases that wait longest takes its next step."""
        if not self.open:
            return []
        place = dice.randrange(min(len(self.open), NEAR))
        case = self.open[place]
        del self.open[place]
        logs: list[Emitted] = []
        while case.steps and not logs:
            logs = STEPS[case.steps.pop(0)](self, case, dice)
        if case.steps:
            self.open.append(case)
        return logs
