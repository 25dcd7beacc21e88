"""Many rows at once through the driver itself: executemany on SQLite, COPY on PostgreSQL.

Values are encoded here as the column types of db.types store them; a test holds both against each other.
"""

# Tables and columns are named by our own metadata; values are always bound or copied.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import Boolean, Connection, Enum

from huizhen.db.index.row_store import Key, Row, column_names, key_columns, table_of
from huizhen.db.types import HexBits
from huizhen.errors import IndexCorrupt

Values = tuple[Any, ...]
Encode = Callable[[Any], Any]

_ROWS_AT_ONCE = 20

_COPY_FROM = 100
"""Fewer rows cost less one by one than what it takes to begin a COPY."""


def insert_rows(connection: Connection, name: str, rows: Sequence[Row], *, suffix: str = "") -> None:
    """Whole rows. Raises IndexCorrupt where one is there already."""
    if rows:
        read = row_reader(name)
        insert_values(connection, name, [read(row) for row in rows], suffix=suffix)


def insert_values(connection: Connection, name: str, values: Sequence[Values], *, suffix: str = "") -> None:
    """Rows as they are stored, in the order of the table's columns. Raises IndexCorrupt."""
    if not values:
        return
    columns = column_names(name)
    if connection.dialect.name == "postgresql":
        if len(values) >= _COPY_FROM:
            _copy(connection, f'"{name}{suffix}"', columns, values)
            return
        holder = "%s"
    else:
        holder = "?"
    insert = f'INSERT INTO "{name}{suffix}" ({_quoted(columns)}) VALUES '
    row = f"({', '.join([holder] * len(columns))})"
    whole = len(values) // _ROWS_AT_ONCE * _ROWS_AT_ONCE if holder == "?" else 0
    if whole:
        # Each step through the driver costs as much as two rows.
        together = [
            tuple(chain.from_iterable(values[first : first + _ROWS_AT_ONCE]))
            for first in range(0, whole, _ROWS_AT_ONCE)
        ]
        _many(connection, insert + ", ".join([row] * _ROWS_AT_ONCE), together)
    if whole < len(values):
        _many(connection, insert + row, values[whole:])


def update_rows(connection: Connection, name: str, rows: Sequence[Row], *, suffix: str = "") -> None:
    """Each row whole, by its primary key."""
    if not rows:
        return
    keys = key_columns(name)
    others = tuple(column for column in column_names(name) if column not in keys)
    read = row_reader(name, (*others, *keys))
    values = [read(row) for row in rows]
    if connection.dialect.name == "postgresql" and len(values) >= _COPY_FROM:
        _update_by_copy(connection, name, suffix, others, keys, values)
        return
    holder = "%s" if connection.dialect.name == "postgresql" else "?"
    changes = ", ".join(f'"{column}" = {holder}' for column in others)
    condition = " AND ".join(f'"{column}" = {holder}' for column in keys)
    _many(connection, f'UPDATE "{name}{suffix}" SET {changes} WHERE {condition}', values)


def delete_rows(connection: Connection, name: str, keys: Sequence[Key]) -> None:
    if keys:
        holder = "%s" if connection.dialect.name == "postgresql" else "?"
        condition = " AND ".join(f'"{column}" = {holder}' for column in key_columns(name))
        _many(connection, f'DELETE FROM "{name}" WHERE {condition}', keys)


@cache
def row_reader(name: str, columns: tuple[str, ...] = ()) -> Callable[[Row], Values]:
    """From a row by column name to what is stored, in the order of these columns (all unless given)."""
    columns = columns or column_names(name)
    read = itemgetter(*columns)
    table = table_of(name)
    special = [(at, encode) for at, column in enumerate(columns) if (encode := encoder(table.c[column].type))]
    if not special:
        return read

    def values(row: Row) -> Values:
        found = list(read(row))
        for at, encode in special:
            if found[at] is not None:
                found[at] = encode(found[at])
        return tuple(found)

    return values


def encoder(type_: Any) -> Encode | None:
    if isinstance(type_, Enum):
        kind: Any = type_.enum_class
        names = {member: member.name.lower() for member in kind}
        return names.__getitem__
    if isinstance(type_, HexBits):
        return type_.text
    if isinstance(type_, Boolean):
        return bool
    return None


def _quoted(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _many(connection: Connection, statement: str, values: Sequence[Values]) -> None:
    """Raises IndexCorrupt where a row is there already."""
    driver: Any = connection.connection.driver_connection
    try:
        cursor = driver.cursor()
        cursor.executemany(statement, values)
        cursor.close()
    except connection.dialect.loaded_dbapi.IntegrityError as error:
        raise _exists_already(error) from error


def _copy(connection: Connection, target: str, columns: tuple[str, ...], values: Sequence[Values]) -> None:
    statement = f"COPY {target} ({_quoted(columns)}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for first in range(0, len(values), 1000):
                copy.write("".join([_line(row) for row in values[first : first + 1000]]).encode())
    except connection.dialect.loaded_dbapi.IntegrityError as error:
        raise _exists_already(error) from error


def _exists_already(error: Exception) -> IndexCorrupt:
    return IndexCorrupt(
        "索引与链不一致：有一行已经存在。请运行 huizhen index --rebuild。",
        f"The index contradicts the chain: a row exists already ({error}). Run huizhen index --rebuild.",
    )


def _line(row: Values) -> str:
    """In COPY's text format. No text of the index needs an escape: it is hex, names, and JSON of numbers and hex."""
    return "\t".join([each if type(each) is str else _cell(each) for each in row]) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if type(value) is bytes:
        return "\\\\x" + value.hex()
    return str(value)


def _update_by_copy(
    connection: Connection,
    name: str,
    suffix: str,
    others: tuple[str, ...],
    keys: tuple[str, ...],
    values: Sequence[Values],
) -> None:
    target, staging = f'"{name}{suffix}"', f'"staging_{name}"'
    driver: Any = connection.connection.driver_connection
    columns = (*others, *keys)
    with driver.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {staging} ON COMMIT DROP AS SELECT {_quoted(columns)} FROM {target} LIMIT 0"
        )
        _copy(connection, staging, columns, values)
        changes = ", ".join(f'"{column}" = {staging}."{column}"' for column in others)
        condition = " AND ".join(f'{target}."{column}" = {staging}."{column}"' for column in keys)
        cursor.execute(f"UPDATE {target} SET {changes} FROM {staging} WHERE {condition}")
        cursor.execute(f"DROP TABLE {staging}")
