"""Batches of steps: in one transaction or not at all, here or in a process of its own."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from huizhen.db.index.writers import DirectWriter, Writer, WriterProcess, open_writer
from huizhen.db.row_writer import NotAsRequired, Step, carry_out
from huizhen.db.session import Store, open_index
from huizhen.errors import ChainMoved, IndexCorrupt, RowsNotWritten

INSERT = "INSERT INTO fact (id, word) VALUES (?, ?)"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = open_index(f"sqlite:///{tmp_path / 'facts.sqlite'}")
    with found.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE fact (id INTEGER PRIMARY KEY, word TEXT)")
    yield found
    found.close()


@pytest.fixture(params=[False, True], ids=["here", "apart"])
def writer(request: pytest.FixtureRequest, store: Store) -> Iterator[Writer]:
    with open_writer(store, apart=request.param) as found:
        assert isinstance(found, WriterProcess if request.param else DirectWriter)
        yield found
        # What a test has broken on purpose is not to break the end.
        found.drain = lambda: None  # type: ignore[method-assign]


def facts(store: Store) -> list[tuple[int, str]]:
    with store.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT id, word FROM fact ORDER BY id")
        return [(number, word) for number, word in rows]


def test_write__batches__count_from_one_and_stand_in_their_order(writer: Writer, store: Store) -> None:
    first = writer.write([Step("many", INSERT, [(1, "a"), (2, "b")])])
    second = writer.write([Step("many", "UPDATE fact SET word = ? WHERE id = ?", [("c", 1)])])
    writer.wait(second)
    assert (first, second) == (1, 2)
    assert facts(store) == [(1, "c"), (2, "b")]


def test_wait__batch_of_a_writer_before__is_there(writer: Writer, store: Store) -> None:
    """Whoever remembers rows does so for longer than a writer lasts."""
    writer.write([Step("many", INSERT, [(1, "a")])])
    writer.wait(99)
    assert facts(store) == [(1, "a")]


def test_write__row_that_is_there__leaves_nothing_of_its_batch(writer: Writer, store: Store) -> None:
    writer.wait(writer.write([Step("many", INSERT, [(1, "a")])]))
    with pytest.raises(IndexCorrupt):
        writer.wait(writer.write([Step("many", INSERT, [(2, "b")]), Step("many", INSERT, [(1, "again")])]))
    assert facts(store) == [(1, "a")]


def test_write__tables_not_as_required__leaves_nothing(writer: Writer, store: Store) -> None:
    empty = Step("require", "SELECT id FROM fact", [])
    writer.wait(writer.write([empty, Step("many", INSERT, [(1, "a")])]))
    with pytest.raises(ChainMoved):
        writer.wait(writer.write([empty, Step("many", INSERT, [(2, "b")])]))
    assert facts(store) == [(1, "a")]


def test_write__apart_after_a_failure__writes_nothing_more(store: Store) -> None:
    opening = store.how_to_open()
    assert opening is not None
    writer = WriterProcess(opening)
    broken = writer.write([Step("many", "INSERT INTO nowhere VALUES (?)", [(1,)])])
    with pytest.raises(RowsNotWritten, match="nowhere"):
        writer.wait(broken)
    with pytest.raises(RowsNotWritten):
        writer.write([Step("many", INSERT, [(1, "a")])])
    writer.close()
    assert facts(store) == []


def test_write__apart_and_killed__says_so_and_keeps_what_was_written(store: Store) -> None:
    opening = store.how_to_open()
    assert opening is not None
    writer = WriterProcess(opening)
    writer.wait(writer.write([Step("many", INSERT, [(1, "a")])]))
    os.kill(writer._child.pid, signal.SIGKILL)
    with pytest.raises(RowsNotWritten, match="has ended"):
        writer.wait(writer.write([Step("many", INSERT, [(2, "b")])]))
    writer.close()
    assert facts(store) == [(1, "a")]


def test_write__apart__what_no_database_takes_is_a_mistake_at_once(store: Store) -> None:
    with open_writer(store, apart=True) as writer, pytest.raises(ValueError, match="unmarshallable"):
        writer.write([Step("many", INSERT, [(1, object())])])


def test_open_writer__index_in_memory__is_written_here() -> None:
    store = open_index("sqlite://")
    with open_writer(store, apart=True) as writer:
        assert isinstance(writer, DirectWriter)
    store.close()


def test_carry_out__require__compares_rows_not_their_types() -> None:
    driver = sqlite3.connect(":memory:")
    carry_out(driver, [Step("require", "SELECT 1, 'a'", [[1, "a"]])])
    with pytest.raises(NotAsRequired):
        carry_out(driver, [Step("require", "SELECT 1, 'a'", [])])
