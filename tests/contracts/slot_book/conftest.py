from __future__ import annotations

from typing import Any

import pytest
from ape.contracts import ContractInstance

from tests.support.ape_chain import Contracts


@pytest.fixture(scope="session")
def slot_book(contracts: Contracts) -> ContractInstance:
    return contracts["SlotBook"]


@pytest.fixture(scope="module")
def booker(slot_book: ContractInstance, admin: Any, accounts: Any) -> Any:
    """An account that may write, as Consultations may."""
    slot_book.setBooker(accounts[1], True, sender=admin)
    return accounts[1]


@pytest.fixture
def stranger(accounts: Any) -> Any:
    return accounts[2]
