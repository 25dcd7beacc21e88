"""Where the logs stand that prove a payout."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from huizhen.db.index.chain import Block, Log
from huizhen.domain.chain_ids import Hash32

Logged = Row[Log, Hash32]
"""An event and the hash of its block."""

_OF_A_PAYOUT = ("PayoutPrepared", "PayoutApproved", "PayoutConfirmed", "PayoutReturned")


def logs_of_batch(session: Session, batch: int) -> Sequence[Logged]:
    """What happened to a payout batch, oldest first."""
    query = _query().where(Log.batch == batch, Log.name.in_(_OF_A_PAYOUT))
    return session.execute(query.order_by(Log.block_number, Log.log_index)).all()


def log_at(session: Session, block: int, log_index: int) -> Logged | None:
    query = _query().where(Log.block_number == block, Log.log_index == log_index)
    return session.execute(query).one_or_none()


def _query() -> Select[Log, Hash32]:
    return select(Log, Block.hash).join(Block, Block.number == Log.block_number)
