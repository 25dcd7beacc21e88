"""Payout accounts and batches. Times are unix seconds."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from huizhen.db.base import IndexBase
from huizhen.db.index.traced import Traced
from huizhen.db.types import named
from huizhen.domain.chain_ids import Hash32, Mask64
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.statuses import BatchStatus, ItemStatus


class PayoutAccount(Traced, IndexBase):
    """Commitments to accounts: `pending` replaces `current` from `effective_at` on; None is no account."""

    __tablename__ = "payout_account"

    party: Mapped[PartyId] = mapped_column(primary_key=True, autoincrement=False)
    current: Mapped[Hash32 | None]
    pending: Mapped[Hash32 | None]
    effective_at: Mapped[int]
    version: Mapped[int]


class PayoutBatch(Traced, IndexBase):
    """Masks: items in the bank's hands, paid, sent back. `gross` and `withheld` are of the executed items."""

    __tablename__ = "payout_batch"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[BatchStatus] = mapped_column(named(BatchStatus))
    count: Mapped[int]
    preparer: Mapped[PartyId]
    prepared_at: Mapped[int]
    approver: Mapped[PartyId | None]
    approved_at: Mapped[int | None]
    gross: Mapped[Fen]
    withheld: Mapped[Fen]
    outstanding: Mapped[Mask64]
    confirmed: Mapped[Mask64]
    returned: Mapped[Mask64]


class PayoutItem(Traced, IndexBase):
    """One payee of a batch; net is gross - withheld. The references are of its payment and of its return.

    `unpaid_ref` is of the last attempt at which the rail could not pay it.
    """

    __tablename__ = "payout_item"
    __table_args__ = (Index(None, "party"), Index(None, "status"))

    batch: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[int] = mapped_column(primary_key=True)
    party: Mapped[PartyId]
    gross: Mapped[Fen]
    withheld: Mapped[Fen]
    account: Mapped[Hash32]
    status: Mapped[ItemStatus] = mapped_column(named(ItemStatus))
    paid_ref: Mapped[Hash32 | None]
    unpaid_ref: Mapped[Hash32 | None]
    returned_ref: Mapped[Hash32 | None]
