"""The people of the ledger world: who they are, what they earned, where they are paid."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from shutil import copytree
from tempfile import mkdtemp

from huizhen.db.office.applications import Application
from huizhen.db.office.profiles import DoctorProfile, GroupProfile, HospitalProfile, OfficialProfile
from huizhen.domain import chain_events as on
from huizhen.domain.accounts import AccountId
from huizhen.domain.chain_ids import Hash32, Specialties, hex32
from huizhen.domain.commitments import commit, document_digest
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.split import LegKind
from huizhen.domain.statuses import PartyKind, Power
from huizhen.reference import mask_of
from tests.support.ledger_events import (
    APPLICANT,
    APPROVER,
    AUTHORITY,
    BANK,
    DOCTOR,
    GROUP,
    HOSPITAL,
    NOWHERE,
    OTHER_DOCTOR,
    PLATFORM,
    PREPARER,
    SECOND_APPROVER,
    TAX,
    fake_hash,
)
from tests.support.ledger_world import DAY, LedgerWorld

KUNMING = 530100
APPLICATION = (
    '{"city":530100,"kind":"doctor","name":{"en":"Sun Xiaoyun","zh":"孙晓云"},"specialties":["03","04"]}'
)
_OFFICIALS = {
    AUTHORITY: ("国家执业认证中心", "National Accreditation Centre", Power.AUTHORITY),
    TAX: ("昆明市税务局", "Kunming Tax Office", Power.TAX_AUTHORITY),
    BANK: ("海澜结算银行", "Hailan Settlement Bank", Power.SETTLEMENT_BANK),
    PREPARER: ("周敏", "Zhou Min", Power.PAYOUT_PREPARER),
    APPROVER: ("陈立", "Chen Li", Power.PAYOUT_APPROVER),
    SECOND_APPROVER: ("何杰", "He Jie", Power.PAYOUT_PREPARER | Power.PAYOUT_APPROVER),
}
_PEOPLE = {
    PLATFORM: (PartyKind.PLATFORM, "会诊平台", "Huizhen Platform"),
    HOSPITAL: (PartyKind.HOSPITAL, "昆明滇池人民医院", "Dianchi People's Hospital"),
    DOCTOR: (PartyKind.DOCTOR, "李文静", "Li Wenjing"),
    OTHER_DOCTOR: (PartyKind.DOCTOR, "赵海峰", "Zhao Haifeng"),
    GROUP: (PartyKind.GROUP, "西南神经外科医生集团", "Southwest Neurosurgery Group"),
    APPLICANT: (PartyKind.DOCTOR, "孙晓云", "Sun Xiaoyun"),
}
_SPECIALTIES = Specialties(mask_of(["03", "04"]))
_Profile = DoctorProfile | GroupProfile | HospitalProfile | OfficialProfile


def populated(folder: Path) -> LedgerWorld:
    """Two deposits, two settled consultations, payees of whom one has no account yet, an applicant.

    It is built once for a run of tests, and copied for each.
    """
    built = _built()
    copytree(built.folder, folder, dirs_exist_ok=True)
    world = LedgerWorld(folder, now=built.now, block=built.block)
    world.chain.custody = built.chain.custody
    return world


@cache
def _built() -> LedgerWorld:
    world = LedgerWorld(Path(mkdtemp()))
    for party, (zh, en, powers) in _OFFICIALS.items():
        _join(world, party, PartyKind.OFFICIAL, powers)
        _keep(world, OfficialProfile(party=party, name_zh=zh, name_en=en))
    for party, (kind, zh, en) in _PEOPLE.items():
        _join(world, party, kind, 0, accredited=party != APPLICANT)
        _keep(world, _profile_of(kind, party, zh, en))
    _apply(world)
    world.mine(
        on.Affiliated(NOWHERE, DOCTOR, HOSPITAL, world.now + 300 * DAY, 0, 1),
        on.GroupFounded(NOWHERE, GROUP, DOCTOR, 0, 3000, 1000),
    )
    world.deposit(HOSPITAL, 5_000_000, "T2026030100001")
    world.deposit(HOSPITAL, 2_500_000, "T2026030100002")
    world.name_account(HOSPITAL, "6222021001100108888", "昆明滇池人民医院")
    world.name_account(DOCTOR, "6222021001100101234", "李文静")
    world.name_account(GROUP, "6222021001100105678", "西南神经外科医生集团")
    world.name_account(PLATFORM, "6222021001100109999", "会诊平台")
    for number, share in ((1, 10), (2, 7)):
        legs = {
            DOCTOR: (LegKind.SEAT, 85_500 * share),
            OTHER_DOCTOR: (LegKind.SEAT, 20_000 * share),
            HOSPITAL: (LegKind.INSTITUTION, 42_750 * share),
            GROUP: (LegKind.FUND, 14_250 * share),
            PLATFORM: (LegKind.PLATFORM, 7_500 * share),
        }
        world.earn(number, HOSPITAL, legs)
    world.settle()
    world.stores.close()
    return world


def _join(
    world: LedgerWorld, party: PartyId, kind: PartyKind, powers: int, *, accredited: bool = True
) -> None:
    document, licence = _papers(party)
    applied = on.Applied(NOWHERE, party, kind, PartyId(0), document, licence, bytes(19) + bytes([party]))
    if not accredited:
        world.mine(applied)
        return
    mask = _SPECIALTIES if kind is PartyKind.DOCTOR else Specialties(0)
    ends = world.now + (40 if party == OTHER_DOCTOR else 700) * DAY
    world.mine(applied, on.Accredited(NOWHERE, party, AUTHORITY, mask, KUNMING, ends, powers))


def _papers(party: PartyId) -> tuple[Hash32, Hash32]:
    if party != APPLICANT:
        return fake_hash("profile", party), fake_hash("licence", party)
    return document_digest(APPLICATION), hex32(commit(b"a" * 32, "110530000001234"))


def _apply(world: LedgerWorld) -> None:
    profile, licence = _papers(APPLICANT)
    with world.stores.office.writing() as session:
        session.add(
            Application(
                account=AccountId(1),
                founder=None,
                kind=PartyKind.DOCTOR,
                name_zh="孙晓云",
                name_en="Sun Xiaoyun",
                licence_number="110530000001234",
                licence_key=(b"a" * 32).hex(),
                licence=licence,
                document=APPLICATION,
                profile=profile,
                specialties=_SPECIALTIES,
                city=KUNMING,
                title=3,
                fee=Fen(80_000),
                level="",
                bio="",
                signer="00",
                party=APPLICANT,
                applied_at=world.now,
            )
        )


def _keep(world: LedgerWorld, row: _Profile) -> None:
    with world.stores.office.writing() as session:
        session.add(row)


def _profile_of(kind: PartyKind, party: PartyId, zh: str, en: str) -> _Profile:
    match kind:
        case PartyKind.DOCTOR:
            return DoctorProfile(party=party, name_zh=zh, name_en=en, title=3, fee=Fen(80_000))
        case PartyKind.HOSPITAL:
            return HospitalProfile(party=party, name_zh=zh, name_en=en, level="三级甲等")
        case PartyKind.GROUP:
            return GroupProfile(party=party, name_zh=zh, name_en=en)
    return OfficialProfile(party=party, name_zh=zh, name_en=en)
