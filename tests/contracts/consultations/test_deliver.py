"""Consultations.deliver: the lead hands in the opinion, between the start and the end of the deliver window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_utils.crypto import keccak

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import Terms, encode_terms
from tests.contracts.consultations.conftest import Book, Booking
from tests.support.books import moves
from tests.support.events import event, events_of
from tests.support.refusals import refuses
from tests.support.signature_faults import Fault, each_signature_fault
from tests.support.team import Team
from tests.support.world import DAY, World, digest_of

OPINION = digest_of("opinion")
BOTH, FIRST_ALONE = 0b11, 0b01


def delivery(
    booking: Booking, *, seats: int = BOTH, overtime: int = 0, by: PartyId | None = None
) -> Statement:
    terms = booking.terms
    lead = by or terms.seats[terms.lead].doctor
    last = terms.ends_at + terms.policy.deliver_window + DAY
    return acts.deliver(booking.packed, lead, OPINION, seats, overtime, last)


@pytest.fixture
def due(terms: Terms) -> int:
    """The last second for the opinion."""
    return terms.ends_at + terms.policy.deliver_window


@pytest.fixture
def delivering(world: World, booking: Booking, due: int) -> Statement:
    """In session, with a deadline before the opinion is due."""
    world.chain.move_to(booking.terms.starts_at)
    lead = booking.terms.seats[booking.terms.lead].doctor
    return acts.deliver(booking.packed, lead, OPINION, BOTH, 0, due - 100)


def test_deliver__by_the_lead__keeps_seats_and_overtime_and_moves_no_money(
    world: World, booking: Booking
) -> None:
    at = booking.terms.ends_at
    with moves(world):
        receipt = world.act(delivery(booking, overtime=1), at=at)
    assert events_of(world, receipt) == [
        event("Delivered", id=booking.id, opinion=OPINION, seats=BOTH, overtime=1)
    ]
    assert booking.state | {"bookedAt": 0} == {
        "status": ConsultationStatus.DELIVERED,
        "id": booking.id,
        "bookedAt": 0,
        "deliveredAt": at,
        "seats": BOTH,
        "overtime": 1,
        "escrowed": booking.terms.escrow(),
        "attended": 0,
    }


# Time


def test_deliver__in_the_first_second__is_accepted(world: World, booking: Booking) -> None:
    world.act(delivery(booking), at=booking.terms.starts_at)


def test_deliver__a_second_before_the_start__reverts(world: World, booking: Booking) -> None:
    start = booking.terms.starts_at
    with refuses("NotStarted", start=start, nowAt=start - 1):
        world.act(delivery(booking), at=start - 1)


def test_deliver__in_the_last_second_of_the_window__is_accepted(
    world: World, booking: Booking, due: int
) -> None:
    world.act(delivery(booking), at=due)


def test_deliver__a_second_after_the_window__reverts(world: World, booking: Booking, due: int) -> None:
    with refuses("DeliveryTooLate", due=due, nowAt=due + 1):
        world.act(delivery(booking), at=due + 1)


# Who and what


@pytest.mark.parametrize("who", ["the other doctor", "the hospital", "the lead of the group"])
def test_deliver__signed_by_anybody_but_the_leading_doctor__reverts(
    world: World, team: Team, booking: Booking, who: str
) -> None:
    party = {
        "the other doctor": team.doctors[1],
        "the hospital": team.hospital,
        "the lead of the group": team.lead,
    }[who]
    with refuses("InvalidSignature", party=team.doctors[0], signer=0):
        world.act(delivery(booking), party, at=booking.terms.ends_at)


def test_deliver__led_from_the_second_seat__is_signed_there(
    world: World, team: Team, book: Book, terms: Terms
) -> None:
    booking = book(replace(terms, lead=1))
    world.act(delivery(booking, by=team.doctors[1]), at=booking.terms.ends_at)


@pytest.mark.parametrize("seats", [0, 0b01, 0b10])
def test_deliver__without_a_required_seat__reverts(world: World, booking: Booking, seats: int) -> None:
    with refuses("RequiredSeatMissing", seats=seats, required=BOTH):
        world.act(delivery(booking, seats=seats), at=booking.terms.ends_at)


@pytest.mark.parametrize("seats", [0b111, 0b1000_0000_0000_0011])
def test_deliver__with_a_seat_that_does_not_exist__reverts(
    world: World, booking: Booking, seats: int
) -> None:
    with refuses("SeatOutOfRange", seats=seats, count=2):
        world.act(delivery(booking, seats=seats), at=booking.terms.ends_at)


@pytest.mark.parametrize("steps", [2, 255])
def test_deliver__with_more_overtime_than_agreed__reverts(world: World, booking: Booking, steps: int) -> None:
    with refuses("OvertimeNotAgreed", steps=steps, allowed=1):
        world.act(delivery(booking, overtime=steps), at=booking.terms.ends_at)


@pytest.fixture
def optional_second(book: Book, terms: Terms) -> Booking:
    first, second = terms.seats
    return book(replace(terms, seats=(first, replace(second, required=False))))


@pytest.mark.parametrize("seats", [FIRST_ALONE, BOTH])
def test_deliver__with_or_without_an_optional_seat__is_accepted(
    world: World, optional_second: Booking, seats: int
) -> None:
    world.act(delivery(optional_second, seats=seats), at=optional_second.terms.ends_at)
    assert optional_second.state["seats"] == seats


# State


def test_deliver__terms_that_were_not_booked__reverts(world: World, terms: Terms) -> None:
    packed = encode_terms(terms)
    with refuses("UnknownTerms", termsHash=keccak(packed)):
        world.act(delivery(Booking(world, terms)), at=terms.ends_at)


def test_deliver__twice__reverts(world: World, delivering: Statement) -> None:
    world.act(delivering)
    with refuses("WrongStatus", status=ConsultationStatus.DELIVERED, needed=ConsultationStatus.BOOKED):
        world.act(delivering)


def test_deliver__what_was_cancelled__reverts(world: World, booking: Booking) -> None:
    world.act(acts.cancel(booking.packed, booking.terms.hospital, world.deadline))
    with refuses("WrongStatus", status=ConsultationStatus.CANCELLED, needed=ConsultationStatus.BOOKED):
        world.act(delivery(booking), at=booking.terms.ends_at)


def test_deliver__what_has_expired__reverts(world: World, booking: Booking, due: int) -> None:
    world.act(acts.expire(booking.packed), at=due + 1)
    with refuses("WrongStatus", status=ConsultationStatus.EXPIRED, needed=ConsultationStatus.BOOKED):
        world.act(delivery(booking))


@each_signature_fault
def test_deliver__badly_signed__reverts(world: World, delivering: Statement, fault: Fault) -> None:
    fault(world, delivering)
