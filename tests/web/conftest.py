from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.practice import Rooms
from tests.support.practice import rooms as made_rooms


@pytest.fixture
def rooms(tmp_path: Path) -> Rooms:
    return made_rooms(tmp_path)
