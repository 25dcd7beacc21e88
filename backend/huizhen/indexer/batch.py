"""What a batch of events comes to: rows, the images that undo them, and the memory of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from huizhen.db.index import bulk
from huizhen.db.index.loading import load, load_all
from huizhen.db.index.row_store import Key, Row, to_text
from huizhen.db.index.writers import Writer
from huizhen.db.row_writer import Step
from huizhen.db.session import Connection, Store
from huizhen.domain.chain_events import ChainEvent
from huizhen.errors import IndexCorrupt
from huizhen.indexer.projector import Projector
from huizhen.indexer.rows import RowSet


class Folding:
    """Rows of one generation of the tables, kept in memory between batches; `suffix` is of tables being built."""

    def __init__(self, store: Store, projector: Projector, suffix: str = "", *, empty: bool = False) -> None:
        self._store = store
        self._projector = projector
        self._suffix = suffix
        self._rows = RowSet(self._load, self._load_all, empty=empty)
        self._open = ExitStack()
        self._connection: Connection | None = None

    def write(
        self, writer: Writer, before: Sequence[Step], events: Sequence[ChainEvent], *, images_above: int
    ) -> None:
        """The steps before, and what the events come to, as one batch. Raises IndexCorrupt and what writers raise;
        then the memory is forgotten.
        """
        try:
            with self._reading():
                try:
                    self._projector.project_all(self._rows, events, images_above=images_above)
                except IndexCorrupt:
                    # Rows that another indexer has just written look like a contradiction.
                    writer.drain()
                    with self._store.writing() as session:
                        bulk.run(session.connection(), [step for step in before if step.how == "require"])
                    raise
            dialect = self._store.engine.dialect.name
            batch = writer.write([*before, *row_steps(dialect, self._rows, self._suffix)])
            self._rows.handed_over(batch, writer.wait)
        except BaseException:
            self.forget()
            raise

    def assume_empty(self) -> None:
        """Nothing is stored yet."""
        self._rows = RowSet(self._load, self._load_all, empty=True)

    def forget(self) -> None:
        """The tables are not what this memory thinks: another writer, a rewind, a transaction that failed."""
        self._rows.forget()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """What is loaded meanwhile comes from one snapshot, opened when the first row is."""
        try:
            with ExitStack() as self._open:
                yield
        finally:
            self._connection = None

    def _reader(self) -> Connection:
        if self._connection is None:
            self._connection = self._open.enter_context(self._store.reading()).connection()
        return self._connection

    def _load(self, name: str, key: Key) -> Row | None:
        return load(self._reader(), name, key, self._suffix)

    def _load_all(self, name: str, keys: Sequence[Key]) -> dict[Key, Row]:
        return load_all(self._reader(), name, keys, self._suffix)


def row_steps(dialect: str, rows: RowSet, suffix: str = "") -> Iterator[Step]:
    """What changed since it was last handed over, with the images that undo it."""
    for name, changes in rows.changes().items():
        yield from bulk.insert_values(dialect, name, changes.appended, suffix=suffix)
        yield from bulk.insert_rows(dialect, name, changes.inserted, suffix=suffix)
        yield from bulk.update_groups(dialect, name, changes.updated, suffix=suffix)
    images = [
        (image.block_number, sequence, image.table, to_text(image.key), to_text(image.row))
        for sequence, image in enumerate(rows.images)
    ]
    yield from bulk.insert_values(dialect, "undo", images, suffix=suffix)
