"""How far the index has come, the headers and logs that it stands on, and how to go back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from huizhen.db.base import COMPACT, IndexBase
from huizhen.domain.chain_ids import Address, Hash32
from huizhen.domain.ids import PartyId


class Block(IndexBase):
    """Headers of blocks with logs of ours, and of all blocks above finality."""

    __tablename__ = "block"
    __table_args__ = (Index(None, "hash", unique=True), COMPACT)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[Hash32]
    parent_hash: Mapped[Hash32]
    time: Mapped[int]


class Cursor(IndexBase):
    """One row: the last block whose logs are in the tables, and what was known of the chain then.

    `followed_at` is when a live node last answered; no reorganisation reaches `final_number` and below.
    Rows can be taken back to `undo_floor`, no further. `halted` says what stopped the index, until it goes on.
    """

    __tablename__ = "cursor"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    projection_version: Mapped[int]
    chain_id: Mapped[int]
    first_block: Mapped[int]
    tax_authority: Mapped[PartyId]
    block_number: Mapped[int]
    block_hash: Mapped[Hash32]
    block_time: Mapped[int]
    final_number: Mapped[int]
    undo_floor: Mapped[int]
    head_number: Mapped[int]
    head_time: Mapped[int]
    followed_at: Mapped[datetime]
    halted_zh: Mapped[str | None]
    halted_en: Mapped[str | None]


def _by_subject(column: str) -> Index:
    """Of the few logs that have this subject, in the order of the chain."""
    named = text(f'"{column}" IS NOT NULL')
    return Index(None, column, "block_number", "log_index", sqlite_where=named, postgresql_where=named)


class Log(IndexBase):
    """A log of ours as the node sent it, in bytes (everything projected can be built from these), and how it reads.

    `topics` are joined, 32 bytes each; `arguments` is JSON (domain.event_record). Subjects serve timelines.
    """

    __tablename__ = "log"
    __table_args__ = (
        *map(_by_subject, ("consultation", "party", "counterparty", "group", "batch")),
        COMPACT,
    )

    block_number: Mapped[int] = mapped_column(primary_key=True)
    log_index: Mapped[int] = mapped_column(primary_key=True)
    tx_index: Mapped[int]
    tx_hash: Mapped[Hash32] = mapped_column(index=True)
    address: Mapped[Address]
    topics: Mapped[bytes] = mapped_column(LargeBinary(128))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    contract: Mapped[str]
    name: Mapped[str]
    arguments: Mapped[str]
    consultation: Mapped[int | None]
    party: Mapped[PartyId | None]
    counterparty: Mapped[PartyId | None]
    group: Mapped[PartyId | None]
    batch: Mapped[int | None]


class Undo(IndexBase):
    """The image of a row before a block above finality first changed it; no image means there was no row."""

    __tablename__ = "undo"

    block_number: Mapped[int] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    table_name: Mapped[str]
    key: Mapped[str]
    image: Mapped[str | None]


class Booker(IndexBase):
    """A contract that may write to another one; `contract` is SlotBook or RevenueLedger."""

    __tablename__ = "booker"

    contract: Mapped[str] = mapped_column(primary_key=True)
    booker: Mapped[str] = mapped_column(primary_key=True)
    allowed: Mapped[bool]
    block_number: Mapped[int]
    tx_hash: Mapped[Hash32]
