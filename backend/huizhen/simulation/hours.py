"""Whose hours are taken in a simulated world, and when a team could meet."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from huizhen.domain.ids import PartyId
from huizhen.domain.slots import SLOT_SECONDS, Slot
from huizhen.domain.terms import Terms
from huizhen.simulation.people import Person
from huizhen.simulation.stage import DAY

CHINA = ZoneInfo("Asia/Shanghai")
FIRST_HOUR, LAST_HOUR = 9, 17


@dataclass(slots=True)
class Hours:
    """What SlotBook knows of booked doctors, so that nobody has to ask it."""

    dice: random.Random
    _taken: dict[PartyId, set[int]] = field(default_factory=dict)

    def take(self, terms: Terms) -> None:
        for seat in terms.seats:
            self._taken.setdefault(seat.doctor, set()).update(_span(terms))

    def free(self, terms: Terms) -> None:
        for seat in terms.seats:
            self._taken[seat.doctor].difference_update(_span(terms))

    def all_free(self, team: Iterable[Person], wanted: range) -> bool:
        return all(self._taken.get(doctor.id, set()).isdisjoint(wanted) for doctor in team)

    def common_slot(self, team: Sequence[Person], length: int, earliest: int) -> Slot:
        """In working hours of Shanghai, within six days from `earliest` on, when nobody sits elsewhere."""
        while True:
            moment = datetime.fromtimestamp(earliest + self.dice.randint(0, 6 * DAY), CHINA)
            day = moment.replace(minute=0, second=0, microsecond=0)
            if moment.weekday() >= 5 or not FIRST_HOUR <= moment.hour < LAST_HOUR:
                day = day.replace(hour=self.dice.randint(FIRST_HOUR, LAST_HOUR - 1)) + timedelta(
                    days=1 + max(0, 5 - moment.weekday()) % 3
                )
            start = int(day.timestamp()) // SLOT_SECONDS + self.dice.randint(0, 3)
            wanted = range(start, start + length)
            if start * SLOT_SECONDS > earliest and self.all_free(team, wanted):
                return Slot(start)


def _span(terms: Terms) -> range:
    return range(terms.start, terms.start + terms.slots)
