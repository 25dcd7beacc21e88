"""Disputes.recordAttendance: who came and for how long, on the word of hospital and lead together."""

from __future__ import annotations

import pytest
from eth_utils.crypto import keccak

from huizhen.domain import acts
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import ConsultationStatus
from tests.contracts.consultations.conftest import Booking
from tests.contracts.disputes.conftest import ALL, LEAD, OPTIONAL, REPORT, REQUIRED, packed
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.settling import due_legs, escrow_released, releases
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.team import Team
from tests.support.world import DAY, World


def attendance(booking: Booking, seats: int = ALL, overtime: int = 0) -> Statement:
    terms = booking.terms
    deadline = booking.terms.ends_at + 2 * DAY
    return acts.record_attendance(
        booking.packed, terms.hospital, terms.seats[0].doctor, seats, overtime, deadline
    )


@pytest.fixture
def recording(world: World, booked: Booking) -> Statement:
    world.chain.move_to(booked.terms.starts_at)
    return attendance(booked)


@pytest.mark.parametrize(("seats", "overtime"), [(ALL, 0), (ALL, 2), (LEAD | REQUIRED, 1)])
def test_record_attendance__by_both__keeps_who_came_and_moves_no_money(
    world: World, booked: Booking, seats: int, overtime: int
) -> None:
    receipt = world.act(attendance(booked, seats, overtime), at=booked.terms.starts_at)
    assert events_of(world, receipt) == [
        event("AttendanceRecorded", id=booked.id, seats=seats, overtime=overtime)
    ]
    state = booked.state
    assert (state["attended"], state["overtime"], state["status"]) == (
        seats,
        overtime,
        ConsultationStatus.BOOKED,
    )


@pytest.mark.parametrize("missing", [LEAD, REQUIRED, ALL])
def test_record_attendance__without_a_required_seat__ends_it_free_of_charge(
    world: World, booked: Booking, missing: int
) -> None:
    with releases(world, booked.terms, ()):
        receipt = world.act(attendance(booked, ALL & ~missing), at=booked.terms.starts_at)
    assert events_of(world, receipt) == [
        event("Cancelled", id=booked.id, by=0, feeBps=0),
        event(
            "Released",
            start=booked.terms.start,
            slots=booked.terms.slots,
            doctors=tuple(seat.doctor for seat in booked.terms.seats),
        ),
        escrow_released(booked.terms, booked.id, ()),
        event("AttendanceRecorded", id=booked.id, seats=ALL & ~missing, overtime=0),
    ]
    assert booked.status is ConsultationStatus.CANCELLED
    assert booked.state["escrowed"] == 0


def test_record_attendance__before_the_start__reverts(world: World, booked: Booking) -> None:
    start = booked.terms.starts_at
    with refuses("NotStarted", start=start, nowAt=start - 1):
        world.act(attendance(booked), at=start - 1)


def test_record_attendance__until_the_opinion_is_overdue__and_not_a_second_longer(
    world: World, booked: Booking
) -> None:
    due = booked.terms.ends_at + booked.terms.policy.deliver_window
    with refuses("DeliveryTooLate", due=due, nowAt=due + 1):
        world.act(attendance(booked), at=due + 1)


def test_record_attendance__in_the_last_second__is_accepted(world: World, booked: Booking) -> None:
    due = booked.terms.ends_at + booked.terms.policy.deliver_window
    world.act(attendance(booked), at=due)
    assert booked.state["attended"] == ALL


def test_record_attendance__twice__reverts(world: World, booked: Booking, recording: Statement) -> None:
    world.act(recording)
    for again in (recording, attendance(booked, LEAD | REQUIRED, 2)):
        with refuses("AttendanceStands", attended=ALL):
            world.act(again)


def test_record_attendance__a_seat_that_does_not_exist__reverts(world: World, booked: Booking) -> None:
    with refuses("SeatOutOfRange", seats=0b1111, count=3):
        world.act(attendance(booked, 0b1111), at=booked.terms.starts_at)


def test_record_attendance__more_overtime_than_agreed__reverts(world: World, booked: Booking) -> None:
    with refuses("OvertimeNotAgreed", steps=3, allowed=2):
        world.act(attendance(booked, ALL, 3), at=booked.terms.starts_at)


@pytest.mark.parametrize("order", ["the hospital twice", "the lead first"])
def test_record_attendance__signed_by_one_side_or_in_another_order__reverts(
    world: World, booked: Booking, recording: Statement, order: str
) -> None:
    hospital, lead = recording.signers
    signers = (hospital, hospital) if order == "the hospital twice" else (lead, hospital)
    wrong = lead if order == "the hospital twice" else hospital
    with refuses("InvalidSignature", party=wrong, signer=0):
        world.act(recording, *signers)


def test_record_attendance__after_the_delivery__reverts(world: World, trio: Team, booked: Booking) -> None:
    trio.deliver(booked.packed, booked.terms)
    with refuses("WrongStatus", status=ConsultationStatus.DELIVERED, needed=ConsultationStatus.BOOKED):
        world.act(attendance(booked))


def test_record_attendance__terms_that_were_not_booked__reverts(world: World, trio: Team) -> None:
    unbooked = Booking(world, trio.terms())
    with refuses("UnknownTerms", termsHash=keccak(packed(unbooked.terms))):
        world.act(attendance(unbooked))


@each_signature_fault
def test_record_attendance__badly_signed__reverts(world: World, recording: Statement, fault: Fault) -> None:
    fault(world, recording)


# What a delivery may say once attendance stands


def test_deliver__a_seat_that_was_absent__reverts(world: World, trio: Team, booked: Booking) -> None:
    world.act(attendance(booked, LEAD | REQUIRED), at=booked.terms.starts_at)
    with refuses("SeatAbsent", seats=ALL, attended=LEAD | REQUIRED):
        trio.deliver(booked.packed, booked.terms)


@pytest.mark.parametrize("claimed", [0, 2])
def test_deliver__other_overtime_than_was_recorded__reverts(
    world: World, trio: Team, booked: Booking, claimed: int
) -> None:
    world.act(attendance(booked, ALL, 1), at=booked.terms.starts_at)
    with refuses("OvertimeDiffers", overtime=claimed, recorded=1):
        trio.deliver(booked.packed, booked.terms, overtime=claimed)


def test_accept_by_time__with_recorded_overtime__pays_it(world: World, trio: Team, booked: Booking) -> None:
    world.act(attendance(booked, LEAD | REQUIRED, 2), at=booked.terms.starts_at)
    trio.deliver(booked.packed, booked.terms, seats=LEAD | REQUIRED, overtime=2)
    at = booked.state["deliveredAt"] + booked.terms.policy.review_window + 1
    with releases(world, booked.terms, due_legs(booked.terms, LEAD | REQUIRED, steps=2)):
        world.act(acts.accept_by_time(booked.packed), at=at)


def test_mark_no_show__after_attendance__reverts(world: World, booked: Booking, recording: Statement) -> None:
    world.act(recording)
    terms = booked.terms
    for by, seats in ((terms.hospital, OPTIONAL), (terms.seats[0].doctor, ALL)):
        with refuses("AttendanceStands", attended=ALL):
            world.act(acts.mark_no_show(booked.packed, by, seats, REPORT, world.deadline))
