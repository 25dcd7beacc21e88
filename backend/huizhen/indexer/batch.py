"""What a batch of logs comes to, written in bulk: rows, the images that undo them, and the memory of both."""

from __future__ import annotations

from collections.abc import Sequence

from huizhen.chain.decoder import Record
from huizhen.db.index import bulk
from huizhen.db.index.loading import load, load_all
from huizhen.db.index.row_store import Key, Row, to_text
from huizhen.db.session import Connection
from huizhen.indexer.projector import Projector
from huizhen.indexer.rows import RowSet


class Folding:
    """Rows of one generation of the tables, kept in memory between batches; `suffix` is of tables being built."""

    def __init__(self, projector: Projector, suffix: str = "", *, empty: bool = False) -> None:
        self._projector = projector
        self._suffix = suffix
        self._connection: Connection | None = None
        self._rows = RowSet(self._load, self._load_all, empty=empty)

    def write(self, connection: Connection, records: Sequence[Record], *, images_above: int) -> None:
        """In the caller's transaction. Raises IndexCorrupt; whatever is raised, the memory is forgotten."""
        self._connection = connection
        try:
            self._projector.project_records(self._rows, records, images_above=images_above)
            write_rows(connection, self._rows, self._suffix)
        except BaseException:
            self.forget()
            raise
        finally:
            self._connection = None
        self._rows.stored()

    def assume_empty(self) -> None:
        """Nothing is stored yet."""
        self._rows = RowSet(self._load, self._load_all, empty=True)

    def forget(self) -> None:
        """The tables are not what this memory thinks: another writer, a rewind, a transaction that failed."""
        self._rows.forget()

    def _load(self, name: str, key: Key) -> Row | None:
        return load(self._open(), name, key, self._suffix)

    def _load_all(self, name: str, keys: Sequence[Key]) -> dict[Key, Row]:
        return load_all(self._open(), name, keys, self._suffix)

    def _open(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("rows are read only while a batch is written")
        return self._connection


def write_rows(connection: Connection, rows: RowSet, suffix: str = "") -> None:
    """What changed since it was last stored, with the images that undo it. Raises IndexCorrupt."""
    for name, changes in rows.changes().items():
        bulk.insert_values(connection, name, changes.appended, suffix=suffix)
        bulk.insert_rows(connection, name, changes.inserted, suffix=suffix)
        bulk.update_rows(connection, name, changes.updated, suffix=suffix)
    images = [
        (image.block_number, sequence, image.table, to_text(image.key), to_text(image.row))
        for sequence, image in enumerate(rows.images)
    ]
    bulk.insert_values(connection, "undo", images, suffix=suffix)
