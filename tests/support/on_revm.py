"""`pytest -p no:ape_test -p tests.support.on_revm tests/contracts`: the contract tests on pyrevm, without Ape.

A pytest plugin. Tests stay as they are: where they import `ape`, they get what tests/support/revm_contracts.py
offers in its place. It runs build/contracts, or the folder that ARTIFACTS names.

Every test begins in the same world. A fixture of a wider scope that writes to the chain is undone when pytest
finishes it; a test and its own fixtures are undone after the test.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from huizhen.chain.artifacts import BUILT, Artifacts
from tests.support import revm_contracts
from tests.support.revm_chain import RevmChain
from tests.support.revm_contracts import Account, ContractContainer
from tests.support.revm_node import KEYS, Mark

CHAIN = RevmChain(artifacts=Artifacts(Path(os.environ.get("ARTIFACTS", BUILT))))


class Project:
    """Contracts by name."""

    def load_contracts(self, *, use_cache: bool) -> None:
        """They lie there, compiled."""

    def __getattr__(self, name: str) -> ContractContainer:
        if name.startswith("_"):
            raise AttributeError(name)
        return ContractContainer(name, CHAIN)


def _stand_in() -> None:
    """For what tests and tests/support/ape_chain.py import of Ape: a contract is known by its name alone."""
    ape, contracts, types = ModuleType("ape"), ModuleType("ape.contracts"), ModuleType("ethpm_types")
    vars(ape).update(
        reverts=revm_contracts.reverts, contracts=contracts, chain=SimpleNamespace(provider=CHAIN)
    )
    vars(contracts).update(
        ContractInstance=revm_contracts.ContractInstance, ContractContainer=ContractContainer
    )
    vars(types).update(ContractType=SimpleNamespace(model_validate=itemgetter("contractName")))
    sys.modules |= {"ape": ape, "ape.contracts": contracts, "ethpm_types": types}


_stand_in()


@pytest.fixture(scope="session")
def project() -> Project:
    return Project()


@pytest.fixture(scope="session")
def accounts() -> list[Account]:
    return [Account(CHAIN, key) for key in KEYS]


@dataclass(slots=True)
class Standing:
    """What a fixture of a wider scope wrote, until it goes."""

    fixture: pytest.FixtureDef[Any]
    before: Mark
    gone: bool = False


_standing: list[Standing] = []


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
    """Marks the state before each fixture that outlives a test, and returns to it when pytest finishes the fixture."""
    if fixturedef.scope == "function":
        return (yield)
    before, block = CHAIN.snapshot(), CHAIN.node.block
    try:
        value = yield
    except BaseException:
        CHAIN.revert(before)
        raise
    if CHAIN.node.block == block:
        CHAIN.revert(before)
        return value
    if fixturedef.scope == "session" and any(each.fixture.scope != "session" for each in _standing):
        raise pytest.UsageError(f"{fixturedef.argname} writes for the session after narrower fixtures did.")
    written = Standing(fixturedef, before)
    _standing.append(written)
    fixturedef.addfinalizer(lambda: _undo(written))
    return value


def _undo(written: Standing) -> None:
    """Where later fixtures still stand on it, it goes together with them."""
    written.gone = True
    while _standing and _standing[-1].gone:
        CHAIN.revert(_standing.pop().before)


@pytest.fixture(autouse=True)
def _the_world_as_it_was(world: Any) -> Iterator[None]:
    """Comes before all other fixtures of a test's own scope, and goes after them."""
    before = CHAIN.snapshot()
    yield
    CHAIN.revert(before)
