"""Bank accounts behind the commitments of the chain. `key` is hex: with it and the account anyone can check them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from huizhen.db.base import OfficeBase
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId


class PayoutDestination(OfficeBase):
    """One account that a party named; the chain says which commitment is in force."""

    __tablename__ = "payout_destination"

    commitment: Mapped[Hash32] = mapped_column(primary_key=True)
    party: Mapped[PartyId] = mapped_column(index=True)
    bank: Mapped[str]
    account: Mapped[str]
    holder: Mapped[str]
    key: Mapped[str]
    created_at: Mapped[int]

    @property
    def masked(self) -> str:
        """What pages show: the last four digits, so that a person knows the account and nobody learns it."""
        return f"**** {self.account[-4:]}"


def destinations(session: Session, commitments: Iterable[Hash32]) -> Mapping[Hash32, PayoutDestination]:
    wanted = sorted(set(commitments))
    rows = session.scalars(select(PayoutDestination).where(PayoutDestination.commitment.in_(wanted)))
    return {row.commitment: row for row in rows}
