"""Doctors, groups and institutions in two real stores, with a chain that says yes to everything.

People: doctors LEAD and MEMBER in GROUP (led by LEAD), OUTSIDER in none; HOSPITAL books, INSTITUTION employs.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from flask import Flask

from huizhen.db.base import IndexBase, OfficeBase
from huizhen.db.index.chain import Cursor
from huizhen.db.index.consultations import Consultation, header_columns, seat_columns
from huizhen.db.index.consultations import Seat as SeatRow
from huizhen.db.index.groups import DoctorGroup, Membership, ShareRule
from huizhen.db.index.ledger import Credit, LedgerEntry
from huizhen.db.index.parties import Affiliation, Party, Signer
from huizhen.db.office.accounts import AccountRow
from huizhen.db.office.profiles import DoctorProfile, GroupProfile, HospitalProfile
from huizhen.db.session import Stores, open_stores
from huizhen.domain import acts
from huizhen.domain.accounts import Account, Role
from huizhen.domain.chain_ids import Hash32, Specialties
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import SLOT_SECONDS, Slot, slot_from
from huizhen.domain.split import LegKind
from huizhen.domain.statement import Signature, Statement, to_json
from huizhen.domain.statuses import Bucket, ConsultationStatus, EntryKind, PartyKind, PartyStatus
from huizhen.domain.terms import Documents, Policy, Pricing, Seat, Terms, encode_terms, unpack_terms
from huizhen.reference import mask_of
from huizhen.services.accounts import Accounts
from huizhen.services.desk import Desk
from huizhen.services.ports import ChainGateway, Keys
from huizhen.services.practice import Practice, practice
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementService, StatementView
from tests.support.web import NOW, account, container

DAY = 24 * 3600
TX = Hash32("0x" + "ab" * 32)
PLATFORM, HOSPITAL, INSTITUTION = PartyId(2), PartyId(3), PartyId(4)
LEAD, MEMBER, OUTSIDER, GROUP = PartyId(10), PartyId(11), PartyId(12), PartyId(20)
CASE = 7


class YesChain:
    """Digests that differ as statements do; every call would succeed."""

    def digest(self, statement: Statement) -> bytes:
        values = {name: value for name, value in statement.values.items() if name != "consenters"}
        return hashlib.sha256(f"{statement.function}{to_json(values)}".encode()).digest()

    def typed_data(self, statement: Statement) -> dict[str, object]:
        return {"primaryType": statement.function, "message": dict(statement.values)}

    def calldata(self, statement: Statement, signatures: Sequence[Signature]) -> bytes:
        return self.digest(statement) + bytes(len(signatures))

    def dry_run(self, _contract: str, _calldata: bytes) -> int:
        return 100_000


class AllKeys:
    """A key for everybody."""

    def __init__(self) -> None:
        self.assigned: list[tuple[bytes, PartyId, int]] = []
        self.made = 0

    def sign(self, party: PartyId, digest: bytes) -> Signature:
        return Signature(0, party.to_bytes(4, "big") + digest)

    def create(self) -> bytes:
        self.made += 1
        return self.made.to_bytes(20, "big")

    def sign_as(self, signer: bytes, digest: bytes) -> bytes:
        return signer + digest

    def assign(self, signer: bytes, party: PartyId, index: int) -> None:
        self.assigned.append((signer, party, index))


@dataclass(slots=True)
class FixedClock:
    at: int = NOW

    def now(self) -> int:
        return self.at


@dataclass(frozen=True, slots=True)
class Rooms:
    """`app` has an account for each person; `person(party)` is who signs in for it."""

    stores: Stores
    statements: StatementService
    desk: Desk
    practice: Practice
    keys: AllKeys
    clock: FixedClock
    app: Flask
    people: dict[PartyId | None, Account]

    def person(self, party: PartyId | None) -> Account:
        return self.people[party]


def seed(folder: Path) -> None:
    """Both stores with everybody in them, once for all tests."""
    stores = _stores(folder)
    stores.index.create(IndexBase.metadata)
    stores.office.create(OfficeBase.metadata)
    _seed_index(stores)
    _seed_office(stores, _people())
    stores.close()


def rooms(seeded: Path, folder: Path, app: Flask) -> Rooms:
    """A copy of the seeded stores, served by an app that other tests may have used before."""
    for file in seeded.iterdir():
        shutil.copy(file, folder)
    stores, people = _stores(folder), _people()
    chain, keys, clock = cast("ChainGateway", YesChain()), AllKeys(), FixedClock()
    statements = StatementService(stores.office, chain, cast("Keys", keys), clock)
    desk = Desk(stores, statements)
    made = practice(stores, statements, chain, cast("Keys", keys), clock, PLATFORM, 500)
    app.extensions["huizhen"] = container(
        accounts=Accounts(stores.office), profiles=Profiles(stores.office), desk=desk, practice=made
    )
    return Rooms(stores, statements, desk, made, keys, clock, app, people)


def _stores(folder: Path) -> Stores:
    return open_stores(f"sqlite:///{folder}/index.db", f"sqlite:///{folder}/office.db")


def _people() -> dict[PartyId | None, Account]:
    doctors = (LEAD, MEMBER, OUTSIDER, None)
    found: dict[PartyId | None, Account] = {
        party: account(Role.DOCTOR, number, party) for number, party in enumerate(doctors, start=1)
    }
    found[HOSPITAL] = account(Role.HOSPITAL, 5, HOSPITAL)
    found[INSTITUTION] = account(Role.INSTITUTION, 6, INSTITUTION)
    return found


def party_row(party: PartyId, kind: PartyKind, **changed: Any) -> Party:
    """Accredited for five years unless told otherwise."""
    values: dict[str, Any] = {
        "status": PartyStatus.ACCREDITED,
        "powers": 0,
        "specialties": Specialties(0),
        "city": 530100,
        "valid_until": NOW + 5 * 365 * DAY,
        "signers": 1,
        "home": PLATFORM,
        "revision": 1,
        "applied_at": NOW - 300 * DAY,
        "profile": TX,
        "licence": Hash32(f"0x{party:064x}"),
    }
    return Party(id=party, kind=kind, block_number=10, tx_hash=TX, **(values | changed))


def cursor_row() -> Cursor:
    """An index that has just read block 4711, of which 4000 is final."""
    return Cursor(
        id=1,
        projection_version=1,
        chain_id=31337,
        first_block=1,
        tax_authority=PartyId(9),
        block_number=4711,
        block_hash=TX,
        block_time=NOW,
        final_number=4000,
        undo_floor=4000,
        head_number=4711,
        head_time=NOW,
        followed_at=datetime.fromtimestamp(NOW, UTC),
    )


def _seed_index(stores: Stores) -> None:
    traced: dict[str, Any] = {"block_number": 10, "tx_hash": TX}
    with stores.index.writing() as session:
        session.add(cursor_row())
        session.add(party_row(PLATFORM, PartyKind.PLATFORM))
        session.add_all(party_row(party, PartyKind.HOSPITAL) for party in (HOSPITAL, INSTITUTION))
        for party, codes, city in (
            (LEAD, ["03.03", "04.03"], 530100),
            (MEMBER, ["32.01"], 310100),
            (OUTSIDER, ["03.04"], 440100),
        ):
            session.add(
                party_row(party, PartyKind.DOCTOR, specialties=Specialties(mask_of(codes)), city=city)
            )
            session.add(Signer(party=party, index=0, signer=f"0x{party:040x}", active=True, **traced))
        session.add(party_row(GROUP, PartyKind.GROUP))
        session.add(
            DoctorGroup(
                group=GROUP,
                position=0,
                lead=LEAD,
                members=2,
                quorum=0,
                rule_version=1,
                institution_bps=2000,
                fund_bps=1000,
                standing_until=0,
                founded_at=NOW - 100 * DAY,
                revision=0,
                **traced,
            )
        )
        session.add(
            ShareRule(
                group=GROUP, version=1, institution_bps=2000, fund_bps=1000, set_at=NOW - 100 * DAY, **traced
            )
        )
        session.add_all(
            Membership(group=GROUP, doctor=doctor, spell=1, joined_at=NOW - 90 * DAY, **traced)
            for doctor in (LEAD, MEMBER)
        )
        session.add_all(
            Affiliation(
                doctor=doctor,
                institution=INSTITUTION,
                valid_until=NOW + 200 * DAY,
                standing_until=0,
                version=1,
                **traced,
            )
            for doctor in (LEAD, MEMBER)
        )
        _seed_case(session, traced)


def _seed_case(session: Any, traced: dict[str, Any]) -> None:
    terms = booking_terms(slot_from(NOW - 3 * DAY))
    packed = encode_terms(terms)
    header, seats = unpack_terms(packed)
    session.add(
        Consultation(
            id=CASE,
            terms_hash=TX,
            status=ConsultationStatus.SETTLED,
            **header_columns(header, seats),
            escrowed=terms.escrow(),
            credited=terms.price(),
            held=Fen(0),
            returned=Fen(terms.escrow() - terms.price()),
            booked_at=NOW - 5 * DAY,
            seats=3,
            attended=0,
            overtime=0,
            terms=packed,
            **traced,
        )
    )
    for index, seat in enumerate(seats):
        session.add(SeatRow(consultation=CASE, index=index, **seat_columns(seat), **traced))
    legs = (
        (LEAD, LegKind.SEAT, 66_500),
        (INSTITUTION, LegKind.INSTITUTION, 34_200),
        (GROUP, LegKind.FUND, 17_100),
    )
    for line, (party, leg, amount) in enumerate(legs):
        session.add(
            LedgerEntry(
                block_number=10,
                log_index=3,
                line=line,
                kind=EntryKind.LEG,
                bucket=Bucket.CREDITED,
                party=party,
                amount=Fen(amount),
                consultation=CASE,
                leg=leg,
                tx_hash=TX,
            )
        )
        session.add(Credit(party=party, credited=Fen(amount), outstanding=Fen(0), **traced))


def _seed_office(stores: Stores, people: dict[PartyId | None, Account]) -> None:
    with stores.office.writing() as session:
        for person in people.values():
            session.add(
                AccountRow(
                    id=person.id,
                    email=person.email,
                    password="never used",
                    name_zh=person.name.zh,
                    name_en=person.name.en,
                    role=person.role,
                    party=person.party,
                    locale="zh",
                )
            )
        names = {
            LEAD: ("李文静", "Li Wenjing"),
            MEMBER: ("陈向晚", "Chen Xiangwan"),
            OUTSIDER: ("周景行", "Zhou Jingxing"),
        }
        for party, (zh, en) in names.items():
            session.add(DoctorProfile(party=party, name_zh=zh, name_en=en, title=4, fee=Fen(100_000)))
        session.add(
            GroupProfile(
                party=GROUP,
                name_zh="云岭神经医生集团",
                name_en="Yunling Neuro Group",
                bio="跨省神经疾病会诊。",
            )
        )
        hospitals = {
            HOSPITAL: ("大理州人民医院", "Dali People's Hospital"),
            INSTITUTION: ("昆明第一医院", "Kunming First Hospital"),
        }
        for party, (zh, en) in hospitals.items():
            session.add(HospitalProfile(party=party, name_zh=zh, name_en=en, level="三级甲等"))


def booking_terms(start: Slot, *, sign_by: int = NOW + 7200) -> Terms:
    """Two seats of GROUP at INSTITUTION, LEAD leading, for HOSPITAL."""
    seats = tuple(
        Seat(doctor, INSTITUTION, GROUP, 1, 2000, 1000, True, Fen(fee), specialties)
        for doctor, fee, specialties in (
            (LEAD, 100_000, mask_of(["03.03"])),
            (MEMBER, 80_000, mask_of(["32.01"])),
        )
    )
    policy = Policy(86_400, 7_200, 3000, 10_000, 86_400, 259_200, PartyId(1), 604_800, 5000)
    return Terms(
        HOSPITAL,
        start,
        4,
        0,
        sign_by,
        bytes(16),
        Pricing(PLATFORM, 500, 0, 2500, 2),
        policy,
        Documents(bytes(32), bytes(32), bytes(32)),
        seats,
    )


def ask_team(made: Rooms) -> StatementView:
    """A booking that HOSPITAL has signed and that LEAD, MEMBER, INSTITUTION and the group's lead have not."""
    terms = encode_terms(booking_terms(Slot(slot_from(NOW) + 3 * DAY // SLOT_SECONDS)))
    statement = acts.book(terms, (HOSPITAL, LEAD, MEMBER, INSTITUTION, LEAD))
    return made.statements.submit(statement, proposer=HOSPITAL, subject="draft:1")
