"""Several hands on one index: processes that read and write for it, a second indexer, rebuilds, readers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, inspect, select

from huizhen.chain.client import Node
from huizhen.db.base import IndexBase
from huizhen.db.index import progress, writers
from huizhen.db.index.audit_queries import event_count
from huizhen.db.index.writers import WriterProcess
from huizhen.errors import NodeError, RowsNotWritten
from huizhen.indexer import rebuild
from huizhen.indexer.batch import Folding
from huizhen.indexer.projector import Projector
from huizhen.indexer.rebuild import Rebuild
from tests.support.campaign import Campaign
from tests.support.imagined_world import TAX
from tests.support.indexing import DATABASES, dump
from tests.support.postgres import Postgres

APART = 5
"""An odd seed: its chain is read and written by processes apart."""


@pytest.fixture(params=DATABASES)
def empty(request: pytest.FixtureRequest, postgres: Postgres, tmp_path: Path) -> Iterator[Campaign]:
    """A chain of 150 blocks that nobody has indexed yet."""
    url = postgres.database() if request.param == "postgresql" else f"sqlite:///{tmp_path / 'index.sqlite'}"
    campaign = Campaign(url, seed=APART)
    yield campaign
    campaign.close()


def from_logs(campaign: Campaign) -> Rebuild:
    return Rebuild(campaign.store, campaign.indexer._decoder, Projector(TAX))  # type: ignore[arg-type]


def indexes(connection: Connection) -> set[str]:
    there = inspect(connection)
    return {
        str(index["name"])
        for name in IndexBase.metadata.tables
        for index in there.get_indexes(name)
        if not str(index["name"]).startswith("uq_")
    }


@pytest.mark.parametrize("last", [1, 2, 3])
def test_once__writer_killed_with_its_last_batch__remembers_no_row_that_is_not_there(
    empty: Campaign, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    answered, frames = WriterProcess._answered, iter(range(100))

    def dying(self: WriterProcess, content: bytes) -> Any:
        if next(frames) == last:
            self._child.kill()
            self._child.wait()
        return answered(self, content)

    with monkeypatch.context() as patched:
        patched.setattr(WriterProcess, "_answered", dying)
        patched.setattr("huizhen.indexer.span.BLOCKS_AT_START", 10)
        # Read here, in short ranges; written apart all the same.
        patched.setattr(Node, "addresses", lambda _self: None)
        empty.restart()
        with pytest.raises(RowsNotWritten):
            empty.indexer.once()
    empty.indexer.once()
    assert dump(empty.store) == empty.fresh("sqlite://")


def test_once__while_it_catches_up__nothing_is_final_that_is_not_here(
    empty: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    write = Folding.write

    def looking(self: Folding, writer: Any, *rest: Any, **more: Any) -> None:
        write(self, writer, *rest, **more)
        writer.drain()
        with empty.store.reading() as session:
            row = progress.read_cursor(session.connection())
        assert row is not None
        seen.append((row["final_number"], row["block_number"]))

    monkeypatch.setattr(Folding, "write", looking)
    empty.indexer.once()
    assert len(seen) > 1
    assert all(final <= block for final, block in seen)


def test_once__first_build_that_was_killed__is_indexed_by_whoever_ends_it(
    empty: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(*_rest: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("huizhen.indexer.fetcher.Fetcher._near_head", dying)
        patched.setattr("huizhen.indexer.tables.Tables.require_indexes", lambda _self: None)
        with pytest.raises(KeyboardInterrupt):
            empty.indexer.once()
    with empty.store.reading() as session:
        assert not indexes(session.connection())
    empty.restart()
    empty.indexer.once()
    with empty.store.reading() as session:
        found = indexes(session.connection())
    assert {"ix_consultation_terms_hash", "ix_block_hash", "ix_log_tx_hash"} <= found


def test_once__two_at_a_time__write_nothing_twice_and_halt_nothing(empty: Campaign) -> None:
    errors: list[BaseException] = []
    empty.indexer.prepare()

    def follow() -> None:
        other = Campaign.__new__(Campaign)
        other.seed, other.turning, other.node = empty.seed, empty.turning, empty.node
        indexer = other._start(empty.store, 20.0)
        for _ in range(20):
            try:
                indexer.once()
                return
            except NodeError:
                continue
            except BaseException as error:  # noqa: BLE001 (whatever it is, the test must show it)
                errors.append(error)
                return

    threads = [threading.Thread(target=follow) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert dump(empty.store) == empty.fresh("sqlite://")


def test_run__two_at_a_time__only_one_of_them_swaps(empty: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    empty.indexer.once()
    before, write = dump(empty.store), Folding.write
    calls = iter(range(100))

    def meanwhile(self: Folding, *rest: Any, **more: Any) -> None:
        if next(calls) == 2:
            monkeypatch.setattr(Folding, "write", write)
            from_logs(empty).run()
        write(self, *rest, **more)

    monkeypatch.setattr(rebuild, "LOGS_AT_ONCE", 20)
    monkeypatch.setattr(Folding, "write", meanwhile)
    with pytest.raises((NodeError, RowsNotWritten)):
        from_logs(empty).run()
    assert dump(empty.store) == before
    from_logs(empty).run()
    assert dump(empty.store) == before


def test_run__somebody_reads_meanwhile__sees_old_rows_to_the_end(empty: Campaign) -> None:
    empty.indexer.once()
    builder = threading.Thread(target=from_logs(empty).run)
    with empty.store.reading() as session:
        before = counts(session.connection())
        builder.start()
        builder.join(3)
        assert counts(session.connection()) == before
    builder.join(60)
    assert not builder.is_alive()
    with empty.store.reading() as session:
        assert counts(session.connection()) == before


def counts(connection: Connection) -> dict[str, int]:
    """Rows of each table, some of them none."""
    found = {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in IndexBase.metadata.sorted_tables
    }
    assert found["log"] > 0
    return found


def test_run__reader_that_began_before_and_looks_after__sees_rows(empty: Campaign) -> None:
    """Its snapshot is from before the tables were swapped."""
    empty.indexer.once()
    builder = threading.Thread(target=from_logs(empty).run)
    with empty.store.reading() as session:
        session.connection()
        builder.start()
        builder.join(3)
        assert event_count(session) > 0
        assert session.scalar(select(func.count()).select_from(IndexBase.metadata.tables["party"]))
    builder.join(60)
    assert not builder.is_alive()


def test_close__child_waits_for_the_database__ends_after_some_patience(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = Campaign(f"sqlite:///{tmp_path / 'index.sqlite'}", seed=APART)
    campaign.indexer.prepare()
    monkeypatch.setattr(writers, "_PATIENCE_SECONDS", 0.3)
    opening = campaign.store.how_to_open()
    assert opening is not None
    writer = WriterProcess(opening)
    writer.wait(writer.write([]))
    with campaign.store.writing() as session:
        session.connection()
        for _ in range(2):
            writer.write([])
        began = time.monotonic()
        writer.close()
        assert time.monotonic() - began < 5
    campaign.close()
