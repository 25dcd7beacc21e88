"""The overlay of rows: what it writes, and the images that put everything back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from huizhen.db.index.ledger import Credit
from huizhen.db.index.parties import Agreement
from huizhen.db.index.row_store import key_from_text, row_from_text, to_text
from huizhen.domain import chain_events as on
from huizhen.domain.split import LegKind
from huizhen.indexer.rows import RowSet
from tests.support.chain_events import Tape, hash_of

STORED = {"a": 3, "b": 4, "commitment": hash_of(1), "valid_until": 1, "version": 1}
TRACE = {"block_number": 1, "tx_hash": hash_of(7)}


def stored(table: str, key: tuple[Any, ...]) -> Mapping[str, Any] | None:
    return STORED | TRACE if (table, key) == ("agreement", (3, 4)) else None


def test_changes__stored_row__is_updated_and_a_new_one_inserted() -> None:
    tape = Tape(RowSet(stored))
    tape.play(on.Agreed, 3, 4, hash_of(2), 9, 2)
    tape.play(on.Agreed, 5, 6, hash_of(3), 9, 1)
    changes = tape.rows.changes()["agreement"]
    assert {columns: [row["b"] for row in rows] for columns, rows in changes.updated.items()} == {
        ("commitment", "valid_until", "version", "block_number", "tx_hash"): [4]
    }
    assert [row["b"] for row in changes.inserted] == [6]


def test_images__row_changed_twice_in_a_block__are_of_the_state_before_it() -> None:
    tape = Tape(RowSet(stored), images_above=0)
    first = tape.play(on.Agreed, 3, 4, hash_of(2), 9, 2)
    tape.block = 0
    tape.play(on.Agreed, 3, 4, hash_of(3), 9, 3)
    tape.play(on.Agreed, 3, 4, hash_of(4), 9, 4)
    versions = [(image.block_number, image.row and image.row["version"]) for image in tape.rows.images]
    assert versions == [(first.at.block_number, 1), (2, 3)]


def test_images__settled_blocks__leave_none() -> None:
    tape = Tape(RowSet(stored), images_above=1)
    tape.play(on.Agreed, 3, 4, hash_of(2), 9, 2)
    assert tape.rows.images == []
    tape.play(on.Agreed, 7, 8, hash_of(2), 9, 1)
    assert [(image.key, image.row) for image in tape.rows.images] == [((7, 8), None)]


def test_find__read_only__writes_nothing() -> None:
    rows = RowSet(stored)
    assert rows.find(Agreement, 3, 4) is not None
    assert rows.find(Credit, 1) is None
    assert rows.changes() == {}


def test_add__outside_of_an_event__is_a_mistake() -> None:
    with pytest.raises(RuntimeError):
        RowSet(stored).add(Credit, party=1, credited=0, outstanding=0)


def test_row_text__enums_and_wide_integers__come_back_as_they_were() -> None:
    row = {"kind": "leg", "leg": LegKind.FUND, "amount": 2**62}
    text = to_text(row)
    assert text is not None
    back = row_from_text("ledger_entry", text)
    assert back["leg"] is LegKind.FUND
    assert back["amount"] == 2**62
    wide = to_text({"doctor": 1, "word": 2, "bits": 2**255 + 1})
    assert wide is not None
    assert row_from_text("reserved_word", wide)["bits"] == 2**255 + 1
    key = to_text((3, 4))
    assert key is not None
    assert key_from_text("agreement", key) == (3, 4)
