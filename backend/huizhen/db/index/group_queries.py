"""Groups as pages read them: rules, members, what the common fund earned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from huizhen.db.index.groups import DoctorGroup, Membership, ShareRule
from huizhen.db.index.parties import Party
from huizhen.domain.ids import PartyId


def groups(session: Session) -> Sequence[DoctorGroup]:
    """In the order of founding."""
    return session.scalars(select(DoctorGroup).order_by(DoctorGroup.position)).all()


def groups_led_by(session: Session, doctor: PartyId) -> Sequence[DoctorGroup]:
    query = select(DoctorGroup).where(DoctorGroup.lead == doctor).order_by(DoctorGroup.position)
    return session.scalars(query).all()


def group_led_by(session: Session, group: PartyId, doctor: PartyId) -> DoctorGroup | None:
    """The group, if this doctor leads it."""
    query = select(DoctorGroup).where(DoctorGroup.group == group, DoctorGroup.lead == doctor)
    return session.scalar(query)


def members(session: Session, asked: Iterable[PartyId]) -> Sequence[tuple[Membership, Party]]:
    """Present members of these groups with their registration, the longest in it first."""
    query = (
        select(Membership, Party)
        .join(Party, Party.id == Membership.doctor)
        .where(Membership.group.in_(sorted(set(asked))), Membership.left_at.is_(None))
        .order_by(Membership.group, Membership.joined_at, Membership.doctor)
    )
    return session.execute(query).all()


def former_members(session: Session, group: PartyId) -> Sequence[Membership]:
    """Ended spells, the latest first."""
    query = select(Membership).where(Membership.group == group, Membership.left_at.is_not(None))
    return session.scalars(query.order_by(Membership.left_at.desc(), Membership.doctor)).all()


def latest_spell(session: Session, group: PartyId, doctor: PartyId) -> Membership | None:
    query = select(Membership).where(Membership.group == group, Membership.doctor == doctor)
    return session.scalars(query.order_by(Membership.spell.desc()).limit(1)).first()


def spells_of(session: Session, doctor: PartyId) -> Sequence[Membership]:
    """All memberships that a doctor has or had, the latest first."""
    query = select(Membership).where(Membership.doctor == doctor)
    return session.scalars(query.order_by(Membership.joined_at.desc())).all()


def share_rules(session: Session, group: PartyId) -> Sequence[ShareRule]:
    """The newest version first."""
    query = select(ShareRule).where(ShareRule.group == group).order_by(ShareRule.version.desc())
    return session.scalars(query).all()
