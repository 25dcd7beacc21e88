"""Moves of fen: each line changes a balance and is written down, so that balances are sums of lines."""

from __future__ import annotations

from huizhen.db.base import IndexBase
from huizhen.db.index.ledger import Credit, Custody, Funds, LedgerEntry
from huizhen.db.index.row_store import require_columns
from huizhen.domain.chain_events import ChainEvent
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.split import LegKind
from huizhen.domain.statuses import Bucket, EntryKind
from huizhen.errors import IndexCorrupt
from huizhen.indexer.rows import RowSet

NOBODY = 0
_ONE = (1,)

_FUNDS = {"available": 0, "escrowed": 0, "refunds": 0}
_CREDIT = {"credited": 0, "outstanding": 0}
# Where the balance of a bucket stands, and the row of somebody who has none yet.
_PLACES: dict[Bucket, tuple[type[IndexBase], str, dict[str, int], tuple[str]]] = {
    bucket: (model, column, zero, (column,))
    for bucket, model, column, zero in (
        (Bucket.CUSTODY, Custody, "amount", {"amount": 0}),
        (Bucket.AVAILABLE, Funds, "available", _FUNDS),
        (Bucket.ESCROWED, Funds, "escrowed", _FUNDS),
        (Bucket.CREDITED, Credit, "credited", _CREDIT),
        (Bucket.OUTSTANDING, Credit, "outstanding", _CREDIT),
    )
}
_LEG_NAMES = {None: None} | {kind: kind.name.lower() for kind in LegKind}
_KINDS, _BUCKETS = ({each: each.value for each in enum} for enum in (EntryKind, Bucket))

_LINE = (
    *("block_number", "log_index", "line", "kind", "bucket", "party", "amount"),
    *("consultation", "leg", "batch", "item", "bank_ref", "tx_hash"),
)
require_columns(LedgerEntry.__tablename__, _LINE)


class Posting:
    """The lines of one event, numbered in order. What all of them concern is given once, the rest with each."""

    def __init__(
        self,
        rows: RowSet,
        event: ChainEvent,
        kind: EntryKind,
        *,
        consultation: int | None = None,
        batch: int | None = None,
        item: int | None = None,
        bank_ref: Hash32 | None = None,
    ) -> None:
        self._rows = rows
        self._block, _, _, _, _, self._log_index, _ = event.at
        self._kind = kind
        self._about = (consultation, batch, item, None if bank_ref is None else bytes.fromhex(bank_ref[2:]))
        self._line = 0

    def move(
        self,
        bucket: Bucket,
        party: int,
        amount: int,
        kind: EntryKind | None = None,
        *,
        leg: LegKind | None = None,
        item: int | None = None,
    ) -> None:
        """`amount` is signed; a move of nothing leaves no line. Raises IndexCorrupt where a balance would be less than
        nothing.
        """
        if amount == 0:
            return
        rows = self._rows
        model, column, zero, changing = _PLACES[bucket]
        key = (party,) if model is not Custody else _ONE
        row = rows.open_row(model, key, changing, zero)
        row[column] = balance = row[column] + amount
        if balance < 0:
            raise _below_nothing(model, column, key)
        consultation, batch, about_item, bank_ref = self._about
        line = (
            self._block,
            self._log_index,
            self._line,
            _KINDS[kind or self._kind],
            _BUCKETS[bucket],
            party,
            amount,
            consultation,
            _LEG_NAMES[leg],
            batch,
            about_item if item is None else item,
            bank_ref,
            rows.raw_tx_hash,
        )
        rows.append(LedgerEntry, line)
        self._line += 1


def _below_nothing(model: type[IndexBase], column: str, key: tuple[int]) -> IndexCorrupt:
    place = f"{model.__tablename__} {key[0]}"
    return IndexCorrupt(
        f"索引与链不一致：{place} 的 {column} 会变为负数。请运行 huizhen index --rebuild。",
        f"The index contradicts the chain: {column} of {place} would fall below zero. Run huizhen index --rebuild.",
    )
