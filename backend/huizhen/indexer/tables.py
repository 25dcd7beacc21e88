"""The tables of an index over its life: made bare, indexed once filled, cut back, built anew in another version."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import partial

from huizhen.chain.client import Node
from huizhen.chain.decoder import LogDecoder
from huizhen.db.index import progress, schema, stored_logs
from huizhen.db.session import Store
from huizhen.errors import IndexCorrupt, NodeError
from huizhen.indexer.cursor import Cursor, Ground
from huizhen.indexer.projector import VERSION, Projector
from huizhen.indexer.rebuild import Rebuild
from huizhen.indexer.reorg import deepest_common

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Tables:
    store: Store
    node: Node
    decoder: LogDecoder
    ground: Ground
    _indexed: bool = field(default=False, init=False)

    def prepare(self) -> None:
        """Makes what is missing; rows of another version of the projections are built anew, beside the old ones."""
        self.store.create_schema()
        with self.store.reading() as session:
            version = progress.projection_version(session.connection())
            rebuildable = schema.has_stored_logs(session.connection())
        if version is None:
            # Nothing is indexed yet; secondary indexes are made when the first build is through.
            self.start_over()
        elif version != VERSION:
            log.warning("the index was made by projections %s, now %s: it is built anew", version, VERSION)
            if rebuildable:
                self.build_anew()
            else:
                self.start_over()

    def start_over(self) -> None:
        """Empty tables without secondary indexes."""
        with self.store.writing() as session:
            connection = session.connection()
            schema.drop_all(connection)
            schema.create_tables(connection)
        self._indexed = False

    def require_indexes(self) -> None:
        """The secondary ones, after a first build, whichever process began it."""
        if not self._indexed:
            with self.store.writing() as session:
                schema.create_indexes(session.connection())
            self._indexed = True

    def build_anew(self) -> None:
        """All that is projected, from the stored logs."""
        Rebuild(self.store, self.decoder, Projector(self.ground.tax_authority)).run()

    def keep_what_the_chain_has(self) -> bool:
        """Forgets stored logs from the first block on that is not on the chain. Without a node, keeps all.

        Answers whether anything is stored. Raises IndexCorrupt where the logs are of another chain.
        """
        with self.store.reading() as session:
            row = progress.read_cursor(session.connection())
            if row is None:
                return False
            Cursor.from_row(row, self.ground)
            try:
                ancestor = deepest_common(self.node, partial(progress.newest_at, session.connection()))
            except NodeError:
                return True
        if ancestor is None:
            raise IndexCorrupt(
                "存储的日志不属于这条链，将从节点重新读取。",
                "The stored logs are of another chain; they are read from the node again.",
            )
        if ancestor != (row["block_number"], row["block_hash"]):
            with self.store.writing() as session:
                connection = session.connection()
                stored_logs.forget_above(connection, ancestor[0])
                progress.set_back(connection, *ancestor, progress.block_time(connection, ancestor[0]))
        return True

    def has_only_lost_its_end(self, head: int) -> bool:
        """Whether the newest stored block that a chain of this length may still have is on it."""
        with self.store.reading() as session:
            kept = progress.newest_at(session.connection(), head)
        return kept is not None and self.node.header(kept[0]).hash == kept[1]
