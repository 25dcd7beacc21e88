"""Applying to be a party: what the chain gets is a digest and a keyed commitment; the facts stay in the office."""

from __future__ import annotations

import json
from dataclasses import dataclass

from huizhen.db.index.doctor_queries import parties_by_licence
from huizhen.db.office import applications as repository
from huizhen.db.office.accounts import AccountRow
from huizhen.db.office.applications import Application
from huizhen.db.office.profiles import DoctorProfile, GroupProfile, HospitalProfile
from huizhen.db.office.statements import StatementStatus as Status
from huizhen.db.session import Session, Stores
from huizhen.domain import acts
from huizhen.domain.accounts import AccountId
from huizhen.domain.chain_ids import Hash32, Specialties, hex32
from huizhen.domain.commitments import commit, document_digest, new_key
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.statuses import PartyKind
from huizhen.errors import InvalidInput
from huizhen.reference import specialties_in
from huizhen.services.ports import ChainGateway, Clock, Keys
from huizhen.services.statements import StatementService, StatementView

DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Facts:
    """What the applicant fills in. `title` is a rank; it and `fee` are a doctor's, `level` a hospital's."""

    kind: PartyKind
    name_zh: str
    name_en: str
    licence_number: str
    specialties: int
    city: int
    bio: str
    title: int | None = None
    fee: Fen | None = None
    level: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """An application as its applicant and the authority see it. `party` is None until the chain has it."""

    id: int
    facts: Facts
    document: str
    profile: Hash32
    licence: Hash32
    party: PartyId | None
    applied_at: int
    statement: StatementView | None


@dataclass(frozen=True, slots=True)
class Applications:
    """`home` is the platform party that operates this installation, 0 for none."""

    stores: Stores
    statements: StatementService
    chain: ChainGateway
    keys: Keys
    clock: Clock
    home: PartyId

    def apply(self, account: AccountId, facts: Facts, founder: PartyId | None = None) -> Filed:
        """Make the applicant's key, sign, queue. A lead applies for a group as its `founder`.

        Raises InvalidInput while an earlier application of the same account still stands.
        """
        if founder is None:
            self._refuse_second(account)
        signer, key, now = self.keys.create(), new_key(), self.clock.now()
        document, licence = document_of(facts), commit(key, facts.licence_number)
        profile = document_digest(document)
        statement = acts.apply_as(
            facts.kind, self.home, bytes.fromhex(profile[2:]), licence, signer, now + DAY
        )
        signature = self.keys.sign_as(signer, self.chain.digest(statement))
        row = Application(
            account=account,
            founder=founder,
            kind=facts.kind,
            name_zh=facts.name_zh,
            name_en=facts.name_en,
            licence_number=facts.licence_number,
            licence_key=key.hex(),
            licence=hex32(licence),
            document=document,
            profile=profile,
            specialties=Specialties(facts.specialties),
            city=facts.city,
            title=facts.title,
            fee=facts.fee,
            level=facts.level,
            bio=facts.bio,
            signer=signer.hex(),
            applied_at=now,
        )
        with self.stores.office.writing() as session:
            application = repository.add(session, row).id
        sent = self.statements.submit_signed_elsewhere(
            statement, signature, subject=f"application:{application}"
        )
        with self.stores.office.writing() as session:
            session.get_one(Application, application).statement = sent.id
        return _filed(row, sent)

    def _refuse_second(self, account: AccountId) -> None:
        standing = self.of_account(account)
        if standing is not None and not _failed(standing):
            raise InvalidInput(
                "您已提交申请，请在本页查看进度。", "You have applied already; this page shows how far it is."
            )

    def of_account(self, account: AccountId) -> Filed | None:
        with self.stores.office.reading() as session:
            row = repository.latest_of(session, account)
        return None if row is None else self._shown(row)

    def of_founder(self, founder: PartyId) -> tuple[Filed, ...]:
        """Groups that a doctor applied for, the newest first."""
        with self.stores.office.reading() as session:
            rows = repository.of_founder(session, founder)
        return tuple(self._shown(row) for row in rows)

    def of_party(self, party: PartyId) -> Filed | None:
        """For the authority: the facts behind a party's digests, if it applied through this operator."""
        with self.stores.office.reading() as session:
            row = repository.of_parties(session, (party,)).get(party)
        return None if row is None else self._shown(row)

    def _shown(self, row: Application) -> Filed:
        sent = self.statements.of_subject(f"application:{row.id}")
        return _filed(row, sent[0] if sent else None)

    def adopt(self) -> int:
        """For the worker: give accounts, keys and profiles to the parties whose application is now on chain."""
        with self.stores.office.reading() as session:
            waiting = {row.licence: row for row in repository.without_party(session)}
        if not waiting:
            return 0
        with self.stores.index.reading() as session:
            known = parties_by_licence(session, waiting)
        for licence, party in known.items():
            row = waiting[licence]
            self.keys.assign(bytes.fromhex(row.signer), party, 0)
            with self.stores.office.writing() as session:
                _adopt(session, session.get_one(Application, row.id), party)
        return len(known)


def document_of(facts: Facts) -> str:
    """The public profile as it is signed for: canonical JSON, without the licence number."""
    shown = {
        "kind": facts.kind.name.lower(),
        "name": {"zh": facts.name_zh, "en": facts.name_en},
        "specialties": [specialty.code for specialty in specialties_in(facts.specialties)],
        "city": facts.city,
        "title": facts.title,
        "fee": facts.fee,
        "level": facts.level,
        "bio": facts.bio,
    }
    return json.dumps(shown, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _adopt(session: Session, row: Application, party: PartyId) -> None:
    row.party = party
    named = {"party": party, "name_zh": row.name_zh, "name_en": row.name_en}
    described = named | {"bio": row.bio, "document": row.document}
    match row.kind:
        case PartyKind.DOCTOR:
            session.merge(DoctorProfile(**described, title=row.title or 1, fee=row.fee or Fen(0)))
        case PartyKind.GROUP:
            session.merge(GroupProfile(**described))
        case _:
            session.merge(HospitalProfile(**described, level=row.level))
    if row.founder is None:
        session.get_one(AccountRow, row.account).party = party


def _filed(row: Application, sent: StatementView | None) -> Filed:
    facts = Facts(
        row.kind,
        row.name_zh,
        row.name_en,
        row.licence_number,
        row.specialties,
        row.city,
        row.bio,
        row.title,
        row.fee,
        row.level,
    )
    return Filed(row.id, facts, row.document, row.profile, row.licence, row.party, row.applied_at, sent)


def _failed(filed: Filed) -> bool:
    """The chain never took it: the applicant may try again."""
    sent = filed.statement
    return filed.party is None and sent is not None and sent.status in (Status.REFUSED, Status.LAPSED)
