"""One campaign for all tests of this folder: 64 runs of 64 calls; MODEL_RUNS and MODEL_CALLS ask for more."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import CAMPAIGN, Campaign, Marketplace

RUNS, CALLS = int(os.environ.get("MODEL_RUNS", "64")), int(os.environ.get("MODEL_CALLS", "64"))

# Shrinking takes minutes; what was found is told by its acts in any case.
SHRINK = "MODEL_SHRINK" in os.environ


@pytest.fixture(scope="session")
def campaign() -> Campaign:
    """Always the same one, unless MODEL_ROLL is set."""
    run_state_machine_as_test(
        Marketplace,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=CALLS,
            deadline=None,
            derandomize="MODEL_ROLL" not in os.environ,
            database=None,
            phases=(Phase.generate, Phase.shrink) if SHRINK else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
        _min_steps=CALLS,
    )
    assert CAMPAIGN.tally.runs >= RUNS
    print(f"\n{CAMPAIGN.tally}")
    return CAMPAIGN
