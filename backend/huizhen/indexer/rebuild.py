"""The projected tables built anew from the stored logs, beside the old ones, which serve until the new are whole."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.chain.decoder import LogDecoder
from huizhen.db.index import bulk, progress, schema, stored_logs
from huizhen.db.index.writers import Writer, open_writer
from huizhen.db.row_writer import Step
from huizhen.db.session import Store
from huizhen.domain.chain_ids import Hash32
from huizhen.indexer.batch import Folding
from huizhen.indexer.fetcher import moved
from huizhen.indexer.projector import VERSION, Projector

LOGS_AT_ONCE = 5_000

Built = tuple[int, Hash32 | None]
"""The last block that has a log; -1 before any."""


class _ReadOtherwise(Exception):
    """This version reads a log in another way than the one that stored it."""


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Needs no node. Another indexer may go on meanwhile: what it adds is built as well."""

    store: Store
    decoder: LogDecoder
    projector: Projector

    def run(self) -> None:
        """Raises IndexCorrupt or UndecodableLog, and ChainMoved where somebody took back what was built."""
        try:
            self._run(schema.projected())
        except _ReadOtherwise:
            self._run(schema.read_anew())

    def _run(self, tables: schema.Tables) -> None:
        with self.store.writing() as session:
            connection = session.connection()
            schema.drop_beside(connection)
            generation = schema.next_generation()
            schema.create_beside(connection, tables, generation)
        folding = Folding(self.store, self.projector, schema.suffix(generation), empty=True)
        built: Built = (-1, None)
        while True:
            built = self._build(folding, tables, generation, built)
            with self.store.writing() as session:
                schema.index_beside(session.connection(), tables, generation)
            with self.store.writing() as session:
                connection = session.connection()
                number, hash_ = built
                if number >= 0 and stored_logs.hash_of(connection, number) != hash_:
                    raise moved()
                if stored_logs.newest(connection) <= number:
                    if not schema.swap(connection, tables, generation):
                        raise moved()
                    progress.mark_built(connection, VERSION)
                    return

    def _build(self, folding: Folding, tables: schema.Tables, generation: int, built: Built) -> Built:
        """All stored logs of later blocks."""
        with self.store.reading() as session:
            many = stored_logs.more_than(session.connection(), built[0], LOGS_AT_ONCE)
        with open_writer(self.store, apart=many) as writer:
            while True:
                reached = self._build_some(writer, folding, tables, generation, built)
                if reached == built:
                    return built
                built = reached

    def _build_some(
        self, writer: Writer, folding: Folding, tables: schema.Tables, generation: int, built: Built
    ) -> Built:
        with self.store.reading() as session:
            connection = session.connection()
            floor = progress.undo_floor(connection)
            logs = stored_logs.next_logs(connection, built[0], LOGS_AT_ONCE)
            blocks = stored_logs.blocks_of(connection, logs)
        if not logs:
            return built
        events, read = self.decoder.read(stored_logs.plain(logs), blocks)
        steps: list[Step] = []
        if schema.READ in {table.name for table in tables}:
            suffix = schema.suffix(generation)
            steps += bulk.insert_values(self.store.engine.dialect.name, schema.READ, read, suffix=suffix)
        elif read != logs:
            raise _ReadOtherwise
        folding.write(writer, steps, events, images_above=floor)
        last = logs[-1][0]
        return last, blocks[last][0]
