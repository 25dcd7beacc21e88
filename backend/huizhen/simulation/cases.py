"""Consultations of a simulated world, each to its end: accepted, by time, cancelled, expired, or still waiting."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.case import Contents
from huizhen.domain.ids import PartyId
from huizhen.domain.slots import SLOT_SECONDS, Slot
from huizhen.domain.terms import Documents, Policy, Pricing, Seat, Terms, encode_terms
from huizhen.simulation.founding import Founding
from huizhen.simulation.people import Person
from huizhen.simulation.stage import DAY, HOUR
from huizhen.simulation.stories import case_file_of, contents_of, opinion_of, seeded

CHINA = ZoneInfo("Asia/Shanghai")
LENGTHS = (2, 2, 2, 3, 4)
PLATFORM_BPS = 500
FIRST_HOUR, LAST_HOUR = 9, 17


class Fate(Enum):
    """What becomes of a consultation once it is booked."""

    ACCEPTED = 62
    BY_TIME = 10
    CANCELLED_EARLY = 7
    CANCELLED_LATE = 5
    CANCELLED_BY_LEAD = 3
    EXPIRED = 4
    UNDECIDED = 9


@dataclass(frozen=True, slots=True)
class Booked:
    """A consultation that the simulation booked, its `number`-th case. `seats` are people in the terms' order."""

    id: int
    number: int
    terms: Terms
    contents: Contents
    packed: bytes
    hospital: Person
    seats: tuple[Person, ...]
    fate: Fate


