"""Erc20Rail.payInWithPermit: approval and payment in one transaction."""

from __future__ import annotations

from typing import Any

import ape
import pytest
from ape.contracts import ContractInstance
from eth_abi.abi import encode
from eth_account import Account
from eth_utils.crypto import keccak

from tests.support.tokens import UNIT, Mood
from tests.support.world import digest_of

REFERENCE, OTHER = digest_of("reference"), digest_of("another")
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


def test_pay_in_with_permit__called_again_by_the_token__refuses_the_inner_call(
    token_rail: ContractInstance, wealthy_token: ContractInstance, newcomer: Any, admin: Any
) -> None:
    signature = permit(wealthy_token, token_rail, newcomer, 100 * UNIT)
    wealthy_token.setMood(newcomer, Mood.CALLS_BACK, sender=admin)
    wealthy_token.setCallback(token_rail, token_rail.payIn.encode_input(OTHER, 1), sender=admin)
    token_rail.payInWithPermit(REFERENCE, 100, FOR_EVER, *signature, sender=newcomer)
    assert wealthy_token.calledBack() == 1
    assert token_rail.payInOf(OTHER).amount == 0


def test_pay_in_with_permit__by_the_token_while_it_moves__is_refused(
    token_rail: ContractInstance, wealthy_token: ContractInstance, payer: Any, admin: Any
) -> None:
    unsigned = (FOR_EVER, 27, bytes(32), bytes(32))
    inner = token_rail.payInWithPermit.encode_input(OTHER, 1, *unsigned)
    wealthy_token.setMood(payer, Mood.CALLS_BACK, sender=admin)
    wealthy_token.setCallback(token_rail, inner, sender=admin)
    token_rail.payIn(REFERENCE, 100, sender=payer)
    assert wealthy_token.calledBack() == 1
    wealthy_token.transfer(payer, 0, sender=payer)
    assert wealthy_token.calledBack() == 2, "at any other time it is accepted"
