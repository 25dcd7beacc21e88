"""Cases that wait for the visitor of the demo: ready for a team, with a team that is asked, or with an opinion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from huizhen.domain import acts
from huizhen.domain.case import Contents, WantedSeat, Wish
from huizhen.domain.commitments import commit
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot, local_time, slot_at, slot_from
from huizhen.domain.terms import Terms
from huizhen.services.consents import canonical, consent_text
from huizhen.simulation.case_papers import patient_key
from huizhen.simulation.cases import Cases
from huizhen.simulation.fates import Fate
from huizhen.simulation.hours import CHINA, FIRST_HOUR, LAST_HOUR
from huizhen.simulation.people import Person
from huizhen.simulation.stage import DAY, HOUR
from huizhen.simulation.stories import CASES, case_file_of, contents_of, seeded

# Numbers of booked cases count up from 0, those of rivals down from -1: these stand beside both.
FIRST = 1_000_000
DAYS_AHEAD = 14
HALF_HOUR = 2


@dataclass(frozen=True, slots=True)
class WaitingCase:
    """`text` is what the patient consented to, `consent` its commitment under `key`."""

    number: int
    hospital: Person
    contents: Contents
    wish: Wish
    text: dict[str, Any]
    address: str
    valid_until: int
    case_file: bytes
    consent: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class AskedTeam:
    """A case whose team the hospital has chosen and asked: `terms` are what everybody is to sign."""

    case: WaitingCase
    terms: Terms


@dataclass(slots=True)
class Waiting:
    """One case for each hospital, with a team that can be had; one more whose team is asked; one to be accepted."""

    world: Cases
    cases: list[WaitingCase] = field(default_factory=list)
    asked: AskedTeam | None = None

    @property
    def all(self) -> tuple[WaitingCase, ...]:
        return (*self.cases, *([self.asked.case] if self.asked else []))

    @property
    def wanted(self) -> set[PartyId]:
        """Whom a hospital has asked for."""
        return {seat.doctor for seat in self.asked.terms.seats} if self.asked else set()

    def plan(self) -> None:
        """One more booking: the first hospital's experts deliver within the last day, so that it still has two days or
        more to accept.
        """
        self.world.agenda.at(self.world.agenda.end - 30 * HOUR, self._book_delivered)

    def _book_delivered(self) -> None:
        cases, hospital = self.world, self.world.world.people.hospitals[0]
        team = cases.teams.team(hospital)
        first, last = slot_from(cases.agenda.end - 26 * HOUR), slot_at(cases.agenda.end - 2 * HOUR)
        starts = (
            Slot(start)
            for start in range(first, last)
            if FIRST_HOUR <= local_time(Slot(start)).hour < LAST_HOUR
            and cases.hours.all_free(team, range(start, start + HALF_HOUR))
        )
        start = next(starts, None)
        if team and start is not None:
            booked = cases.book(cases.count, hospital, team, start, HALF_HOUR, False, Fate.UNDECIDED)
            cases.agenda.at(
                booked.terms.ends_at + HOUR, lambda: cases.courses.deliver(booked, booked.all_seats)
            )
        else:
            cases.book_any(cases.count, Fate.UNDECIDED)

    def prepare(self) -> None:
        hospitals = self.world.world.people.hospitals
        for number, hospital in enumerate(hospitals, start=FIRST):
            self.cases.append(self._prepare(number, hospital, self.world.teams.team(hospital)))
        self._ask(FIRST + len(hospitals))

    def _ask(self, number: int) -> None:
        """The first doctor who practises is asked by a hospital that may book them."""
        world = self.world
        doctor = next((each for each in world.world.people.doctors if each.institutions), None)
        hospitals = reversed(world.world.people.hospitals)
        hospital = next((each for each in hospitals if doctor and world.teams.may_sit(each, doctor)), None)
        if doctor is None or hospital is None:
            return
        team = world.teams.team(hospital, doctor)
        case = self._prepare(number, hospital, team)
        start = world.hours.common_slot(team, HALF_HOUR, world.world.stage.now + 3 * DAY)
        terms = world.terms(number, hospital, team, start, HALF_HOUR, urgent=False)
        documents = replace(terms.documents, case_file=case.case_file, consent=case.consent)
        # Longer than the policy's two hours: visitors of the demo come when they like.
        self.asked = AskedTeam(case, replace(terms, sign_by=terms.starts_at - DAY, documents=documents))

    def _prepare(self, number: int, hospital: Person, somebody: Sequence[Person]) -> WaitingCase:
        founding = self.world.world
        stage, seed = founding.stage, founding.seed
        team = [person for person in somebody if person.specialties[0].code in CASES]
        contents = contents_of(team, urgent=False)
        seats = tuple(WantedSeat(person.specialties[0].code) for person in team)
        today = datetime.fromtimestamp(stage.now, UTC).astimezone(CHINA).date()
        limit = Fen(2 * sum(person.fee for person in team))
        wish = Wish(seats, today + timedelta(days=1), today + timedelta(days=DAYS_AHEAD), HALF_HOUR, limit)
        valid_until = stage.now + 90 * DAY
        text = consent_text(contents, wish, hospital.id, valid_until)
        key, patient = seeded(seed, "consent", number), patient_key(seed, number)
        case = WaitingCase(
            number,
            hospital,
            contents,
            wish,
            text,
            patient.address,
            valid_until,
            case_file_of(seed, number, contents),
            commit(key, canonical(text)),
            key,
        )
        stage.perform_with(
            acts.grant_consent(
                case.case_file, case.consent, hospital.id, case.valid_until, case.address, stage.deadline
            ),
            patient,
        )
        return case
