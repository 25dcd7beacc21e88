"""setAuthority of every contract that the AccessManager governs: the AccessManager calls it, for its administrator."""

from __future__ import annotations

from typing import Any

import ape
import pytest
from ape.contracts import ContractInstance

from huizhen.chain.calls import encode_call
from tests.support.anvil_chain import Refused
from tests.support.ape_chain import Contracts, from_artifacts
from tests.support.tokens import UNIT
from tests.support.world import World


@pytest.fixture(scope="module", params=["SlotBook", "RevenueLedger", "BankRail", "Erc20Rail"])
def governed(
    request: pytest.FixtureRequest, project: Any, admin: Any, contracts: Contracts
) -> ContractInstance:
    if request.param != "Erc20Rail":
        return contracts[request.param]
    made: ContractInstance = admin.deploy(
        project.Erc20Rail, contracts["AccessManager"], admin.deploy(project.AwkwardToken), UNIT
    )
    return made


@pytest.fixture(scope="module")
def successor(admin: Any) -> ContractInstance:
    made: ContractInstance = admin.deploy(from_artifacts("AccessManager"), admin)
    return made


def test_set_authority__by_anybody_the_administrator_included__reverts(
    governed: ContractInstance, successor: ContractInstance, accounts: Any
) -> None:
    for caller in (accounts[0], accounts[5]):
        with ape.reverts(governed.AccessManagedUnauthorized, caller=caller.address):
            governed.setAuthority(successor, sender=caller)


def hand_over(world: World, governed: ContractInstance, to: ContractInstance, sender: Any) -> None:
    call = encode_call("updateAuthority(address,address)", governed.address, to.address)
    world.chain.send(world.addresses["AccessManager"], call, sender=sender.address)


def test_set_authority__through_the_manager_by_a_stranger__reverts(
    world: World, governed: ContractInstance, successor: ContractInstance, accounts: Any
) -> None:
    with pytest.raises(Refused):
        hand_over(world, governed, successor, accounts[5])
    assert governed.authority() == world.addresses["AccessManager"]


def test_set_authority__through_the_manager_by_its_administrator__hands_the_contract_over(
    world: World, governed: ContractInstance, successor: ContractInstance, contracts: Contracts, admin: Any
) -> None:
    """The manager so far has no say from then on."""
    hand_over(world, governed, successor, admin)
    assert governed.authority() == successor.address
    with pytest.raises(Refused):
        hand_over(world, governed, contracts["AccessManager"], admin)
