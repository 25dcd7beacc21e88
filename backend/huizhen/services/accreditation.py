"""The authority's work: applications and their checks, accreditation, expiries, suspension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from huizhen import reference
from huizhen.db.index import audit_queries, authority_queries
from huizhen.db.index.authority_queries import PartyFilter
from huizhen.db.index.parties import Party
from huizhen.db.office import sealed_texts
from huizhen.db.session import Session, Stores
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.sentence import Sentence
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyKind, PartyStatus, Power
from huizhen.errors import InvalidInput, NotFound
from huizhen.services import fact_words
from huizhen.services.application_checks import Check, Papers, checks_of, papers_of
from huizhen.services.chain_story import Entry, tell
from huizhen.services.payouts import require_power
from huizhen.services.ports import Clock
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementService, StatementView
from huizhen.services.trace import Trace, finality

VALID_SECONDS = 24 * 3600
SOON_SECONDS = 60 * 24 * 3600


@dataclass(frozen=True, slots=True)
class PartyRow:
    """`state` is applied, accredited or suspended; `lapsed` says that the licence has ended meanwhile."""

    party: PartyId
    name: Sentence
    kind: str
    state: str
    city: Sentence
    specialties: tuple[Sentence, ...]
    valid_until: int
    applied_at: int
    lapsed: bool
    trace: Trace


@dataclass(frozen=True, slots=True)
class Desk:
    applied: tuple[PartyRow, ...]
    ending: tuple[PartyRow, ...]
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PartyPage:
    """`asked_*` is what the applicant asks to be accredited for; `licence_number` is for the authority's eyes."""

    row: PartyRow
    powers: int
    profile: str
    licence: str
    revision: int
    licence_number: str
    document: str
    asked_specialties: int
    asked_city: int
    checks: tuple[Check, ...]
    suspended_for: str
    history: tuple[Entry, ...]
    statements: tuple[StatementView, ...]

    @property
    def moving(self) -> bool:
        return any(each.pending for each in self.statements) or self.row.trace.state != "final"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a party is accredited for; `powers` are flags, `valid_until` unix seconds."""

    specialties: int
    city: int
    valid_until: int
    powers: int


@dataclass(frozen=True, slots=True)
class Accreditation:
    stores: Stores
    statements: StatementService
    profiles: Profiles
    clock: Clock

    def desk(self) -> Desk:
        soon = self.clock.now() + SOON_SECONDS
        with self.stores.index.reading() as session:
            applied = authority_queries.applied(session)
            ending = authority_queries.ending(session, soon, 50)
            counts = authority_queries.counts(session)
        named = {status.name.lower(): counts.get(status, 0) for status in PartyStatus}
        return Desk(self._rows(applied), self._rows(ending), named)

    def parties(
        self, status: PartyStatus | None, kind: PartyKind | None, page: int, per_page: int = 30
    ) -> tuple[tuple[PartyRow, ...], int, int]:
        """(parties, pages, how many in all); None lets every status or kind through."""
        wanted = PartyFilter(status, kind)
        with self.stores.index.reading() as session:
            rows, total = authority_queries.parties(session, wanted, page, per_page)
        return self._rows(rows), max(1, -(-total // per_page)), total

    def page(self, number: PartyId) -> PartyPage:
        """Raises NotFound."""
        with self.stores.index.reading() as session:
            row = _found(session, number)
            told = audit_queries.events_of_party(session, number, 50)
            final = finality(session)
        with self.stores.office.reading() as session:
            papers = papers_of(session, [number]).get(number)
            reasons = sealed_texts.texts(session, [row.suspension] if row.suspension else [])
        asked = papers if row.status is PartyStatus.APPLIED else None
        return PartyPage(
            self._rows([row])[0],
            row.powers,
            row.profile,
            row.licence,
            row.revision,
            papers.licence_number if papers else "",
            papers.document if papers else "",
            asked.specialties if asked else row.specialties,
            asked.city if asked else row.city,
            checks_of(row, papers),
            reasons.get(row.suspension, "") if row.suspension else "",
            tell(told, self.profiles, final),
            self.statements.of_subject(f"party:{number}"),
        )

    def accredit(self, authority: PartyId, number: PartyId, grant: Grant) -> StatementView:
        """Accredit, or renew what a party is accredited for. Raises InvalidInput with what to mend."""
        now = self.clock.now()
        with self.stores.index.reading() as session:
            row = self._for_act(session, authority, number)
        if grant.valid_until <= now:
            raise InvalidInput("有效期须在今天之后。", "The accreditation must end after today.")
        if grant.city not in reference.city_by_code():
            raise InvalidInput("请从列表中选择城市。", "Choose a city from the list.")
        if row.kind is PartyKind.DOCTOR and not grant.specialties:
            raise InvalidInput(
                "请为医生至少选择一个诊疗科目。", "Choose at least one specialty for a doctor."
            )
        if row.kind is not PartyKind.OFFICIAL and grant.powers:
            raise InvalidInput("只有职能方可以拥有权限。", "Only an official may hold powers.")
        statement = acts.accredit(
            number,
            row.revision,
            grant.specialties,
            grant.city,
            grant.valid_until,
            grant.powers,
            authority,
            now + VALID_SECONDS,
        )
        return self._propose(statement, authority, number)

    def suspend(self, authority: PartyId, number: PartyId, reason: str) -> StatementView:
        """At once, once signed. The reason stays here; the chain has its commitment."""
        with self.stores.index.reading() as session:
            row = self._for_act(session, authority, number)
        if row.status is not PartyStatus.ACCREDITED or number == authority:
            raise InvalidInput(
                "只能暂停已认证的其他主体。",
                "Only a party that is accredited, and another than yourself, can be suspended.",
            )
        if not reason.strip():
            raise InvalidInput("请写明暂停的理由。", "Write why it is suspended.")
        with self.stores.office.writing() as session:
            commitment = sealed_texts.seal(session, reason.strip(), self.clock.now())
        statement = acts.suspend(
            number, row.revision, commitment, authority, self.clock.now() + VALID_SECONDS
        )
        return self._propose(statement, authority, number)

    def reinstate(self, authority: PartyId, number: PartyId) -> StatementView:
        with self.stores.index.reading() as session:
            row = self._for_act(session, authority, number)
        if row.status is not PartyStatus.SUSPENDED:
            raise InvalidInput("这个主体没有被暂停。", "This party is not suspended.")
        statement = acts.reinstate(number, row.revision, authority, self.clock.now() + VALID_SECONDS)
        return self._propose(statement, authority, number)

    def _for_act(self, session: Session, authority: PartyId, number: PartyId) -> Party:
        require_power(session, authority, Power.AUTHORITY)
        return _found(session, number)

    def _propose(self, statement: Statement, authority: PartyId, number: PartyId) -> StatementView:
        return self.statements.propose(statement, proposer=authority, subject=f"party:{number}")

    def _rows(self, rows: Sequence[Party]) -> tuple[PartyRow, ...]:
        now = self.clock.now()
        with self.stores.index.reading() as session:
            final = finality(session)
        with self.stores.office.reading() as session:
            asked = papers_of(session, [row.id for row in rows if row.status is PartyStatus.APPLIED])
        names = self.profiles.names(row.id for row in rows)
        return tuple(_row(row, names[row.id], asked.get(row.id), final.of(row), now) for row in rows)


def _row(row: Party, name: Sentence, asked: Papers | None, trace: Trace, now: int) -> PartyRow:
    """An applicant is shown with what it asks for, everybody else with what was granted."""
    mask = asked.specialties if asked else row.specialties
    code = asked.city if asked else row.city
    if asked and asked.name.zh:
        name = asked.name
    return PartyRow(
        row.id,
        name,
        row.kind.name.lower(),
        row.status.name.lower(),
        fact_words.city(code) if code else Sentence("—", "—"),
        tuple(Sentence(each.zh, each.en) for each in reference.specialties_in(mask)),
        row.valid_until,
        row.applied_at,
        row.status is PartyStatus.ACCREDITED and row.valid_until < now,
        trace,
    )


def _found(session: Session, number: PartyId) -> Party:
    row = audit_queries.party(session, number)
    if row is None:
        raise NotFound(f"没有编号{number}的主体。", f"There is no party {number}.")
    return row
