"""Moves of fen: each line changes a balance and is written down, so that balances are sums of lines."""

from __future__ import annotations

from typing import Any

from huizhen.db.base import IndexBase
from huizhen.db.index.ledger import Credit, Custody, Funds, LedgerEntry
from huizhen.domain.chain_events import ChainEvent
from huizhen.domain.statuses import Bucket, EntryKind
from huizhen.errors import IndexCorrupt
from huizhen.indexer.rows import RowSet

NOBODY = 0
_ZERO: dict[Bucket, dict[str, int]] = {
    Bucket.AVAILABLE: {"available": 0, "escrowed": 0, "refunds": 0},
    Bucket.ESCROWED: {"available": 0, "escrowed": 0, "refunds": 0},
    Bucket.CREDITED: {"credited": 0, "outstanding": 0},
    Bucket.OUTSTANDING: {"credited": 0, "outstanding": 0},
}


class Posting:
    """The lines of one event, numbered in order. `about` is what all of them concern (consultation, batch...)."""

    def __init__(self, rows: RowSet, event: ChainEvent, kind: EntryKind, **about: Any) -> None:
        self._rows = rows
        self._event = event
        self._kind = kind
        self._about: dict[str, Any] = {
            "consultation": None,
            "leg": None,
            "batch": None,
            "item": None,
            "bank_ref": None,
        } | about
        self._line = 0

    def move(
        self, bucket: Bucket, party: int, amount: int, kind: EntryKind | None = None, **about: Any
    ) -> None:
        """`amount` is signed; a move of nothing leaves no line."""
        if amount == 0:
            return
        if bucket is Bucket.CUSTODY:
            self._change(Custody, (1,), {"amount": 0}, "amount", amount)
        else:
            model = Funds if bucket in (Bucket.AVAILABLE, Bucket.ESCROWED) else Credit
            self._change(model, (party,), _ZERO[bucket], bucket.value, amount)
        self._rows.add(
            LedgerEntry,
            log_index=self._event.at.log_index,
            line=self._line,
            kind=kind or self._kind,
            bucket=bucket,
            party=party,
            amount=amount,
            **(self._about | about),
        )
        self._line += 1

    def _change(
        self, model: type[IndexBase], key: tuple[int, ...], zero: dict[str, int], column: str, amount: int
    ) -> None:
        row = self._rows.find(model, *key) or zero
        balance = row[column] + amount
        if balance < 0:
            raise IndexCorrupt(
                f"索引与链不一致：{model.__tablename__} {key[0]} 的 {column} 会变为负数。"
                "请运行 huizhen index --rebuild。",
                f"The index contradicts the chain: {column} of {model.__tablename__} {key[0]} would fall below zero. "
                "Run huizhen index --rebuild.",
            )
        values = {name: row[name] for name in zero} | {column: balance}
        self._rows.put(model, *key, **values)
