"""Disputes.applyDefault and releaseUncontested: whatever people do not decide, time decides; anyone may call."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_utils.crypto import keccak

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statuses import ConsultationStatus, Resolution
from huizhen.domain.terms import Terms
from tests.contracts.consultations.conftest import Booking
from tests.contracts.disputes.conftest import LEAD, OPTIONAL, REQUIRED, Deliver, Delivery
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.settling import due_legs, escrow_released, releases
from tests.support.team import Team
from tests.support.world import World

NO_REASON = bytes(32)


@pytest.fixture
def claim(deliver: Deliver) -> Delivery:
    """The doctor of the optional seat contests being left out; the hospital says nothing."""
    delivery = deliver(LEAD | REQUIRED)
    delivery.contest(OPTIONAL, delivery.terms.seats[2].doctor)
    return delivery


# applyDefault


@pytest.mark.parametrize("default_bps", [0, 5000, 10_000])
def test_apply_default__a_second_after_the_arbiters_window__pays_what_the_terms_say(
    world: World, trio: Team, agreed: Terms, default_bps: int
) -> None:
    terms = replace(agreed, policy=replace(agreed.policy, default_bps=default_bps))
    trio.book(terms)
    booking = Booking(world, terms)
    trio.deliver(booking.packed, terms)
    delivery = Delivery(booking, trio)
    delivery.contest(LEAD | OPTIONAL)
    funded = delivery.cost(LEAD | OPTIONAL)
    legs = due_legs(terms, LEAD | OPTIONAL, charge_bps=default_bps)
    with releases(world, terms, legs, funded):
        receipt = world.act(acts.apply_default(booking.packed), at=delivery.ruling_ends + 1)
    assert events_of(world, receipt) == [
        event(
            "DisputeResolved",
            id=booking.id,
            seats=LEAD | OPTIONAL,
            bps=default_bps,
            resolution=Resolution.DEFAULT,
            reason=NO_REASON,
        ),
        event("Settled", id=booking.id, accepted=False),
        escrow_released(terms, booking.id, legs, funded),
    ]
    assert booking.status is ConsultationStatus.SETTLED


def test_apply_default__in_the_last_second_of_the_arbiters_window__reverts(
    world: World, delivery: Delivery
) -> None:
    delivery.contest(LEAD)
    due = delivery.ruling_ends
    with refuses("RulingStillOpen", due=due, nowAt=due):
        world.act(acts.apply_default(delivery.booking.packed), at=due)


def test_apply_default__after_a_ruling_on_some__decides_the_others(world: World, delivery: Delivery) -> None:
    delivery.contest(LEAD | OPTIONAL)
    world.act(delivery.ruling(LEAD, 10_000))
    legs = due_legs(delivery.terms, OPTIONAL, charge_bps=delivery.terms.policy.default_bps)
    with releases(world, delivery.terms, legs, delivery.cost(OPTIONAL)):
        world.act(acts.apply_default(delivery.booking.packed), at=delivery.ruling_ends + 1)


def test_apply_default__where_nobody_paid_the_rest_yet__leaves_it_to_its_own_step(
    world: World, claim: Delivery
) -> None:
    packed = claim.booking.packed
    world.act(acts.apply_default(packed), at=claim.ruling_ends + 1)
    assert claim.booking.status is ConsultationStatus.DISPUTED
    with refuses("NoSeats"):
        world.act(acts.apply_default(packed))
    world.act(acts.release_uncontested(packed))
    assert (claim.booking.status, claim.booking.state["escrowed"]) == (ConsultationStatus.SETTLED, 0)


def test_apply_default__a_later_claim__gives_the_arbiter_the_whole_window_again(
    world: World, deliver: Deliver
) -> None:
    delivery = deliver(LEAD | REQUIRED)
    delivery.contest(OPTIONAL, delivery.terms.seats[2].doctor)
    first = delivery.ruling_ends
    delivery.contest(LEAD, at=delivery.review_ends)
    assert delivery.ruling_ends > first
    with refuses("RulingStillOpen", due=delivery.ruling_ends, nowAt=first + 1):
        world.act(acts.apply_default(delivery.booking.packed), at=first + 1)


# releaseUncontested


def test_release_uncontested__a_second_after_the_review_window__pays_what_nobody_contests(
    world: World, claim: Delivery
) -> None:
    funded = claim.terms.escrow() - claim.cost(OPTIONAL)
    legs = due_legs(claim.terms, LEAD | REQUIRED)
    with releases(world, claim.terms, legs, funded):
        receipt = world.act(acts.release_uncontested(claim.booking.packed), at=claim.review_ends + 1)
    assert events_of(world, receipt) == [
        event("UncontestedReleased", id=claim.booking.id, seats=LEAD | REQUIRED),
        escrow_released(claim.terms, claim.booking.id, legs, funded),
    ]
    assert claim.booking.status is ConsultationStatus.DISPUTED
    assert claim.booking.state["escrowed"] == claim.cost(OPTIONAL)


def test_release_uncontested__in_the_last_second_of_the_review_window__reverts(
    world: World, claim: Delivery
) -> None:
    due = claim.review_ends
    with refuses("ReviewStillOpen", due=due, nowAt=due):
        world.act(acts.release_uncontested(claim.booking.packed), at=due)


def test_release_uncontested__twice__reverts(world: World, claim: Delivery) -> None:
    world.act(acts.release_uncontested(claim.booking.packed), at=claim.review_ends + 1)
    with refuses("RestReleased", id=claim.booking.id):
        world.act(acts.release_uncontested(claim.booking.packed))


def test_release_uncontested__that_the_hospitals_dispute_has_paid__reverts(
    world: World, delivery: Delivery
) -> None:
    delivery.contest(LEAD)
    with refuses("RestReleased", id=delivery.booking.id):
        world.act(acts.release_uncontested(delivery.booking.packed), at=delivery.review_ends + 1)


# Both


@pytest.mark.parametrize("act", [acts.apply_default, acts.release_uncontested])
def test_by_time__where_nothing_is_disputed__reverts(world: World, delivery: Delivery, act: object) -> None:
    with refuses("WrongStatus", status=ConsultationStatus.DELIVERED, needed=ConsultationStatus.DISPUTED):
        world.act(act(delivery.booking.packed))  # type: ignore[operator]


@pytest.mark.parametrize("act", [acts.apply_default, acts.release_uncontested])
def test_by_time__terms_that_were_not_booked__reverts(world: World, trio: Team, act: object) -> None:
    unbooked = Booking(world, trio.terms())
    with refuses("UnknownTerms", termsHash=keccak(unbooked.packed)):
        world.act(act(unbooked.packed))  # type: ignore[operator]


def test_by_time__without_an_arbiter__the_default_ends_it(world: World, trio: Team, agreed: Terms) -> None:
    """Every funded consultation can end by time alone."""
    terms = replace(agreed, policy=replace(agreed.policy, arbiter=PartyId(0)))
    trio.book(terms)
    booking = Booking(world, terms)
    trio.deliver(booking.packed, terms)
    delivery = Delivery(booking, trio)
    delivery.contest(LEAD)
    world.act(acts.apply_default(booking.packed), at=delivery.ruling_ends + 1)
    assert booking.status is ConsultationStatus.SETTLED
