from __future__ import annotations

import pytest

from huizhen.domain.ids import PartyId
from huizhen.domain.statuses import PartyKind, Power
from tests.support.world import World


@pytest.fixture(scope="module")
def doctor(world: World) -> PartyId:
    """Whose keys are to be replaced."""
    return world.doctor()


@pytest.fixture(scope="module")
def second_authority(world: World) -> PartyId:
    return world.register(PartyKind.OFFICIAL, powers=Power.AUTHORITY)


@pytest.fixture(scope="module")
def arbiter(world: World) -> PartyId:
    return world.register(PartyKind.OFFICIAL, powers=Power.ARBITER)
