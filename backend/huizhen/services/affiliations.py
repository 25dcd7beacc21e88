"""Registrations of doctors at institutions of practice, from either side. The doctor asks and signs first."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.db.index import doctor_queries as queries
from huizhen.db.index.parties import Affiliation, Party
from huizhen.db.office.profiles import doctor_profiles
from huizhen.db.session import Stores
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.sentence import Sentence
from huizhen.errors import InvalidInput
from huizhen.reference import City, Specialty, Title, city_by_code, specialties_in, titles
from huizhen.services.licence import require_licence
from huizhen.services.ports import Clock
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementService, StatementView
from huizhen.services.trace import Trace, finality

DAY = 24 * 3600
LONGEST_DAYS = 5 * 366


@dataclass(frozen=True, slots=True)
class AffiliationLine:
    """`who` is the other side: the institution for a doctor, the doctor for an institution. Times are unix."""

    who: PartyId
    name: Sentence
    title: Title | None
    specialties: tuple[Specialty, ...]
    city: City | None
    valid_until: int
    standing_until: int
    licence_until: int
    in_force: bool
    standing: bool
    ended: bool
    version: int
    trace: Trace


@dataclass(frozen=True, slots=True)
class AffiliationsPage:
    """`waiting` are statements that somebody has not signed, or that are on their way; newest first."""

    lines: tuple[AffiliationLine, ...]
    waiting: tuple[StatementView, ...]


@dataclass(frozen=True, slots=True)
class Affiliations:
    stores: Stores
    statements: StatementService
    profiles: Profiles
    clock: Clock

    def of_doctor(self, doctor: PartyId) -> AffiliationsPage:
        with self.stores.index.reading() as session:
            final = finality(session)
            rows = queries.affiliations(session, doctor)
            pairs = [(row, session.get_one(Party, row.institution), final.of(row)) for row in rows]
        return self._page(pairs, doctor)

    def of_institution(self, institution: PartyId) -> AffiliationsPage:
        with self.stores.index.reading() as session:
            final = finality(session)
            pairs = [(row, party, final.of(row)) for row, party in queries.doctors_at(session, institution)]
        return self._page(pairs, institution)

    def choices(self) -> tuple[tuple[PartyId, Sentence], ...]:
        """Accredited institutions, by name."""
        with self.stores.index.reading() as session:
            asked = [party.id for party in queries.institutions(session)]
        names = self.profiles.names(asked)
        return tuple((party, names[party]) for party in sorted(asked, key=lambda p: names[p].zh))

    def propose(
        self, doctor: PartyId, institution: PartyId, valid_until: int, standing_until: int
    ) -> StatementView:
        """Raises InvalidInput without a valid licence, for times that cannot be, or while one is under way."""
        now = self.clock.now()
        with self.stores.index.reading() as session:
            require_licence(session.get(Party, doctor), now)
            row = session.get(Affiliation, (doctor, institution))
        if not now < valid_until <= now + LONGEST_DAYS * DAY or standing_until > valid_until:
            raise InvalidInput(
                "有效期须在五年以内，长期授权不得晚于有效期。",
                "The registration lasts at most five years, and the standing consent no longer than it.",
            )
        for view in self._waiting(doctor):
            if view.function == "affiliate" and view.values["institution"] == institution:
                raise InvalidInput(
                    "与该机构已有一份备案在途中，请先完成或撤回。",
                    "A registration with this institution is under way: finish or withdraw it first.",
                )
        statement = acts.affiliate(
            doctor, institution, valid_until, standing_until, row.version if row else 0, now + 7 * DAY
        )
        return self.statements.propose(
            statement, proposer=doctor, subject=f"affiliation:{doctor}:{institution}"
        )

    def propose_end(self, doctor: PartyId, institution: PartyId, by: PartyId) -> StatementView:
        """Raises InvalidInput where there is no registration in force between the two."""
        with self.stores.index.reading() as session:
            row = session.get(Affiliation, (doctor, institution))
        now = self.clock.now()
        if row is None or row.ended_by is not None or row.valid_until < now:
            raise InvalidInput("没有生效中的备案可结束。", "There is no registration in force to end.")
        for view in self._waiting(by):
            if view.function == "endAffiliation" and view.values["doctor"] == doctor:
                return view
        return self.statements.propose(
            acts.end_affiliation(doctor, institution, by, row.version, now + DAY),
            proposer=by,
            subject=f"affiliation:{doctor}:{institution}",
        )

    def _waiting(self, party: PartyId) -> tuple[StatementView, ...]:
        """About registrations: what the party put forward, and what it is asked to sign."""
        seen = {
            view.id: view
            for view in (*self.statements.of_proposer(party), *self.statements.awaiting(party))
            if view.subject.startswith("affiliation:") and (view.open or view.pending)
        }
        return tuple(sorted(seen.values(), key=lambda view: -view.id))

    def _page(self, pairs: list[tuple[Affiliation, Party, Trace]], of: PartyId) -> AffiliationsPage:
        now = self.clock.now()
        others = [party.id for _, party, _ in pairs]
        names = self.profiles.names(others)
        with self.stores.office.reading() as session:
            profiles = doctor_profiles(session, others)
        ranks = {title.rank: title for title in titles()}
        lines = tuple(
            AffiliationLine(
                party.id,
                names[party.id],
                ranks.get(profiles[party.id].title) if party.id in profiles else None,
                specialties_in(party.specialties),
                city_by_code().get(party.city),
                row.valid_until,
                row.standing_until,
                party.valid_until,
                row.ended_by is None and row.valid_until >= now,
                row.ended_by is None and min(row.standing_until, row.valid_until) >= now,
                row.ended_by is not None,
                row.version,
                trace,
            )
            for row, party, trace in pairs
        )
        return AffiliationsPage(
            tuple(sorted(lines, key=lambda line: (not line.in_force, line.valid_until))), self._waiting(of)
        )
