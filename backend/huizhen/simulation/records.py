"""The office behind a simulated world: sign-ins, keys, names, hours, bank accounts, case files and opinions.

Only the demo has it: a real operator's records come from its people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from huizhen.db.base import OfficeBase
from huizhen.db.office import accounts, calendars
from huizhen.db.office.accounts import AccountRow
from huizhen.db.office.bank import TypedReference
from huizhen.db.office.consents import ConsentRequest
from huizhen.db.office.demo_keys import DemoKeyRow
from huizhen.db.office.drafts import CaseStep, Draft
from huizhen.db.office.payout_destinations import PayoutDestination
from huizhen.db.office.profiles import DoctorProfile, GroupProfile, HospitalProfile, OfficialProfile
from huizhen.db.office.sealed_texts import SealedText
from huizhen.db.session import Session, Store
from huizhen.domain.accounts import Role
from huizhen.domain.bank_references import reference_digest, return_reference
from huizhen.domain.case import CaseAct, CaseStage, Contents, Urgency, WantedSeat
from huizhen.domain.chain_ids import Address, hex32
from huizhen.domain.ids import PartyId
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import MinuteRange
from huizhen.domain.statuses import PartyKind
from huizhen.simulation.fates import Booked
from huizhen.simulation.papers import applications, document_for
from huizhen.simulation.people import Person
from huizhen.simulation.script import Simulation
from huizhen.simulation.stories import (
    CASES,
    account_of,
    case_key,
    opinion_key,
    opinion_of,
    opinion_text,
)
from huizhen.simulation.waiting import WaitingCase

ROLES = {
    "authority": Role.AUTHORITY,
    "bank": Role.BANK,
    "preparer": Role.FINANCE_PREPARER,
    "approver": Role.FINANCE_APPROVER,
}
MORNING, AFTERNOON = MinuteRange(8 * 60, 12 * 60), MinuteRange(13 * 60 + 30, 18 * 60)


@dataclass(frozen=True, slots=True)
class Records:
    """Writes everything in one transaction, after the simulation has run."""

    office: Store
    world: Simulation

    def write(self) -> None:
        with self.office.writing() as session:
            session.add_all(self._rows())
            for number, doctor in enumerate(self.world.people.doctors):
                calendars.set_pattern(session, doctor.id, _hours(number))
            session.flush()
            session.add_all(applications(self.world, accounts.of_parties(session)))
            self._cases(session)

    def _rows(self) -> Iterator[OfficeBase]:
        for person in self.world.people.everyone():
            key = person.signing_key
            yield DemoKeyRow(
                signer=key.signer.hex(), secret=key.secret.hex(), party=person.id, signer_index=0
            )
            yield _profile(person)
            yield _destination(self.world.size.seed, person)
        yield from self._accounts()
        yield from self._opinions()
        yield from self._references()

    def _references(self) -> Iterator[TypedReference]:
        """What the bank's officer typed; the chain has the digests."""
        deposits = [deposit.reference for deposit in self.world.founding.deposits]
        paid = [paid.reference for paid in self.world.payouts.paid]
        back = [
            return_reference(p.batch, p.item) for p in self.world.payouts.paid if p.returned_at is not None
        ]
        for text in (*deposits, *paid, *back):
            yield TypedReference(digest=hex32(reference_digest(text)), text=text)

    def _accounts(self) -> Iterator[AccountRow]:
        people = self.world.people
        for role, person in people.officials.items():
            if role in ROLES:
                yield _account(f"{role}@demo.example", person, ROLES[role], Sentence("", ""))
        auditor = Sentence("陆景天", "Lu Jingtian")
        yield AccountRow(
            email="auditor@demo.example",
            password=None,
            name_zh=auditor.zh,
            name_en=auditor.en,
            role=Role.AUDITOR,
            party=None,
            locale="zh",
        )
        for number, hospital in enumerate(people.hospitals, start=1):
            note = Sentence(f"{hospital.city.zh}，远程会诊中心", f"{hospital.city.en}, teleconsult centre")
            yield _account(f"hospital{number}@demo.example", hospital, Role.HOSPITAL, note)
        leads = {group.lead: group.group for group in self.world.founding.groups.values()}
        names = {group.id: group.name for group in people.groups}
        for number, doctor in enumerate(people.doctors, start=1):
            led = names.get(leads.get(doctor.id, PartyId(0)))
            yield _account(f"doctor{number}@demo.example", doctor, Role.DOCTOR, self._note(doctor, led))

    def _note(self, doctor: Person, leads: Sentence | None) -> Sentence:
        specialty = doctor.specialties[0]
        if leads is not None:
            return Sentence(f"{specialty.zh}，{leads.zh}负责人", f"{specialty.en}, leads {leads.en}")
        if doctor.id in self.world.founding.applicants:
            return Sentence(f"{specialty.zh}，等待认证", f"{specialty.en}, waits for accreditation")
        return Sentence(f"{specialty.zh}，{doctor.city.zh}", f"{specialty.en}, {doctor.city.en}")

    def _opinions(self) -> Iterator[SealedText]:
        seed, now = self.world.size.seed, self.world.present
        for booked in self.world.cases.booked:
            yield SealedText(
                commitment=hex32(opinion_of(seed, booked.number, booked.contents)),
                key=opinion_key(seed, booked.number).hex(),
                text=opinion_text(booked.contents),
                sealed_at=now,
            )

    def _cases(self, session: Session) -> None:
        """A file for each booked consultation, one that waits for a team and a new one for each hospital."""
        for booked in self.world.cases.booked:
            draft = self._file(booked)
            session.add(draft)
            session.flush()
            session.add_all(_trail(draft, booked.hospital))
        for case in self.world.waiting.all:
            draft = self._waiting(case)
            session.add(draft)
            session.flush()
            session.add_all((*_trail(draft, case.hospital), self._request(draft, case)))
        stories = sorted(CASES)
        for number, hospital in enumerate(self.world.people.hospitals):
            session.add(self._new_case(hospital, stories[number % len(stories)]))

    def _waiting(self, case: WaitingCase) -> Draft:
        draft = Draft(
            hospital=case.hospital.id,
            stage=CaseStage.TRIAGED,
            created_at=self.world.present - 4 * 3600,
            stage_at=self.world.present - 1800,
            case_file=hex32(case.case_file),
            case_key=case_key(self.world.size.seed, case.number).hex(),
        )
        draft.contents, draft.wish = case.contents, case.wish
        return draft

    def _request(self, draft: Draft, case: WaitingCase) -> ConsentRequest:
        return ConsentRequest(
            token=case.key.hex()[:22],
            draft=draft.id,
            hospital=case.hospital.id,
            contents=case.text,
            fee_ceiling=case.wish.price_limit,
            case_file=hex32(case.case_file),
            consent=hex32(case.consent),
            commitment_key=case.key.hex(),
            address=Address(case.address),
            created_at=draft.created_at,
            sign_by=self.world.present,
            valid_until=case.valid_until,
        )

    def _file(self, booked: Booked) -> Draft:
        terms = booked.terms
        return Draft(
            hospital=booked.hospital.id,
            stage=CaseStage.TRIAGED,
            created_at=booked.at - 4 * 3600,
            stage_at=booked.at - 3600,
            reason=booked.contents.reason,
            aim=booked.contents.aim,
            summary=booked.contents.summary,
            urgency=booked.contents.urgency,
            seats=_wanted(booked.seats),
            case_file=hex32(terms.documents.case_file),
            case_key=case_key(self.world.size.seed, booked.number).hex(),
        )

    def _new_case(self, hospital: Person, code: str) -> Draft:
        reason, aim, summary = CASES[code]
        contents = Contents(reason, aim, summary, Urgency.ROUTINE)
        return Draft(
            hospital=hospital.id,
            stage=CaseStage.DRAFT,
            created_at=self.world.present - 3600,
            stage_at=self.world.present - 3600,
            reason=contents.reason,
            aim=contents.aim,
            summary=contents.summary,
            urgency=contents.urgency,
            seats=[WantedSeat(code).to_json()],
        )


