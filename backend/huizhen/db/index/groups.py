"""Doctor groups, their share rules and who belongs. Times are unix seconds."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from huizhen.db.base import IndexBase
from huizhen.db.index.traced import Traced
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId


class DoctorGroup(Traced, IndexBase):
    """`position` is the place in the order of founding, from 0; quorum 0 means that the lead decides alone."""

    __tablename__ = "doctor_group"

    group: Mapped[PartyId] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(unique=True)
    lead: Mapped[PartyId] = mapped_column(index=True)
    members: Mapped[int]
    quorum: Mapped[int]
    rule_version: Mapped[int]
    institution_bps: Mapped[int]
    fund_bps: Mapped[int]
    standing_until: Mapped[int]
    founded_at: Mapped[int]
    revision: Mapped[int]


class ShareRule(Traced, IndexBase):
    """Shares of what the platform leaves of a fee; the doctor receives the rest of 10,000."""

    __tablename__ = "share_rule"

    group: Mapped[PartyId] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    institution_bps: Mapped[int]
    fund_bps: Mapped[int]
    set_at: Mapped[int]


class Membership(Traced, IndexBase):
    """One spell of a doctor in a group; `left_at` is None while it lasts, `reason` is of an expulsion."""

    __tablename__ = "membership"
    __table_args__ = (Index(None, "doctor"),)

    group: Mapped[PartyId] = mapped_column(primary_key=True)
    doctor: Mapped[PartyId] = mapped_column(primary_key=True)
    spell: Mapped[int] = mapped_column(primary_key=True)
    joined_at: Mapped[int]
    left_at: Mapped[int | None]
    reason: Mapped[Hash32 | None]


class GroupTally(Traced, IndexBase):
    """One row: how many groups were founded, so that each knows its position."""

    __tablename__ = "group_tally"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    groups: Mapped[int]
