from __future__ import annotations

import random
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import Slot, Window
from huizhen.domain.split import Surcharge
from huizhen.domain.staffing import Found, find_teams
from huizhen.domain.staffing_reasons import (
    Change,
    Filter,
    NeverFree,
    NeverTogether,
    NoDoctor,
    OverLimit,
    TooFewDoctors,
)
from huizhen.domain.team import Candidate, CityCode, Pool, Search, Seat
from huizhen.errors import SearchInvalid

WINDOW = Window(Slot(1_960_000), 8)
BEIJING, SHANGHAI = CityCode(110100), CityCode(310100)
NEURO, PATHOLOGY, CARDIO = 1, 2, 4
NAMES = [
    Sentence("神经外科", "Neurosurgery"),
    Sentence("病理科", "Pathology"),
    Sentence("心内科", "Cardiology"),
]


def doctor(number: int, specialties: int, free: int, fee: int = 100, title: int = 3) -> Candidate:
    city = BEIJING if number % 2 else SHANGHAI
    return Candidate(
        PartyId(number), specialties, title, city, PartyId(50 + number), PartyId(0), Fen(fee), free
    )


def search(*seats: Seat, length: int = 1, limit: int | None = None, window: Window = WINDOW) -> Search:
    return Search(seats, window, length, None if limit is None else Fen(limit))


def teams(found: Found) -> list[tuple[int, list[int | None], int]]:
    return [
        (team.start - WINDOW.first, [None if c is None else c.doctor for c in team.chosen], team.price)
        for team in found.staffings
    ]


def test_find_teams__two_seats_and_one_doctor__is_not_a_team() -> None:
    pool = Pool(WINDOW, [doctor(1, NEURO | PATHOLOGY, 0b11), doctor(2, PATHOLOGY, 0b10)])
    assert teams(find_teams(pool, search(Seat(NEURO), Seat(PATHOLOGY)))) == [(1, [1, 2], 200)]


def test_find_teams__cheapest_first_choice_may_have_to_yield() -> None:
    generalist, pathologist = doctor(1, NEURO | PATHOLOGY, 1, fee=10), doctor(2, PATHOLOGY, 1, fee=30)
    pool = Pool(WINDOW, [generalist, pathologist, doctor(3, NEURO, 1, fee=100)])
    assert teams(find_teams(pool, search(Seat(NEURO), Seat(PATHOLOGY)))) == [(0, [1, 2], 40)]


def test_find_teams__length_needs_slots_in_a_row() -> None:
    pool = Pool(WINDOW, [doctor(1, NEURO, 0b0111_0110), doctor(2, PATHOLOGY, 0b1111_0111)])
    found = find_teams(pool, search(Seat(NEURO), Seat(PATHOLOGY), length=2))
    assert [start for start, _, _ in teams(found)] == [1, 4, 5]


def test_find_teams__window_inside_the_pool__cuts_runs_at_both_ends() -> None:
    pool = Pool(WINDOW, [doctor(1, NEURO, 0b1111_1111)])
    inside = Window(Slot(WINDOW.first + 2), 3)
    found = find_teams(pool, search(Seat(NEURO), length=2, window=inside))
    assert [start for start, _, _ in teams(found)] == [2, 3]


def test_find_teams__optional_seat_never_costs_a_required_one() -> None:
    seats = Seat(NEURO, required=False), Seat(NEURO | PATHOLOGY)
    pool = Pool(WINDOW, [doctor(1, NEURO | PATHOLOGY, 1, fee=10)])
    assert teams(find_teams(pool, search(*seats))) == [(0, [None, 1], 10)]


def test_find_teams__limit__drops_optional_seats_before_it_refuses() -> None:
    pool = Pool(WINDOW, [doctor(1, NEURO, 1), doctor(2, PATHOLOGY, 1, fee=70), doctor(3, CARDIO, 1, fee=60)])
    seats = Seat(NEURO), Seat(PATHOLOGY, required=False), Seat(CARDIO, required=False)
    assert teams(find_teams(pool, search(*seats, limit=229))) == [(0, [1, None, 3], 160)]


