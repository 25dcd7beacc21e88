"""Consultations.deliver after somebody lost something: only seats that are still qualified are paid."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.terms import Terms
from tests.contracts.consultations.conftest import Book, Booking
from tests.support.refusals import refuses
from tests.support.team import Team
from tests.support.world import AUTHORITY, BEIJING, DAY, SPECIALTIES, World, digest_of

BOTH, FIRST_ALONE = 0b11, 0b01


@pytest.fixture
def after_loss(book: Book, terms: Terms) -> Booking:
    """A consultation whose second seat is optional."""
    first, second = terms.seats
    return book(replace(terms, seats=(first, replace(second, required=False))))


def deliver(world: World, booking: Booking, seats: int) -> None:
    terms = booking.terms
    lead, deadline = terms.seats[0].doctor, terms.ends_at + DAY
    world.act(acts.deliver(booking.packed, lead, digest_of("opinion"), seats, 0, deadline), at=terms.ends_at)


def renewed(
    world: World, party: PartyId, *, specialties: int = SPECIALTIES, until: int | None = None
) -> Statement:
    valid_until = until or world.read("CredentialRegistry", "partyOf", party)["validUntil"]
    return acts.accredit(
        party, world.revision(party), specialties, BEIJING, valid_until, 0, AUTHORITY, world.deadline
    )


@pytest.mark.parametrize("whose", ["doctor", "institution"])
def test_deliver__a_seat_suspended_since__reverts_and_without_it_is_accepted(
    world: World, team: Team, after_loss: Booking, whose: str
) -> None:
    party = (team.doctors if whose == "doctor" else team.institutions)[1]
    world.suspend(party)
    with refuses("NotAccredited", party=party):
        deliver(world, after_loss, BOTH)
    world.act(
        acts.deliver(after_loss.packed, team.doctors[0], digest_of("opinion"), FIRST_ALONE, 0, world.deadline)
    )


def test_deliver__a_seat_whose_practice_ended_since__reverts(
    world: World, team: Team, after_loss: Booking
) -> None:
    doctor, institution = team.doctors[1], team.institutions[1]
    world.act(acts.end_affiliation(doctor, institution, doctor, 1, world.deadline))
    end = after_loss.terms.ends_at
    with refuses("NotAffiliated", doctor=doctor, institution=institution, validUntil=0, neededAt=end):
        deliver(world, after_loss, BOTH)


def test_deliver__a_seat_whose_practice_was_shortened_since__reverts(
    world: World, team: Team, after_loss: Booking
) -> None:
    doctor, institution, end = team.doctors[1], team.institutions[1], after_loss.terms.ends_at
    world.act(acts.affiliate(doctor, institution, end - 1, 0, 1, world.deadline))
    with refuses("NotAffiliated", doctor=doctor, institution=institution, validUntil=end - 1, neededAt=end):
        deliver(world, after_loss, BOTH)


def test_deliver__a_seat_whose_licence_was_shortened_since__reverts(
    world: World, team: Team, after_loss: Booking
) -> None:
    doctor, end = team.doctors[1], after_loss.terms.ends_at
    world.act(renewed(world, doctor, until=end - 1))
    with refuses("LicenceExpired", party=doctor, validUntil=end - 1, neededAt=end):
        deliver(world, after_loss, BOTH)


def test_deliver__a_seat_that_lost_its_specialty_since__reverts(
    world: World, team: Team, after_loss: Booking
) -> None:
    doctor, needed = team.doctors[1], after_loss.terms.seats[1].specialties
    world.act(renewed(world, doctor, specialties=SPECIALTIES & ~needed))
    with refuses("SpecialtiesMissing", doctor=doctor, held=SPECIALTIES & ~needed, needed=needed):
        deliver(world, after_loss, BOTH)


def test_deliver__a_seat_that_lost_a_specialty_it_does_not_need__is_accepted(
    world: World, team: Team, after_loss: Booking
) -> None:
    world.act(renewed(world, team.doctors[1], specialties=after_loss.terms.seats[1].specialties))
    deliver(world, after_loss, BOTH)


def test_deliver__after_a_loss_of_somebody_else__is_accepted(world: World, after_loss: Booking) -> None:
    world.suspend(world.doctor())
    deliver(world, after_loss, BOTH)


def test_deliver__after_a_suspension_that_was_lifted__is_accepted(
    world: World, team: Team, after_loss: Booking
) -> None:
    doctor = team.doctors[1]
    world.suspend(doctor)
    world.act(acts.reinstate(doctor, world.revision(doctor), AUTHORITY, world.deadline))
    deliver(world, after_loss, BOTH)


def test_deliver__when_the_lead_itself_is_suspended__reverts(
    world: World, team: Team, after_loss: Booking
) -> None:
    """The opinion never comes, and the hospital has its money back when it expires."""
    world.suspend(team.doctors[0])
    with refuses("NotAccredited", party=team.doctors[0]):
        deliver(world, after_loss, BOTH)


def test_deliver__a_loss_in_the_second_of_the_booking__counts(world: World, team: Team, terms: Terms) -> None:
    """Whatever order the two had within the block."""
    doctor = team.doctors[1]
    suspending = acts.suspend(doctor, world.revision(doctor), digest_of("reason"), AUTHORITY, world.deadline)
    world.act_together(team.booking(terms), suspending)
    booking = Booking(world, terms)
    assert booking.state["bookedAt"] == world.read("CredentialRegistry", "lastLoss")
    with refuses("NotAccredited", party=doctor):
        deliver(world, booking, BOTH)


def test_deliver__after_the_doctor_left_the_group__is_accepted(
    world: World, team: Team, after_loss: Booking
) -> None:
    """The seat was booked for the group under signed shares; leaving changes bookings to come."""
    world.act(acts.leave(team.group, team.doctors[1], 1, world.deadline))
    world.act(acts.set_share_rule(team.group, 2, 0, 0, world.deadline, (team.lead,)))
    deliver(world, after_loss, BOTH)
