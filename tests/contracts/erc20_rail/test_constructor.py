"""Erc20Rail's constructor: one token, and what a fen is in it."""

from __future__ import annotations

from typing import Any

import ape
import pytest
from ape.contracts import ContractInstance

from tests.support.ape_chain import Contracts
from tests.support.tokens import UNIT


def test_constructor__knows_its_token_and_unit(token_rail: ContractInstance, token: ContractInstance) -> None:
    assert (token_rail.token(), token_rail.fenUnit(), token_rail.custody()) == (token.address, UNIT, 0)


def test_constructor__an_account_without_code__reverts(
    project: Any, contracts: Contracts, admin: Any, payer: Any
) -> None:
    with ape.reverts(project.Erc20Rail.NotAToken, token=payer.address):
        admin.deploy(project.Erc20Rail, contracts["AccessManager"], payer, UNIT)


def test_constructor__a_contract_that_is_no_token__reverts(
    project: Any, contracts: Contracts, admin: Any
) -> None:
    with ape.reverts():
        admin.deploy(project.Erc20Rail, contracts["AccessManager"], contracts["SlotBook"], UNIT)


def test_constructor__without_a_unit__reverts(
    project: Any, contracts: Contracts, token: ContractInstance, admin: Any
) -> None:
    with ape.reverts(project.Erc20Rail.UnitMissing):
        admin.deploy(project.Erc20Rail, contracts["AccessManager"], token, 0)


@pytest.mark.parametrize("unit", [1, 2**128 - 1])
def test_constructor__any_unit_of_its_type__is_accepted(
    project: Any, contracts: Contracts, token: ContractInstance, admin: Any, unit: int
) -> None:
    assert admin.deploy(project.Erc20Rail, contracts["AccessManager"], token, unit).fenUnit() == unit
