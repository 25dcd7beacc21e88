"""Files of cases, who was given their keys, consents that end, and the anchored log of openings."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.simulation.agenda import Agenda
from huizhen.simulation.fates import Booked
from huizhen.simulation.founding import Founding
from huizhen.simulation.people import Person
from huizhen.simulation.stage import DAY, HOUR
from huizhen.simulation.stories import seeded

# The team reads the case for a week after the session.
READING = 7 * DAY
# Longer than any dispute takes, shorter than consents are valid after the session.
JUDGING = 20 * DAY


def patient_key(seed: int, number: int) -> SoftwareKey:
    """What the patient of the case of this number signs with; it is no party's."""
    return SoftwareKey.from_seed(seed, "patient", number)


@dataclass(slots=True)
class CasePapers:
    world: Founding
    dice: random.Random
    agenda: Agenda
    _versions: dict[tuple[bytes, PartyId], int] = field(default_factory=dict)

    def follow(self, booked: Booked) -> None:
        """After a booking whose consent is not withdrawn before it: the team gets the case's key and files."""
        self.agenda.after(HOUR // 2, lambda: self._share(booked))

    def withdraw(self, booked: Booked) -> None:
        """The patient no longer wants the case to be shared."""
        stage, documents = self.world.stage, booked.terms.documents
        withdrawal = acts.withdraw_consent(documents.case_file, documents.consent, stage.deadline)
        stage.perform_with(withdrawal, patient_key(self.world.seed, booked.number))

    def open_for(self, booked: Booked, reader: Person) -> None:
        self._grant(booked, reader, booked.terms.ends_at + JUDGING)

    def plan_anchors(self, begin: int) -> None:
        """The platform fixes its log of openings once a day."""
        entries = 0
        for sequence, moment in enumerate(range(begin + DAY, self.agenda.end, DAY)):
            entries += self.dice.randint(1, 40)
            self.agenda.at(
                moment,
                lambda sequence=sequence, entries=entries: self._anchor(sequence, entries),  # type: ignore[misc]
            )

    def _anchor(self, sequence: int, entries: int) -> None:
        stage, platform = self.world.stage, self.world.people.officials["platform"]
        head = seeded(self.world.seed, "log", sequence)
        stage.perform(acts.anchor_log(platform.id, sequence, head, entries, stage.deadline))

    def _share(self, booked: Booked) -> None:
        for index in range(self.dice.randint(1, 2)):
            self._commit(booked, booked.hospital.id, index)
        until = booked.terms.ends_at + READING
        for doctor in booked.seats:
            self._grant(booked, doctor, until)
        consultant = booked.seats[-1]
        if self.dice.random() < 0.4:
            self._commit(booked, consultant.id, 2)
        if self.dice.random() < 0.3:
            by = self.dice.choice((booked.hospital, consultant))
            self.agenda.at(booked.terms.ends_at + DAY, lambda: self._end(booked, consultant, by))

    def _commit(self, booked: Booked, by: PartyId, index: int) -> None:
        stage, documents = self.world.stage, booked.terms.documents
        file = seeded(self.world.seed, "file", booked.number, index)
        stage.perform(acts.commit_file(documents.case_file, documents.consent, file, by, stage.deadline))

    def _grant(self, booked: Booked, reader: Person, until: int) -> None:
        stage, documents = self.world.stage, booked.terms.documents
        version = self._next(documents.case_file, reader)
        key = seeded(self.world.seed, "wrapped key", booked.number, reader.id, version)
        stage.perform(
            acts.grant_key(
                documents.case_file,
                documents.consent,
                booked.hospital.id,
                reader.id,
                key,
                until,
                version,
                stage.deadline,
            )
        )

    def _end(self, booked: Booked, reader: Person, by: Person) -> None:
        stage, case_file = self.world.stage, booked.terms.documents.case_file
        version = self._next(case_file, reader)
        stage.perform(acts.end_key_grant(case_file, reader.id, by.id, version, stage.deadline))

    def _next(self, case_file: bytes, reader: Person) -> int:
        """The version that the next act on this reader of this case names; each act moves it."""
        version = self._versions.get((case_file, reader.id), 0)
        self._versions[case_file, reader.id] = version + 1
        return version
