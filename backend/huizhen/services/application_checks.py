"""An application against the chain: what can be recomputed from its papers is recomputed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from huizhen import reference
from huizhen.db.index.parties import Party
from huizhen.db.office import applications, profiles
from huizhen.db.office.applications import Application
from huizhen.db.session import Session
from huizhen.domain.commitments import commit, document_digest
from huizhen.domain.ids import PartyId
from huizhen.domain.sentence import Sentence
from huizhen.domain.statuses import PartyKind
from huizhen.services import fact_words


@dataclass(frozen=True, slots=True)
class Papers:
    """What a party published of itself, read from the document whose digest is on chain; and its licence,
    where it applied through this operator.
    """

    document: str
    name: Sentence
    kind: str
    specialties: int
    city: int
    application: Application | None

    @property
    def licence_number(self) -> str:
        return "" if self.application is None else self.application.licence_number


@dataclass(frozen=True, slots=True)
class Check:
    """`ok` is None where this operator cannot tell, because the papers are elsewhere."""

    label: Sentence
    ok: bool | None
    finding: Sentence


def papers_of(session: Session, parties: Iterable[PartyId]) -> Mapping[PartyId, Papers]:
    """Of a session of the office; only of those whose document is kept here."""
    asked = list(parties)
    filed = applications.of_parties(session, asked)
    documents = {**profiles.documents_of(session, asked), **{p: row.document for p, row in filed.items()}}
    return {party: _read(document, filed.get(party)) for party, document in documents.items()}


def _read(document: str, application: Application | None) -> Papers:
    shown = json.loads(document)
    name = shown.get("name", {})
    known = reference.specialty_by_code()
    return Papers(
        document,
        Sentence(name.get("zh", ""), name.get("en", "")),
        shown.get("kind", ""),
        reference.mask_of(code for code in shown.get("specialties", ()) if code in known),
        shown.get("city") or 0,
        application,
    )


_ELSEWHERE = Sentence("原件不在本平台，无法核对", "The original is not kept here, so this cannot be checked")


def checks_of(row: Party, papers: Papers | None) -> tuple[Check, ...]:
    """Each paper against the chain, and each fact against the public catalogues."""
    city = papers.city if papers else row.city
    mask = papers.specialties if papers else row.specialties
    filed = papers.application if papers else None
    found = [
        _against_chain(
            Sentence("档案摘要", "Profile digest"),
            None if papers is None else document_digest(papers.document) == row.profile,
        ),
        _against_chain(
            Sentence("执业证承诺", "Licence commitment"),
            None if filed is None else _licence(filed) == bytes.fromhex(row.licence[2:]),
        ),
        _against_chain(
            Sentence("类别", "Kind"), None if papers is None else papers.kind == row.kind.name.lower()
        ),
        _city(city),
    ]
    if row.kind is PartyKind.DOCTOR:
        words = fact_words.specialties(mask)
        found.append(Check(Sentence("诊疗科目", "Specialties"), bool(mask) or None, words))
    return tuple(found)


def _city(code: int) -> Check:
    label = Sentence("城市", "City")
    if code in reference.city_by_code():
        return Check(label, True, fact_words.city(code))
    unknown = Sentence("不在GB/T 2260中，或尚未认证", "Not in GB/T 2260, or not accredited yet")
    return Check(label, False if code else None, unknown)


def _licence(application: Application) -> bytes:
    return commit(bytes.fromhex(application.licence_key), application.licence_number)


def _against_chain(label: Sentence, ok: bool | None) -> Check:
    if ok is None:
        return Check(label, None, _ELSEWHERE)
    same = Sentence("与链上一致", "Agrees with the chain")
    return Check(
        label,
        ok,
        same if ok else Sentence("与链上不一致，请勿认证", "Differs from the chain: do not accredit"),
    )
