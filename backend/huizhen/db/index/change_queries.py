"""What may still move in the index: the cursor, and the events that are not final yet."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from huizhen.db.index.chain import Cursor, Log
from huizhen.domain.chain_ids import Hash32

Reached = Row[int, Hash32, int]
"""The cursor's block, its hash, and the last final block."""


def reached(session: Session) -> Reached | None:
    return session.execute(select(Cursor.block_number, Cursor.block_hash, Cursor.final_number)).one_or_none()


def events_above(session: Session, block: int, limit: int) -> Sequence[Log]:
    """Oldest first."""
    query = select(Log).where(Log.block_number > block)
    return session.scalars(query.order_by(Log.block_number, Log.log_index).limit(limit)).all()