def test_find_teams__same_doctor_at_two_institutions__is_one_person() -> None:
    dear = replace(doctor(1, NEURO, 1, fee=90), institution=PartyId(99))
    pool = Pool(WINDOW, [dear, doctor(1, NEURO, 1, fee=50), doctor(2, NEURO, 1, fee=80)])
    found = find_teams(pool, search(Seat(NEURO), Seat(NEURO)))
    assert teams(found) == [(0, [1, 2], 130)]
    assert found.staffings[0].chosen[0] == doctor(1, NEURO, 1, fee=50)


def test_find_teams__surcharge__is_part_of_price_and_limit() -> None:
    pool = Pool(WINDOW, [doctor(1, NEURO, 1)])
    asked = replace(search(Seat(NEURO), limit=150), surcharge=Surcharge(5_000))
    assert teams(find_teams(pool, asked)) == [(0, [1], 150)]
    assert find_teams(pool, replace(asked, price_limit=Fen(149))).reason == OverLimit(
        Fen(150), WINDOW.first, Fen(149)
    )


def test_cheapest__prefers_a_full_team() -> None:
    pool = Pool(WINDOW, [doctor(1, NEURO, 0b11), doctor(2, PATHOLOGY, 0b10)])
    found = find_teams(pool, search(Seat(NEURO), Seat(PATHOLOGY, required=False)))
    assert found.earliest == found.staffings[0]
    assert found.cheapest == found.staffings[1]


@pytest.mark.parametrize(
    ("seat", "because"),
    [
        (Seat(CARDIO), Filter.SPECIALTY),
        (Seat(NEURO | PATHOLOGY), Filter.SPECIALTY),
        (Seat(NEURO, title_minimum=4), Filter.TITLE),
        (Seat(NEURO, wanted_cities=frozenset({SHANGHAI})), Filter.CITY),
        (Seat(NEURO, excluded_cities=frozenset({BEIJING})), Filter.CITY),
        (Seat(NEURO, pinned=PartyId(2)), Filter.PIN),
    ],
)
def test_reason__no_doctor__names_the_filter(seat: Seat, because: Filter) -> None:
    pool = Pool(WINDOW, [doctor(1, NEURO, 1), doctor(2, PATHOLOGY, 1)])
    assert find_teams(pool, search(seat, Seat(PATHOLOGY))).reason == NoDoctor(0, because)


def test_reason__seat_never_free() -> None:
    pool = Pool(WINDOW, [doctor(1, NEURO, 0b101), doctor(2, PATHOLOGY, 0b11)])
    found = find_teams(pool, search(Seat(PATHOLOGY), Seat(NEURO), length=2))
    assert found.reason == NeverFree(1, 1, WINDOW.end)


def test_reason__pair_that_never_overlaps__and_the_pin_that_is_in_the_way() -> None:
    pool = Pool(
        WINDOW, [doctor(1, NEURO, 0b0011), doctor(2, PATHOLOGY, 0b1100), doctor(3, PATHOLOGY, 0b0110)]
    )
    found = find_teams(pool, search(Seat(NEURO), Seat(PATHOLOGY, pinned=PartyId(2))))
    assert found.reason == NeverTogether((0, 1), WINDOW.end)
    assert [(hint.change, hint.seat, hint.doctor, hint.slots) for hint in found.hints] == [
        (Change.MAKE_OPTIONAL, 0, None, 2),
        (Change.MAKE_OPTIONAL, 1, PartyId(2), 2),
        (Change.UNPIN, 1, PartyId(2), 1),
    ]
    assert found.hints[2].sentence(NAMES, "李某").zh.startswith("换掉病理科指定的李某，可开放1个时段")
    assert "Neurosurgery and Pathology never overlap before" in found.reason.sentence(NAMES).en


def test_reason__three_seats_that_only_clash_together() -> None:
    pool = Pool(WINDOW, [doctor(1, NEURO, 0b011), doctor(2, PATHOLOGY, 0b110), doctor(3, CARDIO, 0b101)])
    found = find_teams(pool, search(Seat(NEURO), Seat(PATHOLOGY), Seat(CARDIO)))
    assert found.reason == NeverTogether((0, 1, 2), WINDOW.end)


def test_reason__too_few_distinct_doctors() -> None:
    pool = Pool(WINDOW, [doctor(1, NEURO | PATHOLOGY, 0b10), doctor(3, CARDIO, 0b10)])
    found = find_teams(pool, search(Seat(CARDIO), Seat(NEURO), Seat(PATHOLOGY)))
    assert found.reason == TooFewDoctors((1, 2), 1, Slot(WINDOW.first + 1))


