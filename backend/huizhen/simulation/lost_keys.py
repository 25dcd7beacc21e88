"""Doctors who lost their key or had it stolen, and how the authority gave them another, or did not."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.simulation.agenda import Agenda
from huizhen.simulation.founding import Founding
from huizhen.simulation.people import Person
from huizhen.simulation.stage import DAY, HOUR
from huizhen.simulation.stories import seeded

DELAY = 72 * HOUR + HOUR
# Enough for the longest of the stories.
STORY = 9 * DAY


@dataclass(slots=True)
class LostKeys:
    """Until the replacement people sign with the key that they had; after it with the new one."""

    world: Founding
    dice: random.Random
    agenda: Agenda
    _sequences: dict[PartyId, int] = field(default_factory=dict)

    def plan(self, begin: int) -> None:
        """One doctor for each story, the last ones first, as far as there are any. One request is open at the end."""
        stories: tuple[Callable[[Person], None], ...] = (
            self._lost,
            self._found_again,
            self._stolen,
            self._denied,
            self._disputed,
        )
        doctors = [d for d in self.world.people.doctors if d.id not in self.world.applicants][::-1]
        spread = max(self.agenda.end - STORY - begin, 1)
        for story, doctor in zip(stories, doctors, strict=False):
            moment = begin + self.dice.randrange(spread)
            self.agenda.at(moment, lambda story=story, doctor=doctor: story(doctor))  # type: ignore[misc]
        for doctor in doctors[len(stories) : len(stories) + 1]:
            self.agenda.at(
                self.agenda.end - 20 * HOUR,
                lambda doctor=doctor: self._request(doctor),  # type: ignore[misc]
            )

    def _lost(self, doctor: Person) -> None:
        self._request(doctor)
        self.world.stage.try_in_vain(acts.replace_signers(doctor.id))
        self.agenda.after(DELAY, lambda: self._replace(doctor))

    def _found_again(self, doctor: Person) -> None:
        """The key turns up in time."""
        self._request(doctor)
        self.agenda.after(self.dice.randint(4, 60) * HOUR, lambda: self._cancel(doctor))

    def _stolen(self, doctor: Person) -> None:
        """A thief has named an account of theirs: it never comes into force."""
        stage = self.world.stage
        account = seeded(self.world.seed, "thief", doctor.id)
        naming = acts.set_payout_account(doctor.id, account, 1, stage.deadline)
        stage.perform(naming)
        self._request(doctor)
        stage.perform(acts.drop_pending_account(doctor.id))
        stage.try_in_vain(acts.set_payout_account(doctor.id, account, 2, stage.deadline))
        self.agenda.after(DELAY, lambda: self._replace(doctor))

    def _denied(self, doctor: Person) -> None:
        """The doctor objects to each request, and the arbiter agrees."""
        self._request(doctor)
        self.agenda.after(8 * HOUR, lambda: self._cancel(doctor))
        self.agenda.after(2 * DAY, lambda: self._request(doctor))
        self.agenda.after(4 * DAY, lambda: self._rule(doctor, allowed=False))

    def _disputed(self, doctor: Person) -> None:
        """A thief objects with the stolen key, and the arbiter does not agree."""
        self._request(doctor)
        self.agenda.after(8 * HOUR, lambda: self._cancel(doctor))
        self.agenda.after(2 * DAY, lambda: self._request(doctor))
        self.agenda.after(4 * DAY, lambda: self._rule(doctor, allowed=True))
        self.agenda.after(2 * DAY + DELAY, lambda: self._replace(doctor))

    def _request(self, doctor: Person) -> None:
        stage, authority = self.world.stage, self.world.people.officials["authority"]
        key = self._new_key(doctor)
        request = acts.request_replacement(
            doctor.id, self._next(doctor), key.signer, authority.id, stage.deadline
        )
        stage.perform(request.with_possession(key.sign(stage.statements.digest(request))))

    def _cancel(self, doctor: Person) -> None:
        stage = self.world.stage
        stage.perform(acts.cancel_replacement(doctor.id, self._next(doctor), stage.deadline))

    def _rule(self, doctor: Person, *, allowed: bool) -> None:
        stage, arbiter = self.world.stage, self.world.people.officials["arbiter"]
        stage.perform(
            acts.rule_replacement(doctor.id, self._next(doctor), allowed, arbiter.id, stage.deadline)
        )

    def _replace(self, doctor: Person) -> None:
        """All earlier keys go, so the new one takes the first place again."""
        self.world.stage.perform(acts.replace_signers(doctor.id))
        doctor.later_key = self._new_key(doctor)
        doctor.revision += 1
        self._next(doctor)

    def _new_key(self, doctor: Person) -> SoftwareKey:
        return SoftwareKey.from_seed(self.world.seed, "new key", doctor.id)

    def _next(self, doctor: Person) -> int:
        """The sequence that the next act on this doctor names; each act moves it."""
        sequence = self._sequences.get(doctor.id, 0)
        self._sequences[doctor.id] = sequence + 1
        return sequence
