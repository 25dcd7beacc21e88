"""Booked consultations that move to other hours, or get another doctor for a seat, before they begin."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.terms import Seat, Terms, encode_terms
from huizhen.simulation.fates import Booked
from huizhen.simulation.founding import Founding
from huizhen.simulation.hours import Hours
from huizhen.simulation.people import Person
from huizhen.simulation.stage import HOUR
from huizhen.simulation.stories import seeded
from huizhen.simulation.teams import Teams

# The latest that anybody asks for a change.
NOTICE = 3 * HOUR


@dataclass(frozen=True, slots=True)
class Amendments:
    world: Founding
    dice: random.Random
    hours: Hours
    teams: Teams

    def reschedule(self, booked: Booked) -> Booked:
        """Everybody meets at other hours."""
        terms, stage = booked.terms, self.world.stage
        start = self.hours.common_slot(booked.seats, terms.slots, stage.now + 6 * HOUR)
        to = self._redated(booked, replace(terms, start=start))
        packed = encode_terms(to)
        stage.perform(acts.reschedule(booked.packed, packed, self._signers(booked, packed)))
        return self._amended(booked, to, packed, booked.seats)

    def substitute(self, booked: Booked) -> Booked:
        """Somebody of the same specialty takes a seat for the same fee; without anybody who could, nothing changes."""
        leaving = self.dice.randrange(len(booked.seats))
        joining = self._stand_in(booked, leaving)
        if joining is None:
            return booked
        to, seats = self._with(booked, leaving, joining)
        packed = encode_terms(to)
        self.world.stage.perform(acts.substitute(booked.packed, packed, self._signers(booked, packed)))
        return self._amended(booked, to, packed, seats)

    def _stand_in(self, booked: Booked, leaving: int) -> Person | None:
        terms, gone = booked.terms, booked.seats[leaving]
        wanted = range(terms.start, terms.start + terms.slots)
        able = (
            doctor
            for doctor in self.world.people.doctors
            if doctor not in booked.seats
            and doctor.specialties[0] is gone.specialties[0]
            and self.teams.may_sit(booked.hospital, doctor)
            and self.hours.all_free([doctor], wanted)
        )
        return next(able, None)

    def _with(self, booked: Booked, leaving: int, joining: Person) -> tuple[Terms, tuple[Person, ...]]:
        """Seats stand in ascending order of doctor, and the lead stays who it was unless that is who leaves."""
        seats = list(zip(booked.terms.seats, booked.seats, strict=True))
        lead = joining if leaving == booked.terms.lead else booked.lead
        seats[leaving] = self._seat(seats[leaving][0], joining), joining
        seats.sort(key=lambda pair: pair[0].doctor)
        people = tuple(person for _, person in seats)
        terms = replace(booked.terms, seats=tuple(seat for seat, _ in seats), lead=people.index(lead))
        return self._redated(booked, terms), people

    def _seat(self, seat: Seat, doctor: Person) -> Seat:
        group = self.world.group_of.get(doctor.id, PartyId(0))
        version, institution, fund = self.world.groups[group].rule if group else (0, 10_000, 0)
        return replace(
            seat,
            doctor=doctor.id,
            institution=doctor.institutions[0],
            group=group,
            rule_version=version,
            institution_bps=institution,
            fund_bps=fund,
        )

    def _redated(self, booked: Booked, terms: Terms) -> Terms:
        salt = seeded(self.world.seed, "salt", booked.number, "amended")[:16]
        return replace(terms, sign_by=self.world.stage.now + 2 * HOUR, salt=salt)

    def _signers(self, booked: Booked, to: bytes) -> tuple[PartyId, ...]:
        (parties,) = self.world.stage.read(
            "Disputes", "signersOf(bytes,bytes)", (booked.packed, to), ("uint32[]",)
        )
        return tuple(PartyId(party) for party in parties)

    def _amended(self, booked: Booked, to: Terms, packed: bytes, seats: Sequence[Person]) -> Booked:
        self.hours.free(booked.terms)
        self.hours.take(to)
        return replace(booked, terms=to, packed=packed, seats=tuple(seats))
