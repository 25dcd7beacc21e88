"""An application against the chain: what can be recomputed from the facts is recomputed."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen import reference
from huizhen.db.index.parties import Party
from huizhen.db.office.applications import Application
from huizhen.domain.commitments import commit, document_digest
from huizhen.domain.sentence import Sentence
from huizhen.domain.statuses import PartyKind
from huizhen.services import fact_words


@dataclass(frozen=True, slots=True)
class Check:
    """`ok` is None where this operator cannot tell, because the party applied elsewhere."""

    label: Sentence
    ok: bool | None
    finding: Sentence


_ELSEWHERE = Sentence(
    "经其他平台申请，本平台没有原件", "Applied through another operator: the facts are not here"
)


def checks_of(row: Party, application: Application | None) -> tuple[Check, ...]:
    """What can be recomputed from the facts, each against the chain."""
    city = application.city if application else row.city
    mask = application.specialties if application else row.specialties
    known_city = city in reference.city_by_code()
    found = [
        _against_chain(
            Sentence("档案摘要", "Profile digest"),
            None if application is None else document_digest(application.document) == row.profile,
        ),
        _against_chain(
            Sentence("执业证承诺", "Licence commitment"),
            None if application is None else _licence(application) == bytes.fromhex(row.licence[2:]),
        ),
        _against_chain(
            Sentence("类别", "Kind"), None if application is None else application.kind is row.kind
        ),
        Check(
            Sentence("城市", "City"),
            known_city if city else None,
            fact_words.city(city)
            if known_city
            else Sentence("不在GB/T 2260中，或尚未认证", "Not in GB/T 2260, or not accredited yet"),
        ),
    ]
    if row.kind is PartyKind.DOCTOR:
        found.append(
            Check(Sentence("诊疗科目", "Specialties"), bool(mask) or None, fact_words.specialties(mask))
        )
    return tuple(found)


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
