"""What one party sees of its own: registration, keys, consultations, income. Doctors, groups and institutions alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from huizhen.db.index.consultations import Consultation, ReservedWord, Seat
from huizhen.db.index.ledger import Credit, LedgerEntry
from huizhen.db.index.parties import Affiliation, Party, Signer
from huizhen.db.index.payouts import PayoutBatch, PayoutItem
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId
from huizhen.domain.slots import Slot, Window, word_of
from huizhen.domain.statuses import Bucket, ConsultationStatus, EntryKind, PartyKind, PartyStatus

# Cancelled and expired consultations give their hours back.
_HOLDING_HOURS = (
    ConsultationStatus.BOOKED,
    ConsultationStatus.DELIVERED,
    ConsultationStatus.DISPUTED,
    ConsultationStatus.SETTLED,
)


def signers(session: Session, party: PartyId) -> Sequence[Signer]:
    return session.scalars(select(Signer).where(Signer.party == party).order_by(Signer.index)).all()


def affiliations(session: Session, doctor: PartyId) -> Sequence[Affiliation]:
    query = select(Affiliation).where(Affiliation.doctor == doctor)
    return session.scalars(query.order_by(Affiliation.valid_until.desc(), Affiliation.institution)).all()


def doctors_at(session: Session, institution: PartyId) -> Sequence[tuple[Affiliation, Party]]:
    query = (
        select(Affiliation, Party)
        .join(Party, Party.id == Affiliation.doctor)
        .where(Affiliation.institution == institution)
        .order_by(Affiliation.valid_until.desc(), Affiliation.doctor)
    )
    return session.execute(query).all()


def institutions(session: Session) -> Sequence[Party]:
    """Hospitals at which a doctor may ask to be registered."""
    query = select(Party).where(Party.kind == PartyKind.HOSPITAL, Party.status == PartyStatus.ACCREDITED)
    return session.scalars(query.order_by(Party.id)).all()


def consultations_of_doctor(session: Session, doctor: PartyId) -> Sequence[tuple[Consultation, Seat]]:
    """The latest start first."""
    return _seated(session, Seat.doctor == doctor)


def consultations_of_institution(
    session: Session, institution: PartyId
) -> Sequence[tuple[Consultation, Seat]]:
    return _seated(session, Seat.institution == institution)


def _seated(session: Session, whose: ColumnElement[bool]) -> Sequence[tuple[Consultation, Seat]]:
    query = select(Consultation, Seat).join(Seat, Seat.consultation == Consultation.id).where(whose)
    return session.execute(query.order_by(Consultation.start.desc(), Consultation.id.desc())).all()


def booked_in(session: Session, doctor: PartyId, window: Window) -> Sequence[Consultation]:
    """Consultations that hold hours of the doctor in the window; none is longer than 255 slots."""
    query = (
        select(Consultation)
        .join(Seat, Seat.consultation == Consultation.id)
        .where(
            Seat.doctor == doctor,
            Consultation.status.in_(_HOLDING_HOURS),
            Consultation.start < window.end,
            Consultation.start > Slot(window.first - 256),
        )
        .order_by(Consultation.start)
    )
    return [row for row in session.scalars(query) if row.start + row.slots > window.first]


def reserved_words(session: Session, doctor: PartyId, window: Window) -> dict[int, int]:
    query = select(ReservedWord).where(
        ReservedWord.doctor == doctor,
        ReservedWord.word.between(word_of(window.first), word_of(window.end)),
    )
    return {row.word: row.bits for row in session.scalars(query)}


def credit_of(session: Session, party: PartyId) -> Credit | None:
    return session.get(Credit, party)


def legs_of(session: Session, party: PartyId) -> Sequence[LedgerEntry]:
    """What consultations brought, the newest first."""
    query = select(LedgerEntry).where(
        LedgerEntry.party == party,
        LedgerEntry.bucket == Bucket.CREDITED,
        LedgerEntry.kind == EntryKind.LEG,
    )
    return session.scalars(
        query.order_by(LedgerEntry.block_number.desc(), LedgerEntry.log_index.desc(), LedgerEntry.line)
    ).all()


def payout_items_of(session: Session, party: PartyId) -> Sequence[tuple[PayoutItem, PayoutBatch]]:
    """The newest batch first."""
    query = (
        select(PayoutItem, PayoutBatch)
        .join(PayoutBatch, PayoutBatch.id == PayoutItem.batch)
        .where(PayoutItem.party == party)
        .order_by(PayoutItem.batch.desc(), PayoutItem.item)
    )
    return session.execute(query).all()


def consultations(session: Session, ids: Iterable[int]) -> dict[int, Consultation]:
    rows = session.scalars(select(Consultation).where(Consultation.id.in_(sorted(set(ids)))))
    return {row.id: row for row in rows}


def parties_by_licence(session: Session, licences: Iterable[Hash32]) -> dict[Hash32, PartyId]:
    """Of these licence commitments those that the chain has, with the party that named each."""
    query = select(Party.licence, Party.id).where(Party.licence.in_(sorted(licences)))
    return dict(session.execute(query).all())
