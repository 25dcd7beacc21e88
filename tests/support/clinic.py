"""A booking hospital in two real stores, with a chain that says yes: cases, teams, holds, consultations.

HOSPITAL books from INSTITUTION under an agreement; RIVAL is a hospital that has nothing to do with either.
SURGEON (leads GROUP) and PATHOLOGIST are members of GROUP; ALLROUNDER can take either seat and has no group.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

from flask import Flask

from huizhen.db.base import IndexBase, OfficeBase
from huizhen.db.index.consents import Consent
from huizhen.db.index.groups import DoctorGroup, Membership
from huizhen.db.index.ledger import Funds
from huizhen.db.index.parties import Affiliation, Agreement
from huizhen.db.office import calendars
from huizhen.db.office.accounts import AccountRow
from huizhen.db.office.consents import ConsentRequest
from huizhen.db.office.profiles import DoctorProfile, HospitalProfile
from huizhen.db.office.statements import StatementRow, StatementStatus
from huizhen.db.session import Stores, open_stores
from huizhen.domain.accounts import Account, AccountId, Role
from huizhen.domain.case import CaseId, Contents, Urgency, WantedSeat, Wish
from huizhen.domain.chain_ids import Specialties
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import CHINA, MinuteRange, Slot
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyKind
from huizhen.domain.terms import Terms, decode_terms
from huizhen.reference import mask_of
from huizhen.services.accounts import Accounts
from huizhen.services.cases import CHECKLIST
from huizhen.services.desk import Desk
from huizhen.services.hospital_rooms import HospitalRooms, hospital_rooms
from huizhen.services.ports import ChainGateway, Keys
from huizhen.services.practice import practice
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementService, StatementView
from tests.support.booked import consultation_rows
from tests.support.practice import DAY, TX, AllKeys, FixedClock, YesChain, cursor_row, party_row
from tests.support.web import NOW, container, site

PLATFORM, HOSPITAL, INSTITUTION, RIVAL, FINANCE = (PartyId(number) for number in (2, 3, 4, 5, 6))
SURGEON, PATHOLOGIST, ALLROUNDER, GROUP = (PartyId(number) for number in (10, 11, 12, 20))
SECOND_GROUP = PartyId(21)
NEUROSURGERY, PATHOLOGY = "04.03", "32"
ADDRESS = "0x" + "ab" * 20
SIGNATURE = "0x" + "11" * 65
TODAY = datetime.fromtimestamp(NOW, CHINA).date()

CONTENTS = Contents("鞍区占位", "是否手术？", "女，54岁，MRI示鞍区占位2.1cm。", Urgency.ROUTINE)
WISH = Wish(
    (WantedSeat(NEUROSURGERY), WantedSeat(PATHOLOGY)),
    TODAY + timedelta(days=1),
    TODAY + timedelta(days=7),
    4,
    Fen(500_000),
)


class Chain(YesChain):
    """Asks the hospital and the doctors of the terms to sign."""

    def signers_of(self, terms: bytes) -> tuple[PartyId, ...]:
        known = decode_terms(terms)
        return (known.hospital, *(seat.doctor for seat in known.seats))

    def typed_data(self, statement: Statement) -> dict[str, object]:
        return {"primaryType": statement.function, "message": dict(statement.values)}


@dataclass(slots=True)
class Clinic:
    stores: Stores
    statements: StatementService
    rooms: HospitalRooms
    chain: Chain
    clock: FixedClock
    people: dict[str, Account]
    app: Flask

    @classmethod
    def open(cls, folder: Path, app: Flask | None = None) -> Clinic:
        """A copy of the seeded stores in a folder, served by an app that other tests may have used before."""
        for file in _seeded().iterdir():
            shutil.copy(file, folder)
        stores, people = _stores(folder), _people()
        chain, clock, keys = Chain(), FixedClock(), cast("Keys", AllKeys())
        gateway = cast("ChainGateway", chain)
        statements = StatementService(stores.office, gateway, keys, clock)
        rooms = hospital_rooms(stores, statements, gateway, clock)
        served = app or site()
        served.extensions["huizhen"] = container(
            accounts=Accounts(stores.office),
            profiles=Profiles(stores.office),
            desk=Desk(stores, statements),
            practice=practice(stores, statements, gateway, keys, clock, PLATFORM, 500),
            rooms=rooms,
        )
        return cls(stores, statements, rooms, chain, clock, people, served)

    def person(self, name: str) -> Account:
        return self.people[name]

    @property
    def coordinator(self) -> Account:
        return self.people["coordinator"]

    def draft(self, wish: Wish | None = WISH) -> CaseId:
        case = self.rooms.cases.create(self.coordinator, CONTENTS)
        if wish is not None:
            self.rooms.cases.set_wish(case, self.coordinator, wish)
        return case

    def consented(self, wish: Wish = WISH) -> CaseId:
        case = self.draft(wish)
        self.rooms.consents.ask(case, self.coordinator, ADDRESS)
        self.grant(case)
        return case

    def grant(self, case: CaseId) -> None:
        """The chain has the patient's consent."""
        request = self.request_of(case)
        with self.stores.index.writing() as session:
            session.add(
                Consent(
                    case_file=request.case_file,
                    consent=request.consent,
                    hospital=request.hospital,
                    key=request.address,
                    valid_until=request.valid_until,
                    withdrawn=False,
                    granted_at=self.clock.at,
                    block_number=10,
                    tx_hash=TX,
                )
            )

    def triaged(self, wish: Wish = WISH) -> CaseId:
        case = self.consented(wish)
        self.rooms.cases.approve(case, self.coordinator)
        self.rooms.cases.triage(case, self.coordinator, frozenset(CHECKLIST), "")
        return case

    def held(self, case: CaseId | None = None) -> tuple[CaseId, StatementView]:
        """The first team that is found, held and signed by the hospital."""
        known = case or self.triaged()
        page = self.rooms.teams.page(known, HOSPITAL)
        return known, self.hold(known, page.offers[0].start)

    def found_second_group(self) -> None:
        """SURGEON is in two groups, whose rules differ."""
        traced: dict[str, Any] = {"block_number": 10, "tx_hash": TX}
        with self.stores.index.writing() as session:
            session.add(party_row(SECOND_GROUP, PartyKind.GROUP))
            session.add(
                DoctorGroup(
                    group=SECOND_GROUP,
                    position=1,
                    lead=SURGEON,
                    members=1,
                    quorum=0,
                    rule_version=1,
                    institution_bps=3000,
                    fund_bps=0,
                    standing_until=0,
                    founded_at=NOW - 50 * DAY,
                    revision=0,
                    **traced,
                )
            )
            session.add(
                Membership(group=SECOND_GROUP, doctor=SURGEON, spell=1, joined_at=NOW - 50 * DAY, **traced)
            )

    def hold(self, case: CaseId, start: Slot) -> StatementView:
        team = self.rooms.teams.page(case, HOSPITAL, start).team
        assert team is not None
        wanted = {number: member.doctor for number, member in enumerate(team.members) if member}
        through = {
            number: member.group for number, member in enumerate(team.members) if member and member.group
        }
        view = self.rooms.holds.hold(case, self.coordinator, start, wanted, team.lead, team.price, through)
        return self.statements.sign(view.id, HOSPITAL)

    def booked(self, number: int = 7) -> tuple[CaseId, Terms]:
        """Everybody has signed, and the chain has it."""
        case, view = self.held()
        for signer in view.signers:
            self.statements.sign(view.id, signer.party)
        self.set_status(view.id, StatementStatus.FINAL)
        terms = decode_terms(view.values["terms"])
        with self.stores.index.writing() as session:
            session.add_all(consultation_rows(number, terms, self.clock.at))
        return case, terms

    def set_status(self, statement: int, status: StatementStatus) -> None:
        with self.stores.office.writing() as session:
            session.get_one(StatementRow, statement).status = status

    def request_of(self, case: CaseId) -> ConsentRequest:
        token = self.rooms.case_pages.page(case, HOSPITAL).consent_token
        with self.stores.office.reading() as session:
            return session.get_one(ConsentRequest, token)

    def close(self) -> None:
        self.stores.close()


