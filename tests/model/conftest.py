"""One campaign for all tests of this folder: 64 runs of 64 calls; MODEL_RUNS and MODEL_CALLS ask for more."""

from __future__ import annotations

import os
from zlib import crc32

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import CAMPAIGN, Campaign, Marketplace

RUNS, CALLS = int(os.environ.get("MODEL_RUNS", "64")), int(os.environ.get("MODEL_CALLS", "64"))

ROLL = os.environ.get("MODEL_ROLL", "")
# After ten runs hypothesis mostly varies earlier ones; runs of small batches have nothing in common.
BATCH = 4
# Shrinking takes minutes; what was found is told by its acts in any case.
SHRINK = "MODEL_SHRINK" in os.environ


@pytest.fixture(scope="session")
def campaign() -> Campaign:
    """Always the same one, unless MODEL_ROLL names another."""
    for batch in range(-(-RUNS // BATCH)):
        Marketplace.opening = crc32(f"{ROLL}/{batch}".encode())
        _play_batch()
    assert CAMPAIGN.tally.runs >= RUNS
    print(f"\n{CAMPAIGN.tally}")
    return CAMPAIGN


def _play_batch() -> None:
    run_state_machine_as_test(
        Marketplace,
        settings=settings(
            max_examples=BATCH,
            stateful_step_count=CALLS,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.generate, Phase.shrink) if SHRINK else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
        _min_steps=CALLS,
    )
