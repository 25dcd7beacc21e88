"""Who sits where: the cheapest team of distinct doctors at each slot.

Calendars are intersected first, which leaves few slots; only those are staffed by an assignment of seats to
doctors. With n seats a cheapest team never needs more than the n cheapest free doctors of each seat: if one
used a later one, at most n - 1 of the earlier ones could be taken by the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huizhen.domain.assignment import Assignment
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot, positions, run_starts
from huizhen.domain.staffing_reasons import OverLimit, TooFewDoctors
from huizhen.domain.team import Candidate, Pool, Search, Seat


@dataclass(frozen=True, slots=True)
class Staffing:
    """`chosen` has an entry per seat, None where an optional one stays empty; price in effective fees."""

    start: Slot
    chosen: tuple[Candidate | None, ...]
    price: Fen


@dataclass(frozen=True, slots=True)
class Option:
    candidate: Candidate
    starts: int  # bitmap over the search's window


Options = Sequence[Option]


def options_for(pool: Pool, search: Search, seat: Seat) -> list[Option]:
    """Doctors who may take the seat, cheapest first, each once (at the institution where they cost least)."""
    offset = search.window.first - pool.window.first
    full = search.window.full
    seen: set[PartyId] = set()
    options = []
    for candidate in pool.with_specialties(seat.specialties):
        if (
            candidate.title < seat.title_minimum
            or not seat.welcomes_city(candidate.city)
            or (seat.pinned is not None and candidate.doctor != seat.pinned)
            or candidate.doctor in seen
        ):
            continue
        seen.add(candidate.doctor)
        options.append(Option(candidate, run_starts(candidate.free >> offset & full, search.length)))
    return options


def union(options: Options) -> int:
    bits = 0
    for option in options:
        bits |= option.starts
    return bits


def staff(
    search: Search, options: Sequence[Options]
) -> tuple[list[Staffing], OverLimit | TooFewDoctors | None]:
    """Staff every slot at which each required seat has someone, and say why the closest one failed."""
    common = search.window.full
    for seat, seat_options in zip(search.seats, options, strict=True):
        if seat.required:
            common &= union(seat_options)
    shortlists = [_shortlists(seat_options, common, len(options)) for seat_options in options]
    staffings: list[Staffing] = []
    crowded: TooFewDoctors | None = None
    over: OverLimit | None = None
    for position in positions(common):
        start = Slot(search.window.first + position)
        outcome = _cheapest_team(search, [shortlist.get(position, []) for shortlist in shortlists], start)
        match outcome:
            case Staffing():
                staffings.append(outcome)
            case TooFewDoctors():
                crowded = crowded or outcome
            case OverLimit():
                over = outcome if over is None or outcome.cheapest < over.cheapest else over
    return staffings, over or crowded


def _shortlists(options: Options, common: int, depth: int) -> dict[int, list[Candidate]]:
    """For each common slot its `depth` cheapest free doctors; levels[j] are slots with more than j."""
    levels = [0] * depth
    shortlists: dict[int, list[Candidate]] = {}
    for option in options:
        starts = option.starts & common
        for position in positions(starts & ~levels[-1]):
            shortlists.setdefault(position, []).append(option.candidate)
        for level in range(depth - 1, 0, -1):
            levels[level] |= levels[level - 1] & starts
        levels[0] |= starts
        if levels[-1] == common:
            break
    return shortlists


def _cheapest_team(
    search: Search, shortlists: Sequence[Sequence[Candidate]], start: Slot
) -> Staffing | TooFewDoctors | OverLimit:
    """Required seats first, then as many optional ones as the limit allows, then the least price."""
    limit = search.price_limit
    price_of = search.surcharge.applied_to
    first_choices = [shortlist[0] if shortlist else None for shortlist in shortlists]
    present = [choice for choice in first_choices if choice is not None]
    if len({choice.doctor for choice in present}) == len(present):
        price = sum(price_of(choice.fee) for choice in present)
        if limit is None or price <= limit:
            return Staffing(start, tuple(first_choices), Fen(price))
    assignment = Assignment([{c.doctor: price_of(c.fee) for c in shortlist} for shortlist in shortlists])
    for row, seat in enumerate(search.seats):
        if seat.required:
            step = assignment.cheapest_step([row])
            if step is None:
                rows, columns = assignment.crowd(row)
                return TooFewDoctors(tuple(sorted(rows)), len(columns), start)
            assignment.take(step)
    if limit is not None and assignment.total > limit:
        return OverLimit(Fen(assignment.total), start, limit)
    while step := assignment.cheapest_step(
        row
        for row in range(len(search.seats))
        if row not in assignment.column_of and not search.seats[row].required
    ):
        if limit is not None and assignment.total + step[0] > limit:
            break
        assignment.take(step)
    chosen = tuple(
        next((c for c in shortlist if c.doctor == assignment.column_of.get(row)), None)
        for row, shortlist in enumerate(shortlists)
    )
    return Staffing(start, chosen, Fen(assignment.total))
