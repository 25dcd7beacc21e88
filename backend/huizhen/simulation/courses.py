"""What becomes of a booked consultation, by its fate: changed, cancelled, held with or without everybody, ended."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from huizhen.domain import acts
from huizhen.simulation.agenda import Agenda
from huizhen.simulation.amendments import NOTICE, Amendments
from huizhen.simulation.case_papers import CasePapers
from huizhen.simulation.contests import Contests
from huizhen.simulation.fates import Booked, Fate
from huizhen.simulation.founding import Founding
from huizhen.simulation.hours import Hours
from huizhen.simulation.people import Person
from huizhen.simulation.stage import DAY, HOUR
from huizhen.simulation.stories import opinion_of, seeded
from huizhen.simulation.teams import Teams

MINUTE = 60
# One in so many consultations: moved to other hours, given another doctor, with its papers on the chain.
RESCHEDULED, SUBSTITUTED, WITH_PAPERS = 16, 20, 5
# Where nothing went wrong, this part has its attendance recorded.
RECORDED = 0.5


@dataclass(slots=True)
class Courses:
    """`changed` hears of a consultation that stands under other terms from now on."""

    world: Founding
    dice: random.Random
    agenda: Agenda
    hours: Hours
    teams: Teams
    changed: Callable[[Booked], None]
    papers: CasePapers = field(init=False)
    contests: Contests = field(init=False)
    amendments: Amendments = field(init=False)

    def __post_init__(self) -> None:
        self.papers = CasePapers(self.world, self.dice, self.agenda)
        self.contests = Contests(self.world, self.dice, self.agenda, self.papers)
        self.amendments = Amendments(self.world, self.dice, self.hours, self.teams)

    def follow(self, booked: Booked) -> None:
        """Puts on the agenda what is to happen, some of it only once the terms were changed."""
        now, last = self.world.stage.now, booked.terms.starts_at - NOTICE
        if booked.number % WITH_PAPERS == 0 and booked.fate is not Fate.CONSENT_WITHDRAWN:
            self.papers.follow(booked)
        if booked.number % RESCHEDULED == 3:
            change = self.amendments.reschedule
        elif booked.number % SUBSTITUTED == 5:
            change = self.amendments.substitute
        else:
            self._follow(booked)
            return
        self.agenda.at(self._between(now + HOUR, last), lambda: self._change(booked, change))

    def _change(self, booked: Booked, change: Callable[[Booked], Booked]) -> None:
        changed = change(booked)
        self.changed(changed)
        self._follow(changed)

    def _follow(self, booked: Booked) -> None:
        terms, now = booked.terms, self.world.stage.now
        before = terms.starts_at - HOUR
        match booked.fate:
            case Fate.CANCELLED_EARLY:
                moment = self._between(now, terms.starts_at - DAY)
                self.agenda.at(moment, lambda: self._cancel(booked, booked.hospital))
            case Fate.CANCELLED_LATE:
                moment = self._between(max(now, terms.starts_at - DAY), before)
                self.agenda.at(moment, lambda: self._cancel(booked, booked.hospital))
            case Fate.CANCELLED_BY_LEAD:
                self.agenda.at(self._between(now, before), lambda: self._cancel(booked, booked.lead))
            case Fate.CONSENT_WITHDRAWN:
                self.agenda.at(self._between(now, before), lambda: self._withdraw(booked))
            case Fate.EXPIRED:
                overdue = terms.ends_at + terms.policy.deliver_window + HOUR
                self.agenda.at(overdue, lambda: self._expire(booked))
            case Fate.REQUIRED_SEAT_ABSENT:
                self.agenda.at(terms.starts_at + 20 * MINUTE, lambda: self._break_off(booked))
            case Fate.HOSPITAL_ABSENT:
                self.agenda.at(terms.starts_at + 20 * MINUTE, lambda: self._wait_in_vain(booked))
            case _:
                self.agenda.at(terms.ends_at + MINUTE, lambda: self._hold(booked))

    def _between(self, low: int, high: int) -> int:
        return low if high <= low else self.dice.randint(low, high)

    def _hold(self, booked: Booked) -> None:
        """The session is over: who came is recorded, or one side says who did not, or nobody says anything."""
        stage, seats, overtime = self.world.stage, booked.all_seats, self._overtime(booked)
        optional = booked.optional_seat
        if optional is not None and booked.fate.leaves_out_a_seat:
            seats ^= 1 << optional
        if booked.fate is Fate.SEAT_ABSENT and seats != booked.all_seats:
            absent, overtime = booked.all_seats ^ seats, 0
            self._mark_absent(booked, booked.hospital, absent)
        elif booked.fate is not Fate.OMITTED and self.dice.random() < RECORDED:
            self._record(booked, seats, overtime)
        wait = self.dice.randint(10, 300) * MINUTE
        self.agenda.at(stage.now + wait, lambda: self.deliver(booked, seats, overtime))

    def _overtime(self, booked: Booked) -> int:
        return self.dice.choice((0, 0, 0, booked.terms.pricing.overtime_steps and 1))

    def deliver(self, booked: Booked, seats: int, overtime: int = 0) -> None:
        """The lead hands in the opinion that `seats` (a mask) signed."""
        stage = self.world.stage
        opinion = opinion_of(self.world.seed, booked.number, booked.contents)
        stage.perform(acts.deliver(booked.packed, booked.lead.id, opinion, seats, overtime, stage.deadline))
        match booked.fate:
            case Fate.ACCEPTED | Fate.SEAT_ABSENT if seats == booked.all_seats:
                self.agenda.after(self.dice.randint(1, 40) * HOUR, lambda: self._accept(booked))
            case Fate.BY_TIME | Fate.ACCEPTED | Fate.SEAT_ABSENT:
                self._review_ends(booked)
            case Fate.OMITTED if seats == booked.all_seats:
                self._review_ends(booked)
            case _:
                self.contests.follow(booked, seats)

    def _review_ends(self, booked: Booked) -> None:
        over = booked.terms.policy.review_window + HOUR
        self.agenda.after(over, lambda: self._accept_by_time(booked))

    def _break_off(self, booked: Booked) -> None:
        """Without a required doctor the session ends before it began: both sides say so, and nobody is paid."""
        required = (
            seat.required and index != booked.terms.lead for index, seat in enumerate(booked.terms.seats)
        )
        self._record(booked, booked.all_seats ^ (1 << list(required).index(True)), 0)
        self.hours.free(booked.terms)

    def _wait_in_vain(self, booked: Booked) -> None:
        """The team came and the hospital did not: this counts as a delivery, and the hospital says nothing to it."""
        self._mark_absent(booked, booked.lead, booked.all_seats)
        self._review_ends(booked)

    def _record(self, booked: Booked, seats: int, overtime: int) -> None:
        stage = self.world.stage
        stage.perform(
            acts.record_attendance(
                booked.packed, booked.hospital.id, booked.lead.id, seats, overtime, stage.deadline
            )
        )

    def _mark_absent(self, booked: Booked, by: Person, seats: int) -> None:
        stage = self.world.stage
        report = seeded(self.world.seed, "absence", booked.number)
        stage.perform(acts.mark_no_show(booked.packed, by.id, seats, report, stage.deadline))

    def _accept(self, booked: Booked) -> None:
        stage = self.world.stage
        stage.perform(acts.accept(booked.packed, booked.hospital.id, stage.deadline))
        if self.dice.random() < 0.04:
            # Too late to change anything: what was held stays held.
            self.agenda.after(2 * DAY, lambda: self.papers.withdraw(booked))

    def _accept_by_time(self, booked: Booked) -> None:
        self.world.stage.perform(acts.accept_by_time(booked.packed))

    def _cancel(self, booked: Booked, by: Person) -> None:
        stage = self.world.stage
        if stage.now >= booked.terms.starts_at:
            return
        stage.perform(acts.cancel(booked.packed, by.id, stage.deadline))
        self.hours.free(booked.terms)

    def _withdraw(self, booked: Booked) -> None:
        """Nobody can go on without the patient's consent; whoever sees it first gives the hours back."""
        self.papers.withdraw(booked)
        self.world.stage.perform(acts.cancel_withdrawn(booked.packed))
        self.hours.free(booked.terms)

    def _expire(self, booked: Booked) -> None:
        self.world.stage.perform(acts.expire(booked.packed))
