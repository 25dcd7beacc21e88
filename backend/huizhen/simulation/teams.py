"""Who may sit with whom, for which hospital of a simulated world."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from huizhen.simulation.founding import Founding
from huizhen.simulation.people import Person


@dataclass(frozen=True, slots=True)
class Teams:
    world: Founding
    dice: random.Random

    def team(self, hospital: Person, *wanted: Person, least: int = 2) -> list[Person]:
        """Two to five of different specialties whose institutions work with the hospital, `wanted` among them.

        Fewer than `least` only where there are no more to be had.
        """
        free = [doctor for doctor in self.world.people.doctors if self.may_sit(hospital, doctor)]
        size = max(least, self.dice.choices((2, 3, 4, 5), weights=(3, 4, 2, 1))[0])
        team = list(wanted)
        for doctor in self.dice.sample(free, len(free)):
            if all(doctor.specialties[0] is not other.specialties[0] for other in team):
                team.append(doctor)
            if len(team) >= size:
                break
        return sorted(team, key=lambda doctor: doctor.id)

    def may_sit(self, hospital: Person, doctor: Person) -> bool:
        return bool(doctor.institutions) and self.cooperates(hospital, [doctor])

    def cooperates(self, hospital: Person, doctors: Sequence[Person]) -> bool:
        return all(
            doctor.institutions[0] == hospital.id
            or (min(hospital.id, doctor.institutions[0]), max(hospital.id, doctor.institutions[0]))
            in self.world.agreements
            for doctor in doctors
        )
