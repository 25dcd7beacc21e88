"""Consultations.acceptByTime: when the hospital stays silent, anyone settles after the review window."""

from __future__ import annotations

import pytest
from eth_utils.crypto import keccak

from huizhen.domain import acts
from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import Terms
from tests.contracts.consultations.conftest import Booking
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.settling import due_legs, escrow_released, releases
from tests.support.team import Team
from tests.support.world import World


@pytest.fixture
def reviewed(team: Team, booking: Booking) -> Booking:
    """Delivered with a step of overtime that the lead claims alone; the hospital has not answered."""
    team.deliver(booking.packed, booking.terms, overtime=1)
    return booking


def review_ends(booking: Booking) -> int:
    return booking.state["deliveredAt"] + booking.terms.policy.review_window


def test_accept_by_time__a_second_after_the_review_window__settles_without_unwitnessed_overtime(
    world: World, reviewed: Booking
) -> None:
    legs = due_legs(reviewed.terms)
    with releases(world, reviewed.terms, legs):
        receipt = world.act(acts.accept_by_time(reviewed.packed), at=review_ends(reviewed) + 1)
    assert events_of(world, receipt) == [
        event("Settled", id=reviewed.id, accepted=False),
        escrow_released(reviewed.terms, reviewed.id, legs),
    ]
    state = reviewed.state
    assert (state["status"], state["overtime"], state["escrowed"]) == (ConsultationStatus.SETTLED, 0, 0)


def test_accept_by_time__in_the_last_second_of_the_review_window__reverts(
    world: World, reviewed: Booking
) -> None:
    due = review_ends(reviewed)
    with refuses("ReviewStillOpen", due=due, nowAt=due):
        world.act(acts.accept_by_time(reviewed.packed), at=due)


def test_accept_by_time__twice_or_after_an_acceptance__reverts(world: World, reviewed: Booking) -> None:
    world.act(acts.accept(reviewed.packed, reviewed.terms.hospital, world.deadline))
    with refuses("WrongStatus", status=ConsultationStatus.SETTLED, needed=ConsultationStatus.DELIVERED):
        world.act(acts.accept_by_time(reviewed.packed), at=review_ends(reviewed) + 1)


def test_accept_by_time__before_the_opinion__reverts(world: World, booking: Booking) -> None:
    late = booking.terms.ends_at + booking.terms.policy.deliver_window + booking.terms.policy.review_window
    with refuses("WrongStatus", status=ConsultationStatus.BOOKED, needed=ConsultationStatus.DELIVERED):
        world.act(acts.accept_by_time(booking.packed), at=late)


def test_accept_by_time__terms_that_were_not_booked__reverts(world: World, terms: Terms) -> None:
    packed = Booking(world, terms).packed
    with refuses("UnknownTerms", termsHash=keccak(packed)):
        world.act(acts.accept_by_time(packed))
