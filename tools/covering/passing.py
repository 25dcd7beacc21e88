"""A pytest plugin beside tests.support.on_revm: writes the marks that the tests passed to the file that MARKS names."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support import revm_node
from tests.support.on_revm import CHAIN
from tools.covering.marking import FIRST, ROOM

# Marked code is not optimised and three times as long; to put it on the chain costs more than a block of tests has.
revm_node.GAS = 200_000_000


def pytest_sessionfinish() -> None:
    passed = sorted(each - FIRST for each in CHAIN.node.asked_about() if 0 <= each - FIRST < ROOM)
    Path(os.environ["MARKS"]).write_text("\n".join(map(str, passed)), encoding="utf-8")
