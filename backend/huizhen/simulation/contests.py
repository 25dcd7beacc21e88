"""Disputes of a simulated world: agreed, ruled, left to the default of the terms, or about a seat left out."""

from __future__ import annotations

import random
from dataclasses import dataclass

from huizhen.domain import acts
from huizhen.simulation.agenda import Agenda
from huizhen.simulation.case_papers import CasePapers
from huizhen.simulation.fates import Booked, Fate
from huizhen.simulation.founding import Founding
from huizhen.simulation.people import Person
from huizhen.simulation.stage import DAY, HOUR
from huizhen.simulation.stories import seeded

AGREED_BPS = (3000, 5000, 8000)
RULED_BPS = (0, 4000, 6000, 10_000)


@dataclass(frozen=True, slots=True)
class Contests:
    world: Founding
    dice: random.Random
    agenda: Agenda
    papers: CasePapers

    def follow(self, booked: Booked, seats: int) -> None:
        """After a delivery that `seats` signed (a mask): who contests what, and how it ends."""
        hours = self.dice.randint(2, 48)
        match booked.fate:
            case Fate.AGREED | Fate.RULED | Fate.DEFAULTED:
                self.agenda.after(hours * HOUR, lambda: self._contest(booked))
            case Fate.OMITTED if seats != booked.all_seats:
                self.agenda.after(hours * HOUR, lambda: self._claim(booked, booked.all_seats & ~seats))
                over = booked.terms.policy.review_window + HOUR
                self.agenda.after(over, lambda: self._release_rest(booked))

    def _contest(self, booked: Booked) -> None:
        """The hospital contests the last required seat; before the arbiter sometimes that of the lead too."""
        required = [index for index, seat in enumerate(booked.terms.seats) if seat.required]
        seat = 1 << required[-1]
        lead = 1 << booked.terms.lead
        both = seat | lead if booked.fate is Fate.RULED and self.dice.random() < 0.6 else seat
        self._dispute(booked, booked.hospital, both)
        # What is contested can be neither accepted nor settled by time any more.
        self.world.stage.try_in_vain(acts.accept_by_time(booked.packed))
        if both != seat:
            self.agenda.after(DAY, lambda: self._agree(booked, lead))
        match booked.fate:
            case Fate.AGREED:
                self.agenda.after(self.dice.randint(1, 4) * DAY, lambda: self._agree(booked, seat))
            case Fate.RULED:
                self.agenda.after(self.dice.randint(2, 6) * DAY, lambda: self._rule(booked, seat))
            case _:
                late = booked.terms.policy.arbiter_window + HOUR
                self.agenda.after(late, lambda: self._default(booked))

    def _claim(self, booked: Booked, seat: int) -> None:
        """A doctor whom the opinion leaves out says that they were there."""
        doctor = booked.seats[seat.bit_length() - 1]
        self._dispute(booked, doctor, seat)
        self.agenda.after(self.dice.randint(4, 6) * DAY, lambda: self._rule(booked, seat))

    def _dispute(self, booked: Booked, by: Person, seats: int) -> None:
        stage = self.world.stage
        reason = seeded(self.world.seed, "dispute", booked.number, by.id)
        stage.perform(acts.dispute(booked.packed, by.id, seats, reason, stage.deadline))
        self.papers.open_for(booked, self.world.people.officials["arbiter"])

    def _agree(self, booked: Booked, seats: int) -> None:
        stage, bps = self.world.stage, self.dice.choice(AGREED_BPS)
        doctors = [seat.id for index, seat in enumerate(booked.seats) if seats >> index & 1]
        signers = (booked.hospital.id, *doctors)
        stage.perform(acts.settle_dispute(booked.packed, seats, bps, stage.deadline, signers))

    def _rule(self, booked: Booked, seats: int) -> None:
        stage, arbiter = self.world.stage, self.world.people.officials["arbiter"]
        bps = self.dice.choice(RULED_BPS)
        reason = seeded(self.world.seed, "ruling", booked.number, seats)
        stage.perform(acts.rule(booked.packed, arbiter.id, seats, bps, reason, stage.deadline))

    def _default(self, booked: Booked) -> None:
        self.world.stage.perform(acts.apply_default(booked.packed))

    def _release_rest(self, booked: Booked) -> None:
        self.world.stage.perform(acts.release_uncontested(booked.packed))
