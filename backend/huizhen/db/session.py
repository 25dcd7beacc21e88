"""Engines and sessions of the two stores, on SQLite or PostgreSQL, from their addresses alone.

On PostgreSQL each store is a schema (`index`, `office`) of one database; on SQLite each is a file of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection as Connection
from sqlalchemy import Engine, MetaData, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session as Session
from sqlalchemy.orm import sessionmaker

_BUSY_SECONDS = 10

_OFFICE_PRAGMAS = (
    f"busy_timeout = {_BUSY_SECONDS * 1000}",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
)
_INDEX_PRAGMAS = (
    f"busy_timeout = {_BUSY_SECONDS * 1000}",
    # Counts for a new file only.
    "page_size = 16384",
    "journal_mode = WAL",
    "synchronous = NORMAL",
    # 8 MB, so that a backfill does not read back what it has just written.
    "cache_size = -8000",
    "wal_autocheckpoint = 4000",
    # The index holds what its own code folds from the chain; comparing every name costs half of a backfill.
    "ignore_check_constraints = ON",
)


@dataclass(frozen=True, slots=True)
class Store:
    """Writers take the lock at once: a reader that turns writer may find its snapshot stale on SQLite."""

    engine: Engine
    schema: str
    _read: sessionmaker[Session]
    _write: sessionmaker[Session]

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent snapshot; whatever is changed in it is thrown away."""
        with self._read() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Commits at the end, or nothing at all."""
        with self._write.begin() as session:
            yield session

    def create_schema(self) -> None:
        """Where the tables of this store will stand; a SQLite file is its own schema."""
        if self.engine.dialect.name == "postgresql":
            with self.engine.begin() as connection:
                connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{self.schema}"'))

    def create(self, metadata: MetaData) -> None:
        """The tables that are missing."""
        self.create_schema()
        with self.engine.begin() as connection:
            metadata.create_all(connection)

    def how_to_open(self) -> tuple[object, ...] | None:
        """For another process, db.row_writer, which writes the index; None where it is in memory alone."""
        if self.engine.dialect.name == "sqlite":
            if self.engine.url.database in (None, "", ":memory:"):
                return None
            return ("sqlite", self.engine.url.database, _INDEX_PRAGMAS)
        _, options = self.engine.dialect.create_connect_args(self.engine.url)
        # Beside libpq's own options there are objects of the driver.
        of_libpq = {name: value for name, value in options.items() if isinstance(value, str | int)}
        return ("postgresql", {**of_libpq, "options": _search_path(self.schema)})

    def close(self) -> None:
        self.engine.dispose()


@dataclass(frozen=True, slots=True)
class Stores:
    index: Store
    office: Store

    def close(self) -> None:
        self.index.close()
        self.office.close()


def open_index(url: str) -> Store:
    """The index may lose its last moments in a power cut: the chain has them still."""
    return _open(url, "index", durable=False)


def open_office(url: str) -> Store:
    """Every commit of the office is on disk when it returns."""
    return _open(url, "office", durable=True)


def open_stores(index_url: str, office_url: str) -> Stores:
    return Stores(open_index(index_url), open_office(office_url))


def _open(url: str, schema: str, *, durable: bool) -> Store:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed)
        _prepare_sqlite(engine, durable=durable)
    else:
        parsed = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(
            parsed, connect_args={"options": _search_path(schema)}, isolation_level="REPEATABLE READ"
        )
        if schema == "index":
            _lock_cursor_first(engine)
    writing = engine.execution_options(huizhen_writing=True)
    if engine.dialect.name == "postgresql":
        writing = writing.execution_options(isolation_level="READ COMMITTED")
    return Store(
        engine,
        schema,
        sessionmaker(engine, expire_on_commit=False),
        sessionmaker(writing, expire_on_commit=False),
    )


def _lock_cursor_first(engine: Engine) -> None:
    """Readers wait while tables are swapped: a snapshot from before would find new ones empty. (LOCK takes none.)"""

    @event.listens_for(engine, "begin")
    def _lock(connection: Connection) -> None:
        if connection.get_execution_options().get("huizhen_writing", False):
            return
        driver: Any = connection.connection.driver_connection
        try:
            driver.execute("LOCK TABLE cursor IN ACCESS SHARE MODE")
        except connection.dialect.loaded_dbapi.errors.UndefinedTable:
            # Nothing is indexed yet.
            driver.rollback()


def _search_path(schema: str) -> str:
    return f"-csearch_path={schema}"


def _prepare_sqlite(engine: Engine, *, durable: bool) -> None:
    pragmas = _OFFICE_PRAGMAS if durable else _INDEX_PRAGMAS

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        # The driver's own transactions begin only at the first write, so reads would not be one snapshot.
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("huizhen_writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
