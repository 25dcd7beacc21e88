"""Disputes.rule: the arbiter of the terms decides what contested seats are paid, within the window of the terms."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_utils.crypto import keccak

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import ConsultationStatus, PartyKind, Power, Resolution
from huizhen.domain.terms import Terms
from tests.contracts.consultations.conftest import Booking
from tests.contracts.disputes.conftest import ALL, LEAD, OPTIONAL, REASON, REQUIRED, Deliver, Delivery
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.settling import due_legs, escrow_released, releases
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.team import Team
from tests.support.world import World


@pytest.mark.parametrize("bps", [0, 1, 5000, 10_000])
def test_rule__on_all_that_is_contested__pays_the_share_and_settles(
    world: World, delivery: Delivery, bps: int
) -> None:
    delivery.contest(LEAD | REQUIRED)
    funded, legs = (
        delivery.cost(LEAD | REQUIRED),
        due_legs(delivery.terms, LEAD | REQUIRED, charge_bps=bps),
    )
    with releases(world, delivery.terms, legs, funded):
        receipt = world.act(delivery.ruling(LEAD | REQUIRED, bps))
    number = delivery.booking.id
    assert events_of(world, receipt) == [
        event(
            "DisputeResolved",
            id=number,
            seats=LEAD | REQUIRED,
            bps=bps,
            resolution=Resolution.RULED,
            reason=REASON,
        ),
        event("Settled", id=number, accepted=False),
        escrow_released(delivery.terms, number, legs, funded),
    ]
    assert (delivery.booking.status, delivery.booking.state["escrowed"]) == (ConsultationStatus.SETTLED, 0)


def test_rule__on_a_doctors_claim__leaves_the_rest_to_the_review_window(
    world: World, deliver: Deliver
) -> None:
    delivery = deliver(LEAD | REQUIRED)
    delivery.contest(OPTIONAL, delivery.terms.seats[2].doctor)
    with releases(world, delivery.terms, due_legs(delivery.terms, OPTIONAL), delivery.cost(OPTIONAL)):
        world.act(delivery.ruling(OPTIONAL, 10_000))
    assert delivery.booking.status is ConsultationStatus.DISPUTED
    rest = delivery.terms.escrow() - delivery.cost(OPTIONAL)
    with releases(world, delivery.terms, due_legs(delivery.terms, LEAD | REQUIRED), rest):
        world.act(acts.release_uncontested(delivery.booking.packed), at=delivery.review_ends + 1)
    assert delivery.booking.state["status"] == ConsultationStatus.SETTLED


def test_rule__in_the_last_second_of_the_window__counts(world: World, delivery: Delivery) -> None:
    delivery.contest(LEAD)
    world.act(delivery.ruling(LEAD, 5000), at=delivery.ruling_ends)


def test_rule__a_second_later__reverts(world: World, delivery: Delivery) -> None:
    delivery.contest(LEAD)
    due = delivery.ruling_ends
    with refuses("RulingTooLate", due=due, nowAt=due + 1):
        world.act(delivery.ruling(LEAD, 5000), at=due + 1)


def test_rule__by_another_arbiter__reverts(world: World, delivery: Delivery) -> None:
    """The one whom the terms name, and no other."""
    other = world.register(PartyKind.OFFICIAL, powers=Power.ARBITER)
    delivery.contest(LEAD)
    with refuses("InvalidSignature", party=delivery.terms.policy.arbiter, signer=0):
        world.act(delivery.ruling(LEAD, 5000), other)


def test_rule__by_an_arbiter_who_was_suspended__reverts(
    world: World, delivery: Delivery, arbiter: PartyId
) -> None:
    delivery.contest(LEAD)
    world.suspend(arbiter)
    with refuses("NotAccredited", party=arbiter):
        world.act(delivery.ruling(LEAD, 5000))


@pytest.mark.parametrize("named", ["somebody without the power", "nobody"])
def test_rule__where_the_terms_name_no_arbiter__reverts(
    world: World, trio: Team, agreed: Terms, named: str
) -> None:
    party = trio.doctors[1] if named == "somebody without the power" else PartyId(0)
    terms = replace(agreed, policy=replace(agreed.policy, arbiter=party))
    trio.book(terms)
    booking = Booking(world, terms)
    trio.deliver(booking.packed, terms)
    delivery = Delivery(booking, trio)
    delivery.contest(LEAD)
    refusal = world.refusal(delivery.ruling(LEAD, 5000), trio.doctors[1])
    assert refusal.name == ("PowerMissing" if party else "NotAccredited")


@pytest.mark.parametrize("seats", [REQUIRED, ALL])
def test_rule__on_seats_that_are_not_contested__reverts(world: World, delivery: Delivery, seats: int) -> None:
    delivery.contest(LEAD)
    with refuses("NotContested", seats=seats, contested=LEAD):
        world.act(delivery.ruling(seats, 5000))


def test_rule__on_nothing__reverts(world: World, delivery: Delivery) -> None:
    delivery.contest(LEAD)
    with refuses("NoSeats"):
        world.act(delivery.ruling(0, 5000))


def test_rule__for_more_than_the_whole__reverts(world: World, delivery: Delivery) -> None:
    delivery.contest(LEAD)
    with refuses("ShareOutOfRange", bps=10_001, allowed=10_000):
        world.act(delivery.ruling(LEAD, 10_001))


def test_rule__twice__reverts(world: World, delivery: Delivery) -> None:
    delivery.contest(LEAD | OPTIONAL)
    world.act(delivery.ruling(LEAD, 5000))
    with refuses("NotContested", seats=LEAD, contested=OPTIONAL):
        world.act(delivery.ruling(LEAD, 10_000))


def test_rule__where_nothing_is_disputed__reverts(world: World, delivery: Delivery) -> None:
    with refuses("WrongStatus", status=ConsultationStatus.DELIVERED, needed=ConsultationStatus.DISPUTED):
        world.act(delivery.ruling(LEAD, 5000))


def test_rule__terms_that_were_not_booked__reverts(world: World, trio: Team) -> None:
    unbooked = Booking(world, trio.terms())
    with refuses("UnknownTerms", termsHash=keccak(unbooked.packed)):
        world.act(Delivery(unbooked, trio).ruling(LEAD, 5000), trio.lead)


@pytest.fixture
def ruling(delivery: Delivery) -> Statement:
    delivery.contest(LEAD)
    statement = delivery.ruling(LEAD, 5000)
    return replace(statement, values={**statement.values, "deadline": delivery.ruling_ends - 1})


@each_signature_fault
def test_rule__badly_signed__reverts(world: World, ruling: Statement, fault: Fault) -> None:
    fault(world, ruling)
