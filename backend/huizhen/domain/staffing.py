"""Team search: all slots that a team of distinct doctors can staff, or why there is none.

"Someone is free in each specialty" does not staff a team: two seats may count on the same doctor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from huizhen.domain.seating import Options, Staffing, options_for, staff, union
from huizhen.domain.slots import Window
from huizhen.domain.staffing_reasons import (
    Change,
    Filter,
    Hint,
    NeverFree,
    NeverTogether,
    NoDoctor,
    OverLimit,
    Reason,
    TooFewDoctors,
)
from huizhen.domain.team import Pool, Search, Seat
from huizhen.errors import SearchInvalid


@dataclass(frozen=True, slots=True)
class Found:
    """Staffings by start, one per slot; when there is none, the reason and what would help, best first."""

    staffings: tuple[Staffing, ...]
    reason: Reason | None = None
    hints: tuple[Hint, ...] = ()

    @property
    def earliest(self) -> Staffing | None:
        return self.staffings[0] if self.staffings else None

    @property
    def cheapest(self) -> Staffing | None:
        """The cheapest of the fullest teams: an empty optional seat is not a bargain."""
        return min(self.staffings, key=lambda s: (s.chosen.count(None), s.price, s.start), default=None)


def find_teams(pool: Pool, search: Search) -> Found:
    """All slots of the search's window that can be staffed; the window must lie in the pool's."""
    if search.window.first < pool.window.first or search.window.end > pool.window.end:
        raise SearchInvalid(
            "查找时段超出已载入的日历：请选择更近的时段。",
            "The window reaches beyond the calendars that were loaded: choose a nearer one.",
        )
    options = [options_for(pool, search, seat) for seat in search.seats]
    staffings, obstacle = staff(search, options)
    if staffings:
        return Found(tuple(staffings))
    reason = obstacle or _why_no_common_slot(pool, search, options)
    return Found((), reason, _hints(pool, search, reason))


def _why_no_common_slot(pool: Pool, search: Search, options: Sequence[Options]) -> Reason:
    required = [number for number, seat in enumerate(search.seats) if seat.required]
    for number in required:
        if not options[number]:
            return NoDoctor(number, _emptying_filter(pool, search.seats[number]))
    unions = {number: union(options[number]) for number in required}
    for number in required:
        if not unions[number]:
            return NeverFree(number, len(options[number]), search.window.end)
    return NeverTogether(_smallest_clash(unions, search.window), search.window.end)


def _emptying_filter(pool: Pool, seat: Seat) -> Filter:
    left = list(pool.with_specialties(seat.specialties))
    if not left:
        return Filter.SPECIALTY
    left = [candidate for candidate in left if candidate.title >= seat.title_minimum]
    if not left:
        return Filter.TITLE
    return Filter.PIN if any(seat.welcomes_city(candidate.city) for candidate in left) else Filter.CITY


def _smallest_clash(unions: dict[int, int], window: Window) -> tuple[int, ...]:
    """A pair of seats that never overlap, else a set that no longer clashes without any one of its seats."""
    numbers = list(unions)
    for place, one in enumerate(numbers):
        for other in numbers[place + 1 :]:
            if not unions[one] & unions[other]:
                return one, other
    clash = list(numbers)
    for number in numbers:
        common = window.full
        for other in clash:
            if other != number:
                common &= unions[other]
        if not common:
            clash.remove(number)
    return tuple(clash)


def _hints(pool: Pool, search: Search, reason: Reason) -> tuple[Hint, ...]:
    """Changes to the seats that are in the way, and to the window or the limit, tried one at a time."""
    match reason:
        case NoDoctor(seat=number) | NeverFree(seat=number):
            blamed: tuple[int, ...] = (number,)
        case NeverTogether(seats=numbers) | TooFewDoctors(seats=numbers):
            blamed = numbers
        case OverLimit():
            blamed = tuple(range(len(search.seats)))
    tries: list[tuple[Change, int | None, Search]] = []
    for number in blamed:
        seat = search.seats[number]
        for change, relaxed in _relaxed(seat):
            others = (*search.seats[:number], relaxed, *search.seats[number + 1 :])
            if any(other.required for other in others):
                tries.append((change, number, replace(search, seats=others)))
    if search.window.end < pool.window.end:
        longer = Window(search.window.first, pool.window.end - search.window.first)
        tries.append((Change.LATER, None, replace(search, window=longer)))
    if isinstance(reason, OverLimit):
        tries.append((Change.RAISE_LIMIT, None, replace(search, price_limit=None)))
    hints = []
    for change, number_or_none, changed in tries:
        staffings, _ = staff(changed, [options_for(pool, changed, seat) for seat in changed.seats])
        if staffings:
            pinned = None if number_or_none is None else search.seats[number_or_none].pinned
            least = min(staffing.price for staffing in staffings)
            hints.append(Hint(change, len(staffings), staffings[0].start, least, number_or_none, pinned))
    return tuple(sorted(hints, key=lambda hint: -hint.slots))


def _relaxed(seat: Seat) -> list[tuple[Change, Seat]]:
    """The ways in which one seat could ask for less."""
    ways = []
    if seat.pinned is not None:
        ways.append((Change.UNPIN, replace(seat, pinned=None)))
    if seat.wanted_cities or seat.excluded_cities:
        ways.append((Change.ANY_CITY, replace(seat, wanted_cities=frozenset(), excluded_cities=frozenset())))
    if seat.title_minimum:
        ways.append((Change.LOWER_TITLE, replace(seat, title_minimum=0)))
    if seat.required:
        ways.append((Change.MAKE_OPTIONAL, replace(seat, required=False)))
    return ways
