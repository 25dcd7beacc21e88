"""Statements on their way, from the first signature to the final block; some of them are the relay's queue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, Select, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from huizhen.db.base import OfficeBase
from huizhen.db.types import named
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId


class StatementStatus(Enum):
    """gathering -> queued -> submitted -> confirming -> final; the others end without a transaction."""

    GATHERING = "gathering"
    QUEUED = "queued"
    SUBMITTED = "submitted"
    CONFIRMING = "confirming"
    FINAL = "final"
    REFUSED = "refused"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


ON_CHAIN_SIDE = (StatementStatus.SUBMITTED, StatementStatus.CONFIRMING)


class StatementRow(OfficeBase):
    """`nonce`, `raw` and `fee` are written before the transaction is sent, so that a crash cannot send it twice.
    `replaced` are the hashes of earlier transactions with the same nonce: any of them may be the one that is mined.
    """

    __tablename__ = "statement"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    contract: Mapped[str]
    function: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[Hash32] = mapped_column(index=True)
    proposer: Mapped[PartyId] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(String(80), index=True)
    status: Mapped[StatementStatus] = mapped_column(named(StatementStatus), index=True)
    created_at: Mapped[int]
    deadline: Mapped[int | None]
    reason: Mapped[str | None]
    refusal_name: Mapped[str | None]
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    calldata: Mapped[str | None]
    nonce: Mapped[int | None] = mapped_column(index=True)
    raw: Mapped[str | None]
    fee: Mapped[int | None]
    gas: Mapped[int | None]
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    tx_hash: Mapped[Hash32 | None] = mapped_column(index=True)
    replaced: Mapped[list[str]] = mapped_column(JSON, default=list)
    block_number: Mapped[int | None]
    needed: Mapped[int | None]

    signatures: Mapped[list[SignatureRow]] = relationship(
        order_by="SignatureRow.position", lazy="raise", cascade="all, delete-orphan"
    )


class SignatureRow(OfficeBase):
    """One seat in the signing order; `signature` is empty until its party signs.

    Of the optional seats only as many as the statement's `needed` have to sign: a group's quorum.
    """

    __tablename__ = "statement_signature"

    statement: Mapped[int] = mapped_column(ForeignKey("statement.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    party: Mapped[PartyId] = mapped_column(index=True)
    optional: Mapped[bool] = mapped_column(default=False)
    signer_index: Mapped[int | None]
    signature: Mapped[str | None]
    signed_at: Mapped[int | None]


def add(session: Session, row: StatementRow) -> StatementRow:
    session.add(row)
    session.flush()
    return row


def find(session: Session, statement: int, *, locking: bool = False) -> StatementRow | None:
    """With `locking`, whoever changes the same statement waits; SQLite's writers have its one lock already."""
    query = _whole().where(StatementRow.id == statement)
    return session.scalar(query.with_for_update() if locking else query)


def of_subject(session: Session, subject: str) -> Sequence[StatementRow]:
    """Newest first."""
    query = _whole().where(StatementRow.subject == subject).order_by(StatementRow.id.desc())
    return session.scalars(query).all()


def of_proposer(session: Session, proposer: PartyId, limit: int) -> Sequence[StatementRow]:
    query = _whole().where(StatementRow.proposer == proposer).order_by(StatementRow.id.desc()).limit(limit)
    return session.scalars(query).all()


def awaiting(session: Session, party: PartyId) -> Sequence[StatementRow]:
    """What a party has not signed yet, oldest first."""
    unsigned = select(SignatureRow.statement).where(
        SignatureRow.party == party, SignatureRow.signature.is_(None)
    )
    query = _whole().where(StatementRow.status == StatementStatus.GATHERING, StatementRow.id.in_(unsigned))
    return session.scalars(query.order_by(StatementRow.id)).all()


def in_status(
    session: Session, statuses: Iterable[StatementStatus], limit: int = 500
) -> Sequence[StatementRow]:
    """Oldest first."""
    query = _whole().where(StatementRow.status.in_(tuple(statuses))).order_by(StatementRow.id).limit(limit)
    return session.scalars(query).all()


def overdue(session: Session, now: int) -> Sequence[StatementRow]:
    query = _whole().where(StatementRow.status == StatementStatus.GATHERING, StatementRow.deadline < now)
    return session.scalars(query).all()


def free_nonce(session: Session) -> int:
    """Above those of all transactions that may still be mined."""
    taken = select(func.max(StatementRow.nonce)).where(StatementRow.status.in_(ON_CHAIN_SIDE))
    highest = session.scalar(taken)
    return 0 if highest is None else highest + 1


def queue_length(session: Session) -> int:
    waiting = (StatementStatus.QUEUED, *ON_CHAIN_SIDE)
    return session.scalar(select(func.count()).where(StatementRow.status.in_(waiting))) or 0


def _whole() -> Select[StatementRow]:
    return select(StatementRow).options(selectinload(StatementRow.signatures))
