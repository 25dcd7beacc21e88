"""The revisions of the office store lead to its models, on an empty store and again on one that stands."""

from __future__ import annotations

from pathlib import Path

from alembic import command

from huizhen.db.session import open_office
from migrations.__main__ import configuration


def test_upgrade__empty_store__has_the_tables_of_the_models(tmp_path: Path) -> None:
    config = configuration(f"sqlite:///{tmp_path / 'office.sqlite'}")
    command.upgrade(config, "head")
    command.check(config)
    command.upgrade(config, "head")


def test_downgrade__to_nothing__leaves_no_table_behind(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'office.sqlite'}"
    config = configuration(url)
    command.upgrade(config, "head")
    command.downgrade(config, "base")
    store = open_office(url)
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        assert [name for (name,) in rows] == ["alembic_version"]
    store.close()
