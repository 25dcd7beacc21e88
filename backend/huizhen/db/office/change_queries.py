"""What is on its way in the office: statements that are not settled, bank files that are being read, and the newest of
what is only ever added."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from huizhen.db.office.bank import BankFile, BankFileState
from huizhen.db.office.drafts import CaseOpening, CaseStep, Draft
from huizhen.db.office.reconciliation import MatchingRun
from huizhen.db.office.statements import SignatureRow, StatementRow, StatementStatus
from huizhen.domain.case import CaseId
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId

_MOVING = (
    StatementStatus.GATHERING,
    StatementStatus.QUEUED,
    StatementStatus.SUBMITTED,
    StatementStatus.CONFIRMING,
)

Moving = Row[int, PartyId, str, StatementStatus, Hash32 | None, int]
"""A statement's id, proposer, subject, status, transaction, and how many have signed it."""


def moving_statements(session: Session) -> Sequence[Moving]:
    signed = func.count(SignatureRow.signature)
    whose = (StatementRow.id, StatementRow.proposer, StatementRow.subject)
    columns = (*whose, StatementRow.status, StatementRow.tx_hash)
    query = select(*columns, signed).outerjoin(SignatureRow, SignatureRow.statement == StatementRow.id)
    return session.execute(
        query.where(StatementRow.status.in_(_MOVING)).group_by(*columns).order_by(StatementRow.id)
    ).all()


def signers_of_moving(session: Session) -> Sequence[Row[int, PartyId]]:
    """(statement, party) of each seat in the signing order."""
    query = select(SignatureRow.statement, SignatureRow.party).join(
        StatementRow, StatementRow.id == SignatureRow.statement
    )
    return session.execute(query.where(StatementRow.status.in_(_MOVING))).all()


def newest_steps(session: Session, limit: int) -> Sequence[Row[int, CaseId, PartyId]]:
    """(id, draft, hospital) of the newest lines in the trails of all cases."""
    query = select(CaseStep.id, CaseStep.draft, Draft.hospital).join(Draft, Draft.id == CaseStep.draft)
    return session.execute(query.order_by(CaseStep.id.desc()).limit(limit)).all()


def newest_openings(session: Session, limit: int) -> Sequence[Row[int, CaseId]]:
    """(id, draft) of the newest openings of any case's file."""
    query = select(CaseOpening.id, Draft.id).join(Draft, Draft.case_file == CaseOpening.case_file)
    return session.execute(query.order_by(CaseOpening.id.desc()).limit(limit)).all()


def newest_run(session: Session) -> int | None:
    return session.scalar(select(func.max(MatchingRun.id)))


def files_in_work(session: Session) -> Sequence[Row[int, BankFileState, int]]:
    """(id, state, lines stored so far)."""
    in_work = BankFile.state.in_((BankFileState.WAITING, BankFileState.READING))
    return session.execute(
        select(BankFile.id, BankFile.state, BankFile.lines).where(in_work).order_by(BankFile.id)
    ).all()
