"""Consultations.cancelWithdrawn: what becomes of hours and money once the patient withdraws consent."""

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
from tests.support.team import POLICY, Team
from tests.support.world import World


def withdraw(world: World, terms: Terms, *, at: int) -> None:
    world.withdraw(terms.documents.case_file, terms.documents.consent, at=at)


@pytest.mark.parametrize(
    ("before_start", "fee_bps"),
    [(POLICY.free_before, 0), (POLICY.free_before - 1, 3000), (POLICY.partial_before - 1, 10_000)],
)
@pytest.mark.parametrize("called", ["at once", "in the last second"])
def test_cancel_withdrawn__costs_what_a_cancellation_at_the_withdrawal_would(
    world: World, team: Team, booking: Booking, before_start: int, fee_bps: int, called: str
) -> None:
    """Nobody gains by calling later, and the patient pays nothing."""
    terms = booking.terms
    withdraw(world, terms, at=terms.starts_at - before_start)
    legs = due_legs(terms, charge_bps=fee_bps) if fee_bps else ()
    at = None if called == "at once" else terms.starts_at - 1
    with releases(world, terms, legs):
        receipt = world.act(acts.cancel_withdrawn(booking.packed), at=at)
    assert events_of(world, receipt) == [
        event("Cancelled", id=booking.id, by=0, feeBps=fee_bps),
        event("Released", start=terms.start, slots=terms.slots, doctors=tuple(team.doctors)),
        escrow_released(terms, booking.id, legs),
    ]
    assert (booking.status, booking.state["escrowed"]) == (ConsultationStatus.CANCELLED, 0)
    assert not any(world.read("SlotBook", "isTaken", doctor, terms.start) for doctor in team.doctors)


def test_cancel_withdrawn__while_the_consent_stands__reverts(world: World, booking: Booking) -> None:
    with refuses("ConsentStands", consent=booking.terms.documents.consent):
        world.act(acts.cancel_withdrawn(booking.packed))


def test_cancel_withdrawn__once_it_has_started__reverts(world: World, booking: Booking) -> None:
    """The session that the patient let begin goes its usual way."""
    start = booking.terms.starts_at
    withdraw(world, booking.terms, at=start - 1)
    with refuses("AlreadyStarted", start=start, nowAt=start):
        world.act(acts.cancel_withdrawn(booking.packed), at=start)


def test_cancel_withdrawn__withdrawn_in_the_session__it_is_delivered_and_paid(
    world: World, team: Team, booking: Booking
) -> None:
    terms = booking.terms
    withdraw(world, terms, at=terms.starts_at + 60)
    team.deliver(booking.packed, terms)
    with releases(world, terms, due_legs(terms)):
        world.act(acts.accept(booking.packed, terms.hospital, world.deadline))


def test_cancel_withdrawn__twice__reverts(world: World, booking: Booking) -> None:
    withdraw(world, booking.terms, at=booking.terms.starts_at - 10)
    world.act(acts.cancel_withdrawn(booking.packed))
    with refuses("WrongStatus", status=ConsultationStatus.CANCELLED, needed=ConsultationStatus.BOOKED):
        world.act(acts.cancel_withdrawn(booking.packed))


def test_cancel_withdrawn__terms_that_were_not_booked__reverts(world: World, terms: Terms) -> None:
    unbooked = Booking(world, terms)
    with refuses("UnknownTerms", termsHash=keccak(unbooked.packed)):
        world.act(acts.cancel_withdrawn(unbooked.packed))
