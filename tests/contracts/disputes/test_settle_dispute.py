"""Disputes.settleDispute: hospital and doctors agree what a contested seat is paid."""

from __future__ import annotations

import pytest
from eth_utils.crypto import keccak

from huizhen.domain.statement import Statement
from huizhen.domain.statuses import ConsultationStatus, Resolution
from tests.contracts.consultations.conftest import Booking
from tests.contracts.disputes.conftest import ALL, LEAD, OPTIONAL, REQUIRED, Deliver, Delivery
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.settling import due_legs, escrow_released, releases
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.team import Team
from tests.support.world import DAY, World

NO_REASON = bytes(32)


@pytest.mark.parametrize("bps", [0, 1, 3333, 9_999, 10_000])
def test_settle_dispute__for_a_share__pays_it_to_the_fen_and_settles(
    world: World, delivery: Delivery, bps: int
) -> None:
    delivery.contest(LEAD)
    funded = delivery.cost(LEAD)
    legs = due_legs(delivery.terms, LEAD, charge_bps=bps)
    with releases(world, delivery.terms, legs, funded):
        receipt = world.act(delivery.settles(LEAD, bps))
    number = delivery.booking.id
    assert events_of(world, receipt) == [
        event(
            "DisputeResolved",
            id=number,
            seats=LEAD,
            bps=bps,
            resolution=Resolution.AGREED,
            reason=NO_REASON,
        ),
        event("Settled", id=number, accepted=False),
        escrow_released(delivery.terms, number, legs, funded),
    ]
    assert delivery.booking.status is ConsultationStatus.SETTLED
    assert delivery.booking.state["escrowed"] == 0


def test_settle_dispute__seat_by_seat__ends_with_the_last(world: World, delivery: Delivery) -> None:
    delivery.contest(LEAD | OPTIONAL)
    world.act(delivery.settles(OPTIONAL, 0))
    assert delivery.booking.status is ConsultationStatus.DISPUTED
    assert (delivery.dispute["contested"], delivery.dispute["resolved"]) == (LEAD, OPTIONAL)
    world.act(delivery.settles(LEAD, 10_000))
    assert delivery.booking.state["status"] == ConsultationStatus.SETTLED


def test_settle_dispute__of_a_doctors_claim__accepts_the_rest_with_it(world: World, deliver: Deliver) -> None:
    """The hospital has signed, and contests nothing else."""
    delivery = deliver(LEAD | REQUIRED)
    delivery.contest(OPTIONAL, delivery.terms.seats[2].doctor)
    receipt = world.act(delivery.settles(OPTIONAL, 5000))
    number, terms = delivery.booking.id, delivery.terms
    rest = terms.escrow() - delivery.cost(OPTIONAL)
    assert events_of(world, receipt)[1:] == [
        escrow_released(terms, number, due_legs(terms, OPTIONAL, charge_bps=5000), delivery.cost(OPTIONAL)),
        event("UncontestedReleased", id=number, seats=LEAD | REQUIRED),
        event("Settled", id=number, accepted=False),
        escrow_released(terms, number, due_legs(terms, LEAD | REQUIRED), rest),
    ]
    assert delivery.booking.status is ConsultationStatus.SETTLED


def test_settle_dispute__while_another_doctor_is_left_out__pays_the_rest_after_the_review_alone(
    world: World, deliver: Deliver
) -> None:
    delivery = deliver(LEAD | REQUIRED)
    delivery.contest(REQUIRED)
    world.act(delivery.settles(REQUIRED, 5000))
    assert delivery.booking.status is ConsultationStatus.DISPUTED
    delivery.contest(LEAD)
    world.act(delivery.settles(LEAD, 5000), at=delivery.review_ends + 1)
    assert (delivery.booking.status, delivery.booking.state["escrowed"]) == (ConsultationStatus.SETTLED, 0)


def test_settle_dispute__after_the_arbiters_window__is_possible_until_the_default_is_applied(
    world: World, delivery: Delivery
) -> None:
    delivery.contest(LEAD)
    world.act(delivery.settles(LEAD, 7000), at=delivery.ruling_ends + DAY)


def test_settle_dispute__without_one_of_the_doctors__reverts(world: World, delivery: Delivery) -> None:
    """No doctor's share falls without that doctor's signature."""
    delivery.contest(LEAD | OPTIONAL)
    hospital, lead = delivery.terms.hospital, delivery.terms.seats[0].doctor
    with refuses("MalformedSignatures"):
        world.act(delivery.settles(LEAD | OPTIONAL, 0, (hospital, lead)))
    with refuses("InvalidSignature", party=delivery.terms.seats[2].doctor, signer=0):
        world.act(delivery.settles(LEAD | OPTIONAL, 0, (hospital, lead, lead)))


def test_settle_dispute__by_the_doctors_alone__reverts(world: World, delivery: Delivery) -> None:
    delivery.contest(LEAD)
    lead = delivery.terms.seats[0].doctor
    with refuses("InvalidSignature", party=delivery.terms.hospital, signer=0):
        world.act(delivery.settles(LEAD, 10_000, (lead, lead)))


@pytest.mark.parametrize("seats", [REQUIRED, ALL, 0b1001])
def test_settle_dispute__of_seats_that_are_not_contested__reverts(
    world: World, delivery: Delivery, seats: int
) -> None:
    delivery.contest(LEAD)
    with refuses("NotContested", seats=seats, contested=LEAD):
        world.act(delivery.settles(seats, 5000))


def test_settle_dispute__of_nothing__reverts(world: World, delivery: Delivery) -> None:
    delivery.contest(LEAD)
    with refuses("NoSeats"):
        world.act(delivery.settles(0, 5000))


def test_settle_dispute__for_more_than_the_whole__reverts(world: World, delivery: Delivery) -> None:
    delivery.contest(LEAD)
    with refuses("ShareOutOfRange", bps=10_001, allowed=10_000):
        world.act(delivery.settles(LEAD, 10_001))


def test_settle_dispute__twice__reverts(world: World, delivery: Delivery) -> None:
    delivery.contest(LEAD | OPTIONAL)
    agreed = delivery.settles(LEAD, 5000)
    world.act(agreed)
    with refuses("NotContested", seats=LEAD, contested=OPTIONAL):
        world.act(agreed)


def test_settle_dispute__where_nothing_is_disputed__reverts(world: World, delivery: Delivery) -> None:
    with refuses("WrongStatus", status=ConsultationStatus.DELIVERED, needed=ConsultationStatus.DISPUTED):
        world.act(delivery.settles(LEAD, 5000))


def test_settle_dispute__terms_that_were_not_booked__reverts(world: World, trio: Team) -> None:
    unbooked = Booking(world, trio.terms())
    with refuses("UnknownTerms", termsHash=keccak(unbooked.packed)):
        world.act(Delivery(unbooked, trio).settles(LEAD, 5000))


@pytest.fixture
def agreement(delivery: Delivery) -> Statement:
    delivery.contest(LEAD | OPTIONAL)
    return delivery.settles(LEAD | OPTIONAL, 5000)


@each_signature_fault
def test_settle_dispute__badly_signed__reverts(world: World, agreement: Statement, fault: Fault) -> None:
    fault(world, agreement)
