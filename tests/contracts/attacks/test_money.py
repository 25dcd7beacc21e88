"""Attacks on the money: what each tries, and what it comes to."""

from __future__ import annotations

from typing import Any

import ape
import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.split import LegKind, PaidSeat, split
from tests.support.ape_chain import Contracts
from tests.support.books import assert_balanced, moves
from tests.support.payouts import ACCOUNT_DELAY, leg
from tests.support.refusals import refuses
from tests.support.tokens import HARMFUL, UNIT, Mood, TokenWorld, account_of
from tests.support.world import World, digest_of

EARNED = 10_000


@pytest.fixture(scope="module")
def bazaar(world: World, project: Any, contracts: Contracts, accounts: Any) -> TokenWorld:
    return TokenWorld.beside(world, project, contracts, accounts)


@pytest.fixture
def victims(accounts: Any) -> list[Any]:
    return [accounts[place] for place in (10, 11, 12, 13)]


@pytest.fixture
def robbers_batch(bazaar: TokenWorld, victims: list[Any]) -> tuple[int, list[Any]]:
    """An approved batch of four payees; what a test does to the first must not matter to the others."""
    parties = bazaar.payees([who.address for who in victims], EARNED)
    lines = [bazaar.office.line(party, EARNED) for party in parties]
    return bazaar.office.approved(lines), lines


# A bad payee


@pytest.mark.parametrize("mood", HARMFUL, ids=lambda mood: mood.name)
def test_griefing__one_payee_whose_transfer_goes_wrong__costs_the_others_nothing(
    bazaar: TokenWorld, victims: list[Any], robbers_batch: tuple[int, list[Any]], mood: Mood
) -> None:
    """I10: freezing any account never blocks another."""
    batch, lines = robbers_batch
    bazaar.token.setMood(victims[0], mood, sender=bazaar.teller)
    before = [bazaar.units_of(who) for who in victims]
    with moves(bazaar.world, outstanding=-3 * EARNED, custody=-3 * EARNED):
        bazaar.pay_out(batch, lines, 0b1111)
    moved = [bazaar.units_of(who) - had for who, had in zip(victims, before, strict=True)]
    assert moved == [0, *[EARNED * UNIT] * 3]
    assert bazaar.office.state(batch)["outstanding"] == 0b0001
    bazaar.assert_solvent()


def test_griefing__a_relay_that_sends_little_gas__cannot_make_a_good_payment_fail(
    bazaar: TokenWorld, robbers_batch: tuple[int, list[Any]]
) -> None:
    """At every limit either all four are paid or nothing happens."""
    batch, lines = robbers_batch
    world = bazaar.world
    confirming = bazaar.office.confirming(batch, lines, 0b1111, digest_of("paid", batch))
    calldata = "0x" + world.statements.calldata(confirming, world.sign(confirming)).hex()
    call = {"from": world.chain.relay, "to": bazaar.ledger.address, "data": calldata}
    for gas in range(150_000, 600_000, 15_000):
        snapshot = world.chain.node.call("evm_snapshot")
        mined = world.chain.node.call("eth_sendTransactionSync", call | {"gas": hex(gas)})
        paid = int(mined["status"], 16)
        state = bazaar.office.state(batch)
        assert state["confirmed"] == (0b1111 if paid else 0), gas
        world.chain.node.call("evm_revert", snapshot)
    assert paid, "the last limit is enough"


def test_griefing__a_squatted_reference__costs_the_hospital_only_another_one(
    bazaar: TokenWorld, world: World, accounts: Any
) -> None:
    squatter, hospital, there = accounts[14], world.hospital(), bazaar.world
    bazaar.token.mint(squatter, UNIT, sender=squatter)
    bazaar.token.approve(bazaar.rail, UNIT, sender=squatter)
    known = digest_of("a reference that everybody knows")
    bazaar.rail.payIn(known, 1, sender=squatter)
    with ape.reverts(bazaar.rail.AlreadyPaidIn):
        bazaar.rail.payIn(known, 500, sender=bazaar.payer)
    with refuses("PaidInDiffers", bankRef=known, paidIn=1, needed=500):
        there.act(acts.deposit(hospital, Fen(500), known, there.bank, there.deadline))
    bazaar.deposit(hospital, 500)
    bazaar.rail.takeBack(known, sender=squatter)


