"""The rows that projections read and change: an overlay in memory over what is stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from huizhen.db.base import IndexBase
from huizhen.db.index.row_store import Key, Row, key_columns, key_of
from huizhen.domain.chain_events import ChainEvent
from huizhen.errors import IndexCorrupt

Load = Callable[[str, Key], Row | None]

# Never changed once written, so a rewind deletes them by block and needs no image.
APPEND_ONLY = frozenset({"event", "ledger_entry"})


@dataclass(frozen=True, slots=True)
class Image:
    """A row before a block first changed it; None where there was none."""

    block_number: int
    table: str
    key: Key
    row: Row | None


@dataclass(slots=True)
class Changes:
    """What a batch comes to for one table."""

    inserted: list[Row] = field(default_factory=list)
    updated: list[Row] = field(default_factory=list)


class RowSet:
    """Rows by table and primary key. Every row that an event touches is stamped with its block and transaction."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._rows: dict[tuple[str, Key], Row | None] = {}
        self._stored: dict[tuple[str, Key], Row | None] = {}
        self._appended: dict[str, list[Row]] = {}
        self._imaged: set[tuple[str, Key]] = set()
        self._event: ChainEvent | None = None
        self._block: int | None = None
        self._keep_images = False
        self.images: list[Image] = []

    def begin(self, event: ChainEvent, *, keep_images: bool) -> None:
        """What is changed from now on, is changed by this event."""
        self._event, self._keep_images = event, keep_images
        if event.at.block_number != self._block:
            self._block = event.at.block_number
            self._imaged.clear()

    def find(self, model: type[IndexBase], *key: Any) -> Row | None:
        """The row as it is now, not to be changed in place."""
        slot = (model.__tablename__, key)
        if slot not in self._rows:
            self._rows[slot] = self._stored[slot] = self._load(*slot)
        return self._rows[slot]

    def get(self, model: type[IndexBase], *key: Any) -> Row:
        """Raises IndexCorrupt: the contracts never speak of what they have not announced."""
        row = self.find(model, *key)
        if row is None:
            raise self._corrupt(model, key, "缺少", "is missing")
        return row

    def add(self, model: type[IndexBase], **values: Any) -> None:
        name = model.__tablename__
        row = {**values, **self._stamp()}
        if name in APPEND_ONLY:
            self._appended.setdefault(name, []).append(row)
            return
        key = key_of(name, row)
        if self.find(model, *key) is not None:
            raise self._corrupt(model, key, "重复", "exists already")
        self._put(name, key, row)

    def change(self, model: type[IndexBase], *key: Any, **values: Any) -> None:
        self._put(model.__tablename__, key, {**self.get(model, *key), **values, **self._stamp()})

    def put(self, model: type[IndexBase], *key: Any, **values: Any) -> None:
        """Adds the row, or changes it where there is one; `values` are all columns beside the key's."""
        if self.find(model, *key) is None:
            names = key_columns(model.__tablename__)
            self.add(model, **dict(zip(names, key, strict=True)), **values)
        else:
            self.change(model, *key, **values)

    def changes(self) -> dict[str, Changes]:
        """By table, what differs from what is stored."""
        found: dict[str, Changes] = {}
        for (name, key), row in self._rows.items():
            stored = self._stored[name, key]
            if row is None or row == stored:
                continue
            of_table = found.setdefault(name, Changes())
            (of_table.inserted if stored is None else of_table.updated).append(row)
        for name, rows in self._appended.items():
            found.setdefault(name, Changes()).inserted.extend(rows)
        return found

    def _put(self, name: str, key: Key, row: Row) -> None:
        slot = (name, key)
        if self._keep_images and slot not in self._imaged and self._block is not None:
            self._imaged.add(slot)
            self.images.append(Image(self._block, name, key, self._rows[slot]))
        self._rows[slot] = row

    def _stamp(self) -> Row:
        if self._event is None:
            raise RuntimeError("rows change only while an event is projected")
        return {"block_number": self._event.at.block_number, "tx_hash": self._event.at.tx_hash}

    def _corrupt(self, model: type[IndexBase], key: Key, zh: str, en: str) -> IndexCorrupt:
        row = f"{model.__tablename__} {', '.join(map(str, key))}"
        at = self._event.at if self._event else None
        where = f" {at.block_number}/{at.log_index}" if at else ""
        return IndexCorrupt(
            f"索引与链不一致：{row} {zh}（区块{where}）。请运行 huizhen index --rebuild。",
            f"The index contradicts the chain: {row} {en} (block{where}). Run huizhen index --rebuild.",
        )


Projections = Mapping[type[ChainEvent], Callable[[RowSet, Any], None]]
"""What each event does to the rows."""
