"""Many rows at once as steps of a batch (db.row_writer): multi-row inserts on SQLite, COPY on PostgreSQL.

Values are encoded here as the column types of db.types store them; a test holds both against each other.
"""

# Tables and columns are named by our own metadata; values are always bound or copied.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Boolean, Connection, Enum

from huizhen.db.index.row_store import Key, Row, column_names, key_columns, table_of
from huizhen.db.row_writer import NotAsRequired, Step, carry_out
from huizhen.db.types import HexBits, HexBytes
from huizhen.errors import ChainMoved, IndexCorrupt, RowsNotWritten

Values = tuple[Any, ...]
Encode = Callable[[Any], Any]

POSTGRESQL = "postgresql"
_ROWS_AT_ONCE = 20

_COPY_FROM = 100
"""Fewer rows cost less one by one than what it takes to begin a COPY."""


def run(connection: Connection, steps: Iterable[Step]) -> None:
    """In the connection's transaction. Raises IndexCorrupt where a row is there already, ChainMoved where the tables
    are not what the steps require, RowsNotWritten where the database does not take them.
    """
    try:
        carry_out(connection.connection.driver_connection, steps)
    except connection.dialect.loaded_dbapi.IntegrityError as error:
        raise exists_already(str(error)) from error
    except connection.dialect.loaded_dbapi.Error as error:
        raise not_written(str(error), str(error)) from error
    except NotAsRequired as error:
        raise not_alone() from error


def holder(dialect: str) -> str:
    """What stands for a bound value."""
    return "%s" if dialect == POSTGRESQL else "?"


def insert_rows(dialect: str, name: str, rows: Sequence[Row], *, suffix: str = "") -> Iterator[Step]:
    """Whole rows."""
    if rows:
        yield from insert_values(dialect, name, list(map(row_reader(name), rows)), suffix=suffix)


def insert_values(dialect: str, name: str, values: Sequence[Values], *, suffix: str = "") -> Iterator[Step]:
    """Rows as they are stored, in the order of the table's columns."""
    if not values:
        return
    columns = column_names(name)
    if dialect == POSTGRESQL and len(values) >= _COPY_FROM:
        yield Step("copy", f'COPY "{name}{suffix}" ({_quoted(columns)}) FROM STDIN', values)
        return
    insert = f'INSERT INTO "{name}{suffix}" ({_quoted(columns)}) VALUES '
    row = f"({', '.join([holder(dialect)] * len(columns))})"
    whole = len(values) // _ROWS_AT_ONCE * _ROWS_AT_ONCE if dialect != POSTGRESQL else 0
    if whole:
        # Each step through the driver costs as much as two rows.
        together = [
            tuple(chain.from_iterable(values[first : first + _ROWS_AT_ONCE]))
            for first in range(0, whole, _ROWS_AT_ONCE)
        ]
        yield Step("many", insert + ", ".join([row] * _ROWS_AT_ONCE), together)
    if whole < len(values):
        yield Step("many", insert + row, values[whole:])


def update_rows(
    dialect: str, name: str, rows: Sequence[Row], changed: tuple[str, ...] = (), *, suffix: str = ""
) -> Iterator[Step]:
    """These columns (all unless given) of each row, by its primary key."""
    if not rows:
        return
    keys = key_columns(name)
    others = changed or tuple(column for column in column_names(name) if column not in keys)
    values = list(map(row_reader(name, (*others, *keys)), rows))
    if dialect == POSTGRESQL and len(values) >= _COPY_FROM:
        yield from _update_by_copy(name, suffix, others, keys, values)
        return
    changes = ", ".join(f'"{column}" = {holder(dialect)}' for column in others)
    condition = " AND ".join(f'"{column}" = {holder(dialect)}' for column in keys)
    yield Step("many", f'UPDATE "{name}{suffix}" SET {changes} WHERE {condition}', values)


def update_groups(
    dialect: str, name: str, groups: Mapping[tuple[str, ...], Sequence[Row]], *, suffix: str = ""
) -> Iterator[Step]:
    """Whole rows of a table, by the columns that changed in them."""
    if dialect == POSTGRESQL and len(groups) > 1:
        # One COPY of some columns more costs less than several.
        columns = tuple(dict.fromkeys(chain.from_iterable(groups)))
        groups = {columns: list(chain.from_iterable(groups.values()))}
    for changed, rows in groups.items():
        yield from update_rows(dialect, name, rows, changed, suffix=suffix)


