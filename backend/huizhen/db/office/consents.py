"""Consent links: what a patient was asked, under which one-time key. The key itself never comes here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from huizhen.db.base import OfficeBase
from huizhen.domain.case import CaseId
from huizhen.domain.chain_ids import Address, Hash32
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen


class ConsentRequest(OfficeBase):
    """`contents` is the text that `consent` commits to under `commitment_key` (hex). Times are chain time.

    `grant` and `withdrawal` are the statements that carried the patient's signatures to the relay.
    """

    __tablename__ = "consent_request"

    token: Mapped[str] = mapped_column(String(43), primary_key=True)
    draft: Mapped[CaseId] = mapped_column(Integer, ForeignKey("draft.id"), index=True)
    hospital: Mapped[PartyId]
    contents: Mapped[dict[str, Any]] = mapped_column(JSON)
    fee_ceiling: Mapped[Fen]
    case_file: Mapped[Hash32]
    consent: Mapped[Hash32] = mapped_column(unique=True)
    commitment_key: Mapped[str]
    address: Mapped[Address]
    created_at: Mapped[int]
    sign_by: Mapped[int]
    valid_until: Mapped[int]
    void: Mapped[bool] = mapped_column(default=False)
    grant: Mapped[int | None] = mapped_column(Integer)
    withdrawal: Mapped[int | None] = mapped_column(Integer)


def find(session: Session, token: str) -> ConsentRequest | None:
    return session.get(ConsentRequest, token)


def of_case(session: Session, case: CaseId) -> Sequence[ConsentRequest]:
    """Newest first."""
    query = select(ConsentRequest).where(ConsentRequest.draft == case)
    return session.scalars(
        query.order_by(ConsentRequest.created_at.desc(), ConsentRequest.sign_by.desc())
    ).all()


def of_cases(session: Session, cases: Sequence[CaseId]) -> Sequence[ConsentRequest]:
    return session.scalars(select(ConsentRequest).where(ConsentRequest.draft.in_(cases))).all()
