"""Consultations.expire: without an opinion in time, anyone returns the whole price."""

from __future__ import annotations

from eth_utils.crypto import keccak

from huizhen.domain import acts
from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import Terms
from tests.contracts.consultations.conftest import Booking
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.settling import escrow_released, releases
from tests.support.team import Team
from tests.support.world import World


def due(terms: Terms) -> int:
    """The last second for the opinion."""
    return terms.ends_at + terms.policy.deliver_window


def test_expire__a_second_after_the_opinion_was_due__returns_everything(
    world: World, booking: Booking
) -> None:
    with releases(world, booking.terms, ()):
        receipt = world.act(acts.expire(booking.packed), at=due(booking.terms) + 1)
    assert events_of(world, receipt) == [
        event("Expired", id=booking.id),
        escrow_released(booking.terms, booking.id, ()),
    ]
    assert booking.status is ConsultationStatus.EXPIRED


def test_expire__in_the_last_second_for_the_opinion__reverts(world: World, booking: Booking) -> None:
    second = due(booking.terms)
    with refuses("DeliveryStillOpen", due=second, nowAt=second):
        world.act(acts.expire(booking.packed), at=second)


def test_expire__when_everybody_was_suspended__still_returns_everything(
    world: World, team: Team, booking: Booking
) -> None:
    for party in (team.hospital, *team.doctors, *team.institutions, team.group, world.platform):
        world.suspend(party)
    with releases(world, booking.terms, ()):
        world.act(acts.expire(booking.packed), at=due(booking.terms) + 1)


def test_expire__what_was_delivered__reverts(world: World, team: Team, booking: Booking) -> None:
    team.deliver(booking.packed, booking.terms)
    with refuses("WrongStatus", status=ConsultationStatus.DELIVERED, needed=ConsultationStatus.BOOKED):
        world.act(acts.expire(booking.packed), at=due(booking.terms) + 1)


def test_expire__twice__reverts(world: World, booking: Booking) -> None:
    world.act(acts.expire(booking.packed), at=due(booking.terms) + 1)
    with refuses("WrongStatus", status=ConsultationStatus.EXPIRED, needed=ConsultationStatus.BOOKED):
        world.act(acts.expire(booking.packed))


def test_expire__terms_that_were_not_booked__reverts(world: World, terms: Terms) -> None:
    packed = Booking(world, terms).packed
    with refuses("UnknownTerms", termsHash=keccak(packed)):
        world.act(acts.expire(packed))
