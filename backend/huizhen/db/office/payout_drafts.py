"""How a payout batch came about: what was computed to withhold, what was entered instead, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ForeignKey, Integer, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from huizhen.db.base import OfficeBase
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen


class PayoutDraft(OfficeBase):
    """Kept with the statement that was signed for it."""

    __tablename__ = "payout_draft"

    statement: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    batch: Mapped[int] = mapped_column(index=True)

    items: Mapped[list[PayoutDraftItem]] = relationship(
        order_by="PayoutDraftItem.item", lazy="raise", cascade="all, delete-orphan"
    )


class PayoutDraftItem(OfficeBase):
    """`computed` is what the policy says; `withheld` what was signed. `reason` is given where they differ."""

    __tablename__ = "payout_draft_item"

    statement: Mapped[int] = mapped_column(ForeignKey("payout_draft.statement"), primary_key=True)
    item: Mapped[int] = mapped_column(Integer, primary_key=True)
    party: Mapped[PartyId]
    gross: Mapped[Fen]
    computed: Mapped[Fen]
    withheld: Mapped[Fen]
    policy: Mapped[str]
    explanation_zh: Mapped[str]
    explanation_en: Mapped[str]
    reason: Mapped[str]


def add(session: Session, draft: PayoutDraft) -> None:
    session.add(draft)
    session.flush()


def of_statements(session: Session, statements: Sequence[int]) -> Mapping[int, PayoutDraft]:
    query = select(PayoutDraft).where(PayoutDraft.statement.in_(statements))
    rows = session.scalars(query.options(selectinload(PayoutDraft.items)))
    return {row.statement: row for row in rows}


def of_batch(session: Session, batch: int) -> PayoutDraft | None:
    """The newest: a refused attempt may have named the same batch."""
    query = select(PayoutDraft).where(PayoutDraft.batch == batch).order_by(PayoutDraft.statement.desc())
    return session.scalars(query.options(selectinload(PayoutDraft.items)).limit(1)).first()
