from __future__ import annotations

import pytest

from huizhen.domain.ids import PartyId
from tests.support.world import World


@pytest.fixture(scope="module")
def hospital(world: World) -> PartyId:
    return world.hospital()
