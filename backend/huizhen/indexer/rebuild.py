"""The projected tables built anew from the stored logs, beside the old ones, which serve until the new are whole."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.chain.decoder import LogDecoder
from huizhen.db.index import progress, schema, stored_logs
from huizhen.db.session import Store
from huizhen.domain.chain_ids import Hash32
from huizhen.indexer.batch import Folding
from huizhen.indexer.fetcher import moved
from huizhen.indexer.projector import VERSION, Projector

LOGS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Needs no node. Another indexer may go on meanwhile: what it adds is built as well."""

    store: Store
    decoder: LogDecoder
    projector: Projector

    def run(self) -> None:
        """Raises IndexCorrupt or UndecodableLog, and ChainMoved where somebody took back what was built."""
        with self.store.writing() as session:
            connection = session.connection()
            schema.drop_beside(connection)
            generation = schema.next_generation(connection)
            schema.create_beside(connection, generation)
        folding = Folding(self.projector, schema.suffix(generation), empty=True)
        built: tuple[int, Hash32 | None] = (-1, None)
        while True:
            built = self._build(folding, built)
            with self.store.writing() as session:
                schema.index_beside(session.connection(), generation)
            with self.store.writing() as session:
                connection = session.connection()
                number, hash_ = built
                if number >= 0 and stored_logs.hash_of(connection, number) != hash_:
                    raise moved()
                if stored_logs.newest(connection) <= number:
                    schema.swap(connection, generation)
                    progress.mark_built(connection, VERSION)
                    return

    def _build(self, folding: Folding, built: tuple[int, Hash32 | None]) -> tuple[int, Hash32 | None]:
        """All stored logs of later blocks; answers the last block that has one."""
        while True:
            with self.store.reading() as session:
                connection = session.connection()
                floor = progress.undo_floor(connection)
                logs = stored_logs.next_logs(connection, built[0], LOGS_AT_ONCE)
                blocks = stored_logs.blocks_of(connection, logs)
            if not logs:
                return built
            records = self.decoder.read(logs, blocks)
            with self.store.writing() as session:
                folding.write(session.connection(), records, images_above=floor)
            built = (logs[-1].block_number, blocks[logs[-1].block_number][0])
