"""Rows of the index in bulk, as plain mappings by column name: what projections fold and what is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, Enum, Select, Table, and_, bindparam, delete, insert, select, update

from huizhen.db.base import IndexBase

Row = Mapping[str, Any]
Key = tuple[Any, ...]

# Dumps leave out what depends on when the index looked, not on what it saw (of blocks, those without logs).
_VOLATILE = {"cursor": {"final_number", "undo_floor", "head_number", "head_time", "followed_at"}}
_NOT_DUMPED = {"undo"}


@cache
def table_of(name: str) -> Table:
    return IndexBase.metadata.tables[name]


@cache
def key_columns(name: str) -> tuple[str, ...]:
    return tuple(column.name for column in table_of(name).primary_key.columns)


def key_of(name: str, row: Row) -> Key:
    return tuple(row[column] for column in key_columns(name))


def load(connection: Connection, name: str, key: Key) -> Row | None:
    parameters = {f"key_{column}": value for column, value in zip(key_columns(name), key, strict=True)}
    row = connection.execute(_by_key(name), parameters).mappings().one_or_none()
    return dict(row) if row is not None else None


@cache
def _by_key(name: str) -> Select[Any]:
    table = table_of(name)
    return select(table).where(
        and_(*(table.c[column] == bindparam(f"key_{column}") for column in key_columns(name)))
    )


def insert_rows(connection: Connection, name: str, rows: Sequence[Row]) -> None:
    if rows:
        connection.execute(insert(table_of(name)), list(map(dict, rows)))


def update_rows(connection: Connection, name: str, rows: Sequence[Row]) -> None:
    """Each row whole, by its primary key."""
    if not rows:
        return
    table, keys = table_of(name), key_columns(name)
    statement = update(table).where(and_(*(table.c[key] == bindparam(f"key_{key}") for key in keys)))
    values: dict[str, Any] = {c.name: bindparam(c.name) for c in table.columns if c.name not in keys}
    parameters = [
        {name: value for name, value in row.items() if name not in keys}
        | {f"key_{key}": row[key] for key in keys}
        for row in rows
    ]
    connection.execute(statement.values(values), parameters)


def delete_rows(connection: Connection, name: str, keys: Sequence[Key]) -> None:
    if not keys:
        return
    table, columns = table_of(name), key_columns(name)
    statement = delete(table).where(
        and_(*(table.c[column] == bindparam(f"key_{column}") for column in columns))
    )
    connection.execute(
        statement,
        [{f"key_{column}": value for column, value in zip(columns, key, strict=True)} for key in keys],
    )


def to_text(values: Sequence[Any] | Row | None) -> str | None:
    """A row or key as JSON text; enums become their values, integers keep every digit."""
    return None if values is None else json.dumps(values, separators=(",", ":"), ensure_ascii=False)


def row_from_text(name: str, text: str) -> Row:
    raw = json.loads(text)
    return {column: _typed(name, column, value) for column, value in raw.items()}


def key_from_text(name: str, text: str) -> Key:
    return tuple(
        _typed(name, column, value) for column, value in zip(key_columns(name), json.loads(text), strict=True)
    )


def all_rows(connection: Connection) -> Iterator[tuple[str, Iterator[Row]]]:
    """Each table's name and rows, in the order of names."""
    for name in sorted(IndexBase.metadata.tables):
        table = table_of(name)
        yield name, (dict(row) for row in connection.execute(select(table)).mappings())


def canonical_dump(connection: Connection) -> Iterator[str]:
    """Every row of every table, sorted: two indexes of the same chain give the same lines."""
    for name in sorted(IndexBase.metadata.tables):
        if name in _NOT_DUMPED:
            continue
        table = table_of(name)
        columns = [c for c in table.columns if c.name not in _VOLATILE.get(name, set())]
        query = select(*columns).order_by(*table.primary_key.columns)
        if name == "block":
            query = query.where(table.c.number.in_(select(table_of("event").c.block_number)))
        for row in connection.execute(query).mappings():
            yield f"{name} {to_text(dict(row))}"


def _typed(name: str, column: str, value: Any) -> Any:
    type_ = table_of(name).c[column].type
    if value is None or not isinstance(type_, Enum):
        return value
    return cast(Any, type_.enum_class)(value)


def delete_above(connection: Connection, names: Iterable[str], block_number: int) -> None:
    """Forget append-only rows of later blocks."""
    for name in names:
        table = table_of(name)
        column = table.c.number if name == "block" else table.c.block_number
        connection.execute(delete(table).where(column > block_number))
