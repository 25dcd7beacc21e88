"""Disputes.dispute: contested seats wait, everything else goes on."""

from __future__ import annotations

import pytest
from eth_utils.crypto import keccak

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import ConsultationStatus
from tests.contracts.consultations.conftest import Booking
from tests.contracts.disputes.conftest import ALL, LEAD, OPTIONAL, REASON, REQUIRED, Deliver, Delivery
from tests.support.books import moves
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.settling import due_legs, escrow_released, releases
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.team import Team
from tests.support.world import World


@pytest.mark.parametrize("seats", [LEAD, REQUIRED, OPTIONAL, LEAD | OPTIONAL])
def test_dispute__by_the_hospital__freezes_these_seats_and_pays_the_others_at_once(
    world: World, delivery: Delivery, seats: int
) -> None:
    terms, rest = delivery.terms, ALL & ~seats
    funded = terms.escrow() - delivery.cost(seats)
    legs = due_legs(terms, rest)
    with releases(world, terms, legs, funded):
        receipt = world.act(delivery.contests(seats))
    number = delivery.booking.id
    assert events_of(world, receipt) == [
        event("Disputed", id=number, by=terms.hospital, seats=seats, reason=REASON),
        event("UncontestedReleased", id=number, seats=rest),
        escrow_released(terms, number, legs, funded),
    ]
    assert delivery.booking.status is ConsultationStatus.DISPUTED
    assert delivery.booking.state["escrowed"] == delivery.cost(seats)
    assert delivery.dispute == {
        "contested": seats,
        "resolved": 0,
        "openedAt": world.chain.now(),
        "restReleased": True,
    }


def test_dispute__of_every_seat__returns_what_was_set_aside_for_overtime(
    world: World, delivery: Delivery
) -> None:
    funded = delivery.terms.escrow() - delivery.cost(ALL)
    assert funded > 0
    with releases(world, delivery.terms, (), funded):
        delivery.contest(ALL)


def test_dispute__by_a_doctor_who_was_left_out__freezes_that_seat_and_waits_with_the_others(
    world: World, deliver: Deliver
) -> None:
    delivery = deliver(LEAD | REQUIRED)
    left_out = delivery.terms.seats[2].doctor
    with moves(world):
        receipt = world.act(delivery.contests(OPTIONAL, left_out))
    assert events_of(world, receipt) == [
        event("Disputed", id=delivery.booking.id, by=left_out, seats=OPTIONAL, reason=REASON)
    ]
    assert delivery.dispute["restReleased"] is False
    assert delivery.booking.state["escrowed"] == delivery.terms.escrow()


def test_dispute__by_the_hospital_after_a_doctor__freezes_both_and_pays_the_rest(
    world: World, deliver: Deliver
) -> None:
    delivery = deliver(LEAD | REQUIRED)
    delivery.contest(OPTIONAL, delivery.terms.seats[2].doctor)
    funded = delivery.terms.escrow() - delivery.cost(OPTIONAL | REQUIRED)
    with releases(world, delivery.terms, due_legs(delivery.terms, LEAD), funded):
        delivery.contest(REQUIRED)
    assert delivery.dispute["contested"] == OPTIONAL | REQUIRED


def test_dispute__by_the_hospital_while_a_doctor_is_left_out__waits_with_the_others(
    world: World, deliver: Deliver
) -> None:
    """A doctor's time to contest is not cut short by a dispute of the hospital's about somebody else."""
    delivery = deliver(LEAD | REQUIRED)
    with moves(world):
        delivery.contest(REQUIRED)
    assert delivery.dispute["restReleased"] is False
    delivery.contest(OPTIONAL, delivery.terms.seats[2].doctor, at=delivery.review_ends)
    funded = delivery.terms.escrow() - delivery.cost(REQUIRED | OPTIONAL)
    with releases(world, delivery.terms, due_legs(delivery.terms, LEAD), funded):
        world.act(acts.release_uncontested(delivery.booking.packed), at=delivery.review_ends + 1)


def test_dispute__by_anybody_once_the_rest_is_paid__reverts(world: World, delivery: Delivery) -> None:
    delivery.contest(REQUIRED)
    with refuses("RestReleased", id=delivery.booking.id):
        delivery.contest(LEAD)


def test_dispute__overtime_that_the_lead_claims_alone__is_not_paid(world: World, deliver: Deliver) -> None:
    delivery = deliver(overtime=2)
    funded = delivery.terms.escrow() - delivery.cost(LEAD)
    with releases(world, delivery.terms, due_legs(delivery.terms, REQUIRED | OPTIONAL), funded):
        delivery.contest(LEAD)
    assert delivery.booking.state["overtime"] == 0


def test_dispute__with_recorded_overtime__freezes_and_pays_it(
    world: World, trio: Team, booked: Booking
) -> None:
    terms = booked.terms
    statement = acts.record_attendance(
        booked.packed, terms.hospital, terms.seats[0].doctor, ALL, 1, terms.ends_at
    )
    world.act(statement, at=terms.starts_at)
    trio.deliver(booked.packed, terms, overtime=1)
    delivery = Delivery(booked, trio)
    funded = terms.escrow() - delivery.cost(LEAD, 1)
    with releases(world, terms, due_legs(terms, REQUIRED | OPTIONAL, steps=1), funded):
        delivery.contest(LEAD)
    assert booked.state["escrowed"] == delivery.cost(LEAD, 1)


