from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support import practice
from tests.support.practice import Rooms
from tests.support.web import site


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeded")
    practice.seed(folder)
    return folder


@pytest.fixture(scope="session")
def practice_site() -> Flask:
    return site()


@pytest.fixture
def rooms(seeded: Path, tmp_path: Path, practice_site: Flask) -> Iterator[Rooms]:
    made = practice.rooms(seeded, tmp_path, practice_site)
    yield made
    made.stores.close()
