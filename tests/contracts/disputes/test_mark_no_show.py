"""Disputes.markNoShow: an absence on the word of one side, which the other may contest after the delivery."""

from __future__ import annotations

import pytest
from eth_utils.crypto import keccak

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import ConsultationStatus
from tests.contracts.consultations.conftest import Booking
from tests.contracts.disputes.conftest import ALL, LEAD, OPTIONAL, REPORT, REQUIRED
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.settling import due_legs, releases
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.team import Team
from tests.support.world import DAY, World


def marking(booking: Booking, by: PartyId, seats: int) -> Statement:
    return acts.mark_no_show(booking.packed, by, seats, REPORT, booking.terms.ends_at + 2 * DAY)


def by_hospital(booking: Booking, seats: int = OPTIONAL) -> Statement:
    return marking(booking, booking.terms.hospital, seats)


def by_lead(booking: Booking, seats: int = ALL) -> Statement:
    return marking(booking, booking.terms.seats[0].doctor, seats)


@pytest.fixture(params=["by the hospital", "by the lead"])
def either(request: pytest.FixtureRequest, world: World, booked: Booking) -> Statement:
    world.chain.move_to(booked.terms.starts_at)
    return by_hospital(booked) if request.param == "by the hospital" else by_lead(booked)


def test_mark_no_show__of_an_optional_seat__keeps_it_out_of_the_delivery(
    world: World, trio: Team, booked: Booking
) -> None:
    receipt = world.act(by_hospital(booked), at=booked.terms.starts_at)
    assert events_of(world, receipt) == [
        event("NoShowMarked", id=booked.id, by=booked.terms.hospital, seats=OPTIONAL, report=REPORT)
    ]
    assert (booked.state["attended"], booked.status) == (LEAD | REQUIRED, ConsultationStatus.BOOKED)
    with refuses("SeatAbsent", seats=ALL, attended=LEAD | REQUIRED):
        trio.deliver(booked.packed, booked.terms)


def test_mark_no_show__of_an_optional_seat__leaves_the_delivery_of_the_others(
    world: World, trio: Team, booked: Booking
) -> None:
    world.act(by_hospital(booked), at=booked.terms.starts_at)
    trio.deliver(booked.packed, booked.terms, seats=LEAD | REQUIRED)
    assert booked.status is ConsultationStatus.DELIVERED


def test_mark_no_show__of_an_optional_seat__leaves_its_doctor_the_time_to_contest(
    world: World, trio: Team, booked: Booking
) -> None:
    """Neither an acceptance nor a dispute of the hospital's cuts it short."""
    world.act(by_hospital(booked), at=booked.terms.starts_at)
    trio.deliver(booked.packed, booked.terms, seats=LEAD | REQUIRED)
    terms, due = booked.terms, booked.state["deliveredAt"] + booked.terms.policy.review_window
    with refuses("ReviewStillOpen", due=due, nowAt=world.chain.now() + 1):
        world.act(acts.accept(booked.packed, terms.hospital, world.deadline))
    world.act(acts.dispute(booked.packed, terms.hospital, REQUIRED, REPORT, due))
    world.act(acts.dispute(booked.packed, terms.seats[2].doctor, OPTIONAL, REPORT, due), at=due)


@pytest.mark.parametrize("seats", [LEAD, REQUIRED, ALL])
def test_mark_no_show__of_a_required_seat__is_not_for_the_hospital_alone(
    world: World, booked: Booking, seats: int
) -> None:
    """It would get the advice and keep the fee; together with the lead it can be recorded."""
    with refuses("SeatRequired", seats=seats, required=LEAD | REQUIRED):
        world.act(by_hospital(booked, seats), at=booked.terms.starts_at)


@pytest.mark.parametrize("seats", [ALL, LEAD | REQUIRED])
def test_mark_no_show__of_the_hospital__is_a_delivery_that_it_may_contest(
    world: World, booked: Booking, seats: int
) -> None:
    at = booked.terms.starts_at
    lead = booked.terms.seats[0].doctor
    receipt = world.act(by_lead(booked, seats), at=at)
    assert events_of(world, receipt) == [
        event("Delivered", id=booked.id, opinion=REPORT, seats=seats, overtime=0),
        event("NoShowMarked", id=booked.id, by=lead, seats=seats, report=REPORT),
    ]
    state = booked.state
    assert (state["status"], state["deliveredAt"], state["seats"]) == (
        ConsultationStatus.DELIVERED,
        at,
        seats,
    )
    with releases(world, booked.terms, due_legs(booked.terms, seats)):
        world.act(acts.accept_by_time(booked.packed), at=at + booked.terms.policy.review_window + 1)


