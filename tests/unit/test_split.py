from __future__ import annotations

import json
import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.split import Leg, LegKind, PaidSeat, Surcharge, charged_part, split
from huizhen.errors import SharesDoNotSum, TooManyLegs, TooManySeats
from tests.support import make_split_vectors

PLATFORM = PartyId(1)
SEAT = PaidSeat(PartyId(11), PartyId(21), PartyId(31), 3_000, 1_000, Fen(100_000))
CASES = json.loads(make_split_vectors.VECTORS.read_text())


def alone(number: int, fee: int) -> PaidSeat:
    return PaidSeat(PartyId(number), PartyId(100 + number), PartyId(0), 10_000, 0, Fen(fee))


@st.composite
def seats(draw: st.DrawFn) -> PaidSeat:
    group = draw(st.integers(0, 3))
    institution_bps = draw(st.integers(0, 10_000)) if group else 10_000
    return PaidSeat(
        doctor=PartyId(draw(st.integers(10, 14))),
        institution=PartyId(draw(st.integers(20, 23))),
        group=PartyId(group),
        institution_bps=institution_bps,
        fund_bps=draw(st.integers(0, 10_000 - institution_bps)) if group else 0,
        fee=Fen(draw(st.one_of(st.integers(0, 20), st.integers(0, 2**96 - 1)))),
    )


def test_vectors__are_what_the_script_writes() -> None:
    assert make_split_vectors.VECTORS.read_text() == make_split_vectors.text()
    assert len(CASES) >= 200


def test_split__reproduces_every_vector() -> None:
    for case in CASES:
        paid = [PaidSeat(**{**seat, "fee": int(seat["fee"])}) for seat in case["seats"]]
        legs = split(case["platform"], case["platform_bps"], paid)
        assert [
            {"kind": int(leg.kind), "party": leg.party, "amount": str(leg.amount)} for leg in legs
        ] == case["legs"]


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.lists(seats(), max_size=8))
def test_split__sums_exactly_and_each_leg_is_within_one_fen(platform_bps: int, paid: list[PaidSeat]) -> None:
    legs = split(PLATFORM, platform_bps, paid)
    assert sum(leg.amount for leg in legs) == sum(seat.fee for seat in paid)
    assert [(leg.kind, leg.party) for leg in legs] == sorted({(leg.kind, leg.party) for leg in legs})
    for leg in legs:
        exact = sum((pro_rata(leg, platform_bps, seat) for seat in paid), Fraction(0))
        assert exact > 0
        assert abs(leg.amount - exact) < 1


def pro_rata(leg: Leg, platform_bps: int, seat: PaidSeat) -> Fraction:
    remainder = Fraction(seat.fee * (10_000 - platform_bps), 10_000)
    match leg.kind:
        case LegKind.PLATFORM:
            return seat.fee - remainder
        case LegKind.SEAT:
            return remainder * seat.doctor_bps / 10_000 if seat.doctor == leg.party else Fraction(0)
        case LegKind.INSTITUTION:
            return remainder * seat.institution_bps / 10_000 if seat.institution == leg.party else Fraction(0)
        case LegKind.FUND:
            return remainder * seat.fund_bps / 10_000 if seat.group == leg.party else Fraction(0)


@settings(max_examples=30)
@given(st.lists(seats(), max_size=5), st.randoms(use_true_random=False))
def test_split__does_not_depend_on_the_order_of_seats(paid: list[PaidSeat], dice: random.Random) -> None:
    shuffled = list(paid)
    dice.shuffle(shuffled)
    assert split(PLATFORM, 500, paid) == split(PLATFORM, 500, shuffled)


def test_split__plain_seat__is_what_a_person_would_compute() -> None:
    assert split(PLATFORM, 500, [SEAT]) == (
        Leg(LegKind.SEAT, PartyId(11), Fen(57_000)),
        Leg(LegKind.INSTITUTION, PartyId(21), Fen(28_500)),
        Leg(LegKind.FUND, PartyId(31), Fen(9_500)),
        Leg(LegKind.PLATFORM, PLATFORM, Fen(5_000)),
    )


def test_split__less_than_a_fen__leg_stays_with_zero() -> None:
    legs = split(PLATFORM, 500, [replace(SEAT, fee=Fen(1))])
    assert [leg.amount for leg in legs] == [0, 0, 0, 1]


def test_split__doctor_without_group__institution_receives_the_remainder() -> None:
    legs = split(PLATFORM, 500, [alone(7, 1_000)])
    assert [(leg.kind, leg.amount) for leg in legs] == [(LegKind.INSTITUTION, 950), (LegKind.PLATFORM, 50)]


@pytest.mark.parametrize(
    "seat",
    [
        replace(SEAT, institution_bps=9_001),
        replace(SEAT, fund_bps=-1),
        replace(SEAT, group=PartyId(0)),
        replace(SEAT, group=PartyId(0), institution_bps=9_999, fund_bps=1),
    ],
)
def test_split__shares_that_are_no_whole__are_refused(seat: PaidSeat) -> None:
    with pytest.raises(SharesDoNotSum, match="Seat 2"):
        split(PLATFORM, 500, [SEAT, seat])


@pytest.mark.parametrize("platform_bps", [-1, 10_001])
def test_split__platform_share_out_of_range__is_refused(platform_bps: int) -> None:
    with pytest.raises(SharesDoNotSum):
        split(PLATFORM, platform_bps, [SEAT])


def test_split__twenty_legs_pass_and_one_more_is_refused() -> None:
    own_group = [
        replace(alone(n, 500), group=PartyId(300 + n), institution_bps=5_000, fund_bps=1_000)
        for n in range(7)
    ]
    assert len(split(PLATFORM, 500, [*own_group[:6], replace(SEAT, fund_bps=0, institution_bps=0)])) == 20
    with pytest.raises(TooManyLegs, match="22 payees"):
        split(PLATFORM, 500, own_group)


def test_split__seventeen_seats__are_refused() -> None:
    with pytest.raises(TooManySeats):
        split(PLATFORM, 500, [SEAT] * 17)


def test_surcharge__floors_once_over_the_sum_of_all_steps() -> None:
    assert Surcharge().applied_to(Fen(33_333)) == 33_333
    assert Surcharge(5_000, 2_500, 3).applied_to(Fen(33_333)) == 33_333 * 22_500 // 10_000
    assert charged_part(Fen(99_999), 3_000) == 29_999
