"""Patients' consents, by commitments alone. Times are unix seconds."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from huizhen.db.base import IndexBase
from huizhen.db.index.traced import Traced
from huizhen.domain.chain_ids import Address, Hash32
from huizhen.domain.ids import PartyId


class Consent(Traced, IndexBase):
    __tablename__ = "consent"
    __table_args__ = (Index(None, "hospital"),)

    case_file: Mapped[Hash32] = mapped_column(primary_key=True)
    consent: Mapped[Hash32] = mapped_column(primary_key=True)
    hospital: Mapped[PartyId]
    key: Mapped[Address]
    valid_until: Mapped[int]
    withdrawn: Mapped[bool]
    granted_at: Mapped[int]
    withdrawn_at: Mapped[int | None]
