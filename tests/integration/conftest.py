"""One chain for each module of tests: what a test does to it, the next one sees. A clinic for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from huizhen.db.base import OfficeBase
from huizhen.db.session import Store, open_office
from tests.support import postgres as postgres_server
from tests.support.chain_setup import ChainSetup, deployed_chain
from tests.support.clinic import Clinic
from tests.support.postgres import Postgres


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChainSetup]:
    with deployed_chain(tmp_path_factory.mktemp("chain")) as standing:
        yield standing


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Both databases are tested wherever tests run: what is missing fails, and says what to install."""
    advice = postgres_server.missing()
    if advice is not None:
        pytest.fail(advice)
    with postgres_server.running() as server:
        yield server


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Store]:
    import huizhen.db.office  # noqa: F401 (registers the tables)

    store = open_office(f"sqlite:///{tmp_path / 'office.sqlite'}")
    store.create(OfficeBase.metadata)
    yield store
    store.close()


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    made = Clinic.open(tmp_path)
    yield made
    made.close()
