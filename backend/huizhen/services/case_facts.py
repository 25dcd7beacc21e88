"""A case with all that its state follows from: consent, hold and booking, read for many cases at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from huizhen.db.index import consultation_queries
from huizhen.db.index.consents import Consent
from huizhen.db.index.consultations import Consultation
from huizhen.db.office import consents, drafts, holds
from huizhen.db.office.consents import ConsentRequest
from huizhen.db.office.drafts import CaseStep, Draft
from huizhen.db.office.holds import Hold
from huizhen.db.office.statements import StatementRow, StatementStatus
from huizhen.db.session import Stores
from huizhen.domain.accounts import Account
from huizhen.domain.case import Case, CaseAct, CaseId, CaseStage
from huizhen.domain.ids import PartyId
from huizhen.errors import NotFound

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Held:
    """A hold with the statement that its team signs."""

    hold: Hold
    statement: StatementRow

    def living(self, now: int) -> bool:
        if self.statement.status is StatementStatus.GATHERING:
            return now <= self.hold.expires_at
        return self.statement.status in holds.LIVING


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """`request` is the newest consent link that counts, `consent` what the chain has of it; `held` the newest hold."""

    draft: Draft
    request: ConsentRequest | None
    consent: Consent | None
    held: Held | None
    consultation: Consultation | None
    now: int

    @property
    def consent_until(self) -> int | None:
        """The last second of the consent in force, None where there is none."""
        if self.consent is None or self.consent.withdrawn or self.consent.valid_until < self.now:
            return None
        return self.consent.valid_until

    @property
    def case(self) -> Case:
        booked = self.consultation
        waiting = self.held is not None and self.held.living(self.now)
        if waiting and booked is not None and self.held is not None:
            waiting = not same_terms(booked.terms.hex(), self.held.hold.terms)
        return Case(
            self.draft.stage,
            self.consent_until is not None,
            waiting,
            None if booked is None else booked.status,
        )


def same_terms(one: str, other: str) -> bool:
    """Packed terms as hex, with or without 0x."""
    return one.removeprefix("0x") == other.removeprefix("0x")


def facts_of(stores: Stores, rows: Sequence[Draft], now: int) -> list[CaseFacts]:
    """In the order of the rows; four queries, however many there are."""
    cases = [row.id for row in rows]
    with stores.office.reading() as session:
        requests = {row.draft: row for row in consents.of_cases(session, cases) if not row.void}
        held = _first((hold.draft, Held(hold, sent)) for hold, sent in holds.of_cases(session, cases))
    with stores.index.reading() as session:
        granted = {
            row.consent: row
            for row in consultation_queries.consents(session, [r.consent for r in requests.values()])
        }
        files = [row.case_file for row in rows if row.case_file is not None]
        booked = _first((row.case_file, row) for row in consultation_queries.of_case_files(session, files))
    return [
        CaseFacts(
            row,
            request := requests.get(row.id),
            granted.get(request.consent) if request else None,
            held.get(row.id),
            booked.get(row.case_file) if row.case_file else None,
            now,
        )
        for row in rows
    ]


def facts(stores: Stores, case: CaseId, hospital: PartyId, now: int) -> CaseFacts:
    """Raises NotFound for a case that is not this hospital's."""
    with stores.office.reading() as session:
        row = drafts.find(session, case, hospital)
    if row is None:
        raise NotFound(
            "没有这个病例，或它不属于贵院。", "There is no such case, or it is not your hospital's."
        )
    return facts_of(stores, [row], now)[0]


def note(
    stores: Stores, case: CaseId, act: CaseAct, account: Account | None, at: int, text: str = ""
) -> None:
    """One line of the trail by itself; steps that change the case write theirs with the change."""
    with stores.office.writing() as session:
        session.add(step(case, act, account, at, text))


def step(case: CaseId, act: CaseAct, account: Account | None, at: int, text: str = "") -> CaseStep:
    return CaseStep(
        draft=case,
        act=act,
        account=account.id if account else None,
        by_zh=account.name.zh if account else "",
        by_en=account.name.en if account else "",
        at=at,
        note=text,
    )


def move(draft: Draft, stage: CaseStage, at: int) -> None:
    draft.stage, draft.stage_at = stage, at


def _first(pairs: Iterable[tuple[K, V]]) -> dict[K, V]:
    found: dict[K, V] = {}
    for key, value in pairs:
        found.setdefault(key, value)
    return found
