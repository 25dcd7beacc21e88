"""Booking statements that are still gathering signatures, by who is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from huizhen.db.office.statements import SignatureRow, StatementRow, StatementStatus
from huizhen.domain.ids import PartyId


def gathering(session: Session, parties: Iterable[PartyId]) -> Sequence[int]:
    """Ids of the statements that any of these parties has signed or is asked to sign, oldest first."""
    query = (
        select(StatementRow.id)
        .join(SignatureRow, SignatureRow.statement == StatementRow.id)
        .where(
            StatementRow.function == "book",
            StatementRow.status == StatementStatus.GATHERING,
            SignatureRow.party.in_(sorted(set(parties))),
        )
        .distinct()
        .order_by(StatementRow.id)
    )
    return session.scalars(query).all()
