"""RevenueLedger.release: legs are credited, the rest is available again, and nothing appears or vanishes."""

from __future__ import annotations

from typing import Any

import ape
import pytest
from ape.contracts import ContractInstance

from huizhen.chain.calls import encode_call
from huizhen.domain.ids import PartyId
from huizhen.domain.split import LegKind
from tests.support.books import moves
from tests.support.payouts import leg
from tests.support.refusals import refuses
from tests.support.world import World

BOUND = 1000
PANIC, OVERFLOW = "4e487b71", 0x11  # as Solidity says it


@pytest.fixture
def bound(ledger: ContractInstance, funded: PartyId, teller: Any) -> ContractInstance:
    """1,000 fen of the hospital are in escrow."""
    ledger.escrow(7, funded, BOUND, sender=teller)
    return ledger


def credited(ledger: ContractInstance, party: int) -> int:
    amount: int = ledger.creditOf(party).credited
    return amount


@pytest.mark.parametrize("amounts", [(), (0,), (1,), (600, 399), (600, 400), (333, 333)])
def test_release__credits_the_legs_and_returns_the_rest(
    world: World,
    bound: ContractInstance,
    funded: PartyId,
    teller: Any,
    amounts: tuple[int, ...],
) -> None:
    parties = [world.bank, world.platform][: len(amounts)]
    legs = [leg(LegKind.SEAT, party, amount) for party, amount in zip(parties, amounts, strict=True)]
    paid = sum(amounts)
    with moves(world, escrowed=-BOUND, credited=paid, available=BOUND - paid):
        receipt = bound.release(7, funded, BOUND, legs, sender=teller)
    assert receipt.events == [bound.EscrowReleased(consultation=7, hospital=funded, funded=BOUND, legs=legs)]
    assert [credited(bound, party) for party in parties] == list(amounts)


def test_release__several_legs_of_one_party__adds_them_up(
    world: World, bound: ContractInstance, funded: PartyId, teller: Any
) -> None:
    legs = [leg(kind, world.platform, 100) for kind in LegKind]
    with moves(world, escrowed=-BOUND, credited=400, available=600):
        bound.release(7, funded, BOUND, legs, sender=teller)
    assert credited(bound, world.platform) == 400


def test_release__to_the_hospital_itself__credits_it(
    world: World, bound: ContractInstance, funded: PartyId, teller: Any
) -> None:
    with moves(world, escrowed=-BOUND, credited=300, available=700):
        bound.release(7, funded, BOUND, [leg(LegKind.INSTITUTION, funded, 300)], sender=teller)


def test_release__legs_a_fen_beyond_the_escrow__reverts(
    world: World, bound: ContractInstance, funded: PartyId, teller: Any
) -> None:
    legs = [leg(LegKind.SEAT, world.bank, BOUND), leg(LegKind.PLATFORM, world.platform, 1)]
    with moves(world), ape.reverts(bound.LegsExceedFunded, legs=BOUND + 1, funded=BOUND):
        bound.release(7, funded, BOUND, legs, sender=teller)


def test_release__legs_that_would_overflow__reverts(
    world: World, bound: ContractInstance, funded: PartyId, teller: Any
) -> None:
    most = 2**128 - 1
    legs = [leg(LegKind.SEAT, world.bank, most), leg(LegKind.SEAT, world.platform, most)]
    with moves(world), ape.reverts(bound.LegsExceedFunded, legs=2 * most, funded=BOUND):
        bound.release(7, funded, BOUND, legs, sender=teller)


def test_release__legs_that_would_overflow_a_credit__reverts(
    world: World, bound: ContractInstance, funded: PartyId, teller: Any
) -> None:
    """A credit shares its word with what is outstanding: nothing may run over into that."""
    legs = [leg(LegKind.SEAT, world.bank, 2**128 - 1), leg(LegKind.INSTITUTION, world.bank, 1)]
    call = encode_call("release(uint32,uint32,uint128,uint256[])", 7, funded, BOUND, legs)
    with moves(world), refuses("", revert=f"{PANIC}{OVERFLOW:064x}"):
        world.chain.send(bound.address, call, sender=teller.address)


def test_release__more_than_the_escrow__reverts(
    bound: ContractInstance, funded: PartyId, teller: Any
) -> None:
    with ape.reverts(bound.EscrowTooLow, hospital=funded, escrowed=BOUND, needed=BOUND + 1):
        bound.release(7, funded, BOUND + 1, [], sender=teller)


def test_release__by_anybody_without_the_permission__reverts(
    bound: ContractInstance, funded: PartyId, admin: Any, accounts: Any
) -> None:
    for caller in (admin, accounts[2]):
        with ape.reverts(bound.NotBooker, caller=caller.address):
            bound.release(7, funded, BOUND, [], sender=caller)
