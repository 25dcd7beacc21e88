"""What is on its way in the office: statements that are not settled, bank files that are being read."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from huizhen.db.office.bank import BankFile, BankFileState
from huizhen.db.office.statements import SignatureRow, StatementRow, StatementStatus
from huizhen.domain.chain_ids import Hash32

_MOVING = (
    StatementStatus.GATHERING,
    StatementStatus.QUEUED,
    StatementStatus.SUBMITTED,
    StatementStatus.CONFIRMING,
)

Moving = Row[int, str, StatementStatus, Hash32 | None, int]
"""A statement's id, subject, status, transaction, and how many have signed it."""


def moving_statements(session: Session) -> Sequence[Moving]:
    signed = func.count(SignatureRow.signature)
    columns = (StatementRow.id, StatementRow.subject, StatementRow.status, StatementRow.tx_hash)
    query = select(*columns, signed).outerjoin(SignatureRow, SignatureRow.statement == StatementRow.id)
    return session.execute(
        query.where(StatementRow.status.in_(_MOVING)).group_by(*columns).order_by(StatementRow.id)
    ).all()


def files_in_work(session: Session) -> Sequence[Row[int, BankFileState, int]]:
    """(id, state, lines stored so far)."""
    in_work = BankFile.state.in_((BankFileState.WAITING, BankFileState.READING))
    return session.execute(
        select(BankFile.id, BankFile.state, BankFile.lines).where(in_work).order_by(BankFile.id)
    ).all()
