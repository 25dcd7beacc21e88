"""The indexer: follows the chain step by step; a step is one transaction, so a kill at any point loses nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from huizhen.chain.client import Node
from huizhen.chain.decoder import LogDecoder
from huizhen.db.base import IndexBase
from huizhen.db.index import progress
from huizhen.db.index.row_store import Key, Row, insert_rows, load, to_text, update_rows
from huizhen.db.session import Connection, Store
from huizhen.domain.chain_events import ChainEvent
from huizhen.errors import IndexHalted, UndecodableLog
from huizhen.indexer.cursor import Cursor, Ground
from huizhen.indexer.fetcher import ChainMoved, Fetcher, Head, Stretch
from huizhen.indexer.projector import VERSION, Projector
from huizhen.indexer.reorg import common_ancestor, rewind, too_deep
from huizhen.indexer.rows import RowSet

PATIENCE = 5
"""How often in a row a node may contradict itself before the next attempt has to wait."""

FOLLOWED_EVERY = timedelta(seconds=2)

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Progress:
    """After `once`: the last block indexed, and how many events and rewinds it took."""

    block_number: int
    events: int
    rewinds: int


class Indexer:
    """Follows one deployment. See Fetcher for `confirmations` and `window`."""

    def __init__(
        self,
        store: Store,
        node: Node,
        decoder: LogDecoder,
        ground: Ground,
        *,
        confirmations: int | None,
        window: int,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._node = node
        self._decoder = decoder
        self._ground = ground
        self._fetcher = Fetcher(node, decoder.addresses, confirmations=confirmations, window=window)
        self._projector = Projector(ground.tax_authority)
        self._now = now
        self._followed_at = datetime.min.replace(tzinfo=UTC)
        self._prepared = False

    def once(self) -> Progress:
        """Up to the head as it is now. Raises IndexHalted (also written down, for pages to show) or NodeError."""
        events = rewinds = misread = 0
        try:
            self.prepare()
            while True:
                head = self._fetcher.look()
                cursor = self._cursor()
                if cursor.block_number < head.header.number:
                    try:
                        events += self._step(cursor, head)
                        misread = 0
                        continue
                    except ChainMoved:
                        misread += 1
                        if misread > PATIENCE:
                            raise
                        if self._node.header(cursor.block_number).hash == cursor.block_hash:
                            continue
                elif (cursor.block_number, cursor.block_hash) == (head.header.number, head.header.hash):
                    self._followed(head)
                    return Progress(cursor.block_number, events, rewinds)
                self._go_back(cursor, head)
                rewinds += 1
        except IndexHalted as halt:
            self._mark_halted(halt)
            raise

    def rebuild(self) -> Progress:
        """Drops the index alone and replays the chain."""
        self._store.recreate(IndexBase.metadata)
        return self.once()

    def prepare(self) -> None:
        """Makes the tables; those of another version of the projections are thrown away."""
        if self._prepared:
            return
        self._store.create(IndexBase.metadata)
        with self._store.reading() as session:
            version = progress.projection_version(session.connection())
        if version not in (None, VERSION):
            log.warning("the index was made by projections %s, now %s: it is built anew", version, VERSION)
            self._store.recreate(IndexBase.metadata)
        self._prepared = True

    # Steps

    def _cursor(self) -> Cursor:
        with self._store.reading() as session:
            row = progress.read_cursor(session.connection())
        if row is not None:
            return Cursor.from_row(row, self._ground)
        before = self._node.header(self._ground.first_block - 1)
        return Cursor(before.number, before.hash, before.number)

    def _step(self, cursor: Cursor, head: Head, most: int | None = None) -> int:
        """One stretch of blocks, up to `most`. What stands before a log that cannot be read is still indexed."""
        stretch = self._fetcher.after(cursor, head, most)
        times = {header.number: header.time for header in stretch.headers}
        try:
            events = self._decoder.decode_all(stretch.logs, times)
        except UndecodableLog as log_:
            if most is None and log_.block_number > cursor.block_number + 1:
                self._step(cursor, head, log_.block_number - 1)
            raise
        self._commit(cursor, head, stretch, events)
        return len(events)

    def _commit(self, cursor: Cursor, head: Head, stretch: Stretch, events: list[ChainEvent]) -> None:
        floor = max(cursor.undo_floor, min(stretch.last.number, head.settled))
        with self._store.writing() as session:
            connection = session.connection()
            stored = self._require_alone(connection, cursor)
            rows = RowSet(partial(load, connection) if stored else _nothing)
            self._projector.project_all(rows, events, images_above=head.settled)
            write_rows(connection, rows)
            progress.insert_headers(connection, [asdict(header) for header in stretch.headers])
            progress.prune(connection, cursor.undo_floor, floor)
            last = stretch.last
            self._write_cursor(connection, Cursor(last.number, last.hash, floor), last.time, head)

    def _go_back(self, cursor: Cursor, head: Head) -> None:
        """The chain is not the one that was read: rewind to what both have, or build anew what was only lost."""
        with self._store.reading() as session:
            connection = session.connection()
            stored = progress.stored_hashes(connection, cursor.undo_floor)
            older = progress.stored_hashes(connection, 0)
        ancestor = common_ancestor(self._node, stored, head.header.number)
        if ancestor is None:
            # A chain that has merely lost its end (a development node that was killed) contradicts nothing.
            kept = [pair for pair in older if pair[0] <= head.header.number][:1]
            lost_end = head.header.number < cursor.undo_floor
            if lost_end and common_ancestor(self._node, kept, head.header.number):
                self._store.recreate(IndexBase.metadata)
                return
            raise too_deep(cursor)
        with self._store.writing() as session:
            connection = session.connection()
            self._require_alone(connection, cursor)
            rewind(connection, cursor, ancestor)
            number, hash_ = ancestor
            time = progress.block_time(connection, number)
            self._write_cursor(connection, Cursor(number, hash_, cursor.undo_floor), time, head)

    def _write_cursor(self, connection: Connection, cursor: Cursor, block_time: int, head: Head) -> None:
        progress.write_cursor(
            connection,
            {
                "projection_version": VERSION,
                **asdict(self._ground),
                **asdict(cursor),
                "block_time": block_time,
                "final_number": head.final,
                "head_number": head.header.number,
                "head_time": head.header.time,
                "followed_at": self._now(),
            },
        )

    def _require_alone(self, connection: Connection, cursor: Cursor) -> bool:
        """Another indexer may have gone on meanwhile: what was fetched would then be written twice.

        Answers whether anything is stored yet.
        """
        row = progress.read_cursor(connection)
        if row is None and cursor.block_number >= self._ground.first_block:
            raise _not_alone()
        if row is not None and Cursor.from_row(row, self._ground) != cursor:
            raise _not_alone()
        return row is not None

    def _followed(self, head: Head) -> None:
        moment = self._now()
        if moment - self._followed_at < FOLLOWED_EVERY:
            return
        with self._store.writing() as session:
            progress.mark_followed(
                session.connection(),
                head_number=head.header.number,
                head_time=head.header.time,
                final_number=head.final,
                followed_at=moment,
            )
        self._followed_at = moment

    def _mark_halted(self, halt: IndexHalted) -> None:
        with self._store.writing() as session:
            progress.mark_halted(session.connection(), halt.sentence)


def _nothing(_table: str, _key: Key) -> Row | None:
    """What an empty index has of any row: there is no need to ask it."""
    return None


def write_rows(connection: Connection, rows: RowSet) -> None:
    """What a batch changed, in bulk, with the images that undo it."""
    for name, changes in rows.changes().items():
        insert_rows(connection, name, changes.inserted)
        update_rows(connection, name, changes.updated)
    insert_rows(
        connection,
        "undo",
        [
            {
                "block_number": image.block_number,
                "sequence": sequence,
                "table_name": image.table,
                "key": to_text(image.key),
                "image": to_text(image.row),
            }
            for sequence, image in enumerate(rows.images)
        ],
    )


def _not_alone() -> ChainMoved:
    return ChainMoved(
        "另一个索引进程正在写入，请只运行一个。",
        "Another indexer is writing to the same index; run only one of them.",
    )
