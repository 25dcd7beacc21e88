from __future__ import annotations

from typing import Any

import pytest
from ape.contracts import ContractInstance
from eth_utils.abi import function_signature_to_4byte_selector

from huizhen.chain.deployer import LEDGER_ROLE
from huizhen.chain.rails import RAIL_VERBS
from tests.support.ape_chain import Contracts


@pytest.fixture(scope="session")
def clerk(accounts: Any) -> Any:
    """Holds the permission that the ledger holds."""
    return accounts[1]


@pytest.fixture(scope="module")
def rail(project: Any, contracts: Contracts, admin: Any, clerk: Any) -> ContractInstance:
    """A rail of its own: what these tests put into custody belongs to nobody."""
    manager = contracts["AccessManager"]
    made: ContractInstance = admin.deploy(project.BankRail, manager)
    verbs = [function_signature_to_4byte_selector(verb) for verb in RAIL_VERBS]
    manager.setTargetFunctionRole(made, verbs, LEDGER_ROLE, sender=admin)
    manager.grantRole(LEDGER_ROLE, clerk, 0, sender=admin)
    return made
