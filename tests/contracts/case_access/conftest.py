from __future__ import annotations

import pytest

from huizhen.domain.ids import PartyId
from huizhen.domain.statuses import PartyKind, Power
from tests.support.open_case import OpenCase
from tests.support.world import World


@pytest.fixture(scope="module")
def hospital(world: World) -> PartyId:
    return world.hospital()


@pytest.fixture(scope="module")
def reader(world: World) -> PartyId:
    """A doctor who is granted the key of a case."""
    return world.doctor()


@pytest.fixture(scope="module")
def arbiter(world: World) -> PartyId:
    return world.register(PartyKind.OFFICIAL, powers=Power.ARBITER)


@pytest.fixture
def case(world: World, hospital: PartyId) -> OpenCase:
    return OpenCase.of(world, hospital)