@cache
def _seeded() -> Path:
    """Everybody in both stores, once for all tests of a run."""
    folder = Path(tempfile.mkdtemp(prefix="clinic-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    stores = _stores(folder)
    stores.index.create(IndexBase.metadata)
    stores.office.create(OfficeBase.metadata)
    _seed_index(stores)
    _seed_office(stores, _people())
    stores.close()
    return folder


def _stores(folder: Path) -> Stores:
    return open_stores(f"sqlite:///{folder}/index.db", f"sqlite:///{folder}/office.db")


def _people() -> dict[str, Account]:
    roles: dict[str, tuple[Role, PartyId | None]] = {
        "coordinator": (Role.HOSPITAL, HOSPITAL),
        "teammate": (Role.HOSPITAL, HOSPITAL),
        "rival": (Role.HOSPITAL, RIVAL),
        "newcomer": (Role.HOSPITAL, None),
        "institution": (Role.INSTITUTION, INSTITUTION),
        "surgeon": (Role.DOCTOR, SURGEON),
        "pathologist": (Role.DOCTOR, PATHOLOGIST),
        "allrounder": (Role.DOCTOR, ALLROUNDER),
        "finance": (Role.FINANCE_PREPARER, FINANCE),
        "auditor": (Role.AUDITOR, None),
    }
    return {
        name: Account(AccountId(i), f"{name}@example.cn", Sentence(f"{name}员", name), role, party, "zh", "")
        for i, (name, (role, party)) in enumerate(roles.items(), start=1)
    }


def _seed_index(stores: Stores) -> None:
    traced: dict[str, Any] = {"block_number": 10, "tx_hash": TX}
    end = NOW + 300 * DAY
    with stores.index.writing() as session:
        session.add(cursor_row())
        session.add(party_row(PLATFORM, PartyKind.PLATFORM))
        session.add_all(party_row(each, PartyKind.HOSPITAL) for each in (HOSPITAL, INSTITUTION, RIVAL))
        session.add(party_row(GROUP, PartyKind.GROUP))
        for doctor, codes in (
            (SURGEON, [NEUROSURGERY]),
            (PATHOLOGIST, [PATHOLOGY]),
            (ALLROUNDER, [NEUROSURGERY, PATHOLOGY]),
        ):
            session.add(party_row(doctor, PartyKind.DOCTOR, specialties=Specialties(mask_of(codes))))
            session.add(
                Affiliation(
                    doctor=doctor,
                    institution=INSTITUTION,
                    valid_until=end,
                    standing_until=end,
                    version=1,
                    **traced,
                )
            )
        session.add(Agreement(a=HOSPITAL, b=INSTITUTION, commitment=TX, valid_until=end, version=1, **traced))
        session.add(
            DoctorGroup(
                group=GROUP,
                position=0,
                lead=SURGEON,
                members=2,
                quorum=0,
                rule_version=3,
                institution_bps=2000,
                fund_bps=1000,
                standing_until=end,
                founded_at=NOW - 100 * DAY,
                revision=0,
                **traced,
            )
        )
        session.add_all(
            Membership(group=GROUP, doctor=doctor, spell=1, joined_at=NOW - 90 * DAY, **traced)
            for doctor in (SURGEON, PATHOLOGIST)
        )
        session.add(Funds(hospital=HOSPITAL, available=Fen(10_000_000), escrowed=Fen(0), refunds=0, **traced))


def _seed_office(stores: Stores, people: dict[str, Account]) -> None:
    weekdays = {day: (MinuteRange(9 * 60, 12 * 60),) for day in range(5)}
    with stores.office.writing() as session:
        session.add_all(
            AccountRow(
                id=each.id,
                email=each.email,
                password="never used",
                name_zh=each.name.zh,
                name_en=each.name.en,
                role=each.role,
                party=each.party,
                locale="zh",
            )
            for each in people.values()
        )
        for doctor, zh, en, fee in (
            (SURGEON, "李文静", "Li Wenjing", 100_000),
            (PATHOLOGIST, "陈向晚", "Chen Xiangwan", 80_000),
            (ALLROUNDER, "周景行", "Zhou Jingxing", 150_000),
        ):
            session.add(DoctorProfile(party=doctor, name_zh=zh, name_en=en, title=4, fee=Fen(fee)))
            calendars.set_pattern(session, doctor, weekdays)
        for hospital, zh, en in (
            (HOSPITAL, "大理州人民医院", "Dali People's Hospital"),
            (INSTITUTION, "昆明第一医院", "Kunming First Hospital"),
            (RIVAL, "曲靖医院", "Qujing Hospital"),
        ):
            session.add(HospitalProfile(party=hospital, name_zh=zh, name_en=en, level="三级甲等"))
