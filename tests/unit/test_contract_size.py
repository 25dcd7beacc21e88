"""Every contract of ours can be deployed with room to spare: the EVM takes 24,576 bytes, the house 22,000."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ARTEFACTS = Path(__file__).resolve().parents[2] / "build" / "contracts"
LIMIT = 22_000


@pytest.mark.parametrize("file", sorted(ARTEFACTS.glob("*.json")), ids=lambda file: file.stem)
def test_deployed_bytecode__each_contract__fits(file: Path) -> None:
    deployed = json.loads(file.read_text(encoding="utf-8"))["deployedBytecode"]
    size = len(deployed.removeprefix("0x")) // 2
    assert size <= LIMIT, f"{file.stem} has {size:,} bytes, {size - LIMIT:,} too many"


def test_artefacts__after_setup__stand() -> None:
    assert (ARTEFACTS / "Consultations.json").exists(), "run make setup: it compiles the contracts"
