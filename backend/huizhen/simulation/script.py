"""A simulated world from its first block to the present."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from huizhen.domain import acts
from huizhen.domain.money import Fen
from huizhen.simulation.agenda import Agenda
from huizhen.simulation.cases import Cases
from huizhen.simulation.founding import Founding
from huizhen.simulation.lost_keys import LostKeys
from huizhen.simulation.payouts import Payouts
from huizhen.simulation.people import People, Person, imagine
from huizhen.simulation.stage import DAY, HOUR, Stage
from huizhen.simulation.stories import seeded
from huizhen.simulation.successions import Successions
from huizhen.simulation.waiting import Waiting

SPAN = 60 * DAY
FOUNDING_DAYS = 8
PAYOUT_EVERY = 14 * DAY
# Booking, delivery, acceptance and payouts, as seen over 200 cases: the progress bar's guess.
ACTS_A_CASE = 4

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Size:
    doctors: int
    hospitals: int
    groups: int
    consultations: int
    seed: int


@dataclass(slots=True)
class Simulation:
    """`present` is where it ends, unix seconds; the chain's first block must lie SPAN before it.

    `profile_of` gives the 32 bytes that stand on chain for what a party publishes.
    """

    stage: Stage
    size: Size
    present: int
    profile_of: Callable[[Person], bytes] | None = None
    people: People = field(init=False)
    founding: Founding = field(init=False)
    agenda: Agenda = field(init=False)
    cases: Cases = field(init=False)
    payouts: Payouts = field(init=False)
    waiting: Waiting = field(init=False)

    def __post_init__(self) -> None:
        size, dice = self.size, random.Random(self.size.seed)  # noqa: S311 (a world, not a secret)
        self.people = imagine(size.seed, size.doctors, size.hospitals, size.groups)
        profile_of = self.profile_of or (lambda person: seeded(size.seed, "profile", person.name.en))
        # Everything has to be founded in time, however many they are.
        acts_ahead = 6 * (size.doctors + size.hospitals + size.groups) + size.hospitals**2
        pause = max(1, FOUNDING_DAYS * DAY // max(acts_ahead, 1) // 2)
        self.founding = Founding(self.stage, self.people, dice, size.seed, profile_of, pause)
        begin = self.present - SPAN + (FOUNDING_DAYS + 3) * DAY
        # The last of the consultations is the one that waits for its acceptance.
        self.agenda = Agenda(self.stage, self.present - HOUR)
        self.cases = Cases(self.founding, dice, max(size.consultations - 1, 0), begin, self.agenda)
        self.payouts = Payouts(self.founding, dice)
        self.waiting = Waiting(self.cases)

    def run(self, progress: Progress = lambda _done, _total: None) -> None:
        """Deterministic: the same size, seed and present give the same chain of events."""
        steps = self.founding.steps()
        total = len(steps) + int(ACTS_A_CASE * self.size.consultations)
        done = 0
        for step in steps:
            step()
            done += 1
            progress(done, total)
        # Accounts are in force 48 hours after they were named.
        self.stage.wait_until(self.cases.begin)
        self.cases.plan()
        if self.size.consultations:
            self.waiting.plan()
        self._plan_payouts()
        self._plan_troubles()
        while self.agenda.pending:
            self.agenda.step()
            done += 1
            progress(min(done, total), total)
        self._last_acts()
        progress(total, total)

    def _plan_payouts(self) -> None:
        moment = self.cases.begin + PAYOUT_EVERY
        while moment < self.present - 4 * DAY:
            self.agenda.at(moment, lambda: self.payouts.settle(self.agenda.at))
            moment += PAYOUT_EVERY

    def _plan_troubles(self) -> None:
        """What goes on beside the consultations."""
        begin, dice = self.cases.begin, self.cases.dice
        self.cases.courses.papers.plan_anchors(begin)
        LostKeys(self.founding, dice, self.agenda).plan(begin)
        Successions(self.founding, dice, self.agenda).plan(begin)

    def _last_acts(self) -> None:
        """The present: one batch waits for its approval, one hospital takes money back, one doctor is suspended."""
        stage, officials = self.stage, self.people.officials
        stage.at(self.present - HOUR)
        hospital = self.people.hospitals[-1]
        (available, _) = stage.read(
            "RevenueLedger", "fundsOf(uint32)", (hospital.id,), ("uint128", "uint128")
        )
        if available:
            refund = acts.refund(hospital.id, Fen(max(available // 20, 1)), 0, stage.deadline)
            if self.founding.officers is None:
                stage.perform(refund)
            else:
                stage.perform_with(refund, self.founding.officers, index=1)
        self.payouts.prepare()
        self.waiting.prepare()
        busy = {seat.id for booked in self.cases.booked for seat in booked.seats} | self.waiting.wanted
        leads = {membership.lead for membership in self.founding.groups.values()}
        idle = [
            d
            for d in self.people.doctors
            if d.id not in busy | leads and d.id not in self.founding.applicants
        ]
        for doctor in idle[-1:]:
            reason = seeded(self.size.seed, "suspension", doctor.id, "final")
            stage.perform(
                acts.suspend(doctor.id, doctor.revision, reason, officials["authority"].id, stage.deadline)
            )
            doctor.revision += 1
        stage.wait_until(self.present)
