"""All rows that the logs of a chain come to, in memory: what `huizhen verify` holds the tables against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huizhen.chain.client import Node, RawLog
from huizhen.chain.decoder import LogDecoder, plain_logs
from huizhen.db.index.chain import Log
from huizhen.db.index.row_store import Key, Row, key_of, typed_row
from huizhen.errors import RangeTooLarge
from huizhen.indexer.cursor import Ground
from huizhen.indexer.projector import Projector
from huizhen.indexer.rows import RowSet

_SPAN = 5_000


@dataclass(frozen=True, slots=True)
class Replay:
    node: Node
    decoder: LogDecoder
    ground: Ground

    def rows(self, last: int) -> Mapping[str, Mapping[Key, Row]]:
        """By table and key, as of block `last`. Raises NodeError, UndecodableLog."""
        logs = plain_logs(self._logs(last))
        headers = self.node.headers(sorted({log.block_number for log in logs}))
        blocks = {header.number: (header.hash, header.time) for header in headers}
        rows = RowSet(lambda _table, _key: None)
        projector = Projector(self.ground.tax_authority)
        projector.project_records(rows, self.decoder.read(logs, blocks), images_above=last)
        found: dict[str, Mapping[Key, Row]] = {
            name: {
                key_of(name, row): row
                for row in (*changes.inserted, *(typed_row(name, line) for line in changes.appended))
            }
            for name, changes in rows.changes().items()
        }
        return found | {Log.__tablename__: {(log.block_number, log.log_index): log._asdict() for log in logs}}

    def _logs(self, last: int) -> list[RawLog]:
        logs: list[RawLog] = []
        first, span = self.ground.first_block, _SPAN
        while first <= last:
            try:
                logs += self.node.logs(first, min(first + span - 1, last), self.decoder.addresses)
            except RangeTooLarge:
                if span == 1:
                    raise
                span //= 2
                continue
            first += span
        return logs
