"""The team's opinion in words, for the team alone; the chain holds its keyed commitment. Times are chain time."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Integer, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from huizhen.db.base import OfficeBase
from huizhen.domain.ids import PartyId


class Opinion(OfficeBase):
    """The text as the lead last wrote it; what was delivered stands sealed (sealed_texts) under its commitment."""

    __tablename__ = "opinion"

    consultation: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    text: Mapped[str]
    written_at: Mapped[int]


class OpinionSeat(OfficeBase):
    """A seat's answer to the present text: agreed, or with a dissent that is kept beside it."""

    __tablename__ = "opinion_seat"

    consultation: Mapped[int] = mapped_column(Integer, primary_key=True)
    doctor: Mapped[PartyId] = mapped_column(primary_key=True)
    dissent: Mapped[str]
    signed_at: Mapped[int]


def find(session: Session, consultation: int) -> Opinion | None:
    return session.get(Opinion, consultation)


def seats(session: Session, consultation: int) -> Sequence[OpinionSeat]:
    query = select(OpinionSeat).where(OpinionSeat.consultation == consultation).order_by(OpinionSeat.doctor)
    return session.scalars(query).all()


def rewrite(session: Session, consultation: int, text: str, lead: PartyId, at: int) -> None:
    """A new text: only the lead, who wrote it, has signed it so far."""
    session.merge(Opinion(consultation=consultation, text=text, written_at=at))
    session.execute(delete(OpinionSeat).where(OpinionSeat.consultation == consultation))
    session.add(OpinionSeat(consultation=consultation, doctor=lead, dissent="", signed_at=at))