@pytest.mark.parametrize("seats", [0, LEAD, REQUIRED | OPTIONAL])
def test_mark_no_show__of_the_hospital_without_a_required_seat__reverts(
    world: World, booked: Booking, seats: int
) -> None:
    with refuses("RequiredSeatMissing", seats=seats, required=LEAD | REQUIRED):
        world.act(by_lead(booked, seats), at=booked.terms.starts_at)


def test_mark_no_show__of_the_hospital_by_a_suspended_doctor__reverts(
    world: World, trio: Team, booked: Booking
) -> None:
    world.suspend(trio.doctors[2])
    with refuses("NotAccredited", party=trio.doctors[2]):
        world.act(by_lead(booked), at=booked.terms.starts_at)
    world.act(by_lead(booked, LEAD | REQUIRED), at=booked.terms.starts_at + 1)


def test_mark_no_show__of_nobody__reverts(world: World, booked: Booking) -> None:
    with refuses("NoSeats"):
        world.act(by_hospital(booked, 0), at=booked.terms.starts_at)


def test_mark_no_show__of_a_seat_that_does_not_exist__reverts(world: World, booked: Booking) -> None:
    with refuses("SeatOutOfRange", seats=0b1000, count=3):
        world.act(by_hospital(booked, 0b1000), at=booked.terms.starts_at)
    with refuses("SeatOutOfRange", seats=0b1111, count=3):
        world.act(by_lead(booked, 0b1111))


@pytest.mark.parametrize("who", ["another doctor", "an institution", "the lead of the group", "the arbiter"])
def test_mark_no_show__by_anybody_else__reverts(
    world: World, trio: Team, booked: Booking, arbiter: PartyId, who: str
) -> None:
    by = {
        "another doctor": trio.doctors[1],
        "an institution": trio.institutions[0],
        "the lead of the group": trio.lead,
        "the arbiter": arbiter,
    }[who]
    with refuses("MayNotMark", party=by):
        world.act(marking(booked, by, OPTIONAL), at=booked.terms.starts_at)


def test_mark_no_show__before_the_start__reverts(world: World, booked: Booking) -> None:
    start = booked.terms.starts_at
    for each, at in ((by_hospital(booked), start - 2), (by_lead(booked), start - 1)):
        with refuses("NotStarted", start=start, nowAt=at):
            world.act(each, at=at)


def test_mark_no_show__once_the_opinion_is_overdue__reverts(world: World, booked: Booking) -> None:
    due = booked.terms.ends_at + booked.terms.policy.deliver_window
    for each, at in ((by_hospital(booked), due + 1), (by_lead(booked), due + 2)):
        with refuses("DeliveryTooLate", due=due, nowAt=at):
            world.act(each, at=at)


def test_mark_no_show__in_the_last_second__is_accepted(
    world: World, booked: Booking, either: Statement
) -> None:
    world.act(either, at=booked.terms.ends_at + booked.terms.policy.deliver_window)


def test_mark_no_show__twice__reverts(world: World, booked: Booking) -> None:
    world.act(by_hospital(booked), at=booked.terms.starts_at)
    with refuses("AttendanceStands", attended=LEAD | REQUIRED):
        world.act(by_hospital(booked))
    with refuses("AttendanceStands", attended=LEAD | REQUIRED):
        world.act(by_lead(booked))


def test_mark_no_show__after_the_delivery__reverts(world: World, trio: Team, booked: Booking) -> None:
    trio.deliver(booked.packed, booked.terms)
    for each in (by_hospital(booked), by_lead(booked)):
        with refuses("WrongStatus", status=ConsultationStatus.DELIVERED, needed=ConsultationStatus.BOOKED):
            world.act(each)


def test_mark_no_show__terms_that_were_not_booked__reverts(world: World, trio: Team) -> None:
    unbooked = Booking(world, trio.terms())
    with refuses("UnknownTerms", termsHash=keccak(unbooked.packed)):
        world.act(by_hospital(unbooked))


def test_mark_no_show__of_the_hospital_signed_by_the_hospital__reverts(world: World, booked: Booking) -> None:
    with refuses("InvalidSignature", party=booked.terms.seats[0].doctor, signer=0):
        world.act(by_lead(booked), booked.terms.hospital, at=booked.terms.starts_at)


@each_signature_fault
def test_mark_no_show__badly_signed__reverts(world: World, either: Statement, fault: Fault) -> None:
    fault(world, either)