def test_dispute__in_the_last_second_of_the_review_window__is_accepted(delivery: Delivery) -> None:
    delivery.contest(LEAD, at=delivery.review_ends)


def test_dispute__a_second_later__reverts(world: World, delivery: Delivery) -> None:
    due = delivery.review_ends
    with refuses("ReviewOver", due=due, nowAt=due + 1):
        delivery.contest(LEAD, at=due + 1)


@pytest.mark.parametrize("seats", [0b1000, OPTIONAL])
def test_dispute__by_the_hospital_of_seats_that_are_not_paid__reverts(
    world: World, deliver: Deliver, seats: int
) -> None:
    delivery = deliver(LEAD | REQUIRED)
    with refuses("NotContestable", seats=seats, contestable=LEAD | REQUIRED):
        delivery.contest(seats)


def test_dispute__of_nothing__reverts(world: World, delivery: Delivery) -> None:
    with refuses("NoSeats"):
        delivery.contest(0)


def test_dispute__by_a_doctor_of_a_seat_that_is_paid__reverts(world: World, delivery: Delivery) -> None:
    with refuses("NotContestable", seats=OPTIONAL, contestable=0xFFFF & ~ALL):
        delivery.contest(OPTIONAL, delivery.terms.seats[2].doctor)


@pytest.mark.parametrize("seats", [0, LEAD, ALL, LEAD | OPTIONAL])
def test_dispute__by_a_doctor_of_another_seat__reverts(world: World, deliver: Deliver, seats: int) -> None:
    delivery = deliver(LEAD | REQUIRED)
    doctor = delivery.terms.seats[2].doctor
    with refuses("NotOfSeat", party=doctor, seats=seats):
        delivery.contest(seats, doctor)


@pytest.mark.parametrize("who", ["an institution", "the lead of the group", "the arbiter", "the bank"])
def test_dispute__by_anybody_else__reverts(
    world: World, trio: Team, deliver: Deliver, arbiter: PartyId, who: str
) -> None:
    delivery = deliver(LEAD | REQUIRED)
    by = {
        "an institution": trio.institutions[2],
        "the lead of the group": trio.lead,
        "the arbiter": arbiter,
        "the bank": world.bank,
    }[who]
    with refuses("NotOfSeat", party=by, seats=OPTIONAL):
        delivery.contest(OPTIONAL, by)


def test_dispute__by_a_doctor_who_was_suspended__reverts(world: World, deliver: Deliver) -> None:
    """Nobody is paid who may not practise."""
    delivery = deliver(LEAD | REQUIRED)
    doctor = delivery.terms.seats[2].doctor
    world.suspend(doctor)
    with refuses("NotAccredited", party=doctor):
        delivery.contest(OPTIONAL, doctor)


def test_dispute__of_a_seat_that_is_contested_or_resolved__reverts(world: World, deliver: Deliver) -> None:
    delivery = deliver(LEAD | REQUIRED)
    doctor = delivery.terms.seats[2].doctor
    delivery.contest(OPTIONAL, doctor)
    with refuses("NotContestable", seats=OPTIONAL, contestable=0xFFFF & ~ALL):
        delivery.contest(OPTIONAL, doctor)
    world.act(delivery.ruling(OPTIONAL, 5000))
    with refuses("NotContestable", seats=OPTIONAL, contestable=0xFFFF & ~ALL):
        delivery.contest(OPTIONAL, doctor)


@pytest.mark.parametrize("status", [ConsultationStatus.BOOKED, ConsultationStatus.SETTLED])
def test_dispute__in_another_state__reverts(
    world: World, trio: Team, booked: Booking, status: ConsultationStatus
) -> None:
    if status is ConsultationStatus.SETTLED:
        trio.deliver(booked.packed, booked.terms)
        world.act(acts.accept(booked.packed, booked.terms.hospital, world.deadline))
    with refuses("WrongStatus", status=status, needed=ConsultationStatus.DELIVERED):
        Delivery(booked, trio).contest(LEAD)


def test_dispute__terms_that_were_not_booked__reverts(world: World, trio: Team) -> None:
    unbooked = Booking(world, trio.terms())
    with refuses("UnknownTerms", termsHash=keccak(unbooked.packed)):
        Delivery(unbooked, trio).contest(LEAD)


@pytest.mark.parametrize("step", ["accept", "acceptByTime"])
def test_dispute__makes_acceptance_of_the_whole_impossible(
    world: World, delivery: Delivery, step: str
) -> None:
    delivery.contest(LEAD)
    packed = delivery.booking.packed
    statement: Statement = (
        acts.accept(packed, delivery.terms.hospital, world.deadline)
        if step == "accept"
        else acts.accept_by_time(packed)
    )
    with refuses("WrongStatus", status=ConsultationStatus.DISPUTED, needed=ConsultationStatus.DELIVERED):
        world.act(statement)


@each_signature_fault
def test_dispute__badly_signed__reverts(world: World, delivery: Delivery, fault: Fault) -> None:
    at = delivery.review_ends - 1
    fault(world, acts.dispute(delivery.booking.packed, delivery.terms.hospital, LEAD, REASON, at))
