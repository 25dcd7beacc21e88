"""Consultations.book, the form of the terms: one packed form for one signed form, and all of it can be settled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from huizhen.domain.money import Fen
from huizhen.domain.terms import Pricing, Terms, encode_terms
from tests.support.refusals import refuses
from tests.support.team import Team
from tests.support.world import World

HEADER, SEAT = 169, 55
VERSION_AT, SLOTS_AT, LEAD_AT = 0, 9, 10
DOCTOR_AT, FLAG_AT = 0, 18
WHOLE = 10_000
MOST_LEGS = 20
HIGHEST_PRICE = 2**96 - 1


@pytest.fixture
def packed(terms: Terms) -> bytes:
    return encode_terms(terms)


@pytest.fixture(params=["book", "signersOf", "bookingDigest"])
def read_by(request: pytest.FixtureRequest, world: World) -> Callable[[bytes], object]:
    """Every function that terms reach before they are booked."""

    def call(packed: bytes) -> object:
        if request.param != "book":
            return world.read("Consultations", request.param, packed)
        return world.chain.read("Consultations", world.addresses["Consultations"], "book", packed, b"")

    return call


def altered(packed: bytes, at: int, value: int, size: int = 1) -> bytes:
    return packed[:at] + value.to_bytes(size, "big") + packed[at + size :]


def seat_at(number: int) -> int:
    return HEADER + number * SEAT


@pytest.mark.parametrize("length", [0, HEADER, HEADER + SEAT - 1, HEADER + SEAT + 1, HEADER + 2 * SEAT - 1])
def test_book__terms_of_an_impossible_length__reverts(
    packed: bytes, read_by: Callable[[bytes], object], length: int
) -> None:
    with refuses("TermsMalformed", length=length):
        read_by(packed[:length])


def test_book__terms_with_a_byte_after_them__reverts(
    packed: bytes, read_by: Callable[[bytes], object]
) -> None:
    with refuses("TermsMalformed", length=len(packed) + 1):
        read_by(packed + b"\0")


def test_book__more_than_sixteen_seats__reverts(packed: bytes, read_by: Callable[[bytes], object]) -> None:
    with refuses("SeatCount", seats=17, allowed=16):
        read_by(packed[:HEADER] + packed[HEADER : HEADER + SEAT] * 17)


@pytest.mark.parametrize("version", [0, 2, 255])
def test_book__terms_of_another_version__reverts(
    packed: bytes, read_by: Callable[[bytes], object], version: int
) -> None:
    with refuses("TermsVersion", version=version, supported=1):
        read_by(altered(packed, VERSION_AT, version))


def test_book__terms_without_a_length__reverts(packed: bytes, read_by: Callable[[bytes], object]) -> None:
    with refuses("NoLength"):
        read_by(altered(packed, SLOTS_AT, 0))


@pytest.mark.parametrize("flag", [2, 3, 128, 255])
def test_book__a_flag_that_is_neither_0_nor_1__reverts(
    packed: bytes, read_by: Callable[[bytes], object], flag: int
) -> None:
    """It would be signed as `true` and give the same signatures a second life under another hash."""
    with refuses("FlagMalformed", flag=flag):
        read_by(altered(packed, seat_at(1) + FLAG_AT, flag))


def test_book__seats_out_of_order_or_twice__reverts(
    team: Team, packed: bytes, read_by: Callable[[bytes], object]
) -> None:
    first, second = team.doctors
    swapped = packed[:HEADER] + packed[seat_at(1) :] + packed[HEADER : seat_at(1)]
    with refuses("SeatsNotAscending", previous=second, next=first):
        read_by(swapped)
    with refuses("SeatsNotAscending", previous=first, next=first):
        read_by(altered(packed, seat_at(1) + DOCTOR_AT, first, 4))


def test_book__a_seat_of_nobody__reverts(packed: bytes, read_by: Callable[[bytes], object]) -> None:
    with refuses("SeatsNotAscending", previous=0, next=0):
        read_by(altered(packed, HEADER + DOCTOR_AT, 0, 4))


@pytest.mark.parametrize("lead", [2, 255])
def test_book__led_from_a_seat_that_does_not_exist__reverts(
    packed: bytes, read_by: Callable[[bytes], object], lead: int
) -> None:
    with refuses("LeadNotRequired", lead=lead, seats=2):
        read_by(altered(packed, LEAD_AT, lead))


def test_book__led_from_an_optional_seat__reverts(packed: bytes, read_by: Callable[[bytes], object]) -> None:
    with refuses("LeadNotRequired", lead=1, seats=2):
        read_by(altered(altered(packed, LEAD_AT, 1), seat_at(1) + FLAG_AT, 0))


# What could not be settled


@pytest.mark.parametrize("share", ["partial_bps", "late_bps", "default_bps"])
def test_book__a_fee_beyond_the_whole__reverts(team: Team, terms: Terms, share: str) -> None:
    beyond = {share: WHOLE + 1}
    with refuses("ShareOutOfRange", bps=WHOLE + 1, allowed=WHOLE):
        team.book(replace(terms, policy=replace(terms.policy, **beyond)))  # type: ignore[arg-type]


def test_book__all_fees_at_the_whole__is_accepted(team: Team, terms: Terms) -> None:
    policy = replace(terms.policy, partial_bps=WHOLE, late_bps=WHOLE, default_bps=WHOLE)
    team.book(replace(terms, policy=policy))


def test_book__a_platform_share_up_to_the_whole__is_accepted_and_beyond_reverts(
    world: World, team: Team, terms: Terms
) -> None:
    beyond = Pricing(world.platform, WHOLE + 1, 0, 0, 0)
    with refuses("ShareOutOfRange", bps=WHOLE + 1, allowed=WHOLE):
        team.book(replace(terms, pricing=beyond))
    team.book(replace(terms, pricing=replace(beyond, platform_bps=WHOLE)))


def test_book__shares_of_a_seat_beyond_the_whole__reverts(team: Team, terms: Terms) -> None:
    first, second = terms.seats
    with refuses("ShareOutOfRange", bps=WHOLE + 1, allowed=WHOLE):
        team.book(replace(terms, seats=(first, replace(second, institution_bps=WHOLE, fund_bps=1))))


def test_book__a_price_that_no_split_can_hold__reverts(team: Team, terms: Terms) -> None:
    first, second = terms.seats
    highest = replace(terms, pricing=replace(terms.pricing, overtime_steps=0))
    fee = HIGHEST_PRICE - second.fee
    with refuses("FundsTooLow", hospital=team.hospital, available=100_000_000, needed=HIGHEST_PRICE):
        team.book(team.with_seats(highest, replace(first, fee=Fen(fee)), second))
    with refuses("PriceTooHigh", price=HIGHEST_PRICE + 1, allowed=HIGHEST_PRICE):
        team.book(team.with_seats(highest, replace(first, fee=Fen(fee + 1)), second))
