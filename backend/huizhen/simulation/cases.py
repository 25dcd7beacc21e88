"""Consultations of a simulated world: drawn up, consented, funded and booked; some are refused."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.slots import Slot
from huizhen.domain.terms import Documents, Policy, Pricing, Seat, Terms, encode_terms
from huizhen.simulation.agenda import Agenda
from huizhen.simulation.case_papers import patient_key
from huizhen.simulation.courses import Courses
from huizhen.simulation.fates import Booked, Fate, deal
from huizhen.simulation.founding import Founding
from huizhen.simulation.hours import Hours
from huizhen.simulation.people import Person
from huizhen.simulation.stage import DAY, HOUR
from huizhen.simulation.stories import case_file_of, contents_of, seeded
from huizhen.simulation.teams import Teams

LENGTHS = (2, 2, 2, 3, 4)
PLATFORM_BPS = 500
# Disputes take up to two weeks: booked in this part of the time most of them end before the present.
EARLY = 0.85


@dataclass(slots=True)
class Cases:
    """Books `count` consultations from `begin` on, and one more when asked."""

    world: Founding
    dice: random.Random
    count: int
    begin: int
    agenda: Agenda
    booked: list[Booked] = field(default_factory=list)
    hours: Hours = field(init=False)
    teams: Teams = field(init=False)
    courses: Courses = field(init=False)

    def __post_init__(self) -> None:
        self.hours = Hours(self.dice)
        self.teams = Teams(self.world, self.dice)
        self.courses = Courses(self.world, self.dice, self.agenda, self.hours, self.teams, self._changed)

    def plan(self) -> None:
        """Bookings are spread over the time with more towards the present."""
        span = self.agenda.end - HOUR - self.begin
        for number, fate in enumerate(deal(self.dice, self.count)):
            early = EARLY if fate.contested else 1
            moment = self.begin + int(early * span * (self.dice.random() ** 0.7))
            self.agenda.at(moment, lambda number=number, fate=fate: self.book_any(number, fate))  # type: ignore[misc]

    def book_any(self, number: int, fate: Fate) -> None:
        """A team that the dice choose."""
        hospital = self.dice.choice(self.world.people.hospitals)
        # From three seats on the last one is optional.
        team = self.teams.team(hospital, least=3 if fate.leaves_out_a_seat else 2)
        length = self.dice.choice(LENGTHS)
        start = self.hours.common_slot(team, length, self.world.stage.now + 6 * HOUR)
        urgent = self.dice.random() < 0.15
        booked = self.book(number, hospital, team, start, length, urgent, fate)
        if number % 9 == 0:
            self._double_book(number, booked)
        self.courses.follow(booked)

    def book(
        self,
        number: int,
        hospital: Person,
        team: Sequence[Person],
        start: Slot,
        length: int,
        urgent: bool,
        fate: Fate,
    ) -> Booked:
        stage = self.world.stage
        terms = self.terms(number, hospital, team, start, length, urgent)
        packed = encode_terms(terms)
        self._fund(hospital, terms)
        self._consent(number, hospital, terms)
        stage.perform(acts.book(packed, stage.signers_of(packed)))
        self.hours.take(terms)
        booked = Booked(
            id=len(self.booked) + 1,
            number=number,
            at=stage.now,
            terms=terms,
            contents=contents_of(team, urgent),
            packed=packed,
            hospital=hospital,
            seats=tuple(team),
            fate=fate,
        )
        self.booked.append(booked)
        return booked

    def _changed(self, booked: Booked) -> None:
        """Other terms stand under the same id."""
        self.booked[booked.id - 1] = booked

    def _double_book(self, number: int, booked: Booked) -> None:
        """Another hospital wants the same hour of the same doctors, with everybody's signature: refused."""
        stage = self.world.stage
        others = [
            hospital
            for hospital in self.world.people.hospitals
            if hospital is not booked.hospital and self.teams.cooperates(hospital, booked.seats)
        ]
        if not others:
            return
        hospital = self.dice.choice(others)
        terms = booked.terms
        rival = self.terms(-number - 1, hospital, list(booked.seats), terms.start, terms.slots, False)
        packed = encode_terms(rival)
        self._fund(hospital, rival)
        self._consent(-number - 1, hospital, rival)
        stage.try_in_vain(acts.book(packed, stage.signers_of(packed)))

    def terms(
        self, number: int, hospital: Person, team: Sequence[Person], start: int, length: int, urgent: bool
    ) -> Terms:
        world, stage = self.world, self.world.stage
        officials = world.people.officials
        seats = tuple(self._seat(doctor, position, len(team)) for position, doctor in enumerate(team))
        return Terms(
            hospital=hospital.id,
            start=Slot(start),
            slots=length,
            lead=0,
            sign_by=stage.now + 2 * HOUR,
            salt=seeded(world.seed, "salt", number)[:16],
            pricing=Pricing(officials["platform"].id, PLATFORM_BPS, 3000 if urgent else 0, 2500, 2),
            policy=Policy(DAY, 2 * HOUR, 3000, 10_000, DAY, 3 * DAY, officials["arbiter"].id, 7 * DAY, 5000),
            documents=Documents(
                seeded(world.seed, "agreement", hospital.id),
                case_file_of(world.seed, number, contents_of(team, urgent)),
                seeded(world.seed, "consent", number),
            ),
            seats=seats,
        )

    def _seat(self, doctor: Person, position: int, size: int) -> Seat:
        group = self.world.group_of.get(doctor.id, PartyId(0))
        version, institution, fund = self.world.groups[group].rule if group else (0, 10_000, 0)
        required = position < 2 or position < size - 1
        fee, specialty = doctor.fee, doctor.specialties[0].mask
        return Seat(
            doctor.id, doctor.institutions[0], group, version, institution, fund, required, fee, specialty
        )

    def _consent(self, number: int, hospital: Person, terms: Terms) -> None:
        stage, documents = self.world.stage, terms.documents
        key = patient_key(self.world.seed, number)
        until = terms.ends_at + 30 * DAY
        stage.perform_with(
            acts.grant_consent(
                documents.case_file,
                documents.consent,
                hospital.id,
                until,
                key.address,
                stage.deadline,
            ),
            key,
        )

    def _fund(self, hospital: Person, terms: Terms) -> None:
        """A hospital that runs low pays in more first."""
        available, _ = self.world.stage.read(
            "RevenueLedger", "fundsOf(uint32)", (hospital.id,), ("uint128", "uint128")
        )
        if available < terms.escrow():
            self.world.deposit(hospital)
