from __future__ import annotations

from dataclasses import dataclass

import pytest

from huizhen.domain.ids import PartyId
from tests.support.world import World


@dataclass(frozen=True, slots=True)
class Circle:
    """A group, its lead, and its other members in ascending order."""

    group: PartyId
    lead: PartyId
    members: tuple[PartyId, ...]

    @property
    def everyone(self) -> tuple[PartyId, ...]:
        return tuple(sorted((self.lead, *self.members)))


@pytest.fixture(scope="module")
def circle(world: World) -> Circle:
    """The lead decides alone."""
    lead, *members = (world.doctor() for _ in range(3))
    group = world.found(lead)
    for member in members:
        world.join(group, member)
    return Circle(group, lead, tuple(members))


@pytest.fixture(scope="module")
def council(world: World) -> Circle:
    """Two of four decide."""
    lead, *members = (world.doctor() for _ in range(4))
    group = world.found(lead, quorum=2)
    for place, member in enumerate(members):
        world.join(group, member, *(lead, *members[:place])[:2])
    return Circle(group, lead, tuple(members))


@pytest.fixture(scope="module")
def outsider(world: World) -> PartyId:
    return world.doctor()
