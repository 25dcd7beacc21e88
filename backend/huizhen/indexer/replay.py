"""All rows that the logs of a chain come to, in memory: what `huizhen verify` holds the tables against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from huizhen.chain.client import Node, RawLog
from huizhen.chain.decoder import LogDecoder
from huizhen.chain.plain_logs import plain_logs
from huizhen.db.index.bulk import Values, row_reader
from huizhen.db.index.chain import Log
from huizhen.errors import RangeTooLarge
from huizhen.indexer.cursor import Ground
from huizhen.indexer.projector import Projector
from huizhen.indexer.rows import RowSet
from huizhen.services.ports import BlockHeader

_SPAN = 5_000


@dataclass(frozen=True, slots=True)
class Replay:
    node: Node
    decoder: LogDecoder
    ground: Ground

    def rows(
        self, logs: Sequence[RawLog], headers: Mapping[int, BlockHeader], last: int
    ) -> Mapping[str, Sequence[Values]]:
        """By table, as they are stored. Headers that are not given are asked for. Raises NodeError, UndecodableLog."""
        plain = plain_logs(logs)
        missing = sorted({log.block_number for log in plain} - headers.keys())
        known = {**headers, **dict(zip(missing, self.node.headers(missing), strict=True))}
        blocks = {number: (header.hash, header.time) for number, header in known.items()}
        rows = RowSet(lambda _table, _key: None)
        events, read = self.decoder.read(plain, blocks)
        Projector(self.ground.tax_authority).project_all(rows, events, images_above=last)
        found: dict[str, Sequence[Values]] = {
            name: [*map(row_reader(name), changes.inserted), *changes.appended]
            for name, changes in rows.changes().items()
        }
        return found | {Log.__tablename__: read}

    def logs(self, last: int) -> list[RawLog]:
        """Of our contracts, up to block `last`. Raises NodeError."""
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
