"""All statements of this operator, as an auditor goes through them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload

from huizhen.db.office.statements import StatementRow
from huizhen.domain.chain_ids import Hash32


def newest(session: Session, page: int, per_page: int) -> Sequence[StatementRow]:
    query = (
        select(StatementRow).order_by(StatementRow.id.desc()).options(selectinload(StatementRow.signatures))
    )
    return session.scalars(query.offset((page - 1) * per_page).limit(per_page)).all()


def count(session: Session) -> int:
    return session.scalar(select(func.count(StatementRow.id))) or 0


def of_transaction(session: Session, tx_hash: Hash32) -> StatementRow | None:
    return _first(session, StatementRow.tx_hash == tx_hash)


def of_digest(session: Session, digest: Hash32) -> StatementRow | None:
    return _first(session, StatementRow.digest == digest)


def _first(session: Session, condition: ColumnElement[bool]) -> StatementRow | None:
    query = select(StatementRow).where(condition).options(selectinload(StatementRow.signatures))
    return session.scalars(query.limit(1)).first()
