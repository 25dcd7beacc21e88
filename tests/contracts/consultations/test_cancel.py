"""Consultations.cancel: before the start, by the hospital for the signed fee, by the leading doctor for none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_utils.crypto import keccak

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import Pricing, Terms
from tests.contracts.consultations.conftest import Book, Booking
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.settling import due_legs, escrow_released, releases
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.team import HOUR, POLICY, Team
from tests.support.world import DAY, World

FREE, PARTIAL, LATE = 0, 3000, 10_000


def cancellation(booking: Booking, by: PartyId | None = None) -> Statement:
    return acts.cancel(booking.packed, by or booking.terms.hospital, booking.terms.starts_at + 2 * DAY)


@pytest.fixture
def cancelling(world: World, booking: Booking) -> Statement:
    return acts.cancel(booking.packed, booking.terms.hospital, world.deadline)


@pytest.mark.parametrize(
    ("before_start", "fee_bps"),
    [
        (POLICY.free_before + 1, FREE),
        (POLICY.free_before, FREE),
        (POLICY.free_before - 1, PARTIAL),
        (POLICY.partial_before, PARTIAL),
        (POLICY.partial_before - 1, LATE),
        (1, LATE),
    ],
)
def test_cancel__by_the_hospital__costs_what_the_signed_policy_says(
    world: World, booking: Booking, before_start: int, fee_bps: int
) -> None:
    terms = booking.terms
    legs = due_legs(terms, charge_bps=fee_bps) if fee_bps else ()
    with releases(world, terms, legs):
        receipt = world.act(cancellation(booking), at=terms.starts_at - before_start)
    cancelled, released, money = events_of(world, receipt)
    assert cancelled == event("Cancelled", id=booking.id, by=terms.hospital, feeBps=fee_bps)
    assert released.name == "Released"
    assert money == escrow_released(terms, booking.id, legs)
    assert booking.status is ConsultationStatus.CANCELLED


def test_cancel__frees_the_hours_for_somebody_else(
    world: World, team: Team, booking: Booking, cancelling: Statement
) -> None:
    terms = booking.terms
    receipt = world.act(cancelling, at=world.last_second(cancelling))
    doctors = tuple(team.doctors)
    assert events_of(world, receipt)[1] == event(
        "Released", start=terms.start, slots=terms.slots, doctors=doctors
    )
    assert not any(world.read("SlotBook", "isTaken", doctor, terms.start) for doctor in doctors)
    team.book(team.terms(start=terms.start))


@pytest.mark.parametrize("before_start", [2 * DAY, HOUR, 1])
def test_cancel__by_the_leading_doctor__costs_nothing_at_any_time(
    world: World, team: Team, booking: Booking, before_start: int
) -> None:
    lead = team.doctors[0]
    with releases(world, booking.terms, ()):
        receipt = world.act(cancellation(booking, lead), at=booking.terms.starts_at - before_start)
    assert events_of(world, receipt)[0] == event("Cancelled", id=booking.id, by=lead, feeBps=0)


def test_cancel__led_from_the_second_seat__is_free_to_that_doctor_alone(
    world: World, team: Team, book: Book, terms: Terms
) -> None:
    booking = book(replace(terms, lead=1))
    with refuses("MayNotCancel", party=team.doctors[0]):
        world.act(cancellation(booking, team.doctors[0]))
    with releases(world, booking.terms, ()):
        world.act(cancellation(booking, team.doctors[1]), at=terms.starts_at - 1)


@pytest.mark.parametrize("late", [0, 1, DAY])
def test_cancel__once_it_has_started__reverts(world: World, team: Team, booking: Booking, late: int) -> None:
    start = booking.terms.starts_at
    for by in (team.hospital, team.doctors[0]):
        at = max(start + late, world.chain.now() + 1)
        with refuses("AlreadyStarted", start=start, nowAt=at):
            world.act(cancellation(booking, by), at=at)


@pytest.mark.parametrize("who", ["the other doctor", "an institution", "the lead of the group", "a stranger"])
def test_cancel__by_anybody_else__reverts(world: World, team: Team, booking: Booking, who: str) -> None:
    by = {
        "the other doctor": team.doctors[1],
        "an institution": team.institutions[0],
        "the lead of the group": team.lead,
        "a stranger": world.bank,
    }[who]
    with refuses("MayNotCancel", party=by):
        world.act(cancellation(booking, by))


def test_cancel__named_for_the_doctor_and_signed_by_the_hospital__reverts(
    world: World, team: Team, booking: Booking
) -> None:
    """The hospital cannot spare itself the fee."""
    with refuses("InvalidSignature", party=team.doctors[0], signer=0):
        world.act(cancellation(booking, team.doctors[0]), team.hospital)


def test_cancel__with_urgency_and_overtime__charges_no_overtime(
    world: World, book: Book, terms: Terms
) -> None:
    pricing = Pricing(world.platform, 500, 5000, 2500, 4)
    booking = book(replace(terms, pricing=pricing))
    legs = due_legs(booking.terms, charge_bps=LATE)
    assert sum(leg.amount for leg in legs) == booking.terms.price(0) < booking.terms.escrow()
    with releases(world, booking.terms, legs):
        world.act(cancellation(booking), at=booking.terms.starts_at - 1)


@pytest.mark.parametrize("fees", [(1, 1), (3, 0), (7, 11), (99_991, 1_299_709)])
def test_cancel__odd_fees__loses_no_fen(
    world: World, book: Book, terms: Terms, fees: tuple[int, int]
) -> None:
    seats = tuple(replace(seat, fee=Fen(fee)) for seat, fee in zip(terms.seats, fees, strict=True))
    booking = book(replace(terms, seats=seats))
    with releases(world, booking.terms, due_legs(booking.terms, charge_bps=PARTIAL)):
        world.act(cancellation(booking), at=booking.terms.starts_at - HOUR * 3)


def test_cancel__with_a_policy_without_fees__is_free_to_the_last_second(
    world: World, book: Book, terms: Terms
) -> None:
    policy = replace(terms.policy, partial_bps=0, late_bps=0)
    booking = book(replace(terms, policy=policy))
    with releases(world, booking.terms, ()):
        world.act(cancellation(booking), at=booking.terms.starts_at - 1)


def test_cancel__after_a_suspension__is_accepted(world: World, team: Team, booking: Booking) -> None:
    world.suspend(team.hospital)
    world.suspend(team.doctors[0])
    with releases(world, booking.terms, ()):
        world.act(cancellation(booking))


def test_cancel__twice__reverts(world: World, cancelling: Statement) -> None:
    world.act(cancelling)
    with refuses("WrongStatus", status=ConsultationStatus.CANCELLED, needed=ConsultationStatus.BOOKED):
        world.act(cancelling)


def test_cancel__what_was_delivered__reverts(world: World, team: Team, booking: Booking) -> None:
    team.deliver(booking.packed, booking.terms)
    with refuses("WrongStatus", status=ConsultationStatus.DELIVERED, needed=ConsultationStatus.BOOKED):
        world.act(cancellation(booking))


def test_cancel__terms_that_were_not_booked__reverts(world: World, terms: Terms) -> None:
    unbooked = Booking(world, terms)
    with refuses("UnknownTerms", termsHash=keccak(unbooked.packed)):
        world.act(cancellation(unbooked))


@each_signature_fault
def test_cancel__badly_signed__reverts(world: World, cancelling: Statement, fault: Fault) -> None:
    fault(world, cancelling)
