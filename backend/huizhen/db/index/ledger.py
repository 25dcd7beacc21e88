"""Every fen: what stands where, and each move that brought it there."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from huizhen.db.base import COMPACT, IndexBase
from huizhen.db.index.traced import Traced
from huizhen.db.types import named
from huizhen.domain.chain_ids import Address, Hash32
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.split import LegKind
from huizhen.domain.statuses import Bucket, EntryKind, ReferenceUse


class Funds(Traced, IndexBase):
    """A hospital's own money in custody; `refunds` counts its refunds, the next one names this number."""

    __tablename__ = "funds"

    hospital: Mapped[PartyId] = mapped_column(primary_key=True, autoincrement=False)
    available: Mapped[Fen]
    escrowed: Mapped[Fen]
    refunds: Mapped[int]


class Credit(Traced, IndexBase):
    """What a party earned and has not received: free for a payout, or in one."""

    __tablename__ = "credit"

    party: Mapped[PartyId] = mapped_column(primary_key=True, autoincrement=False)
    credited: Mapped[Fen]
    outstanding: Mapped[Fen]


def _where_set(*columns: str) -> Index:
    named = text(f'"{columns[0]}" IS NOT NULL')
    return Index(None, *columns, sqlite_where=named, postgresql_where=named)


class LedgerEntry(Traced, IndexBase):
    """One change of one bucket; never updated. The balance of (bucket, party) is the sum of its amounts.

    The lines of available, escrowed, credited and outstanding sum to those of custody in every transaction.
    `party` is 0 for custody. `item` is the place in the batch.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        Index(None, "party", "bucket", "block_number"),
        _where_set("consultation"),
        _where_set("batch", "item"),
        COMPACT,
    )

    block_number: Mapped[int] = mapped_column(primary_key=True)
    log_index: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EntryKind] = mapped_column(named(EntryKind))
    bucket: Mapped[Bucket] = mapped_column(named(Bucket))
    party: Mapped[PartyId]
    amount: Mapped[Fen]
    consultation: Mapped[int | None]
    leg: Mapped[LegKind | None] = mapped_column(named(LegKind))
    batch: Mapped[int | None]
    item: Mapped[int | None]
    bank_ref: Mapped[Hash32 | None]


class Deposit(Traced, IndexBase):
    """Money that a hospital paid into custody, by the bank's reference."""

    __tablename__ = "deposit"
    __table_args__ = (Index(None, "hospital"),)

    bank_ref: Mapped[Hash32] = mapped_column(primary_key=True)
    hospital: Mapped[PartyId]
    amount: Mapped[Fen]
    at: Mapped[int]


class BankReference(Traced, IndexBase):
    """A reference of the bank on its rail; one serves once in each use."""

    __tablename__ = "bank_reference"

    bank_ref: Mapped[Hash32] = mapped_column(primary_key=True)
    use: Mapped[ReferenceUse] = mapped_column(named(ReferenceUse), primary_key=True)
    amount: Mapped[Fen]
    at: Mapped[int]


class PayIn(Traced, IndexBase):
    """Tokens paid into the rail under a reference; `waiting` until recorded by the bank or taken back by the payer."""

    __tablename__ = "pay_in"

    bank_ref: Mapped[Hash32] = mapped_column(primary_key=True)
    payer: Mapped[Address]
    amount: Mapped[Fen]
    paid_at: Mapped[int]
    waiting: Mapped[bool]


class Custody(Traced, IndexBase):
    """One row: what the bank holds for everybody together."""

    __tablename__ = "custody"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    amount: Mapped[Fen]
