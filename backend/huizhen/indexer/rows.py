"""The rows that projections read and change: an overlay in memory over what is stored, kept from batch to batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple, cast

from huizhen.db.base import IndexBase
from huizhen.db.index.row_store import Key, Row, key_columns, key_reader
from huizhen.domain.chain_events import ChainEvent
from huizhen.errors import IndexCorrupt

Load = Callable[[str, Key], Row | None]
LoadAll = Callable[[str, Sequence[Key]], Mapping[Key, Row]]
Columns = tuple[str, ...]
Wanted = Iterable[tuple[type[IndexBase], tuple[Any, ...]]]

# Never changed once written, so a rewind deletes them by block and needs no image.
APPEND_ONLY = frozenset({"log", "ledger_entry"})

YOUNG_ROWS = 1_500
"""Rows of a table remembered since its memory last turned; as many older ones are kept beside them. A consultation
takes 3 kB: more would be felt, and what is open at a time is less.
"""

_UNKNOWN: Any = object()
_STAMP = ("block_number", "tx_hash")


@dataclass(frozen=True, slots=True)
class Image:
    """A row before a block first changed it; None where there was none."""

    block_number: int
    table: str
    key: Key
    row: Row | None


class Changes(NamedTuple):
    """What a batch comes to for one table: updated rows by what changed in them, appended ones as they are stored."""

    inserted: Sequence[Row]
    updated: Mapping[Columns, Sequence[Row]]
    appended: Sequence[tuple[Any, ...]]


@dataclass(slots=True)
class _Rows:
    """One table: rows as they are now by key (None: there is none), and which of them are not stored yet.

    `whole`: there are no others. `turned` is the last batch that had a part in what is `older`.
    """

    name: str
    read_key: Callable[[Row], Key]
    rows: dict[Key, dict[str, Any] | None] = field(default_factory=dict)
    older: dict[Key, dict[str, Any] | None] = field(default_factory=dict)
    inserted: dict[Key, dict[str, Any]] = field(default_factory=dict)
    updated: dict[Key, Columns] = field(default_factory=dict)
    appended: list[tuple[Any, ...]] = field(default_factory=list)
    whole: bool = False
    turned: int = 0

    def updates(self) -> Mapping[Columns, Sequence[Row]]:
        found: dict[Columns, list[Row]] = {}
        for key, columns in self.updated.items():
            found.setdefault((*columns, *_STAMP), []).append(cast(Row, self.rows[key]))
        return found


class RowSet:
    """Rows by table and primary key. Every row that an event touches is stamped with its block and transaction.

    What was loaded or written stays in memory: the indexer is the only writer, and forgets where it is not.
    """

    def __init__(self, load: Load, load_all: LoadAll | None = None, *, empty: bool = False) -> None:
        """`empty` says that nothing is stored yet, so that there is no need to ask."""
        self._empty = empty
        self._load = load
        self._load_all = load_all
        self._tables: dict[type[IndexBase], _Rows] = {}
        self._imaged: set[tuple[str, Key]] = set()
        self._event: ChainEvent | None = None
        self._block = -1
        self._tx_hash = ""
        self._keep_images = False
        self.raw_tx_hash = b""
        self.images: list[Image] = []

    def begin(self, event: ChainEvent, *, keep_images: bool) -> None:
        """What is changed from now on, is changed by this event."""
        self._event, self._keep_images = event, keep_images
        number, _, _, tx_hash, _, _, _ = event.at
        if tx_hash != self._tx_hash:
            self._tx_hash, self.raw_tx_hash = tx_hash, bytes.fromhex(tx_hash[2:])
        if number != self._block:
            self._block = number
            self._imaged.clear()

    def find(self, model: type[IndexBase], *key: Any) -> Row | None:
        """The row as it is now and as it will be: not to be changed in place."""
        of = self._tables.get(model) or self._open(model)
        row = of.rows.get(key, _UNKNOWN)
        return self._recall(of, key) if row is _UNKNOWN else row

    def get(self, model: type[IndexBase], *key: Any) -> Row:
        """Raises IndexCorrupt: the contracts never speak of what they have not announced."""
        row = self.find(model, *key)
        if row is None:
            raise self._corrupt(model, key, "缺少", "is missing")
        return row

    def add(self, model: type[IndexBase], **values: Any) -> None:
        """A row that cannot be there yet. Raises IndexCorrupt, at the latest when it is written."""
        of = self._tables.get(model) or self._open(model)
        key = of.read_key(values)
        if of.rows.get(key) is not None or of.older.get(key) is not None:
            raise self._corrupt(model, key, "重复", "exists already")
        self._insert(of, key, values)

    def append(self, model: type[IndexBase], row: tuple[Any, ...]) -> None:
        """A line of an append-only table, as it is stored: values in the order of its columns."""
        (self._tables.get(model) or self._open(model)).appended.append(row)

    def change(self, model: type[IndexBase], *key: Any, **values: Any) -> None:
        """These columns of a row that is there. Raises IndexCorrupt."""
        self.open_row(model, key, tuple(values)).update(values)

    def put(self, model: type[IndexBase], *key: Any, **values: Any) -> None:
        """Adds the row, or changes it where there is one; `values` are all columns beside the key's."""
        self.open_row(model, key, tuple(values), otherwise=values).update(values)

    def open_row(
        self, model: type[IndexBase], key: Key, changing: Columns, otherwise: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The row itself, stamped, for changing these columns in place during this event; `otherwise` are the columns
        beside the key of one that is not there yet. Raises IndexCorrupt.
        """
        of = self._tables.get(model) or self._open(model)
        row: dict[str, Any] | None = of.rows.get(key, _UNKNOWN)
        if row is _UNKNOWN:
            row = self._recall(of, key)
        if row is None:
            if otherwise is None:
                raise self._corrupt(model, key, "缺少", "is missing")
            row = {**dict(zip(key_columns(of.name), key, strict=True)), **otherwise}
            self._insert(of, key, row)
            return row
        if self._keep_images:
            self._image(of, key, row)
        row["block_number"] = self._block
        row["tx_hash"] = self._tx_hash
        if key not in of.inserted:
            before = of.updated.get(key)
            if before is None:
                of.updated[key] = changing
            elif before != changing:
                of.updated[key] = _both(before, changing)
        return row

    def prefetch(self, wanted: Wanted) -> None:
        """Loads what is not known yet, one query for each table."""
        if self._load_all is None or (self._empty and all(of.whole for of in self._tables.values())):
            return
        missing: dict[type[IndexBase], dict[Key, None]] = {}
        for model, key in wanted:
            of = self._tables.get(model) or self._open(model)
            if not of.whole and key not in of.rows and key not in of.older:
                missing.setdefault(model, {})[key] = None
        for model, keys in missing.items():
            of = self._tables[model]
            found = self._load_all(of.name, list(keys))
            for key in keys:
                row = found.get(key)
                of.rows[key] = dict(row) if row is not None else None

    def changes(self) -> dict[str, Changes]:
        """By table, what is not stored yet."""
        return {
            of.name: Changes(list(of.inserted.values()), of.updates(), of.appended)
            for of in self._tables.values()
            if of.inserted or of.updated or of.appended
        }

    def handed_over(self, batch: int = 0, until_stored: Callable[[int], None] = lambda _batch: None) -> None:
        """All changes are on their way into the tables, as this batch. Rows that nobody asked for lately are forgotten,
        once `until_stored` says that the batch is there which had them last.
        """
        self.images = []
        for of in self._tables.values():
            of.inserted, of.updated, of.appended = {}, {}, []
            if len(of.rows) > YOUNG_ROWS:
                until_stored(of.turned)
                of.whole = of.whole and not of.older
                of.rows, of.older, of.turned = {}, of.rows, batch

    def forget(self) -> None:
        """Somebody else wrote, or the changes were not committed."""
        self.images = []
        self._empty = False
        self._imaged.clear()
        self._tables.clear()
        self._block = -1

    def _open(self, model: type[IndexBase]) -> _Rows:
        name = model.__tablename__
        self._tables[model] = _Rows(name, key_reader(name), whole=self._empty)
        return self._tables[model]

    def _recall(self, of: _Rows, key: Key) -> dict[str, Any] | None:
        row = of.older.pop(key, _UNKNOWN)
        if row is _UNKNOWN:
            loaded = None if of.whole else self._load(of.name, key)
            row = dict(loaded) if loaded is not None else None
        of.rows[key] = row
        return row  # type: ignore[no-any-return]

    def _insert(self, of: _Rows, key: Key, row: dict[str, Any]) -> None:
        if self._event is None:
            raise RuntimeError("rows change only while an event is projected")
        if self._keep_images:
            self._image(of, key, None)
        row["block_number"] = self._block
        row["tx_hash"] = self._tx_hash
        of.rows[key] = of.inserted[key] = row

    def _image(self, of: _Rows, key: Key, row: dict[str, Any] | None) -> None:
        slot = (of.name, key)
        if slot not in self._imaged:
            self._imaged.add(slot)
            self.images.append(Image(self._block, of.name, key, dict(row) if row is not None else None))

    def _corrupt(self, model: type[IndexBase], key: Key, zh: str, en: str) -> IndexCorrupt:
        row = f"{model.__tablename__} {', '.join(map(str, key))}"
        at = self._event.at if self._event else None
        where = f" {at.block_number}/{at.log_index}" if at else ""
        return IndexCorrupt(
            f"索引与链不一致：{row} {zh}（区块{where}）。请运行 huizhen index --rebuild。",
            f"The index contradicts the chain: {row} {en} (block{where}). Run huizhen index --rebuild.",
        )


@cache
def _both(some: Columns, others: Columns) -> Columns:
    return tuple(dict.fromkeys((*some, *others)))


Projections = Mapping[type[ChainEvent], Callable[[RowSet, Any], None]]
"""What each event does to the rows."""

Touches = Mapping[type[ChainEvent], Callable[[Any], Wanted]]
"""Which stored rows an event will ask for, so that a batch of events loads them at once."""
