"""What a team search reads of the chain: who practises where, for which group, and which hours are booked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from huizhen.db.index.consultations import ReservedWord
from huizhen.db.index.groups import DoctorGroup, Membership
from huizhen.db.index.parties import Affiliation, Agreement, Party
from huizhen.domain.ids import PartyId
from huizhen.domain.slots import Window, word_of
from huizhen.domain.statuses import PartyKind, PartyStatus, Power
from huizhen.domain.team import CityCode


@dataclass(frozen=True, slots=True)
class Practice:
    """A doctor at an accredited institution. `valid_until` is the earliest end of both licences and the affiliation."""

    doctor: PartyId
    institution: PartyId
    city: CityCode
    specialties: int
    valid_until: int
    standing_until: int


@dataclass(frozen=True, slots=True)
class GroupSeat:
    """A group that a doctor may be booked for, under its present share rule."""

    group: PartyId
    lead: PartyId
    rule_version: int
    institution_bps: int
    fund_bps: int
    standing_until: int


def practices(session: Session, at: int) -> list[Practice]:
    """Of all doctors whose licence, affiliation and institution are good at a second."""
    institution = aliased(Party)
    query = (
        select(
            Affiliation.doctor,
            Affiliation.institution,
            institution.city,
            Party.specialties,
            Party.valid_until,
            Affiliation.valid_until,
            institution.valid_until,
            Affiliation.standing_until,
        )
        .join(Party, Party.id == Affiliation.doctor)
        .join(institution, institution.id == Affiliation.institution)
        .where(
            Party.kind == PartyKind.DOCTOR,
            Party.status == PartyStatus.ACCREDITED,
            Party.valid_until >= at,
            institution.status == PartyStatus.ACCREDITED,
            institution.valid_until >= at,
            Affiliation.valid_until >= at,
            Affiliation.ended_by.is_(None),
        )
        .order_by(Affiliation.doctor, Affiliation.institution)
    )
    return [
        Practice(doctor, place, CityCode(city), specialties, min(licence, filed, accredited), standing)
        for doctor, place, city, specialties, licence, filed, accredited, standing in session.execute(query)
    ]


def agreements_of(session: Session, hospital: PartyId) -> Mapping[PartyId, Agreement]:
    """By the other institution."""
    query = select(Agreement).where((Agreement.a == hospital) | (Agreement.b == hospital))
    return {row.b if row.a == hospital else row.a: row for row in session.scalars(query)}


def groups_of_doctors(session: Session) -> Mapping[PartyId, tuple[GroupSeat, ...]]:
    """Each doctor's groups in the order of joining; a seat is booked for one of them."""
    query = (
        select(
            Membership.doctor,
            DoctorGroup.group,
            DoctorGroup.lead,
            DoctorGroup.rule_version,
            DoctorGroup.institution_bps,
            DoctorGroup.fund_bps,
            DoctorGroup.standing_until,
        )
        .join(DoctorGroup, DoctorGroup.group == Membership.group)
        .where(Membership.left_at.is_(None))
        .order_by(Membership.joined_at, Membership.group)
    )
    groups: dict[PartyId, tuple[GroupSeat, ...]] = {}
    for doctor, group, lead, version, institution_bps, fund_bps, standing in session.execute(query):
        seat = GroupSeat(group, lead, version, institution_bps, fund_bps, standing)
        groups[doctor] = (*groups.get(doctor, ()), seat)
    return groups


def booked_words(session: Session, window: Window) -> dict[PartyId, dict[int, int]]:
    """Reserved hours of everybody around a window: doctor -> word -> 256 bits."""
    query = select(ReservedWord.doctor, ReservedWord.word, ReservedWord.bits).where(
        ReservedWord.word >= word_of(window.first), ReservedWord.word <= word_of(window.end)
    )
    words: dict[PartyId, dict[int, int]] = {}
    for doctor, word, bits in session.execute(query):
        words.setdefault(doctor, {})[word] = bits
    return words


def platform(session: Session) -> PartyId:
    """The platform that bookings pay; 0 while none is accredited."""
    query = select(Party.id).where(Party.kind == PartyKind.PLATFORM, Party.status == PartyStatus.ACCREDITED)
    return session.scalar(query.order_by(Party.id).limit(1)) or PartyId(0)


def arbiter(session: Session) -> PartyId:
    """The official who decides disputes; 0 while there is none."""
    query = select(Party.id, Party.powers).where(
        Party.kind == PartyKind.OFFICIAL, Party.status == PartyStatus.ACCREDITED
    )
    found = [party for party, powers in session.execute(query.order_by(Party.id)) if powers & Power.ARBITER]
    return found[0] if found else PartyId(0)
