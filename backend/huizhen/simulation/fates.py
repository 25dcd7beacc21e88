"""What becomes of the consultations of a simulated world, in which shares."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from huizhen.domain.case import Contents
from huizhen.domain.terms import Terms
from huizhen.simulation.people import Person


class Fate(Enum):
    """Where a consultation ends once it is booked, unless the world's present comes first."""

    ACCEPTED = auto()
    BY_TIME = auto()
    UNDECIDED = auto()
    CANCELLED_EARLY = auto()
    CANCELLED_LATE = auto()
    CANCELLED_BY_LEAD = auto()
    CONSENT_WITHDRAWN = auto()
    EXPIRED = auto()
    SEAT_ABSENT = auto()
    REQUIRED_SEAT_ABSENT = auto()
    HOSPITAL_ABSENT = auto()
    AGREED = auto()
    RULED = auto()
    DEFAULTED = auto()
    OMITTED = auto()

    @property
    def contested(self) -> bool:
        return self in (Fate.AGREED, Fate.RULED, Fate.DEFAULTED, Fate.OMITTED)

    @property
    def leaves_out_a_seat(self) -> bool:
        """Whether an optional seat is missing from the opinion, where the team has one."""
        return self in (Fate.SEAT_ABSENT, Fate.OMITTED)


# In a hundred; every hundred of consultations has exactly these.
WHOLE: Final = 100
SHARES: Final[Mapping[Fate, int]] = {
    Fate.ACCEPTED: 46,
    Fate.BY_TIME: 9,
    Fate.UNDECIDED: 6,
    Fate.CANCELLED_EARLY: 6,
    Fate.CANCELLED_LATE: 4,
    Fate.CANCELLED_BY_LEAD: 3,
    Fate.CONSENT_WITHDRAWN: 3,
    Fate.EXPIRED: 3,
    Fate.SEAT_ABSENT: 4,
    Fate.REQUIRED_SEAT_ABSENT: 2,
    Fate.HOSPITAL_ABSENT: 2,
    Fate.AGREED: 4,
    Fate.RULED: 4,
    Fate.DEFAULTED: 2,
    Fate.OMITTED: 2,
}


def deal(dice: random.Random, count: int) -> list[Fate]:
    """As many fates, shuffled. Below a hundred there is one of each, where that leaves room for the usual ones."""
    fates = [fate for fate, share in SHARES.items() for _ in range(share * (count // WHOLE))]
    rest = count % WHOLE
    once = list(SHARES) if rest >= 2 * len(SHARES) else []
    left = [share - (1 if once else 0) for share in SHARES.values()]
    fates += once + dice.sample(list(SHARES), counts=left, k=rest - len(once))
    dice.shuffle(fates)
    return fates


@dataclass(frozen=True, slots=True)
class Booked:
    """A consultation that the simulation booked, its `number`-th case. `seats` are people in the terms' order."""

    id: int
    number: int
    at: int
    terms: Terms
    contents: Contents
    packed: bytes
    hospital: Person
    seats: Sequence[Person]
    fate: Fate

    @property
    def lead(self) -> Person:
        return self.seats[self.terms.lead]

    @property
    def all_seats(self) -> int:
        """The mask of all seats."""
        return (1 << len(self.seats)) - 1

    @property
    def optional_seat(self) -> int | None:
        """The index of the last seat that need not come."""
        places = [index for index, seat in enumerate(self.terms.seats) if not seat.required]
        return places[-1] if places else None
