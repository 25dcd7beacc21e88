"""What may still move in the index: the cursor, and the events that are not final yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from huizhen.db.index.chain import Cursor, Log
from huizhen.db.index.consultations import Consultation, Seat
from huizhen.db.index.payouts import PayoutItem
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId

Reached = Row[int, Hash32, int]
"""The cursor's block, its hash, and the last final block."""


def reached(session: Session) -> Reached | None:
    return session.execute(select(Cursor.block_number, Cursor.block_hash, Cursor.final_number)).one_or_none()


def events_above(session: Session, block: int, limit: int) -> Sequence[Log]:
    """Oldest first."""
    query = select(Log).where(Log.block_number > block)
    return session.scalars(query.order_by(Log.block_number, Log.log_index).limit(limit)).all()


def concerned(session: Session, rows: Sequence[Log]) -> Mapping[tuple[str, int], set[PartyId]]:
    """Whom events concern that name only a consultation or a batch: by ("consultation", 7), its hospital and the
    doctor, institution and group of each seat; by ("batch", 2), its payees.
    """
    found: dict[tuple[str, int], set[PartyId]] = defaultdict(set)
    consultations = sorted({row.consultation for row in rows if row.consultation is not None})
    batches = sorted({row.batch for row in rows if row.batch is not None})
    if consultations:
        seat = (Seat.consultation, Consultation.hospital, Seat.doctor, Seat.institution, Seat.group)
        query = select(*seat).join(Consultation, Consultation.id == Seat.consultation)
        for number, *parties in session.execute(query.where(Seat.consultation.in_(consultations))):
            found["consultation", number].update(party for party in parties if party)
    if batches:
        item = select(PayoutItem.batch, PayoutItem.party)
        for number, party in session.execute(item.where(PayoutItem.batch.in_(batches))):
            found["batch", number].add(party)
    return found
