"""Rows of the index as plain mappings by column name: what projections fold, and their text in images and dumps."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Connection, Enum, LargeBinary, Table, delete, select

from huizhen.db.base import IndexBase

Row = Mapping[str, Any]
Key = tuple[Any, ...]

# Dumps leave out what depends on when the index looked, not on what it saw (of blocks, those without logs).
_VOLATILE = {
    "cursor": {"final_number", "undo_floor", "head_number", "head_time", "followed_at"},
}
_NOT_DUMPED = {"undo"}


@cache
def table_of(name: str) -> Table:
    return IndexBase.metadata.tables[name]


@cache
def column_names(name: str) -> tuple[str, ...]:
    return tuple(column.name for column in table_of(name).columns)


@cache
def key_columns(name: str) -> tuple[str, ...]:
    return tuple(column.name for column in table_of(name).primary_key.columns)


@cache
def key_reader(name: str) -> Callable[[Row], Key]:
    columns = key_columns(name)
    if len(columns) == 1:
        only = columns[0]
        return lambda row: (row[only],)
    return itemgetter(*columns)


def key_of(name: str, row: Row) -> Key:
    return key_reader(name)(row)


def require_columns(name: str, columns: Sequence[str]) -> None:
    """For those who write a table's rows as tuples."""
    if column_names(name) != tuple(columns):
        raise TypeError(f"{name} has the columns {column_names(name)}, not {tuple(columns)}")


def to_text(values: Sequence[Any] | Row | None) -> str | None:
    """A row or key as JSON text; enums become their values, integers keep every digit."""
    if values is None:
        return None
    return json.dumps(values, separators=(",", ":"), ensure_ascii=False, default=_hex)


def row_from_text(name: str, text: str) -> Row:
    raw = json.loads(text)
    return {column: _typed(name, column, value) for column, value in raw.items()}


def key_from_text(name: str, text: str) -> Key:
    return tuple(
        _typed(name, column, value) for column, value in zip(key_columns(name), json.loads(text), strict=True)
    )


def canonical_dump(connection: Connection) -> Iterator[str]:
    """Every row of every table, sorted: two indexes of the same chain give the same lines."""
    for name in sorted(IndexBase.metadata.tables):
        if name in _NOT_DUMPED:
            continue
        table = table_of(name)
        columns = [c for c in table.columns if c.name not in _VOLATILE.get(name, set())]
        query = select(*columns)
        if name == "block":
            query = query.where(table.c.number.in_(select(table_of("log").c.block_number)))
        rows = connection.execute(query).mappings()
        # Sorted here: databases differ in how they order text.
        yield from sorted(f"{name} {to_text(dict(row))}" for row in rows)


def _hex(value: bytes) -> str:
    return "0x" + value.hex()


def stored_enum(name: str, column: str, value: Any) -> Any:
    """The member behind the name that stands in the table."""
    type_ = table_of(name).c[column].type
    if value is None or not isinstance(type_, Enum):
        return value
    return cast(Any, type_.enum_class)[value.upper()]


def _typed(name: str, column: str, value: Any) -> Any:
    type_ = table_of(name).c[column].type
    if value is not None and type(type_) is LargeBinary:
        return bytes.fromhex(value[2:])
    if value is None or not isinstance(type_, Enum):
        return value
    return cast(Any, type_.enum_class)(value)


def delete_above(connection: Connection, names: Iterable[str], block_number: int) -> None:
    """Forget append-only rows of later blocks."""
    for name in names:
        table = table_of(name)
        column = table.c.number if name == "block" else table.c.block_number
        connection.execute(delete(table).where(column > block_number))
