"""The counts of the opening page. Each is one aggregate over an indexed column or a small table."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huizhen.db.index.consultations import Consultation
from huizhen.db.index.ledger import Funds
from huizhen.db.index.parties import Party
from huizhen.db.index.payouts import PayoutItem
from huizhen.domain.money import Fen
from huizhen.domain.statuses import ConsultationStatus, ItemStatus, PartyKind, PartyStatus


@dataclass(frozen=True, slots=True)
class Counts:
    doctors: int
    hospitals: int
    groups: int
    cities: int
    booked: int
    settled: int
    escrowed: Fen
    paid: Fen


def counts(session: Session) -> Counts:
    accredited = Party.status == PartyStatus.ACCREDITED
    by_kind = select(Party.kind, func.count()).where(accredited).group_by(Party.kind)
    by_status = select(Consultation.status, func.count()).group_by(Consultation.status)
    kinds = dict(session.execute(by_kind).all())
    states = dict(session.execute(by_status).all())
    paid = select(func.sum(PayoutItem.gross - PayoutItem.withheld)).where(
        PayoutItem.status == ItemStatus.CONFIRMED
    )
    return Counts(
        doctors=kinds.get(PartyKind.DOCTOR, 0),
        hospitals=kinds.get(PartyKind.HOSPITAL, 0),
        groups=kinds.get(PartyKind.GROUP, 0),
        cities=session.scalar(
            select(func.count(Party.city.distinct())).where(accredited, Party.kind == PartyKind.DOCTOR)
        )
        or 0,
        booked=sum(states.values()),
        settled=states.get(ConsultationStatus.SETTLED, 0),
        escrowed=Fen(int(session.scalar(select(func.sum(Funds.escrowed))) or 0)),
        paid=Fen(int(session.scalar(paid) or 0)),
    )
