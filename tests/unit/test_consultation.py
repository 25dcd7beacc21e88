"""The life of a consultation on chain, transition by transition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from huizhen.domain.consultation import Consultation, Release
from huizhen.domain.ids import PartyId
from huizhen.domain.split import LegKind
from huizhen.domain.statuses import ConsultationStatus
from huizhen.errors import MayNotCancel, OvertimeNotAgreed, SeatsWrong, TooEarly, TooLate, WrongState
from tests.support.practice import HOSPITAL, LEAD, MEMBER, booking_terms

HOUR = 3600
TERMS = booking_terms(2_000_000)  # type: ignore[arg-type]
START, END = TERMS.starts_at, TERMS.ends_at
BOOKED = Consultation(TERMS, ConsultationStatus.BOOKED)
DELIVERED = BOOKED.deliver(0b11, 0, START)
OPTIONAL = replace(TERMS, seats=(TERMS.seats[0], replace(TERMS.seats[1], required=False)))


def test_deliver__at_the_start_and_at_the_last_second__is_delivered() -> None:
    assert DELIVERED.status is ConsultationStatus.DELIVERED
    assert BOOKED.deliver(0b11, 2, BOOKED.deliver_by).overtime == 2


def test_deliver__too_early_or_too_late__is_refused() -> None:
    with pytest.raises(TooEarly):
        BOOKED.deliver(0b11, 0, START - 1)
    with pytest.raises(TooLate):
        BOOKED.deliver(0b11, 0, BOOKED.deliver_by + 1)


def test_deliver__without_a_required_seat__names_it() -> None:
    with pytest.raises(SeatsWrong, match="2"):
        BOOKED.deliver(0b01, 0, START)


def test_deliver__with_a_seat_that_is_not_there__is_refused() -> None:
    with pytest.raises(SeatsWrong):
        BOOKED.deliver(0b111, 0, START)


@pytest.mark.parametrize("steps", [-1, 3])
def test_deliver__more_overtime_than_agreed__is_refused(steps: int) -> None:
    with pytest.raises(OvertimeNotAgreed):
        BOOKED.deliver(0b11, steps, START)


def test_accept__delivered__settles_and_pays_every_fen() -> None:
    settled = DELIVERED.accept(START)
    assert settled.status is ConsultationStatus.SETTLED
    assert sum(leg.amount for leg in settled.legs()) == TERMS.price()
    assert settled.returned() == TERMS.escrow() - TERMS.price()


def test_accept__missing_optional_seat__loses_its_own_fee_alone() -> None:
    delivered = Consultation(OPTIONAL, ConsultationStatus.BOOKED).deliver(0b01, 0, START)
    due = START + OPTIONAL.policy.review_window
    with pytest.raises(TooEarly, match="leaves out a seat"):
        delivered.accept(due)
    settled = delivered.accept(due + 1)
    assert sum(leg.amount for leg in settled.legs()) == OPTIONAL.seats[0].fee
    assert MEMBER not in {leg.party for leg in settled.legs() if leg.kind is LegKind.SEAT}


def test_accept_by_time__after_the_review_only() -> None:
    due = START + TERMS.policy.review_window
    with pytest.raises(TooEarly):
        DELIVERED.accept_by_time(due)
    assert DELIVERED.accept_by_time(due + 1).status is ConsultationStatus.SETTLED


@pytest.mark.parametrize(
    ("before", "bps"),
    [(24 * HOUR, 0), (24 * HOUR - 1, 3000), (2 * HOUR, 3000), (2 * HOUR - 1, 10_000), (1, 10_000)],
)
def test_cancel__by_the_hospital__costs_what_the_policy_says(before: int, bps: int) -> None:
    cancelled = BOOKED.cancel(HOSPITAL, START - before)
    charged = sum(leg.amount for leg in cancelled.legs())
    assert cancelled.charged_bps == bps
    assert charged == sum(seat.fee * bps // 10_000 for seat in TERMS.seats)
    assert charged + cancelled.returned() == TERMS.escrow()


def test_cancel__by_the_lead__is_free() -> None:
    assert BOOKED.cancel(LEAD, START - 1).legs() == ()


def test_cancel__by_anybody_else_or_after_the_start__is_refused() -> None:
    with pytest.raises(MayNotCancel):
        BOOKED.cancel(PartyId(99), START - HOUR)
    with pytest.raises(TooLate):
        BOOKED.cancel(HOSPITAL, START)


def test_expire__only_when_the_opinion_is_overdue__returns_all() -> None:
    with pytest.raises(TooEarly):
        BOOKED.expire(END + TERMS.policy.deliver_window)
    expired = BOOKED.expire(END + TERMS.policy.deliver_window + 1)
    assert (expired.legs(), expired.returned()) == ((), TERMS.escrow())


@pytest.mark.parametrize("status", [each for each in ConsultationStatus if each.ended])
def test_ended__takes_no_further_step(status: ConsultationStatus) -> None:
    ended = Consultation(TERMS, status)
    steps: tuple[Callable[[], Consultation], ...] = (
        lambda: ended.deliver(0b11, 0, START),
        lambda: ended.accept(START),
        lambda: ended.accept_by_time(END * 2),
        lambda: ended.cancel(HOSPITAL, START - 1),
        lambda: ended.expire(END * 2),
    )
    for step in steps:
        with pytest.raises(WrongState):
            step()


def test_deliver__after_recorded_attendance__names_who_came_and_the_recorded_overtime_alone() -> None:
    recorded = replace(Consultation(OPTIONAL, ConsultationStatus.BOOKED), attended=0b01, overtime=1)
    assert recorded.deliver(0b01, 1, START).status is ConsultationStatus.DELIVERED
    with pytest.raises(SeatsWrong, match="2"):
        recorded.deliver(0b11, 1, START)
    with pytest.raises(OvertimeNotAgreed):
        recorded.deliver(0b01, 0, START)


def test_legs__of_several_releases__are_one_for_each_party_and_sum_to_what_was_paid() -> None:
    whole, half = Release(0b01, 10_000), Release(0b10, 5000)
    disputed = replace(DELIVERED, status=ConsultationStatus.DISPUTED)
    paid = [replace(disputed, releases=(each,)).legs() for each in (whole, half)]
    together = replace(disputed, releases=(whole, half)).legs()
    assert sum(leg.amount for leg in together) == TERMS.seats[0].fee + TERMS.seats[1].fee // 2
    assert sum(leg.amount for leg in together) == sum(leg.amount for legs in paid for leg in legs)
    assert len({(leg.kind, leg.party) for leg in together}) == len(together)
    assert list(together) == sorted(together, key=lambda leg: (leg.kind, leg.party))


def test_legs__contested_seat_that_gets_nothing__pays_the_others() -> None:
    settled = replace(
        DELIVERED,
        status=ConsultationStatus.SETTLED,
        charged_bps=10_000,
        releases=(Release(0b01, 10_000), Release(0b10, 0)),
    )
    assert sum(leg.amount for leg in settled.legs()) == TERMS.seats[0].fee
    assert settled.returned() == TERMS.escrow() - TERMS.seats[0].fee


def test_legs__disputed_and_nothing_paid_yet__are_none() -> None:
    assert replace(DELIVERED, status=ConsultationStatus.DISPUTED).legs() == ()
    assert DELIVERED.fees(0b10) == TERMS.seats[1].fee


def test_deliver__only_a_later_seat_is_required__names_it() -> None:
    swapped = replace(TERMS, lead=1, seats=(replace(TERMS.seats[0], required=False), TERMS.seats[1]))
    with pytest.raises(SeatsWrong, match="seat 2"):
        Consultation(swapped, ConsultationStatus.BOOKED).deliver(0b01, 0, START)
