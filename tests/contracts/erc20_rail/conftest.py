from __future__ import annotations

from typing import Any

import pytest
from ape.contracts import ContractInstance

from tests.support.ape_chain import Contracts
from tests.support.tokens import UNIT, Mood, TokenWorld, permit_rail
from tests.support.world import World

RICH = 1_000_000


@pytest.fixture(scope="session")
def cashier(accounts: Any) -> Any:
    """Holds the permission that the ledger holds."""
    return accounts[1]


@pytest.fixture(scope="session")
def payer(accounts: Any) -> Any:
    return accounts[2]


@pytest.fixture(scope="module")
def token(project: Any, admin: Any, payer: Any) -> ContractInstance:
    made: ContractInstance = admin.deploy(project.AwkwardToken)
    made.mint(payer, RICH * UNIT, sender=admin)
    return made


@pytest.fixture(scope="module")
def token_rail(
    project: Any, contracts: Contracts, token: ContractInstance, admin: Any, cashier: Any, payer: Any
) -> ContractInstance:
    """A rail of its own, which the payer has approved: what these tests put into custody belongs to nobody."""
    manager = contracts["AccessManager"]
    made: ContractInstance = admin.deploy(project.Erc20Rail, manager, token, UNIT)
    permit_rail(manager, made, cashier, admin)
    token.approve(made, 2**256 - 1, sender=payer)
    return made


@pytest.fixture
def wealthy_token(
    token: ContractInstance, token_rail: ContractInstance, admin: Any, accounts: Any
) -> ContractInstance:
    """It holds tokens and has approved the rail: a payment of its own is accepted unless another one is under way."""
    somebody = accounts[13]
    token.mint(token, RICH * UNIT, sender=admin)
    token.setMood(somebody, Mood.CALLS_BACK, sender=admin)
    token.setCallback(token, token.approve.encode_input(token_rail, 2**256 - 1), sender=admin)
    token.transfer(somebody, 0, sender=somebody)
    assert token.allowance(token, token_rail) == 2**256 - 1
    return token


@pytest.fixture(scope="module")
def token_world(world: World, project: Any, contracts: Contracts, accounts: Any) -> TokenWorld:
    return TokenWorld.beside(world, project, contracts, accounts)
