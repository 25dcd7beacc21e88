"""The ledger on the rail for tokens: deposit, escrow, release, payout and return, to the last unit."""

from __future__ import annotations

from typing import Any

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from tests.support.books import assert_balanced, moves
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.tokens import UNIT, Mood, TokenWorld
from tests.support.world import World, digest_of

EARNED = 10_000


@pytest.fixture
def token_people(accounts: Any) -> list[Any]:
    return [accounts[place] for place in (10, 11, 12)]


@pytest.fixture
def token_payees(token_world: TokenWorld, token_people: list[Any]) -> list[PartyId]:
    """Three institutions that earned 10,000 fen each and are paid at the addresses of three people."""
    return token_world.payees([who.address for who in token_people], EARNED)


def test_deposit__of_what_was_paid_in__is_the_hospitals(token_world: TokenWorld, world: World) -> None:
    hospital = world.hospital()
    bank_ref = token_world.pay_in(500)
    there = token_world.world
    with moves(there, available=500, custody=500):
        there.act(acts.deposit(hospital, Fen(500), bank_ref, there.bank, there.deadline))
    token_world.assert_solvent()


def test_deposit__of_what_was_not_paid_in__reverts(token_world: TokenWorld, world: World) -> None:
    """The bank's word alone makes no money here."""
    there, hospital, bank_ref = token_world.world, world.hospital(), token_world.pay_in(500)
    with refuses("PaidInDiffers", bankRef=bank_ref, paidIn=500, needed=501):
        there.act(acts.deposit(hospital, Fen(501), bank_ref, there.bank, there.deadline))


def test_payout__pays_tokens_and_keeps_the_tax(
    token_world: TokenWorld, token_payees: list[PartyId], token_people: list[Any]
) -> None:
    office, there = token_world.office, token_world.world
    lines = [office.line(party, EARNED, 1000) for party in token_payees]
    batch = office.approved(lines)
    before = [token_world.units_of(who) for who in token_people]
    with moves(there, outstanding=-27_000, custody=-27_000):
        token_world.pay_out(batch, lines, 0b111)
    assert [token_world.units_of(who) - had for who, had in zip(token_people, before, strict=True)] == [
        9000 * UNIT
    ] * 3
    token_world.assert_solvent()


def test_payout__with_a_frozen_payee__pays_the_others_and_leaves_it_outstanding(
    token_world: TokenWorld, token_payees: list[PartyId], token_people: list[Any]
) -> None:
    office, there = token_world.office, token_world.world
    lines = [office.line(party, EARNED) for party in token_payees]
    batch = office.approved(lines)
    token_world.token.setMood(token_people[1], Mood.REVERTS, sender=token_world.teller)
    custody = token_world.rail.custody()
    with moves(there, outstanding=-2 * EARNED, custody=-2 * EARNED):
        receipt = token_world.pay_out(batch, lines, 0b111, "first")
    paid = digest_of("paid", batch, "first")
    assert events_of(there, receipt) == [
        event("Paid", bankRef=paid, amount=2 * EARNED, custody=custody - 2 * EARNED),
        event("PayoutLeftOutstanding", batch=batch, items=0b010, bankRef=paid),
        event("PayoutConfirmed", batch=batch, items=0b101, bankRef=paid, amount=2 * EARNED),
    ]
    state = office.state(batch)
    assert (state["outstanding"], state["confirmed"]) == (0b010, 0b101)
    assert there.read("RevenueLedger", "creditOf", token_payees[1]) == {
        "credited": 0,
        "outstanding": EARNED,
    }


def test_payout__to_a_payee_that_was_frozen__is_paid_later_under_another_reference(
    token_world: TokenWorld, token_payees: list[PartyId], token_people: list[Any]
) -> None:
    office, there = token_world.office, token_world.world
    lines = [office.line(party, EARNED) for party in token_payees]
    batch = office.approved(lines)
    token_world.token.setMood(token_people[1], Mood.REVERTS, sender=token_world.teller)
    token_world.pay_out(batch, lines, 0b111, "first")
    with moves(there), refuses("NothingPaid", batch=batch, asked=0b010):
        token_world.pay_out(batch, lines, 0b010, "second")
    token_world.token.setMood(token_people[1], Mood.PLAIN, sender=token_world.teller)
    with moves(there, outstanding=-EARNED, custody=-EARNED):
        token_world.pay_out(batch, lines, 0b010, "second")


def test_return__of_what_could_not_be_paid__is_the_payees_credit_again(
    token_world: TokenWorld, token_payees: list[PartyId], token_people: list[Any]
) -> None:
    office, there = token_world.office, token_world.world
    lines = [office.line(party, EARNED) for party in token_payees]
    batch = office.approved(lines)
    token_world.token.setMood(token_people[1], Mood.ANSWERS_FALSE, sender=token_world.teller)
    token_world.pay_out(batch, lines, 0b111)
    with moves(there, outstanding=-EARNED, credited=EARNED):
        there.act(office.returning(batch, lines, 1, digest_of("could not be paid")))
    assert_balanced(there)


def test_return__of_what_was_paid__needs_the_tokens_back(
    token_world: TokenWorld, token_payees: list[PartyId]
) -> None:
    office, there = token_world.office, token_world.world
    lines = [office.line(party, EARNED) for party in token_payees]
    batch = office.approved(lines)
    token_world.pay_out(batch, lines, 0b111)
    absent = digest_of("never paid in")
    with refuses("PaidInDiffers", bankRef=absent, paidIn=0, needed=EARNED):
        there.act(office.returning(batch, lines, 0, absent))
    bank_ref = token_world.pay_in(EARNED, "returned")
    with moves(there, credited=EARNED, custody=EARNED):
        there.act(office.returning(batch, lines, 0, bank_ref))
    token_world.assert_solvent()


def test_confirm__places_in_the_mask__are_those_of_the_batch(
    token_world: TokenWorld, token_payees: list[PartyId], token_people: list[Any]
) -> None:
    """The rail counts payments, the ledger items: with the first item not asked for they differ."""
    office = token_world.office
    lines = [office.line(party, EARNED) for party in token_payees]
    batch = office.approved(lines)
    token_world.token.setMood(token_people[2], Mood.TAKES_FEE, sender=token_world.teller)
    token_world.pay_out(batch, lines, 0b110)
    state = office.state(batch)
    assert (state["outstanding"], state["confirmed"]) == (0b101, 0b010)
