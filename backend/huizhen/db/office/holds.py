"""Hours held for teams that are being asked. A hold lives while its statement gathers signatures or travels.

Every held quarter of an hour is a row of its own: its key makes a second hold impossible on any database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ForeignKey, Integer, Select, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, selectinload

from huizhen.db.base import OfficeBase
from huizhen.db.office.drafts import Draft
from huizhen.db.office.statements import StatementRow, StatementStatus
from huizhen.domain.case import CaseId
from huizhen.domain.ids import PartyId
from huizhen.domain.slots import Slot

LIVING = (
    StatementStatus.GATHERING,
    StatementStatus.QUEUED,
    StatementStatus.SUBMITTED,
    StatementStatus.CONFIRMING,
)

_PROPOSING_SECONDS = 60


class Hold(OfficeBase):
    """`terms` are the packed terms (hex); `statement` is None for the moment in which it is proposed."""

    __tablename__ = "hold"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    draft: Mapped[CaseId] = mapped_column(Integer, ForeignKey("draft.id"), index=True)
    statement: Mapped[int | None] = mapped_column(Integer, ForeignKey("statement.id"), unique=True)
    terms: Mapped[str]
    created_at: Mapped[int]
    expires_at: Mapped[int]


class HoldSeat(OfficeBase):
    __tablename__ = "hold_seat"

    doctor: Mapped[PartyId] = mapped_column(primary_key=True)
    slot: Mapped[Slot] = mapped_column(primary_key=True)
    hold: Mapped[int] = mapped_column(Integer, ForeignKey("hold.id", ondelete="CASCADE"), index=True)


def taken(
    session: Session, doctors: Iterable[PartyId], first: Slot, end: Slot, now: int
) -> Sequence[HoldSeat]:
    """Held hours of these doctors with first <= slot < end."""
    query = select(HoldSeat).where(
        HoldSeat.doctor.in_(sorted(set(doctors))),
        HoldSeat.slot >= first,
        HoldSeat.slot < end,
        HoldSeat.hold.in_(living(now)),
    )
    return session.scalars(query).all()


def living(now: int) -> Select[int]:
    """Ids of holds that still keep their hours: their terms wait or travel, or are just being proposed."""
    proposing = Hold.statement.is_(None) & (Hold.created_at >= now - _PROPOSING_SECONDS)
    return (
        select(Hold.id)
        .outerjoin(StatementRow, StatementRow.id == Hold.statement)
        .where(Hold.expires_at >= now, StatementRow.status.in_(LIVING) | proposing)
    )


def is_held(session: Session, case: CaseId, now: int) -> bool:
    """Whether a hold of the case lives; who else asks for the same case waits until this transaction is over."""
    session.execute(select(Draft.id).where(Draft.id == case).with_for_update())
    return (
        session.scalar(select(Hold.id).where(Hold.draft == case, Hold.id.in_(living(now))).limit(1))
        is not None
    )


def keep(session: Session, hold: Hold, doctors: Iterable[PartyId], slots: Iterable[Slot]) -> bool:
    """Hold all hours of all doctors, or none: False where somebody else holds one of them."""
    kept = list(slots)
    session.add(hold)
    session.flush()
    try:
        with session.begin_nested():
            session.add_all(
                HoldSeat(doctor=doctor, slot=slot, hold=hold.id) for doctor in doctors for slot in kept
            )
            session.flush()
    except IntegrityError:
        return False
    return True


def free_over(session: Session, doctors: Iterable[PartyId], now: int) -> None:
    """Forget hours of these doctors whose holds are over, so that they can be held again."""
    session.execute(
        delete(HoldSeat).where(HoldSeat.doctor.in_(sorted(set(doctors))), HoldSeat.hold.not_in(living(now)))
    )


def of_case(session: Session, case: CaseId) -> Sequence[Hold]:
    """Newest first."""
    return session.scalars(select(Hold).where(Hold.draft == case).order_by(Hold.id.desc())).all()


def of_cases(session: Session, cases: Sequence[CaseId]) -> Sequence[tuple[Hold, StatementRow]]:
    """Newest first, each with its statement."""
    query = (
        select(Hold, StatementRow)
        .join(StatementRow, StatementRow.id == Hold.statement)
        .where(Hold.draft.in_(cases))
        .options(selectinload(StatementRow.signatures))
        .order_by(Hold.id.desc())
    )
    return [(hold, statement) for hold, statement in session.execute(query)]


def of_statement(session: Session, statement: int) -> Hold | None:
    return session.scalar(select(Hold).where(Hold.statement == statement))
