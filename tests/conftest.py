"""What holds for every test: the developer's own settings stay outside."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("HUIZHEN_")]:
        monkeypatch.delenv(name)
