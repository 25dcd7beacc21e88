from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huizhen.domain.slots import (
    CHINA,
    Calendar,
    MinuteRange,
    Slot,
    WeeklyPattern,
    Window,
    bit_of,
    booked_bitmap,
    local_time,
    positions,
    run_starts,
    slot_at,
    slot_from,
    word_of,
    words_with,
)
from huizhen.errors import HoursInvalid

MONDAY = date(2026, 11, 23)
MORNING = MinuteRange(9 * 60, 11 * 60)
PATTERN = WeeklyPattern({0: (MORNING,), 1: (MinuteRange(14 * 60 + 5, 15 * 60 + 10),)})


def unix(day: int, hour: int, minute: int = 0) -> int:
    return int(datetime(2026, 11, day, hour, minute, tzinfo=CHINA).timestamp())


WEEK = Window.between(unix(23, 0), unix(30, 0))


def times(bits: int) -> list[str]:
    return [f"{local_time(Slot(WEEK.first + bit)):%d %H:%M}" for bit in positions(bits)]


def test_slot__is_cut_like_the_contract() -> None:
    slot = slot_at(1_764_000_899)
    assert (slot, word_of(slot), bit_of(slot)) == (1_960_000, 7_656, 64)
    assert slot_from(1_764_000_001) == 1_960_001


def test_offered__pattern_is_read_in_shanghai() -> None:
    bits = Calendar(PATTERN).offered(WEEK)
    assert times(bits)[0] == "23 09:00"
    assert times(bits)[7] == "23 10:45"


def test_offered__counts_only_slots_that_lie_wholly_inside() -> None:
    assert times(Calendar(PATTERN).offered(WEEK))[8:] == ["24 14:15", "24 14:30", "24 14:45"]


def test_offered__exception_replaces_the_day() -> None:
    away_and_extra = {MONDAY: (), date(2026, 11, 28): (MinuteRange(0, 15),)}
    bits = Calendar(WeeklyPattern({0: (MORNING,)}), away_and_extra).offered(WEEK)
    assert times(bits) == ["28 00:00"]


def test_free__leaves_out_booked_hours_and_short_notice() -> None:
    booked = words_with({}, [slot_at(unix(23, 9)), slot_at(unix(23, 10, 45)), slot_at(unix(22, 9))])
    bits = Calendar(PATTERN, booked_words=booked).free(WEEK, not_before=slot_at(unix(23, 10, 15)))
    assert times(bits)[:3] == ["23 10:15", "23 10:30", "24 14:15"]


def test_window__between__takes_whole_slots_only() -> None:
    window = Window.between(unix(23, 9, 1), unix(23, 9, 50))
    assert (window.first, window.length) == (slot_at(unix(23, 9, 15)), 2)
    assert Window.between(unix(23, 9, 1), unix(23, 9, 2)).length == 0


@pytest.mark.parametrize(("start", "end"), [(60, 60), (-1, 10), (0, 1_441)])
def test_minute_range__impossible_hours__are_refused(start: int, end: int) -> None:
    with pytest.raises(HoursInvalid):
        MinuteRange(start, end)


def test_weekly_pattern__unknown_weekday__is_refused() -> None:
    with pytest.raises(HoursInvalid):
        WeeklyPattern({7: (MORNING,)})


@given(st.integers(0, 2**40), st.sets(st.integers(0, 900)), st.integers(1, 600))
def test_booked_bitmap__finds_exactly_the_booked_slots(first: int, offsets: set[int], length: int) -> None:
    window = Window(Slot(first), length)
    words = words_with({}, [Slot(first + offset) for offset in offsets])
    assert set(positions(booked_bitmap(window, words))) == {offset for offset in offsets if offset < length}


@given(st.integers(0, 2**70 - 1), st.integers(1, 20))
def test_run_starts__agrees_with_looking_at_each_bit(free: int, length: int) -> None:
    naive = {bit for bit in range(70) if all(free >> bit + step & 1 for step in range(length))}
    assert set(positions(run_starts(free, length))) == naive
