"""Software keys of the demo's people. Real people's keys live with them and never in this table."""

from __future__ import annotations

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from huizhen.db.base import OfficeBase
from huizhen.domain.ids import PartyId


class DemoKeyRow(OfficeBase):
    """`signer` is the ERC-7913 form in hex; `party` is None until the application is on chain."""

    __tablename__ = "demo_key"

    signer: Mapped[str] = mapped_column(String(40), primary_key=True)
    secret: Mapped[str] = mapped_column(String(64))
    party: Mapped[PartyId | None] = mapped_column(index=True)
    signer_index: Mapped[int | None]


def of_party(session: Session, party: PartyId) -> DemoKeyRow | None:
    query = select(DemoKeyRow).where(DemoKeyRow.party == party).order_by(DemoKeyRow.signer_index)
    return session.scalars(query).first()


def of_signer(session: Session, signer: bytes) -> DemoKeyRow | None:
    return session.get(DemoKeyRow, signer.hex())


def unassigned(session: Session) -> list[DemoKeyRow]:
    return list(session.scalars(select(DemoKeyRow).where(DemoKeyRow.party.is_(None))))
