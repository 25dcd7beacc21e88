"""The tables of the index: made bare for a first build, indexed when they serve, built anew beside and swapped."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, MetaData, Table, inspect, text
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.elements import conv

from huizhen.db.base import IndexBase

KEPT = frozenset({"block", "log", "cursor"})
"""What the chain said, and how far it was read. All other tables are projected from it."""

Tables = Sequence[Table]

READ = "log"
"""Is built anew with them where this version reads logs in another way."""

# The generation in a name.
_BUILT = re.compile(r"__\d+")


def projected() -> list[Table]:
    return [table for table in IndexBase.metadata.sorted_tables if table.name not in KEPT]


def read_anew() -> list[Table]:
    """The projected tables, and the logs with how they read."""
    return [*projected(), IndexBase.metadata.tables[READ]]


def create_tables(connection: Connection) -> None:
    """Those that are missing, without secondary indexes: a first build is faster when they come last."""
    for table in IndexBase.metadata.sorted_tables:
        connection.execute(CreateTable(table, if_not_exists=True))


def create_indexes(connection: Connection) -> None:
    """Those that are missing."""
    _keep_out(connection, "EXCLUSIVE")
    _index(connection, IndexBase.metadata.sorted_tables)


def suffix(generation: int) -> str:
    """Of the names of tables that are being built."""
    return f"__{generation}"


def next_generation() -> int:
    """A number that no other build has, not even one that runs at the same time."""
    return secrets.randbelow(10**9)


def create_beside(connection: Connection, tables: Tables, generation: int) -> None:
    """These tables once more, empty and bare, under other names."""
    for table in _beside(tables, generation):
        connection.execute(CreateTable(table))


def index_beside(connection: Connection, tables: Tables, generation: int) -> None:
    _index(connection, _beside(tables, generation))


def swap(connection: Connection, tables: Tables, generation: int) -> bool:
    """What was built beside takes the place of the old tables, whatever version those were of; False where somebody
    else has dropped it.
    """
    _keep_out(connection, "ACCESS EXCLUSIVE")
    there = set(inspect(connection).get_table_names())
    built = suffix(generation)
    if not there.issuperset(table.name + built for table in tables):
        return False
    for table in tables:
        if table.name in there:
            connection.execute(text(f'DROP TABLE "{table.name}"'))
        connection.execute(text(f'ALTER TABLE "{table.name}{built}" RENAME TO "{table.name}"'))
    return True


def _keep_out(connection: Connection, mode: str) -> None:
    """Whoever reads or writes on PostgreSQL has a lock on the cursor first of all (db.session, db.index.progress):
    EXCLUSIVE waits for writers; ACCESS EXCLUSIVE for readers too, so that none sees some tables old and others new.
    """
    if connection.dialect.name == "postgresql" and inspect(connection).has_table("cursor"):
        connection.execute(text(f"LOCK TABLE cursor IN {mode} MODE"))


def drop_beside(connection: Connection) -> None:
    """What an interrupted build left."""
    for name in inspect(connection).get_table_names():
        if "__" in name:
            connection.execute(text(f'DROP TABLE "{name}"'))


def drop_all(connection: Connection) -> None:
    """Whatever an older version left as well."""
    _keep_out(connection, "ACCESS EXCLUSIVE")
    for name in inspect(connection).get_table_names():
        connection.execute(text(f'DROP TABLE "{name}"'))


def has_stored_logs(connection: Connection) -> bool:
    """Whether the projected tables can be built from what is stored: the first versions kept no logs."""
    there = inspect(connection)
    return all(
        there.has_table(name)
        and {column["name"] for column in there.get_columns(name)}
        == set(IndexBase.metadata.tables[name].c.keys())
        for name in KEPT
    )


def _beside(tables: Tables, generation: int) -> list[Table]:
    """Indexes and keys have names of their own too: on PostgreSQL they are unique in a schema."""
    metadata, found = MetaData(naming_convention=IndexBase.metadata.naming_convention), []
    for table in tables:
        copied = table.to_metadata(metadata, name=table.name + suffix(generation))
        parts: list[Any] = [*copied.indexes, *copied.constraints]
        for part in parts:
            if part.name is not None:
                part.name = conv(f"{_BUILT.sub('', str(part.name))}{suffix(generation)}")
        found.append(copied)
    return found


def _index(connection: Connection, tables: Iterable[Table]) -> None:
    for table in tables:
        present = inspect(connection).get_indexes(table.name)
        names = {_BUILT.sub("", str(each["name"])) for each in present}
        for index in sorted(table.indexes, key=lambda each: str(each.name)):
            if _BUILT.sub("", str(index.name)) not in names:
                connection.execute(CreateIndex(index))
