from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from eth_utils.crypto import keccak

from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import Terms, encode_terms
from tests.support.team import Team
from tests.support.world import World


@dataclass(frozen=True, slots=True)
class Booking:
    """A consultation on the chain."""

    world: World
    terms: Terms

    @property
    def packed(self) -> bytes:
        return encode_terms(self.terms)

    @property
    def state(self) -> dict[str, int]:
        state: dict[str, int] = self.world.read("Consultations", "consultationOf", keccak(self.packed))
        return state

    @property
    def status(self) -> ConsultationStatus:
        return ConsultationStatus(self.state["status"])

    @property
    def id(self) -> int:
        return self.state["id"]


Book = Callable[[Terms], Booking]


@pytest.fixture
def terms(team: Team) -> Terms:
    """Two required seats at 800 yuan, one step of overtime, the lead in the first."""
    return team.terms()


@pytest.fixture
def book(world: World, team: Team) -> Book:
    def booked(terms: Terms) -> Booking:
        team.book(terms)
        return Booking(world, terms)

    return booked


@pytest.fixture
def booking(book: Book, terms: Terms) -> Booking:
    return book(terms)
