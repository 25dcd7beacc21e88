"""What a team search is asked (seats over a window) and what it chooses from (doctors with calendars)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NewType

from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import Window, positions
from huizhen.domain.split import MAX_SEATS, NO_SURCHARGE, Surcharge
from huizhen.errors import SearchInvalid

CityCode = NewType("CityCode", int)
"""GB/T 2260, six digits."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A doctor at an institution of practice; `title` ranks seniority, `free` is over the pool's window."""

    doctor: PartyId
    specialties: int
    title: int
    city: CityCode
    institution: PartyId
    group: PartyId
    fee: Fen
    free: int


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat needs all bits of `specialties`. Empty `wanted_cities` means any city."""

    specialties: int
    title_minimum: int = 0
    required: bool = True
    pinned: PartyId | None = None
    wanted_cities: frozenset[CityCode] = frozenset()
    excluded_cities: frozenset[CityCode] = frozenset()

    def welcomes_city(self, city: CityCode) -> bool:
        return city not in self.excluded_cities and (not self.wanted_cities or city in self.wanted_cities)


@dataclass(frozen=True, slots=True)
class Search:
    """`length` slots in a row inside `window`, for at most `price_limit` fen in total (effective fees)."""

    seats: tuple[Seat, ...]
    window: Window
    length: int
    price_limit: Fen | None = None
    surcharge: Surcharge = NO_SURCHARGE

    def __post_init__(self) -> None:
        if not 1 <= len(self.seats) <= MAX_SEATS or not any(seat.required for seat in self.seats):
            raise SearchInvalid(
                f"请设1到{MAX_SEATS}个席位，其中至少一个必需。",
                f"Ask for 1 to {MAX_SEATS} seats, at least one of them required.",
            )
        if not 1 <= self.length <= self.window.length:
            raise SearchInvalid(
                "会诊时长须至少15分钟，且不超过查找时段：请缩短时长或放宽时段。",
                "A consultation lasts at least 15 minutes and fits in the window: shorten it or widen that.",
            )


class Pool:
    """Candidates by specialty, cheapest first; build it once for many searches over the same calendars."""

    def __init__(self, window: Window, candidates: Iterable[Candidate]) -> None:
        self.window = window
        self._everyone = sorted(candidates, key=lambda c: (c.fee, c.doctor, c.institution))
        self._by_specialty: dict[int, list[Candidate]] = {}
        for candidate in self._everyone:
            for bit in positions(candidate.specialties):
                self._by_specialty.setdefault(bit, []).append(candidate)

    def with_specialties(self, mask: int) -> Iterator[Candidate]:
        """Cheapest first; looks only at the doctors of the rarest specialty asked for."""
        lists = [self._by_specialty.get(bit, []) for bit in positions(mask)]
        for candidate in min(lists, key=len) if lists else self._everyone:
            if not mask & ~candidate.specialties:
                yield candidate
