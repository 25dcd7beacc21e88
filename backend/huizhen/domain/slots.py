"""A doctor's hours as bits, cut as SlotBook.sol cuts them: a slot is 900 s of unix time, a word 256 slots.

Calendars are Python integers over a window: bit i is slot `window.first + i`. Intersections are `&`, and a
consultation of several slots starts wherever a shifted calendar still overlaps itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NewType
from zoneinfo import ZoneInfo

from huizhen.errors import HoursInvalid

Slot = NewType("Slot", int)

SLOT_SECONDS = 900
SLOTS_PER_WORD = 256
CHINA = ZoneInfo("Asia/Shanghai")
LAST_SECOND = int(datetime(9999, 12, 31, tzinfo=CHINA).timestamp())
"""A contract's "without end" lies beyond every calendar; it is shown as the last day of one."""
_MINUTES_PER_DAY = 24 * 60


def slot_at(unix: int) -> Slot:
    """The slot that contains this second."""
    return Slot(unix // SLOT_SECONDS)


def slot_from(unix: int) -> Slot:
    """The first slot that begins at or after this second."""
    return Slot(-(-unix // SLOT_SECONDS))


def unix_of(slot: Slot) -> int:
    return slot * SLOT_SECONDS


def china_time(unix: int) -> datetime:
    return datetime.fromtimestamp(min(unix, LAST_SECOND), CHINA)


def local_time(slot: Slot) -> datetime:
    return datetime.fromtimestamp(unix_of(slot), CHINA)


def word_of(slot: Slot) -> int:
    return slot >> 8


def bit_of(slot: Slot) -> int:
    return slot & 255


@dataclass(frozen=True, slots=True)
class Window:
    """Slots first <= slot < first + length."""

    first: Slot
    length: int

    @classmethod
    def between(cls, start_unix: int, end_unix: int) -> Window:
        """All slots that lie wholly between two seconds."""
        first = slot_from(start_unix)
        return cls(first, max(0, slot_at(end_unix) - first))

    @property
    def end(self) -> Slot:
        return Slot(self.first + self.length)

    @property
    def full(self) -> int:
        return (1 << self.length) - 1

    def stretch(self, start: Slot, end: Slot) -> int:
        """Bitmap of start <= slot < end, as far as it lies in the window."""
        low, high = max(start - self.first, 0), min(end - self.first, self.length)
        return (1 << high) - (1 << low) if low < high else 0


@dataclass(frozen=True, slots=True)
class MinuteRange:
    """Minutes since local midnight, start <= minute < end <= 1440."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= _MINUTES_PER_DAY:
            raise HoursInvalid(
                "时段须在0:00到24:00之间，且结束晚于开始。",
                "Hours must lie between 0:00 and 24:00 and end after they start.",
            )


@dataclass(frozen=True, slots=True)
class WeeklyPattern:
    """Hours by weekday, Monday = 0; a weekday that is missing has none."""

    hours: Mapping[int, tuple[MinuteRange, ...]]

    def __post_init__(self) -> None:
        if not all(0 <= weekday <= 6 for weekday in self.hours):
            raise HoursInvalid(
                "星期须为0（星期一）到6（星期日）。", "Weekdays run from 0 (Monday) to 6 (Sunday)."
            )


@dataclass(frozen=True, slots=True)
class Calendar:
    """The weekly pattern, days that replace it (empty = away), and the hours already booked on chain."""

    pattern: WeeklyPattern
    exceptions: Mapping[date, tuple[MinuteRange, ...]] = field(default_factory=dict)
    booked_words: Mapping[int, int] = field(default_factory=dict)

    def free(self, window: Window, not_before: Slot | None = None) -> int:
        """Bitmap of offered slots that are not booked and begin no sooner than `not_before` (notice)."""
        bits = self.offered(window) & ~booked_bitmap(window, self.booked_words)
        return bits if not_before is None else bits & window.stretch(not_before, window.end)

    def offered(self, window: Window) -> int:
        bits = 0
        for day, midnight in _local_days(window):
            for hours in self.exceptions.get(day, self.pattern.hours.get(day.weekday(), ())):
                bits |= window.stretch(
                    slot_from(midnight + hours.start * 60), slot_at(midnight + hours.end * 60)
                )
        return bits


@lru_cache(maxsize=64)
def _local_days(window: Window) -> tuple[tuple[date, int], ...]:
    """Local days of the window and the second of their midnight (no summer time in China since 1991)."""
    day, last = local_time(window.first).date(), local_time(window.end).date()
    days = []
    while day <= last:
        days.append((day, int(datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp())))
        day += timedelta(days=1)
    return tuple(days)


def booked_bitmap(window: Window, words: Mapping[int, int]) -> int:
    """The part of SlotBook's words (word index -> 256 bits) that lies in the window."""
    bits = 0
    for word in range(word_of(window.first), word_of(window.end) + 1):
        distance = word * SLOTS_PER_WORD - window.first
        booked = words.get(word, 0)
        bits |= booked << distance if distance >= 0 else booked >> -distance
    return bits & window.full


def words_with(words: Mapping[int, int], slots: Iterable[Slot]) -> dict[int, int]:
    """SlotBook's words after these slots were booked too."""
    grown = dict(words)
    for slot in slots:
        grown[word_of(slot)] = grown.get(word_of(slot), 0) | 1 << bit_of(slot)
    return grown


def run_starts(free: int, length: int) -> int:
    """Bits at which `length` free slots in a row begin: doubling shifts, so log2(length) steps."""
    covered = 1
    while covered < length and free:
        step = min(covered, length - covered)
        free &= free >> step
        covered += step
    return free


def positions(bits: int) -> Iterator[int]:
    """Indices of the set bits, ascending."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