# A token that calls back


def test_reentrancy__a_token_that_carries_signed_statements__pays_nothing_twice(
    bazaar: TokenWorld, victims: list[Any], robbers_batch: tuple[int, list[Any]]
) -> None:
    """Even with valid statements of the bank in its hands: the same payment, and the return of what is being paid."""
    batch, lines = robbers_batch
    world, office = bazaar.world, bazaar.office
    bazaar.token.setMood(victims[0], Mood.CALLS_BACK, sender=bazaar.teller)
    for inner in (
        office.confirming(batch, lines, 0b1110, digest_of("inner")),
        office.returning(batch, lines, 1, digest_of("inner")),
        office.returning(batch, lines, 0, digest_of("inner")),
    ):
        snapshot = world.chain.node.call("evm_snapshot")
        call = world.statements.calldata(inner, world.sign(inner))
        bazaar.token.setCallback(bazaar.ledger, call, sender=bazaar.teller)
        with moves(world, outstanding=-4 * EARNED, custody=-4 * EARNED):
            bazaar.pay_out(batch, lines, 0b1111)
        assert bazaar.token.calledBack() == 1
        world.chain.node.call("evm_revert", snapshot)
    bazaar.assert_solvent()


def test_reentrancy__statements_about_other_money__wait_until_the_payment_is_over(
    bazaar: TokenWorld, victims: list[Any], robbers_batch: tuple[int, list[Any]]
) -> None:
    """Nothing would be lost by them; but nobody has to prove that of calls that nobody needs."""
    batch, lines = robbers_batch
    world, office = bazaar.world, bazaar.office
    others = [office.line(party, EARNED) for party in bazaar.payees([victims[1].address], EARNED)]
    waiting = office.prepare(others)
    bazaar.token.setMood(victims[0], Mood.CALLS_BACK, sender=bazaar.teller)
    for inner in (
        office.returning(batch, lines, 1, digest_of("another item")),
        office.approving(waiting, others),
    ):
        snapshot = world.chain.node.call("evm_snapshot")
        call = world.statements.calldata(inner, world.sign(inner))
        bazaar.token.setCallback(bazaar.ledger, call, sender=bazaar.teller)
        bazaar.pay_out(batch, lines, 0b0001)
        assert bazaar.token.calledBack() == 1
        world.act(inner)
        world.chain.node.call("evm_revert", snapshot)


# A payee's account exchanged in between


def test_swap__an_account_exchanged_between_preparation_and_approval__is_left_out(
    bazaar: TokenWorld, victims: list[Any]
) -> None:
    """I15: neither the thief's account nor the old one is paid until somebody prepares it anew."""
    parties = bazaar.payees([who.address for who in victims[:2]], EARNED)
    office, world = bazaar.office, bazaar.world
    office.name_account(parties[0], account_of(victims[2].address))
    world.chain.move_to(world.chain.now() + ACCOUNT_DELAY - 3600)
    lines = [office.line(party, EARNED) for party in parties]
    batch = office.prepare(lines)
    world.chain.move_to(world.chain.now() + 3600)
    with moves(world, credited=-EARNED, outstanding=EARNED):
        office.approve(batch, lines)
    assert office.state(batch)["outstanding"] == 0b10


def test_swap__an_account_exchanged_after_the_approval__does_not_divert_the_payment(
    bazaar: TokenWorld, victims: list[Any], robbers_batch: tuple[int, list[Any]]
) -> None:
    batch, lines = robbers_batch
    bazaar.office.name_account(lines[0].party, account_of(victims[3].address))
    bazaar.world.chain.move_to(bazaar.world.chain.now() + ACCOUNT_DELAY)
    before = [bazaar.units_of(who) for who in (victims[0], victims[3])]
    bazaar.pay_out(batch, lines, 0b0001)
    after = [bazaar.units_of(who) for who in (victims[0], victims[3])]
    assert [now - had for now, had in zip(after, before, strict=True)] == [EARNED * UNIT, 0]


