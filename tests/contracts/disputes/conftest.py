from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyKind, Power
from huizhen.domain.terms import Terms, encode_terms
from tests.contracts.consultations.conftest import Booking
from tests.support.settling import charge
from tests.support.team import HOUR, POLICY, Team
from tests.support.world import DAY, World, digest_of

LEAD, REQUIRED, OPTIONAL, ALL = 0b001, 0b010, 0b100, 0b111
REPORT, REASON = digest_of("report"), digest_of("reason")
ARBITER_WINDOW, REVIEW_WINDOW = POLICY.arbiter_window, POLICY.review_window


@pytest.fixture(scope="module")
def arbiter(world: World) -> PartyId:
    return world.register(PartyKind.OFFICIAL, powers=Power.ARBITER)


@pytest.fixture(scope="module")
def trio(world: World) -> Team:
    """Three doctors of one group; the lead leads the first seat, the third is optional in `agreed`."""
    return Team.assemble(world, 3)


@pytest.fixture
def agreed(trio: Team, arbiter: PartyId) -> Terms:
    """Two required seats and an optional one, odd fees, an arbiter, up to two steps of overtime."""
    terms = trio.terms(policy=replace(POLICY, arbiter=arbiter))
    fees = (99_991, 80_003, 60_007)
    seats = tuple(replace(seat, fee=Fen(fee)) for seat, fee in zip(terms.seats, fees, strict=True))
    pricing = replace(terms.pricing, overtime_steps=2)
    return replace(terms, pricing=pricing, seats=(*seats[:2], replace(seats[2], required=False)))


@pytest.fixture
def booked(world: World, trio: Team, agreed: Terms) -> Booking:
    trio.book(agreed)
    return Booking(world, agreed)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A consultation whose opinion was delivered, in words of its tests."""

    booking: Booking
    team: Team

    @property
    def world(self) -> World:
        return self.booking.world

    @property
    def terms(self) -> Terms:
        return self.booking.terms

    @property
    def review_ends(self) -> int:
        return self.booking.state["deliveredAt"] + REVIEW_WINDOW

    @property
    def dispute(self) -> dict[str, int]:
        found: dict[str, int] = self.world.read("Disputes", "disputeOf", self.booking.id)
        return found

    @property
    def ruling_ends(self) -> int:
        return self.dispute["openedAt"] + ARBITER_WINDOW

    def contests(self, seats: int, by: PartyId | None = None) -> Statement:
        by = by or self.terms.hospital
        return acts.dispute(self.booking.packed, by, seats, REASON, self.world.deadline + 30 * DAY)

    def contest(self, seats: int, by: PartyId | None = None, *, at: int | None = None) -> None:
        self.world.act(self.contests(seats, by), at=at)

    def settles(self, seats: int, bps: int, signers: Sequence[PartyId] | None = None) -> Statement:
        if signers is None:
            chosen = [seat.doctor for index, seat in enumerate(self.terms.seats) if seats >> index & 1]
            signers = (self.terms.hospital, *chosen)
        return acts.settle_dispute(self.booking.packed, seats, bps, self.world.deadline + 30 * DAY, signers)

    def ruling(self, seats: int, bps: int) -> Statement:
        arbiter = self.terms.policy.arbiter
        return acts.rule(self.booking.packed, arbiter, seats, bps, REASON, self.world.deadline + 30 * DAY)

    def cost(self, seats: int, steps: int = 0) -> int:
        return charge(self.terms, seats, steps)


Deliver = Callable[..., Delivery]


@pytest.fixture
def deliver(world: World, trio: Team, booked: Booking) -> Deliver:
    def delivered(seats: int = ALL, overtime: int = 0) -> Delivery:
        trio.deliver(booked.packed, booked.terms, seats=seats, overtime=overtime)
        return Delivery(booked, trio)

    return delivered


@pytest.fixture
def delivery(deliver: Deliver) -> Delivery:
    """All three seats signed the opinion."""
    return deliver()


def half_an_hour_in(booking: Booking) -> int:
    return booking.terms.starts_at + HOUR // 2


def packed(terms: Terms) -> bytes:
    return encode_terms(terms)