@dataclass(slots=True)
class Cases:
    """Drives `count` consultations between two moments. `end` is the world's present: nothing happens after it."""

    world: Founding
    dice: random.Random
    count: int
    begin: int
    end: int
    booked: list[Booked] = field(default_factory=list)
    _agenda: list[tuple[int, int, Callable[[], None]]] = field(default_factory=list)
    _order: itertools.count[int] = field(default_factory=itertools.count)
    _taken: dict[PartyId, set[int]] = field(default_factory=dict)

    def plan(self) -> None:
        """Bookings are spread over the time with more towards the present."""
        span = self.end - HOUR - self.begin
        for number in range(self.count):
            moment = self.begin + int(span * (self.dice.random() ** 0.7))
            self.at(moment, lambda number=number: self.book_any(number))  # type: ignore[misc]

    def at(self, moment: int, act: Callable[[], None]) -> None:
        """What lies beyond the present is left undone."""
        if moment <= self.end:
            heapq.heappush(self._agenda, (moment, next(self._order), act))

    @property
    def pending(self) -> int:
        return len(self._agenda)

    def step(self) -> None:
        """The next act on the agenda, at its time."""
        moment, _, act = heapq.heappop(self._agenda)
        self.world.stage.at(moment)
        act()

    def book_any(self, number: int) -> None:
        """A team that the dice choose, with the fate that they choose."""
        hospital = self.dice.choice(self.world.people.hospitals)
        team = self.team(hospital)
        length = self.dice.choice(LENGTHS)
        start = self.common_slot(team, length)
        urgent = self.dice.random() < 0.15
        booked = self.book(number, hospital, team, start, length, urgent)
        if number % 9 == 0:
            self._double_book(number, booked)
        self._follow(booked)

    def book(
        self,
        number: int,
        hospital: Person,
        team: Sequence[Person],
        start: Slot,
        length: int,
        urgent: bool,
        fate: Fate | None = None,
    ) -> Booked:
        stage = self.world.stage
        terms = self.terms(number, hospital, team, start, length, urgent)
        packed = encode_terms(terms)
        self._fund(hospital, terms)
        self._consent(number, hospital, terms)
        stage.perform(acts.book(packed, stage.signers_of(packed)))
        for doctor in team:
            self._taken.setdefault(doctor.id, set()).update(range(start, start + length))
        fate = fate or self.dice.choices(list(Fate), weights=[fate.value for fate in Fate])[0]
        contents = contents_of(team, urgent)
        booked = Booked(len(self.booked) + 1, number, terms, contents, packed, hospital, tuple(team), fate)
        self.booked.append(booked)
        return booked

    def _follow(self, booked: Booked) -> None:
        """Put on the agenda what its fate wants."""
        terms, now = booked.terms, self.world.stage.now
        end = terms.ends_at + self.dice.randint(10, 300) * 60
        match booked.fate:
            case Fate.CANCELLED_EARLY:
                self.at(
                    self._between(now, terms.starts_at - DAY), lambda: self._cancel(booked, booked.hospital)
                )
            case Fate.CANCELLED_LATE:
                self.at(
                    self._between(max(now, terms.starts_at - DAY), terms.starts_at - HOUR),
                    lambda: self._cancel(booked, booked.hospital),
                )
            case Fate.CANCELLED_BY_LEAD:
                self.at(
                    self._between(now, terms.starts_at - HOUR),
                    lambda: self._cancel(booked, booked.seats[terms.lead]),
                )
            case Fate.EXPIRED:
                self.at(terms.ends_at + terms.policy.deliver_window + HOUR, lambda: self._expire(booked))
            case _:
                self.at(end, lambda: self.deliver(booked))

    def _between(self, low: int, high: int) -> int:
        return low if high <= low else self.dice.randint(low, high)

    def deliver(self, booked: Booked) -> None:
        stage, terms = self.world.stage, booked.terms
        seats = (1 << len(terms.seats)) - 1
        optional = seats & ~terms.required_mask
        if optional and self.dice.random() < 0.15:
            seats ^= 1 << (optional.bit_length() - 1)
        overtime = self.dice.choice((0, 0, 0, terms.pricing.overtime_steps and 1))
        opinion = opinion_of(self.world.seed, booked.number, booked.contents)
        lead = booked.seats[terms.lead].id
        stage.perform(acts.deliver(booked.packed, lead, opinion, seats, overtime, stage.deadline))
        match booked.fate:
            case Fate.ACCEPTED:
                self.at(stage.now + self.dice.randint(1, 40) * HOUR, lambda: self._accept(booked))
            case Fate.BY_TIME:
                self.at(stage.now + terms.policy.review_window + HOUR, lambda: self._accept_by_time(booked))

    def _accept(self, booked: Booked) -> None:
        stage = self.world.stage
        stage.perform(acts.accept(booked.packed, booked.hospital.id, stage.deadline))

    def _accept_by_time(self, booked: Booked) -> None:
        self.world.stage.perform(acts.accept_by_time(booked.packed))

    def _cancel(self, booked: Booked, by: Person) -> None:
        stage, terms = self.world.stage, booked.terms
        if stage.now >= terms.starts_at:
            return
        stage.perform(acts.cancel(booked.packed, by.id, stage.deadline))
        for doctor in booked.seats:
            self._taken[doctor.id].difference_update(range(terms.start, terms.start + terms.slots))

    def _expire(self, booked: Booked) -> None:
        self.world.stage.perform(acts.expire(booked.packed))

    def _double_book(self, number: int, booked: Booked) -> None:
        """Another hospital wants the same hour of the same doctors, with everybody's signature: refused."""
        stage = self.world.stage
        others = [
            hospital
            for hospital in self.world.people.hospitals
            if hospital is not booked.hospital and self._cooperates(hospital, booked.seats)
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

    def team(self, hospital: Person, *wanted: Person) -> list[Person]:
        """Two to five of different specialties whose institutions work with the hospital, `wanted` among them."""
        free = [doctor for doctor in self.world.people.doctors if self.may_sit(hospital, doctor)]
        size = self.dice.choices((2, 3, 4, 5), weights=(3, 4, 2, 1))[0]
        team = list(wanted)
        for doctor in self.dice.sample(free, len(free)):
            if all(doctor.specialties[0] is not other.specialties[0] for other in team):
                team.append(doctor)
            if len(team) >= size:
                break
        return sorted(team, key=lambda doctor: doctor.id)

    def may_sit(self, hospital: Person, doctor: Person) -> bool:
        return bool(doctor.institutions) and self._cooperates(hospital, [doctor])

    def _cooperates(self, hospital: Person, doctors: Sequence[Person]) -> bool:
        return all(
            doctor.institutions[0] == hospital.id
            or (min(hospital.id, doctor.institutions[0]), max(hospital.id, doctor.institutions[0]))
            in self.world.agreements
            for doctor in doctors
        )

    def common_slot(self, team: Sequence[Person], length: int, ahead: int = 6 * HOUR) -> Slot:
        """In working hours of Shanghai, within six days from `ahead` seconds on, when nobody sits elsewhere."""
        earliest = self.world.stage.now + ahead
        while True:
            moment = datetime.fromtimestamp(earliest + self.dice.randint(0, 6 * DAY), CHINA)
            day = moment.replace(minute=0, second=0, microsecond=0)
            if moment.weekday() >= 5 or not FIRST_HOUR <= moment.hour < LAST_HOUR:
                day = day.replace(hour=self.dice.randint(FIRST_HOUR, LAST_HOUR - 1)) + timedelta(
                    days=1 + max(0, 5 - moment.weekday()) % 3
                )
            start = int(day.timestamp()) // SLOT_SECONDS + self.dice.randint(0, 3)
            wanted = range(start, start + length)
            if start * SLOT_SECONDS > earliest and self.all_free(team, wanted):
                return Slot(start)

    def all_free(self, team: Sequence[Person], wanted: range) -> bool:
        return all(self._taken.get(doctor.id, set()).isdisjoint(wanted) for doctor in team)

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
        key = SoftwareKey.from_seed(self.world.seed, "patient", number)
        patient = Person(hospital.kind, hospital.name, key, hospital.city)
        until = terms.ends_at + 30 * DAY
        stage.perform_with_key(
            acts.grant_consent(
                documents.case_file, documents.consent, hospital.id, until, key.address, stage.deadline
            ),
            patient,
        )

    def _fund(self, hospital: Person, terms: Terms) -> None:
        """A hospital that runs low pays in more first."""
        available, _ = self.world.stage.read(
            "RevenueLedger", "fundsOf(uint32)", (hospital.id,), ("uint128", "uint128")
        )
        if available < terms.escrow():
            self.world.deposit(hospital)