# Dust


def test_dust__tokens_sent_to_the_rail__are_nobodys_and_change_no_book(
    bazaar: TokenWorld, robbers_batch: tuple[int, list[Any]]
) -> None:
    batch, lines = robbers_batch
    with moves(bazaar.world):
        bazaar.token.transfer(bazaar.rail, 12_345, sender=bazaar.payer)
    assert_balanced(bazaar.world)
    with moves(bazaar.world, outstanding=-4 * EARNED, custody=-4 * EARNED):
        bazaar.pay_out(batch, lines, 0b1111)
    bazaar.assert_solvent()


# Rounding


def test_rounding__many_small_consultations__moves_at_most_a_fen_a_leg_and_loses_none(
    bazaar: TokenWorld, world: World
) -> None:
    """Fees of a few fen, where rounding weighs most. What is credited is what was funded, each time."""
    hospital, institution, fund = (world.hospital() for _ in range(3))
    doctor, world_of_money, count = world.doctor(), bazaar.world, 20
    bazaar.deposit(hospital, 200)
    due: dict[PartyId, int] = dict.fromkeys((doctor, institution, fund, world.platform), 0)
    for consultation in range(1, count + 1):
        fee = consultation % 7 + 1
        seat = PaidSeat(doctor, institution, fund, 3000, 1000, Fen(fee))
        legs = split(world.platform, 500, [seat])
        for party, bps in ((doctor, 5700), (institution, 2850), (fund, 950), (world.platform, 500)):
            due[party] += fee * bps
        packed = [leg(each.kind, each.party, each.amount) for each in legs]
        bazaar.ledger.escrow(consultation, hospital, fee, sender=bazaar.teller)
        with moves(world_of_money, escrowed=-fee, credited=fee):
            bazaar.ledger.release(consultation, hospital, fee, packed, sender=bazaar.teller)
    for party, exact in due.items():
        got = world_of_money.read("RevenueLedger", "creditOf", party)["credited"]
        assert abs(got * 10_000 - exact) < count * 10_000


def test_rounding__a_release_beyond_what_is_left_in_escrow__reverts(bazaar: TokenWorld, world: World) -> None:
    """Partial releases cannot add up to more than was escrowed."""
    hospital, payee = world.hospital(), world.hospital()
    bazaar.deposit(hospital, 100)
    bazaar.ledger.escrow(1, hospital, 100, sender=bazaar.teller)
    for part in (33, 33, 33):
        legs = [leg(LegKind.INSTITUTION, payee, part)]
        bazaar.ledger.release(1, hospital, part, legs, sender=bazaar.teller)
    with ape.reverts(bazaar.ledger.EscrowTooLow, hospital=hospital, escrowed=1, needed=2):
        bazaar.ledger.release(1, hospital, 2, [leg(LegKind.INSTITUTION, payee, 2)], sender=bazaar.teller)
    bazaar.ledger.release(1, hospital, 1, [], sender=bazaar.teller)
    assert_balanced(bazaar.world)


# Freezing in the registry


def test_freezing__a_suspended_payee_without_an_account__blocks_nobody(
    bazaar: TokenWorld, victims: list[Any]
) -> None:
    """I8, I10: one payee is suspended, one names a bank account that this rail cannot pay."""
    parties = bazaar.payees([who.address for who in victims], EARNED)
    office, world = bazaar.office, bazaar.world
    office.name_account(parties[1], digest_of("a bank account"))
    world.chain.move_to(world.chain.now() + ACCOUNT_DELAY)
    world.suspend(parties[0])
    lines = [office.line(party, EARNED) for party in parties]
    batch = office.approved(lines)
    with moves(world, outstanding=-3 * EARNED, custody=-3 * EARNED):
        bazaar.pay_out(batch, lines, 0b1111)
    with moves(world, outstanding=-EARNED, credited=EARNED):
        world.act(office.returning(batch, lines, 1, digest_of("no account of this rail")))
