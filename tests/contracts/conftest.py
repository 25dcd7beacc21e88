"""A deployed world, the same at the beginning of every test: Ape takes back what a test did."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ape
import pytest

from tests.support.ape_chain import Contracts, deploy, world_of
from tests.support.books import assert_balanced
from tests.support.team import Team
from tests.support.world import World

UNPACKED = Path(__file__).parents[2] / "contracts" / ".cache"


def pytest_configure() -> None:
    """Ape unpacks OpenZeppelin there, and afterwards overlooks our own files: it lists the first 500 and no more."""
    shutil.rmtree(UNPACKED, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Ape remembers by name alone which fixtures its snapshots hold, so a name with two scopes undoes too little."""
    scopes: dict[str, set[str]] = {}
    for item in items:
        for name, made in item._fixtureinfo.name2fixturedefs.items():
            scopes.setdefault(name, set()).add(made[-1].scope)
    twice = sorted(name for name, found in scopes.items() if len(found) > 1)
    if twice:
        raise pytest.UsageError(f"Give these fixtures one scope each, or other names: {', '.join(twice)}.")


@pytest.fixture(scope="session")
def admin(accounts: Any) -> Any:
    return accounts[0]


@pytest.fixture(scope="session")
def contracts(project: Any, admin: Any) -> Contracts:
    return deploy(project, admin)


@pytest.fixture(scope="session")
def world(contracts: Contracts) -> World:
    return world_of(contracts, ape.chain.provider)


@pytest.fixture(autouse=True)
def _no_fen_is_lost(world: World) -> Iterator[None]:
    yield
    assert_balanced(world)


@pytest.fixture(scope="module")
def team(world: World) -> Team:
    """Two doctors of one group, each at an institution with a standing consent; the lead signs each booking."""
    return Team.assemble(world, 2)
