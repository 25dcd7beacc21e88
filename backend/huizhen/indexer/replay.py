"""All rows that the logs of a chain come to, in memory: what `huizhen verify` holds the tables against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huizhen.chain.client import Node, RawLog
from huizhen.chain.decoder import LogDecoder
from huizhen.db.index.row_store import Key, Row, key_of
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
        logs = self._logs(last)
        numbers = sorted({int(log["blockNumber"], 16) for log in logs})
        times = {header.number: header.time for header in self.node.headers(numbers)}
        rows = RowSet(lambda _table, _key: None)
        events = self.decoder.decode_all(logs, times)
        Projector(self.ground.tax_authority).project_all(rows, events, images_above=last)
        return {
            name: {key_of(name, row): row for row in changes.inserted}
            for name, changes in rows.changes().items()
        }

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
