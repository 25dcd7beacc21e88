"""Cases before they are booked, and the trail of who did what with them. Times are unix seconds of the chain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from huizhen.db.base import OfficeBase
from huizhen.db.types import named
from huizhen.domain.accounts import AccountId
from huizhen.domain.case import CaseAct, CaseId, CaseStage, Contents, Urgency, WantedSeat, Wish
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen


class Draft(OfficeBase):
    """A case of a hospital. `case_file` is the keyed commitment to the contents, `case_key` its key (hex).

    The wish is empty until its step of the form was sent; `missing` is the list of the last triage.
    """

    __tablename__ = "draft"

    id: Mapped[CaseId] = mapped_column(Integer, primary_key=True)
    hospital: Mapped[PartyId] = mapped_column(index=True)
    stage: Mapped[CaseStage] = mapped_column(named(CaseStage))
    created_at: Mapped[int]
    stage_at: Mapped[int]
    reason: Mapped[str]
    aim: Mapped[str]
    summary: Mapped[str]
    urgency: Mapped[Urgency] = mapped_column(named(Urgency))
    seats: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    first_day: Mapped[str | None]
    last_day: Mapped[str | None]
    slots: Mapped[int | None]
    price_limit: Mapped[Fen | None]
    case_file: Mapped[Hash32 | None] = mapped_column(index=True)
    case_key: Mapped[str | None]
    missing: Mapped[str | None]

    @property
    def contents(self) -> Contents:
        return Contents(self.reason, self.aim, self.summary, self.urgency)

    @contents.setter
    def contents(self, contents: Contents) -> None:
        self.reason, self.aim = contents.reason, contents.aim
        self.summary, self.urgency = contents.summary, contents.urgency

    @property
    def wish(self) -> Wish | None:
        if self.first_day is None or self.last_day is None or self.slots is None or self.price_limit is None:
            return None
        return Wish(
            tuple(WantedSeat.from_json(seat) for seat in self.seats),
            date.fromisoformat(self.first_day),
            date.fromisoformat(self.last_day),
            self.slots,
            self.price_limit,
        )

    @wish.setter
    def wish(self, wish: Wish) -> None:
        self.seats = [seat.to_json() for seat in wish.seats]
        self.first_day, self.last_day = wish.first_day.isoformat(), wish.last_day.isoformat()
        self.slots, self.price_limit = wish.slots, wish.price_limit


class CaseStep(OfficeBase):
    """One line of the trail. `account` is None where no account acted (a patient with the consent link)."""

    __tablename__ = "case_step"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    draft: Mapped[CaseId] = mapped_column(Integer, ForeignKey("draft.id"), index=True)
    act: Mapped[CaseAct] = mapped_column(named(CaseAct))
    account: Mapped[AccountId | None] = mapped_column(Integer)
    by_zh: Mapped[str]
    by_en: Mapped[str]
    at: Mapped[int]
    note: Mapped[str]


class CaseOpening(OfficeBase):
    """Who opened the file of a case; the patient can read this list."""

    __tablename__ = "case_opening"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_file: Mapped[Hash32] = mapped_column(index=True)
    party: Mapped[PartyId]
    at: Mapped[int]


def find(session: Session, case: CaseId, hospital: PartyId) -> Draft | None:
    """None for a case of another hospital."""
    return session.scalar(select(Draft).where(Draft.id == case, Draft.hospital == hospital))


def of_hospital(session: Session, hospital: PartyId) -> Sequence[Draft]:
    """Newest first."""
    return session.scalars(select(Draft).where(Draft.hospital == hospital).order_by(Draft.id.desc())).all()


def of_case_file(session: Session, case_file: Hash32) -> Draft | None:
    return session.scalar(select(Draft).where(Draft.case_file == case_file))


def trail(session: Session, case: CaseId) -> Sequence[CaseStep]:
    """Oldest first."""
    return session.scalars(select(CaseStep).where(CaseStep.draft == case).order_by(CaseStep.id)).all()


def openings(session: Session, case_file: Hash32) -> Sequence[CaseOpening]:
    """Newest first."""
    query = select(CaseOpening).where(CaseOpening.case_file == case_file)
    return session.scalars(query.order_by(CaseOpening.id.desc())).all()


def has_opened(session: Session, case_file: Hash32, party: PartyId) -> bool:
    query = select(CaseOpening.id).where(CaseOpening.case_file == case_file, CaseOpening.party == party)
    return session.scalar(query.limit(1)) is not None
