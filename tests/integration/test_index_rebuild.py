"""Rows built anew from the stored logs, beside the old ones: without a node, without a moment without rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from huizhen.db.index import stored_logs
from huizhen.db.index.audit_queries import event_count
from huizhen.indexer import rebuild
from huizhen.indexer.batch import Folding
from huizhen.indexer.projector import VERSION, Projector
from huizhen.indexer.rebuild import Rebuild
from tests.support.campaign import Campaign
from tests.support.imagined_world import TAX
from tests.support.indexing import DATABASES, dump
from tests.support.postgres import Postgres


@pytest.fixture(params=DATABASES)
def followed(request: pytest.FixtureRequest, postgres: Postgres, tmp_path: Path) -> Iterator[Campaign]:
    """A chain of 150 blocks and its index."""
    url = postgres.database() if request.param == "postgresql" else f"sqlite:///{tmp_path / 'index.sqlite'}"
    campaign = Campaign(url, seed=5)
    campaign.indexer.once()
    yield campaign
    campaign.close()


def from_logs(campaign: Campaign) -> Rebuild:
    return Rebuild(campaign.store, campaign.indexer._decoder, Projector(TAX))  # type: ignore[arg-type]


def version(campaign: Campaign, number: int) -> None:
    with campaign.store.writing() as session:
        session.execute(text("UPDATE cursor SET projection_version = :number"), {"number": number})
        session.execute(text("DELETE FROM credit"))


def test_run__without_a_node__gives_the_same_rows(followed: Campaign) -> None:
    before = dump(followed.store)
    followed.node.silent = True
    from_logs(followed).run()
    assert dump(followed.store) == before


def test_run__again_and_again__leaves_nothing_beside(followed: Campaign) -> None:
    before = dump(followed.store)
    for _ in range(3):
        from_logs(followed).run()
    assert dump(followed.store) == before
    with followed.store.reading() as session:
        assert not [name for name in inspect(session.connection()).get_table_names() if "__" in name]


def test_run__then_a_turn_of_the_chain__can_be_undone(followed: Campaign) -> None:
    """The images that undo the last blocks are built as well."""
    from_logs(followed).run()
    followed.restart()
    followed.turning.turn()
    assert followed.indexer.once().rewinds == 1
    assert dump(followed.store) == followed.fresh("sqlite://")


def test_run__while_it_builds__the_old_rows_serve(
    followed: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    write = Folding.write

    def looking(self: Folding, *rest: Any, **more: Any) -> None:
        write(self, *rest, **more)
        with followed.store.reading() as session:
            seen.append(event_count(session))

    with followed.store.reading() as session:
        events = event_count(session)
    monkeypatch.setattr(rebuild, "LOGS_AT_ONCE", 20)
    monkeypatch.setattr(Folding, "write", looking)
    from_logs(followed).run()
    assert len(seen) > 3
    assert set(seen) == {events}


def test_run__killed_in_the_middle__begins_again(followed: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    before = dump(followed.store)
    calls = iter(range(100))
    read = stored_logs.next_logs

    def dying(*arguments: Any) -> Any:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return read(*arguments)

    monkeypatch.setattr(rebuild, "LOGS_AT_ONCE", 20)
    monkeypatch.setattr(stored_logs, "next_logs", dying)
    with pytest.raises(KeyboardInterrupt):
        from_logs(followed).run()
    assert dump(followed.store) == before
    monkeypatch.setattr(stored_logs, "next_logs", read)
    from_logs(followed).run()
    assert dump(followed.store) == before


def test_run__another_indexer_goes_on_meanwhile__builds_its_blocks_too(
    followed: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = iter(range(100))
    read = stored_logs.next_logs

    def following(*arguments: Any) -> Any:
        found = read(*arguments)
        if not found and next(calls) == 0:
            followed.turning.mine(10)
            monkeypatch.setattr(stored_logs, "next_logs", read)
            followed.indexer.once()
        return found

    monkeypatch.setattr(stored_logs, "next_logs", following)
    from_logs(followed).run()
    assert dump(followed.store) == followed.fresh("sqlite://")


def test_prepare__rows_of_another_version__are_built_from_the_stored_logs(
    followed: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dump(followed.store)
    version(followed, VERSION - 1)
    followed.restart()
    followed.node.silent = True
    followed.indexer.prepare()
    assert dump(followed.store) == before


def test_rebuild__stored_log_missing__asks_the_node_for_all(followed: Campaign) -> None:
    before = dump(followed.store)
    with followed.store.writing() as session:
        session.execute(text("DELETE FROM log WHERE block_number < 5"))
    followed.indexer.rebuild()
    assert dump(followed.store) == before


@pytest.mark.parametrize(
    "altered",
    [
        "UPDATE log SET arguments = '{}'",
        "UPDATE log SET party = NULL, consultation = 7",
        "UPDATE log SET name = 'Settled' WHERE log_index = 0",
    ],
)
def test_run__logs_stored_with_another_reading__are_read_anew(followed: Campaign, altered: str) -> None:
    """What the node sent stays; how it reads is this version's."""
    before = dump(followed.store)
    with followed.store.writing() as session:
        session.execute(text(altered))
    followed.node.silent = True
    from_logs(followed).run()
    assert dump(followed.store) == before
    with followed.store.reading() as session:
        names = inspect(session.connection()).get_indexes("log")
    assert len(names) == 6
    from_logs(followed).run()
    assert dump(followed.store) == before


def test_prepare__tables_that_kept_logs_in_another_form__are_read_from_the_node(followed: Campaign) -> None:
    before = dump(followed.store)
    with followed.store.writing() as session:
        session.execute(text('ALTER TABLE log RENAME COLUMN "arguments" TO "said"'))
        session.execute(text("UPDATE cursor SET projection_version = 2"))
    followed.restart()
    assert followed.indexer.once().events > 0
    assert dump(followed.store) == before
