from __future__ import annotations

import pytest

from huizhen.domain.hours import read_hours, write_hours
from huizhen.domain.slots import MinuteRange
from huizhen.errors import HoursInvalid


def test_read_hours__several_ranges__in_order() -> None:
    assert read_hours("13:30-17:00, 09:00–12:00") == (MinuteRange(540, 720), MinuteRange(810, 1020))


def test_read_hours__full_width_signs__are_read() -> None:
    assert read_hours("０９：００至１２：００，14:00～15:00") == (
        MinuteRange(540, 720),
        MinuteRange(840, 900),
    )


def test_read_hours__empty__is_a_day_off() -> None:
    assert read_hours("  ") == ()


def test_write_hours__reads_back() -> None:
    text = "09:00-12:00, 13:30-24:00"
    assert write_hours(read_hours(text)) == text


@pytest.mark.parametrize(
    "text",
    ["9-12", "09:00", "12:00-09:00", "09:05-10:00", "09:00-11:00, 10:00-12:00", "23:00-25:00", "09:75-11:00"],
)
def test_read_hours__impossible__says_what_to_write(text: str) -> None:
    with pytest.raises(HoursInvalid):
        read_hours(text)
