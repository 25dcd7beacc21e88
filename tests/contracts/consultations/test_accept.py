"""Consultations.accept: the hospital's signature settles; every fen goes where the signed split says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from eth_utils.crypto import keccak

from huizhen.domain import acts
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot
from huizhen.domain.split import LegKind
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import Pricing, Terms
from tests.contracts.consultations.conftest import Book, Booking
from tests.support.ape_chain import Contracts
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.settling import due_legs, escrow_released, releases
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.team import Team
from tests.support.world import DAY, NOBODY, World

BOTH, FIRST_ALONE = 0b11, 0b01
WHOLE = 10_000


@pytest.fixture
def delivered(team: Team, booking: Booking) -> Booking:
    team.deliver(booking.packed, booking.terms)
    return booking


@pytest.fixture
def accepting(world: World, delivered: Booking) -> Statement:
    return acceptance(world, delivered)


def acceptance(world: World, booking: Booking) -> Statement:
    return acts.accept(booking.packed, booking.terms.hospital, world.deadline)


def test_accept__by_the_hospital__credits_every_leg_and_returns_the_rest(
    world: World, team: Team, delivered: Booking, accepting: Statement
) -> None:
    terms, legs = delivered.terms, due_legs(delivered.terms)
    with releases(world, terms, legs):
        receipt = world.act(accepting, at=world.last_second(accepting))
    assert events_of(world, receipt) == [
        event("Settled", id=delivered.id, accepted=True),
        escrow_released(terms, delivered.id, legs),
    ]
    assert delivered.status is ConsultationStatus.SETTLED
    # 800 yuan a seat: 5 % platform, of the rest 30 % institution and 10 % group
    assert [(leg.kind, leg.party, leg.amount) for leg in legs] == [
        (LegKind.SEAT, team.doctors[0], 45_600),
        (LegKind.SEAT, team.doctors[1], 45_600),
        (LegKind.INSTITUTION, team.institutions[0], 22_800),
        (LegKind.INSTITUTION, team.institutions[1], 22_800),
        (LegKind.FUND, team.group, 15_200),
        (LegKind.PLATFORM, world.platform, 8_000),
    ]


def test_accept__keeps_the_hours_that_were_used(
    world: World, team: Team, delivered: Booking, accepting: Statement
) -> None:
    world.act(accepting)
    assert world.read("SlotBook", "isTaken", team.doctors[0], delivered.terms.start)


@pytest.mark.parametrize("overtime", [0, 1, 2])
@pytest.mark.parametrize("urgency_bps", [0, 3333])
def test_accept__with_urgency_and_overtime__pays_the_steps_that_were_used(
    world: World, team: Team, book: Book, terms: Terms, overtime: int, urgency_bps: int
) -> None:
    pricing = Pricing(world.platform, 733, urgency_bps, 1777, 2)
    seats = tuple(replace(seat, fee=Fen(seat.fee + 7 * place)) for place, seat in enumerate(terms.seats))
    booking = book(replace(terms, pricing=pricing, seats=seats))
    team.deliver(booking.packed, booking.terms, overtime=overtime)
    with releases(world, booking.terms, due_legs(booking.terms, steps=overtime)):
        world.act(acceptance(world, booking))


@pytest.mark.parametrize("seats", [FIRST_ALONE, BOTH])
def test_accept__with_an_optional_seat__pays_it_only_if_it_signed(
    world: World, team: Team, book: Book, terms: Terms, seats: int
) -> None:
    first, second = terms.seats
    booking = book(replace(terms, seats=(first, replace(second, required=False))))
    team.deliver(booking.packed, booking.terms, seats=seats)
    if seats != BOTH:
        world.chain.move_to(booking.state["deliveredAt"] + booking.terms.policy.review_window)
    with releases(world, booking.terms, due_legs(booking.terms, seats)):
        world.act(acceptance(world, booking))
    credited = world.read("RevenueLedger", "creditOf", team.doctors[1])["credited"]
    assert (credited > 0) == (seats == BOTH)


def test_accept__while_a_doctor_who_was_left_out_may_contest__reverts(
    world: World, team: Team, book: Book, terms: Terms
) -> None:
    """Hospital and lead together could otherwise keep an optional doctor from being heard."""
    first, second = terms.seats
    booking = book(replace(terms, seats=(first, replace(second, required=False))))
    team.deliver(booking.packed, booking.terms, seats=FIRST_ALONE)
    due = booking.state["deliveredAt"] + booking.terms.policy.review_window
    early = acts.accept(booking.packed, team.hospital, due + DAY)
    with refuses("ReviewStillOpen", due=due, nowAt=due):
        world.act(early, at=due)
    world.act(early)


@pytest.mark.parametrize("fees", [(0, 0), (0, 1), (1, 1), (1, 2), (3, 7), (99_991, 1_299_709)])
def test_accept__odd_fees__loses_no_fen(
    world: World, team: Team, book: Book, terms: Terms, fees: tuple[int, int]
) -> None:
    seats = tuple(replace(seat, fee=Fen(fee)) for seat, fee in zip(terms.seats, fees, strict=True))
    booking = book(replace(terms, seats=seats, pricing=Pricing(world.platform, 333, 0, 0, 0)))
    team.deliver(booking.packed, booking.terms)
    with releases(world, booking.terms, due_legs(booking.terms)):
        world.act(acceptance(world, booking))


def test_accept__a_seat_without_a_group__pays_its_institution_and_not_the_doctor(
    world: World, team: Team, book: Book, terms: Terms
) -> None:
    first, second = terms.seats
    alone = replace(second, group=NOBODY, rule_version=0, institution_bps=WHOLE, fund_bps=0)
    booking = book(replace(terms, seats=(first, alone)))
    team.deliver(booking.packed, booking.terms)
    with releases(world, booking.terms, due_legs(booking.terms)):
        world.act(acceptance(world, booking))
    assert world.read("RevenueLedger", "creditOf", team.doctors[1])["credited"] == 0


@pytest.mark.parametrize("shares", [(0, 0), (0, 1000), (3000, 0), (WHOLE, 0), (0, WHOLE)])
def test_accept__under_a_rule_that_leaves_somebody_nothing__has_no_leg_for_them(
    world: World, team: Team, book: Book, terms: Terms, shares: tuple[int, int]
) -> None:
    institution, fund = shares
    rises = institution + fund > sum((terms.seats[0].institution_bps, terms.seats[0].fund_bps))
    consenters = (*team.doctors, team.lead) if rises else (team.lead,)
    world.act(acts.set_share_rule(team.group, 2, institution, fund, world.deadline, consenters))
    seats = tuple(
        replace(seat, rule_version=2, institution_bps=institution, fund_bps=fund) for seat in terms.seats
    )
    booking = book(replace(terms, seats=seats))
    team.deliver(booking.packed, booking.terms)
    legs = due_legs(booking.terms)
    with releases(world, booking.terms, legs):
        world.act(acceptance(world, booking))
    kinds = {LegKind.SEAT: WHOLE - institution - fund, LegKind.INSTITUTION: institution, LegKind.FUND: fund}
    assert {leg.kind for leg in legs} == {kind for kind, bps in kinds.items() if bps} | {LegKind.PLATFORM}


def test_accept__by_a_contract_that_may_not_move_money_any_more__says_what_the_ledger_says(
    world: World, delivered: Booking, accepting: Statement, contracts: Contracts, admin: Any
) -> None:
    consultations = contracts["Consultations"].address
    contracts["RevenueLedger"].setBooker(consultations, False, sender=admin)
    with refuses("NotBooker", caller=consultations.lower()):
        world.act(accepting)
    assert delivered.status is ConsultationStatus.DELIVERED


def test_accept__after_everybody_lost_something__pays_what_was_earned(
    world: World, team: Team, delivered: Booking
) -> None:
    """Suspensions, departures and new rules never alter earned money."""
    doctor, institution = team.doctors[0], team.institutions[0]
    world.act(acts.leave(team.group, doctor, 1, world.deadline))
    left = (*team.doctors[1:], team.lead)
    world.act(acts.set_share_rule(team.group, 2, 9000, 1000, world.deadline, left))
    world.act(acts.end_affiliation(doctor, institution, institution, 1, world.deadline))
    for party in (doctor, institution, team.group, world.platform):
        world.suspend(party)
    with releases(world, delivered.terms, due_legs(delivered.terms)):
        world.act(acceptance(world, delivered))


@pytest.mark.parametrize("who", ["the leading doctor", "the institution", "the platform"])
def test_accept__signed_by_anybody_but_the_hospital__reverts(
    world: World, team: Team, accepting: Statement, who: str
) -> None:
    other = {
        "the leading doctor": team.doctors[0],
        "the institution": team.institutions[0],
        "the platform": world.platform,
    }[who]
    with refuses("InvalidSignature", party=team.hospital, signer=0):
        world.act(accepting, other)


def test_accept__before_the_opinion__reverts(world: World, booking: Booking) -> None:
    with refuses("WrongStatus", status=ConsultationStatus.BOOKED, needed=ConsultationStatus.DELIVERED):
        world.act(acceptance(world, booking))


def test_accept__twice__reverts(world: World, accepting: Statement) -> None:
    world.act(accepting)
    with refuses("WrongStatus", status=ConsultationStatus.SETTLED, needed=ConsultationStatus.DELIVERED):
        world.act(accepting)


def test_accept__terms_that_were_not_booked__reverts(world: World, terms: Terms) -> None:
    unbooked = Booking(world, terms)
    with refuses("UnknownTerms", termsHash=keccak(unbooked.packed)):
        world.act(acceptance(world, unbooked))


def test_accept__after_the_review_window__is_still_accepted(world: World, delivered: Booking) -> None:
    world.chain.move_to(world.chain.now() + delivered.terms.policy.review_window + DAY)
    with releases(world, delivered.terms, due_legs(delivered.terms)):
        world.act(acceptance(world, delivered))


def test_accept__one_of_two_deliveries__leaves_the_other_in_escrow(
    world: World, team: Team, delivered: Booking
) -> None:
    other = team.terms(start=Slot(delivered.terms.start + 100))
    team.book(other)
    with releases(world, delivered.terms, due_legs(delivered.terms)):
        world.act(acceptance(world, delivered))
    assert world.read("RevenueLedger", "fundsOf", team.hospital)["escrowed"] == other.escrow()


@each_signature_fault
def test_accept__badly_signed__reverts(world: World, accepting: Statement, fault: Fault) -> None:
    fault(world, accepting)
