"""All statements of this operator, as an auditor goes through them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
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
    return session.scalars(select(StatementRow).where(StatementRow.tx_hash == tx_hash).limit(1)).first()


def of_digest(session: Session, digest: Hash32) -> StatementRow | None:
    return session.scalars(select(StatementRow).where(StatementRow.digest == digest).limit(1)).first()
