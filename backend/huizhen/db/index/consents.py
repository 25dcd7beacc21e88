"""Patients' consents, and who may open which files, by commitments alone. Times are unix seconds."""

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


class CaseFile(Traced, IndexBase):
    """A file of a case; `index` counts them from 0."""

    __tablename__ = "case_file"

    case_file: Mapped[Hash32] = mapped_column(primary_key=True)
    file: Mapped[Hash32] = mapped_column(primary_key=True)
    by: Mapped[PartyId]
    index: Mapped[int]
    committed_at: Mapped[int]


class KeyGrant(Traced, IndexBase):
    """The last grant of a case to a recipient; `valid_until` 0 once it was ended. `key` commits to the wrapped key."""

    __tablename__ = "key_grant"
    __table_args__ = (Index(None, "recipient"),)

    case_file: Mapped[Hash32] = mapped_column(primary_key=True)
    recipient: Mapped[PartyId] = mapped_column(primary_key=True)
    hospital: Mapped[PartyId]
    consent: Mapped[Hash32]
    key: Mapped[Hash32]
    valid_until: Mapped[int]
    version: Mapped[int]
    ended_by: Mapped[PartyId | None]


class LogHead(Traced, IndexBase):
    """The last anchor of a platform's log of openings; `sequence` counts its anchors."""

    __tablename__ = "log_head"

    platform: Mapped[PartyId] = mapped_column(primary_key=True, autoincrement=False)
    head: Mapped[Hash32]
    entries: Mapped[int]
    anchored_at: Mapped[int]
    sequence: Mapped[int]
