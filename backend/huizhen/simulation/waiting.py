"""Cases that wait for the visitor of the demo: consented, approved, complete, so that a team can be sought at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.case import Contents, WantedSeat, Wish
from huizhen.domain.commitments import commit
from huizhen.domain.money import Fen
from huizhen.services.consents import canonical, consent_text
from huizhen.simulation.cases import Cases
from huizhen.simulation.people import Person
from huizhen.simulation.stage import DAY
from huizhen.simulation.stories import CASES, case_file_of, contents_of, seeded

CHINA = ZoneInfo("Asia/Shanghai")
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


@dataclass(slots=True)
class Waiting:
    """One case for each hospital, with a team that can be had."""

    world: Cases
    cases: list[WaitingCase] = field(default_factory=list)

    def prepare(self) -> None:
        for number, hospital in enumerate(self.world.world.people.hospitals, start=FIRST):
            self.cases.append(self._prepare(number, hospital))

    def _prepare(self, number: int, hospital: Person) -> WaitingCase:
        founding = self.world.world
        stage, seed = founding.stage, founding.seed
        team = [person for person in self.world.team(hospital) if person.specialties[0].code in CASES]
        contents = contents_of(team, urgent=False)
        seats = tuple(WantedSeat(person.specialties[0].code) for person in team)
        today = datetime.fromtimestamp(stage.now, UTC).astimezone(CHINA).date()
        limit = Fen(2 * sum(person.fee for person in team))
        wish = Wish(seats, today + timedelta(days=1), today + timedelta(days=DAYS_AHEAD), HALF_HOUR, limit)
        valid_until = stage.now + 90 * DAY
        text = consent_text(contents, wish, hospital.id, valid_until)
        key, patient = seeded(seed, "consent", number), SoftwareKey.from_seed(seed, "patient", number)
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
        stage.perform_with_key(
            acts.grant_consent(
                case.case_file, case.consent, hospital.id, case.valid_until, case.address, stage.deadline
            ),
            Person(hospital.kind, hospital.name, patient, hospital.city),
        )
        return case
