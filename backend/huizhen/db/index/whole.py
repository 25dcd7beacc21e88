"""Whole tables, for those who compare all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from sqlalchemy import Boolean, Connection, Enum, func, select
from sqlalchemy.orm import Session

from huizhen.db.base import IndexBase
from huizhen.db.index.ledger import LedgerEntry
from huizhen.db.index.row_store import column_names, key_columns, table_of
from huizhen.db.types import HexBits, HexBytes, hex_text
from huizhen.domain.statuses import Bucket

_AT_ONCE = 5_000

Model = TypeVar("Model", bound=IndexBase)


def every(session: Session, model: type[Model]) -> Sequence[Model]:
    """All rows in the order of their keys: to read, with a model's attributes and a tenth of its cost."""
    name = model.__tablename__
    order = ", ".join(f'"{column}"' for column in key_columns(name))
    typed = decoders(name)
    found = []
    for row in _selected(session.connection(), name, f" ORDER BY {order}"):
        values = dict(zip(column_names(name), row, strict=True))
        for column, decode in typed:
            if values[column] is not None:
                values[column] = decode(values[column])
        found.append(SimpleNamespace(**values))
    return cast(Sequence[Model], found)


@cache
def decoders(name: str) -> list[tuple[str, Callable[[Any], Any]]]:
    """From what is stored to what the model's attribute is, where they differ."""
    found: list[tuple[str, Callable[[Any], Any]]] = []
    for column in table_of(name).columns:
        if isinstance(column.type, Enum):
            kind: Any = column.type.enum_class
            found.append((column.name, {member.name.lower(): member for member in kind}.__getitem__))
        elif isinstance(column.type, HexBits):
            found.append((column.name, lambda text: int(text, 16)))
        elif isinstance(column.type, HexBytes):
            found.append((column.name, hex_text))
        elif isinstance(column.type, Boolean):
            found.append((column.name, bool))
    return found


def table_rows(connection: Connection) -> Iterator[tuple[str, Iterator[tuple[Any, ...]]]]:
    """Each table's name, and its rows as they are stored."""
    for name in sorted(IndexBase.metadata.tables):
        yield name, _selected(connection, name)


def _selected(connection: Connection, name: str, order: str = "") -> Iterator[tuple[Any, ...]]:
    """By the driver itself, some thousands at a time."""
    driver: Any = connection.connection.driver_connection
    columns = ", ".join(f'"{column}"' for column in column_names(name))
    cursor = driver.cursor()
    cursor.execute(f'SELECT {columns} FROM "{name}"{order}')  # noqa: S608 (names of our own tables and columns)
    while some := cursor.fetchmany(_AT_ONCE):
        yield from some
    cursor.close()


def entry_sums(session: Session) -> Mapping[tuple[Bucket, int], int]:
    """Fen by bucket and party over all entries."""
    by_owner = (LedgerEntry.bucket, LedgerEntry.party)
    rows = session.execute(select(*by_owner, func.sum(LedgerEntry.amount)).group_by(*by_owner))
    return {(bucket, int(party)): int(total) for bucket, party, total in rows}
