"""Consultations at their largest: sixteen seats, twenty payees, every fen accounted for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.terms import Terms
from tests.contracts.consultations.conftest import Booking
from tests.support.refusals import refuses
from tests.support.settling import all_seats, due_legs, releases
from tests.support.team import Team
from tests.support.world import World

MOST_SEATS, MOST_LEGS = 16, 20


@pytest.fixture(scope="module")
def large_team(world: World) -> Team:
    """Sixteen doctors of one institution and one group."""
    hospital, institution, lead = world.hospital(), world.hospital(), world.doctor()
    doctors = [world.doctor() for _ in range(MOST_SEATS)]
    world.agree(hospital, institution)
    group = world.found(lead)
    for doctor in doctors:
        world.affiliate(doctor, institution)
        world.join(group, doctor)
    world.deposit(hospital, 100_000_000)
    return Team(world, hospital, doctors, [institution] * MOST_SEATS, lead, group)


@pytest.fixture(scope="module")
def two_more_groups(world: World, large_team: Team) -> tuple[PartyId, PartyId]:
    """With the last two doctors in one each."""
    groups = (world.found(large_team.lead), world.found(large_team.lead))
    for group, doctor in zip(groups, large_team.doctors[-2:], strict=True):
        world.join(group, doctor)
    return groups


def in_groups(terms: Terms, *groups: PartyId) -> Terms:
    """The last seats are each in a group of their own."""
    seats = list(terms.seats)
    for place, group in enumerate(reversed(groups), start=1):
        seats[-place] = replace(seats[-place], group=group)
    return replace(terms, seats=tuple(seats))


def test_book__sixteen_seats__delivers_and_settles_to_the_fen(
    world: World, large_team: Team, two_more_groups: tuple[PartyId, PartyId]
) -> None:
    terms = in_groups(large_team.terms(), two_more_groups[1])
    legs = due_legs(terms)
    assert len(legs) == MOST_LEGS

    packed = large_team.book(terms)
    large_team.deliver(packed, terms)
    with releases(world, terms, legs):
        world.act(acts.accept(packed, terms.hospital, world.deadline))


def test_book__sixteen_seats__cancelled_late_pays_every_payee(
    world: World, large_team: Team, two_more_groups: tuple[PartyId, PartyId]
) -> None:
    terms = in_groups(large_team.terms(), two_more_groups[1])
    packed = large_team.book(terms)
    world.chain.move_to(terms.starts_at - 100)
    with releases(world, terms, due_legs(terms, charge_bps=terms.policy.late_bps)):
        world.act(acts.cancel(packed, terms.hospital, world.deadline))


def test_book__with_twenty_one_payees__reverts(
    large_team: Team, two_more_groups: tuple[PartyId, PartyId]
) -> None:
    """It could be delivered and never settled."""
    with refuses("TooManyLegs", legs=MOST_LEGS + 1, allowed=MOST_LEGS):
        large_team.book(in_groups(large_team.terms(), *two_more_groups))


def test_deliver__any_of_sixteen_seats__pays_those_alone(world: World, large_team: Team) -> None:
    terms = large_team.terms()
    seats = tuple(replace(seat, required=place == 0) for place, seat in enumerate(terms.seats))
    terms = replace(terms, seats=seats)
    packed = large_team.book(terms)
    odd = 0b0101_0101_0101_0101
    large_team.deliver(packed, terms, seats=odd)
    assert Booking(world, terms).state["seats"] == odd != all_seats(terms)
    world.chain.move_to(world.chain.now() + terms.policy.review_window)
    with releases(world, terms, due_legs(terms, odd)):
        world.act(acts.accept(packed, terms.hospital, world.deadline))
