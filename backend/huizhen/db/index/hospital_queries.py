"""A hospital's money and agreements as its pages read them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huizhen.db.index.ledger import Funds, LedgerEntry
from huizhen.db.index.parties import Party
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.statuses import Bucket, PartyKind, PartyStatus

_OWN = (Bucket.AVAILABLE, Bucket.ESCROWED)


def party(session: Session, hospital: PartyId) -> Party | None:
    return session.get(Party, hospital)


def funds(session: Session, hospital: PartyId) -> Funds | None:
    return session.get(Funds, hospital)


def balances(session: Session, hospital: PartyId, up_to_block: int) -> dict[Bucket, Fen]:
    """What stood in the hospital's buckets when a block ended."""
    query = (
        select(LedgerEntry.bucket, func.sum(LedgerEntry.amount))
        .where(
            LedgerEntry.party == hospital,
            LedgerEntry.bucket.in_(_OWN),
            LedgerEntry.block_number <= up_to_block,
        )
        .group_by(LedgerEntry.bucket)
    )
    found = {bucket: Fen(int(amount)) for bucket, amount in session.execute(query)}
    return {bucket: found.get(bucket, Fen(0)) for bucket in _OWN}


def moves(session: Session, hospital: PartyId, limit: int) -> Sequence[LedgerEntry]:
    """What moved the hospital's available funds, newest first."""
    query = select(LedgerEntry).where(LedgerEntry.party == hospital, LedgerEntry.bucket == Bucket.AVAILABLE)
    return session.scalars(
        query.order_by(LedgerEntry.block_number.desc(), LedgerEntry.log_index.desc(), LedgerEntry.line).limit(
            limit
        )
    ).all()


def other_hospitals(session: Session, hospital: PartyId, at: int) -> Sequence[Party]:
    """Accredited ones that an agreement could be made with."""
    query = select(Party).where(
        Party.kind == PartyKind.HOSPITAL,
        Party.status == PartyStatus.ACCREDITED,
        Party.valid_until >= at,
        Party.id != hospital,
    )
    return session.scalars(query.order_by(Party.city, Party.id)).all()
