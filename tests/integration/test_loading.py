"""Rows that are loaded by their keys through the driver are those that a query gives, found by an index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from huizhen.db.index.loading import by_keys, load, load_all
from huizhen.db.index.row_store import key_columns, key_of, table_of
from huizhen.db.index.schema import projected
from tests.support.campaign import Campaign
from tests.support.indexing import DATABASES
from tests.support.postgres import Postgres

NAMES = sorted(table.name for table in projected() if table.name != "undo")


@pytest.fixture(scope="module", params=DATABASES)
def followed(
    request: pytest.FixtureRequest, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Campaign]:
    """A chain of 150 blocks and its index."""
    file = tmp_path_factory.mktemp("index") / "index.sqlite"
    url = postgres.database() if request.param == "postgresql" else f"sqlite:///{file}"
    campaign = Campaign(url, seed=5)
    campaign.indexer.once()
    yield campaign
    campaign.close()


@pytest.mark.parametrize("name", NAMES)
def test_load_all__every_row__is_what_a_query_gives(followed: Campaign, name: str) -> None:
    with followed.store.reading() as session:
        connection = session.connection()
        rows = [dict(row) for row in connection.execute(select(table_of(name))).mappings()]
        expected = {key_of(name, row): row for row in rows}
        assert load_all(connection, name, list(expected)) == expected
        for key, row in list(expected.items())[:3]:
            assert load(connection, name, key) == row


def test_load__no_such_row__is_none(followed: Campaign) -> None:
    with followed.store.reading() as session:
        assert load(session.connection(), "seat", (2**40, 0)) is None


def test_load_all__several_columns__reads_no_whole_table_on_sqlite(tmp_path: Path) -> None:
    campaign = Campaign(f"sqlite:///{tmp_path / 'index.sqlite'}", seed=5)
    campaign.indexer.once()
    with campaign.store.reading() as session:
        for name in (name for name in NAMES if len(key_columns(name)) > 1):
            plan = session.execute(text(f"EXPLAIN QUERY PLAN {by_keys(name, '', '1', 300)}"))
            steps = [detail for *_, detail in plan if "found" in detail]
            assert steps
            assert all(step.startswith("SEARCH found") for step in steps)
    campaign.close()
