"""The indexer: follows the chain step by step; a step is one transaction, so a kill at any point loses nothing."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from huizhen.chain.client import Node
from huizhen.chain.decoder import LogDecoder, ReadLog
from huizhen.db.index import bulk, progress
from huizhen.db.index.writers import DirectWriter, Writer, open_writer
from huizhen.db.row_writer import Step
from huizhen.db.session import Store
from huizhen.errors import ChainMoved, IndexCorrupt, IndexHalted, UndecodableLog
from huizhen.indexer.batch import Folding
from huizhen.indexer.cursor import Cursor, Ground
from huizhen.indexer.fetcher import FAR, Fetcher, Head, Stretch, moved
from huizhen.indexer.projector import VERSION, Projector
from huizhen.indexer.reorg import common_ancestor, rewind, too_deep
from huizhen.indexer.tables import Tables

PATIENCE = 5
"""How often in a row a node may contradict itself before the next attempt has to wait."""

COLLECT_EVERY = 200
"""Stretches between two looks for garbage, which is switched off while they are read."""

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
        far: int = FAR,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._node = node
        self._decoder = decoder
        self._ground = ground
        self._fetcher = Fetcher(
            node, decoder.first_topics, confirmations=confirmations, window=window, far=far
        )
        self._tables = Tables(store, node, decoder, ground)
        self._folding = Folding(store, Projector(ground.tax_authority))
        self._now = now
        self._followed_at = datetime.min.replace(tzinfo=UTC)
        self._prepared = False

    def once(self) -> Progress:
        """Up to the head as it is now. Raises IndexHalted (also written down, for pages to show) or NodeError."""
        events = rewinds = misread = 0
        try:
            self.prepare()
            with _without_garbage_collection():
                while True:
                    cursor = self._cursor()
                    head = self._fetcher.look(cursor.block_number)
                    if cursor.block_number < head.header.number:
                        try:
                            events += self._forward(cursor, head)
                            misread = 0
                            continue
                        except ChainMoved:
                            misread += 1
                            if misread > PATIENCE:
                                raise
                            if self._node.header(cursor.block_number).hash == cursor.block_hash:
                                continue
                            cursor = self._cursor()
                    elif (cursor.block_number, cursor.block_hash) == (head.header.number, head.header.hash):
                        self._followed(head)
                        return Progress(cursor.block_number, events, rewinds)
                    self._go_back(cursor, head)
                    rewinds += 1
        except IndexHalted as halt:
            self._mark_halted(halt)
            raise

    def rebuild(self) -> Progress:
        """Projects the stored logs anew, then follows the chain; what the chain does not have any more is dropped.

        Where the stored logs themselves are at fault, or of another chain, all is read from the node again.
        """
        self.prepare()
        self._folding.forget()
        try:
            if self._tables.keep_what_the_chain_has():
                self._build_anew()
        except IndexCorrupt as error:
            log.warning(
                "the stored logs cannot be used, the node is asked for all of them: %s", error.sentence.en
            )
            self._tables.start_over()
        return self.once()

    def prepare(self) -> None:
        """Makes the tables, of this version. Raises IndexHalted where the stored logs are at fault."""
        if not self._prepared:
            with _without_garbage_collection():
                self._tables.prepare()
            self._prepared = True

    def _build_anew(self) -> None:
        with _without_garbage_collection():
            self._tables.build_anew()

    # Steps

    def _cursor(self) -> Cursor:
        with self._store.reading() as session:
            row = progress.read_cursor(session.connection())
        if row is not None:
            cursor = Cursor.from_row(row, self._ground)
            if row["projection_version"] == VERSION:
                return cursor
            # Cut back by somebody who then did not come to build the rows.
            self._prepared = False
            self._folding.forget()
            self.prepare()
            return cursor
        before = self._node.header(self._ground.first_block - 1)
        return Cursor(before.number, before.hash, before.number)

    def _forward(self, cursor: Cursor, head: Head) -> int:
        """Towards the head: all that is settled, else one stretch. Answers how many events it took."""
        if cursor.block_number >= head.settled:
            self._tables.require_indexes()
            return self._step(cursor, head)
        events = 0
        try:
            with open_writer(self._store, apart=self._fetcher.far_behind(cursor, head)) as writer:
                for place, stretch in enumerate(self._fetcher.settled(cursor, head), start=1):
                    cursor, added = self._take(writer, cursor, head, stretch)
                    events += added
                    if place % COLLECT_EVERY == 0:
                        gc.collect()
        except BaseException:
            # The last batches may not have been stored: what is remembered of rows is ahead of them.
            self._folding.forget()
            raise
        self._tables.require_indexes()
        return events

    def _step(self, cursor: Cursor, head: Head, most: int | None = None) -> int:
        """One stretch of blocks, up to `most`."""
        stretch = self._fetcher.after(cursor, head, most)
        return self._take(DirectWriter(self._store), cursor, head, stretch)[1]

    def _take(self, writer: Writer, cursor: Cursor, head: Head, stretch: Stretch) -> tuple[Cursor, int]:
        """What stands before a log that cannot be read is still indexed."""
        if stretch.base != cursor.block_hash:
            raise moved()
        blocks = {number: (hash_, time) for number, hash_, _, time in stretch.blocks}
        try:
            events, read = self._decoder.read(stretch.logs, blocks)
        except UndecodableLog as log_:
            writer.drain()
            if log_.block_number > cursor.block_number + 1:
                self._step(cursor, head, log_.block_number - 1)
            raise
        last = stretch.blocks[-1]
        floor = max(cursor.undo_floor, min(last.number, head.settled))
        reached = Cursor(last.number, last.hash, floor)
        if cursor.block_number < self._ground.first_block:
            self._folding.assume_empty()
        steps = self._steps(cursor, reached, head, stretch, read)
        self._folding.write(writer, steps, events, images_above=head.settled)
        return reached, len(events)

    def _steps(
        self, cursor: Cursor, reached: Cursor, head: Head, stretch: Stretch, read: list[ReadLog]
    ) -> list[Step]:
        """On top of the cursor: the logs, the headers, and how far this brings it."""
        dialect, fromhex = self._store.engine.dialect.name, bytes.fromhex
        headers = [
            (number, fromhex(hash_[2:]), fromhex(parent_hash[2:]), time)
            for number, hash_, parent_hash, time in stretch.blocks
        ]
        return [
            *self._standing(cursor),
            *bulk.insert_values(dialect, "log", read),
            *bulk.insert_values(dialect, "block", headers),
            *progress.prune_steps(dialect, cursor.undo_floor, reached.undo_floor),
            self._moved_to(reached, stretch.blocks[-1].time, head),
        ]

    def _standing(self, cursor: Cursor) -> list[Step]:
        dialect = self._store.engine.dialect.name
        if cursor.block_number < self._ground.first_block:
            return progress.standing_steps(dialect, None)
        stands = {"projection_version": VERSION, **asdict(self._ground), **asdict(cursor)}
        return progress.standing_steps(dialect, stands)

    def _moved_to(self, cursor: Cursor, block_time: int, head: Head) -> Step:
        values = {
            "projection_version": VERSION,
            **asdict(self._ground),
            **asdict(cursor),
            "block_time": block_time,
            # What is not here yet cannot be shown as final.
            "final_number": min(head.final, cursor.block_number),
            "head_number": head.header.number,
            "head_time": head.header.time,
            "followed_at": self._now(),
        }
        return progress.cursor_step(self._store.engine.dialect.name, values)

    def _go_back(self, cursor: Cursor, head: Head) -> None:
        """The chain is not the one that was read: rewind to what both have, or build anew what was only lost."""
        with self._store.reading() as session:
            stored = progress.stored_hashes(session.connection(), cursor.undo_floor)
        self._folding.forget()
        ancestor = common_ancestor(self._node, stored, head.header.number)
        if ancestor is None:
            # A chain that has merely lost its end (a development node that was killed) contradicts nothing.
            lost_end = head.header.number < cursor.undo_floor
            if lost_end and self._tables.has_only_lost_its_end(head.header.number):
                self._tables.keep_what_the_chain_has()
                self._build_anew()
                return
            raise too_deep(cursor)
        with self._store.writing() as session:
            connection = session.connection()
            bulk.run(connection, self._standing(cursor))
            rewind(connection, cursor, ancestor)
            number, hash_ = ancestor
            time = progress.block_time(connection, number)
            bulk.run(connection, [self._moved_to(Cursor(number, hash_, cursor.undo_floor), time, head)])

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


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Batches are large and hold no cycles: looking for some costs a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
