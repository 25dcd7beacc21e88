"""Names and profiles of parties, for every page that names somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from huizhen.db.office.profiles import DoctorProfile, names_of
from huizhen.db.session import Store
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence


@dataclass(frozen=True, slots=True)
class DoctorCard:
    """`title` is a rank of reference.titles()."""

    party: PartyId
    name: Sentence
    title: int
    fee: Fen
    bio: str


class Profiles:
    def __init__(self, office: Store) -> None:
        self._office = office

    def names(self, parties: Iterable[PartyId]) -> Mapping[PartyId, Sentence]:
        """A name for each; a party whose profile is not kept here is called by its number."""
        asked = set(parties)
        with self._office.reading() as session:
            known = names_of(session, asked)
        return {party: known.get(party) or unnamed(party) for party in asked}

    def name(self, party: PartyId, locale: str) -> str:
        return self.names((party,))[party].in_language(locale)

    def doctor(self, party: PartyId) -> DoctorCard | None:
        with self._office.reading() as session:
            row = session.get(DoctorProfile, party)
            return None if row is None else DoctorCard(row.party, row.name, row.title, row.fee, row.bio)


def unnamed(party: PartyId) -> Sentence:
    return Sentence(f"编号 {party}", f"Party {party}")