def test_reason__over_the_limit__names_the_cheapest_team() -> None:
    pool = Pool(WINDOW, [doctor(1, NEURO, 0b01, fee=500), doctor(2, NEURO, 0b10, fee=300)])
    found = find_teams(pool, search(Seat(NEURO), limit=299))
    assert found.reason == OverLimit(Fen(300), Slot(WINDOW.first + 1), Fen(299))
    assert [(hint.change, hint.slots, hint.price) for hint in found.hints] == [(Change.RAISE_LIMIT, 2, 300)]


def test_hint__calendars_that_reach_further__offer_a_later_start() -> None:
    pool = Pool(WINDOW, [doctor(1, NEURO, 0b1100_0000)])
    found = find_teams(pool, search(Seat(NEURO), window=Window(WINDOW.first, 4)))
    assert [(hint.change, hint.earliest - WINDOW.first, hint.slots) for hint in found.hints] == [
        (Change.LATER, 6, 2)
    ]


def test_search__that_cannot_be_answered__is_refused() -> None:
    for seats, length in (
        ((), 1),
        ((Seat(NEURO, required=False),), 1),
        ((Seat(NEURO),), 9),
        ((Seat(NEURO),), 0),
    ):
        with pytest.raises(SearchInvalid):
            search(*seats, length=length)
    with pytest.raises(SearchInvalid):
        find_teams(Pool(WINDOW, []), search(Seat(NEURO), window=Window(WINDOW.first, 9)))


def brute_force(candidates: list[Candidate], asked: Search) -> dict[int, tuple[int, int]]:
    """Start -> (empty optional seats, price) of the best team, by trying every combination."""
    best: dict[int, tuple[int, int]] = {}
    run = (1 << asked.length) - 1
    for position in range(WINDOW.length - asked.length + 1):
        able = [
            [None] * (not seat.required)
            + [
                c
                for c in candidates
                if c.free >> position & run == run
                and not seat.specialties & ~c.specialties
                and c.title >= seat.title_minimum
                and seat.welcomes_city(c.city)
                and seat.pinned in (None, c.doctor)
            ]
            for seat in asked.seats
        ]
        for team in product(*able):
            present = [c for c in team if c is not None]
            price = sum(c.fee for c in present)
            if len({c.doctor for c in present}) < len(present) or price > (asked.price_limit or price):
                continue
            merit = team.count(None), price
            best[position] = min(best.get(position, merit), merit)
    return best


@settings(max_examples=120)
@given(st.integers(0, 2**32))
def test_find_teams__agrees_with_brute_force(seed: int) -> None:
    dice = random.Random(seed)
    candidates = [
        doctor(
            number,
            dice.randint(1, 7),
            dice.getrandbits(8) | dice.getrandbits(8),
            fee=dice.randint(0, 9) * 10,
            title=dice.randint(1, 4),
        )
        for number in range(1, dice.randint(2, 7))
    ]
    seats = [
        Seat(
            specialties=dice.choice((NEURO, PATHOLOGY, CARDIO, NEURO | CARDIO)),
            title_minimum=dice.choice((0, 0, 2)),
            required=dice.random() < 0.6,
            pinned=PartyId(1) if dice.random() < 0.1 else None,
            excluded_cities=frozenset({BEIJING}) if dice.random() < 0.2 else frozenset(),
        )
        for _ in range(dice.randint(1, 3))
    ]
    seats.append(Seat(dice.choice((NEURO, PATHOLOGY, CARDIO))))
    asked = search(*seats, length=dice.randint(1, 2), limit=dice.choice((None, 60, 120)))
    found = find_teams(Pool(WINDOW, candidates), asked)
    best = brute_force(candidates, asked)
    assert {start: (chosen.count(None), price) for start, chosen, price in teams(found)} == best
    assert (found.reason is None) == bool(best)
    for team in found.staffings:
        present = [c.doctor for c in team.chosen if c is not None]
        assert len(set(present)) == len(present)
    if found.reason is not None:
        assert found.reason.sentence([Sentence("席", "seat")] * len(seats)).zh.endswith("。")
