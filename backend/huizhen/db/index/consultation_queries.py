"""Consultations as their pages read them; who may see one is part of each lookup."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from huizhen.db.index.consents import Consent
from huizhen.db.index.consultations import Absence, Consultation, Dispute, Seat
from huizhen.db.index.groups import DoctorGroup
from huizhen.db.index.ledger import LedgerEntry
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId
from huizhen.domain.slots import SLOT_SECONDS
from huizhen.domain.statuses import Bucket, ConsultationStatus, EntryKind


def find(session: Session, consultation: int) -> Consultation | None:
    """For readers who may see all: finance and auditors."""
    return session.get(Consultation, consultation)


def seen_by(session: Session, consultation: int, party: PartyId) -> Consultation | None:
    """None for a stranger to the consultation."""
    return session.scalar(select(Consultation).where(Consultation.id == consultation, _concerns(party)))


def page(
    session: Session, party: PartyId | None, number: int, per_page: int
) -> tuple[Sequence[Consultation], int]:
    """One page (from 1), newest first, and how many there are: those that concern a party, or all for None."""
    chosen = [] if party is None else [_concerns(party)]
    total = session.scalar(select(func.count()).select_from(Consultation).where(*chosen)) or 0
    query = select(Consultation).where(*chosen).order_by(Consultation.id.desc())
    return session.scalars(query.offset((number - 1) * per_page).limit(per_page)).all(), total


def of_hospital(session: Session, hospital: PartyId) -> Sequence[Consultation]:
    """Newest first."""
    query = select(Consultation).where(Consultation.hospital == hospital).order_by(Consultation.id.desc())
    return session.scalars(query).all()


def of_case_files(session: Session, case_files: Sequence[Hash32]) -> Sequence[Consultation]:
    """Newest first."""
    query = select(Consultation).where(Consultation.case_file.in_(case_files))
    return session.scalars(query.order_by(Consultation.id.desc())).all()


def seats(session: Session, consultations: Sequence[int]) -> Sequence[Seat]:
    query = select(Seat).where(Seat.consultation.in_(consultations))
    return session.scalars(query.order_by(Seat.consultation, Seat.index)).all()


def dispute_of(session: Session, consultation: int) -> Dispute | None:
    """None where nothing was ever contested."""
    return session.get(Dispute, consultation)


def absence_of(session: Session, consultation: int) -> Absence | None:
    """What one side alone said of who did not come."""
    return session.get(Absence, consultation)


def credited_legs(session: Session, consultation: int) -> Sequence[LedgerEntry]:
    query = select(LedgerEntry).where(
        LedgerEntry.consultation == consultation,
        LedgerEntry.kind == EntryKind.LEG,
        LedgerEntry.bucket == Bucket.CREDITED,
    )
    return session.scalars(query.order_by(LedgerEntry.leg, LedgerEntry.party)).all()


def consents(session: Session, commitments: Sequence[Hash32]) -> Sequence[Consent]:
    return session.scalars(select(Consent).where(Consent.consent.in_(commitments))).all()


def overdue_opinions(session: Session, now: int) -> Sequence[Consultation]:
    """Booked ones that anybody may expire now."""
    due = (Consultation.start + Consultation.slots) * SLOT_SECONDS + Consultation.deliver_window
    query = select(Consultation).where(Consultation.status == ConsultationStatus.BOOKED, due < now)
    return session.scalars(query.order_by(Consultation.id)).all()


def overdue_reviews(session: Session, now: int) -> Sequence[Consultation]:
    """Delivered ones that anybody may settle now."""
    query = select(Consultation).where(
        Consultation.status == ConsultationStatus.DELIVERED,
        Consultation.delivered_at + Consultation.review_window < now,
    )
    return session.scalars(query.order_by(Consultation.id)).all()


def overdue_rulings(session: Session, now: int) -> Sequence[Consultation]:
    """Disputed ones whose contested seats anybody may pay by the default of the terms now."""
    query = _disputed().where(Dispute.contested != 0, Dispute.opened_at + Consultation.arbiter_window < now)
    return session.scalars(query).all()


def overdue_rests(session: Session, now: int) -> Sequence[Consultation]:
    """Disputed ones whose uncontested seats anybody may pay now."""
    reviewed = Consultation.delivered_at + Consultation.review_window
    return session.scalars(_disputed().where(Dispute.rest_released.is_(False), reviewed < now)).all()


def withdrawn(session: Session, now: int) -> Sequence[Consultation]:
    """Booked ones that have not begun and whose patient has withdrawn the consent: anybody may cancel them."""
    given = and_(Consent.case_file == Consultation.case_file, Consent.consent == Consultation.consent)
    query = select(Consultation).join(Consent, given)
    query = query.where(
        Consultation.status == ConsultationStatus.BOOKED,
        Consultation.start * SLOT_SECONDS > now,
        Consent.withdrawn.is_(True),
    )
    return session.scalars(query.order_by(Consultation.id)).all()


def _disputed() -> Select[Consultation]:
    query = select(Consultation).join(Dispute, Dispute.consultation == Consultation.id)
    return query.where(Consultation.status == ConsultationStatus.DISPUTED).order_by(Consultation.id)


def _concerns(party: PartyId) -> ColumnElement[bool]:
    """The hospital, a seat's doctor, institution or group, or the group's lead."""
    led = select(DoctorGroup.group).where(DoctorGroup.lead == party)
    seated = exists().where(
        Seat.consultation == Consultation.id,
        or_(Seat.doctor == party, Seat.institution == party, Seat.group == party, Seat.group.in_(led)),
    )
    return or_(Consultation.hospital == party, seated)
