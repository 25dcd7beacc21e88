"""Whole tables, for those who compare all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from huizhen.db.base import IndexBase
from huizhen.db.index.ledger import LedgerEntry
from huizhen.db.index.row_store import table_of
from huizhen.domain.statuses import Bucket

_AT_ONCE = 5_000

Model = TypeVar("Model", bound=IndexBase)


def every(session: Session, model: type[Model]) -> Sequence[Model]:
    """All rows in the order of their keys."""
    return session.scalars(select(model).order_by(*table_of(model.__tablename__).primary_key.columns)).all()


def table_rows(connection: Connection) -> Iterator[tuple[str, tuple[str, ...], Iterator[tuple[Any, ...]]]]:
    """Each table's name, its columns, and its rows as tuples; they are read while they are looked at."""
    for name in sorted(IndexBase.metadata.tables):
        table = table_of(name)
        streamed = connection.execute(select(table), execution_options={"yield_per": _AT_ONCE})
        yield name, tuple(column.name for column in table.columns), (tuple(row) for row in streamed)


def entry_sums(session: Session) -> Mapping[tuple[Bucket, int], int]:
    """Fen by bucket and party over all entries."""
    by_owner = (LedgerEntry.bucket, LedgerEntry.party)
    rows = session.execute(select(*by_owner, func.sum(LedgerEntry.amount)).group_by(*by_owner))
    return {(bucket, int(party)): int(total) for bucket, party, total in rows}