def delete_rows(dialect: str, name: str, keys: Sequence[Key]) -> Iterator[Step]:
    if keys:
        condition = " AND ".join(f'"{column}" = {holder(dialect)}' for column in key_columns(name))
        encoders = [encoder(table_of(name).c[column].type) or _same for column in key_columns(name)]
        bound = [tuple(encode(each) for encode, each in zip(encoders, key, strict=True)) for key in keys]
        yield Step("many", f'DELETE FROM "{name}" WHERE {condition}', bound)


@cache
def row_reader(name: str, columns: tuple[str, ...] = ()) -> Callable[[Row], Values]:
    """From a row by column name to what is stored, in the order of these columns (all unless given).

    The source of one function for each: a loop over the columns that differ costs three times as much.
    """
    table, scope, parts = table_of(name), dict[str, Any](), []
    for at, column in enumerate(columns or column_names(name)):
        encode = encoder(table.c[column].type)
        if encode is None:
            parts.append(f"row[{column!r}]")
            continue
        scope[f"encode{at}"] = encode
        stored = f"encode{at}(value)"
        if isinstance(table.c[column].type, HexBytes):
            scope["fromhex"] = bytes.fromhex
            stored = "fromhex(value[2:])"
        if table.c[column].nullable:
            parts.append(f"None if (value := row[{column!r}]) is None else {stored}")
        else:
            parts.append(stored.replace("value", f"row[{column!r}]"))
    # Names of our own columns, and nothing of what a node sends.
    exec(f"def read(row):\n    return ({', '.join(parts)},)", scope)  # noqa: S102
    read: Callable[[Row], Values] = scope["read"]
    return read


def encoder(type_: Any) -> Encode | None:
    if isinstance(type_, Enum):
        kind: Any = type_.enum_class
        names = {member: member.name.lower() for member in kind}
        return names.__getitem__
    if isinstance(type_, HexBits):
        return type_.text
    if isinstance(type_, HexBytes):
        return lambda text: bytes.fromhex(text[2:])
    if isinstance(type_, Boolean):
        return bool
    return None


def exists_already(error: str) -> IndexCorrupt:
    return IndexCorrupt(
        "索引与链不一致：有一行已经存在。请运行 huizhen index --rebuild。",
        f"The index contradicts the chain: a row exists already ({error}). Run huizhen index --rebuild.",
    )


def not_alone() -> ChainMoved:
    return ChainMoved(
        "另一个索引进程正在写入，请只运行一个。",
        "Another indexer is writing to the same index; run only one of them.",
    )


def not_written(zh: str, en: str) -> RowsNotWritten:
    return RowsNotWritten(
        f"索引数据库没有写入：{zh}。请检查磁盘空间与数据库，稍后会重试。",
        f"The database of the index did not take the rows: {en}. Look at its disk; it is tried again.",
    )


def _same(value: Any) -> Any:
    return value


def _quoted(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _update_by_copy(
    name: str,
    suffix: str,
    others: tuple[str, ...],
    keys: tuple[str, ...],
    values: Sequence[Values],
) -> Iterator[Step]:
    target, staging = f'"{name}{suffix}"', f'"staging_{name}"'
    columns = _quoted((*others, *keys))
    changes = ", ".join(f'"{column}" = {staging}."{column}"' for column in others)
    condition = " AND ".join(f'{target}."{column}" = {staging}."{column}"' for column in keys)
    # Once for a connection: making tables costs more than filling them.
    empty = f"CREATE TEMPORARY TABLE IF NOT EXISTS {staging} ON COMMIT DELETE ROWS AS SELECT * FROM {target} LIMIT 0"
    yield Step("many", empty, [()])
    yield Step("copy", f"COPY {staging} ({columns}) FROM STDIN", values)
    yield Step("many", f"UPDATE {target} SET {changes} FROM {staging} WHERE {condition}", [()])
