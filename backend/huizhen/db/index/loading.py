"""Rows by their keys, as projections fold them: through the driver itself, in a sixth of what a query object costs."""

# Tables and columns are named by our own metadata; keys are always bound.
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection

from huizhen.db.index.bulk import encoder
from huizhen.db.index.row_store import Key, Row, column_names, key_columns, key_reader, table_of
from huizhen.db.index.whole import decoders

_KEYS_AT_ONCE = 300


def load(connection: Connection, name: str, key: Key, suffix: str = "") -> Row | None:
    return load_all(connection, name, [key], suffix).get(key)


def load_all(connection: Connection, name: str, keys: Sequence[Key], suffix: str = "") -> dict[Key, Row]:
    """Those of the rows that there are, by key; values as the columns' Python types."""
    holder = "%s" if connection.dialect.name == "postgresql" else "?"
    columns, read_key, decode = column_names(name), key_reader(name), decoders(name)
    encode = _key_encoders(name)
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    found: dict[Key, Row] = {}
    for first in range(0, len(keys), _KEYS_AT_ONCE):
        some = keys[first : first + _KEYS_AT_ONCE]
        bound = list(chain.from_iterable(some))
        for at, stored in encode:
            bound[at :: len(some[0])] = map(stored, bound[at :: len(some[0])])
        cursor.execute(by_keys(name, suffix, holder, len(some)), bound)
        for values in cursor.fetchall():
            row = dict(zip(columns, values, strict=True))
            for column, typed in decode:
                if row[column] is not None:
                    row[column] = typed(row[column])
            found[read_key(row)] = row
    cursor.close()
    return found


@cache
def _key_encoders(name: str) -> tuple[tuple[int, Any], ...]:
    columns = table_of(name).c
    encoders = [(at, encoder(columns[column].type)) for at, column in enumerate(key_columns(name))]
    return tuple((at, encode) for at, encode in encoders if encode)


def by_keys(name: str, suffix: str, holder: str, count: int) -> str:
    """The keys lead and each finds its row by the index: for `(a, b) IN (...)` SQLite reads the whole table."""
    keys = key_columns(name)
    columns = ", ".join(f'found."{column}"' for column in column_names(name))
    one = f"({', '.join([holder] * len(keys))})"
    same = " AND ".join(
        f'found."{column}" = wanted.column{place}' for place, column in enumerate(keys, start=1)
    )
    wanted = f"(VALUES {', '.join([one] * count)}) AS wanted"
    return f'SELECT {columns} FROM {wanted} CROSS JOIN "{name}{suffix}" AS found WHERE {same}'
