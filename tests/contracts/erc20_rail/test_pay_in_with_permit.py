"""Erc20Rail.payInWithPermit: approval and payment in one transaction."""

from __future__ import annotations

from typing import Any

import ape
import pytest
from ape.contracts import ContractInstance
from eth_abi.abi import encode
from eth_account import Account
from eth_utils.crypto import keccak

from tests.support.tokens import UNIT
from tests.support.world import digest_of

REFERENCE = digest_of("reference")
PERMIT = keccak(text="Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)")
FOR_EVER = 2**256 - 1


@pytest.fixture
def newcomer(token: ContractInstance, accounts: Any, admin: Any) -> Any:
    """Has tokens and has approved nothing."""
    token.mint(accounts[4], 1000 * UNIT, sender=admin)
    return accounts[4]


def permit(
    token: ContractInstance, rail: ContractInstance, owner: Any, units: int
) -> tuple[int, bytes, bytes]:
    kinds = ["bytes32", "address", "address", "uint256", "uint256", "uint256"]
    values = [PERMIT, owner.address, rail.address, units, token.nonces(owner), FOR_EVER]
    digest = keccak(b"\x19\x01" + token.DOMAIN_SEPARATOR() + keccak(encode(kinds, values)))
    signed = Account.unsafe_sign_hash(digest, owner.private_key)
    return signed.v, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big")


def test_pay_in_with_permit__of_the_caller__needs_no_approval_before(
    token_rail: ContractInstance, token: ContractInstance, newcomer: Any
) -> None:
    signature = permit(token, token_rail, newcomer, 100 * UNIT)
    token_rail.payInWithPermit(REFERENCE, 100, FOR_EVER, *signature, sender=newcomer)
    assert tuple(token_rail.payInOf(REFERENCE)) == (newcomer.address, 100)
    assert token.allowance(newcomer, token_rail) == 0


def test_pay_in_with_permit__which_somebody_used_first__pays_all_the_same(
    token_rail: ContractInstance, token: ContractInstance, newcomer: Any, accounts: Any
) -> None:
    signature = permit(token, token_rail, newcomer, 100 * UNIT)
    token.permit(newcomer, token_rail, 100 * UNIT, FOR_EVER, *signature, sender=accounts[5])
    token_rail.payInWithPermit(REFERENCE, 100, FOR_EVER, *signature, sender=newcomer)
    assert token_rail.payInOf(REFERENCE).amount == 100


def test_pay_in_with_permit__of_somebody_else__takes_nothing_from_them(
    token_rail: ContractInstance, token: ContractInstance, newcomer: Any, accounts: Any
) -> None:
    signature = permit(token, token_rail, newcomer, 100 * UNIT)
    with ape.reverts(token.ERC20InsufficientAllowance):
        token_rail.payInWithPermit(REFERENCE, 100, FOR_EVER, *signature, sender=accounts[5])
    assert token.balanceOf(newcomer) == 1000 * UNIT