def _account(email: str, person: Person, role: Role, note: Sentence) -> AccountRow:
    return AccountRow(
        email=email,
        password=None,
        name_zh=person.name.zh,
        name_en=person.name.en,
        role=role,
        party=person.id,
        locale="zh",
        note_zh=note.zh,
        note_en=note.en,
    )


def _profile(person: Person) -> OfficeBase:
    named = {"party": person.id, "name_zh": person.name.zh, "name_en": person.name.en}
    match person.kind:
        case PartyKind.DOCTOR:
            rank = person.title.rank if person.title else 1
            return DoctorProfile(**named, title=rank, fee=person.fee, document=document_for(person))
        case PartyKind.HOSPITAL:
            return HospitalProfile(**named, level=person.level, document=document_for(person))
        case PartyKind.GROUP:
            return GroupProfile(**named, document=document_for(person))
        case _:
            return OfficialProfile(**named)


def _destination(seed: int, person: Person) -> PayoutDestination:
    account = account_of(seed, person)
    return PayoutDestination(
        commitment=hex32(account.commitment),
        party=person.id,
        bank=account.bank.zh,
        account=account.number,
        holder=account.holder,
        key=account.key.hex(),
        created_at=0,
    )


def _wanted(team: Iterable[Person]) -> list[dict[str, object]]:
    return [WantedSeat(doctor.specialties[0].code).to_json() for doctor in team]


def _trail(draft: Draft, hospital: Person) -> Iterator[CaseStep]:
    steps = ((CaseAct.CREATED, 0), (CaseAct.APPROVED, 7200), (CaseAct.TRIAGED, 10_800))
    for act, after in steps:
        yield CaseStep(
            draft=draft.id,
            act=act,
            account=None,
            by_zh=hospital.name.zh,
            by_en=hospital.name.en,
            at=draft.created_at + after,
            note="",
        )


def _hours(number: int) -> Mapping[int, tuple[MinuteRange, ...]]:
    """Working days, a few doctors half days only, some also on Saturday morning."""
    half = number % 7 == 3
    week = dict.fromkeys(range(5), (MORNING,) if half else (MORNING, AFTERNOON))
    return week | ({5: (MORNING,)} if number % 3 == 0 else {})
