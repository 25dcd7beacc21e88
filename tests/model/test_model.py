"""The contracts against their specification, 64 runs of 64 calls; MODEL_RUNS and MODEL_CALLS ask for more."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import TALLY, Marketplace
from tests.model.play.all_plays import PLAYS

RUNS, CALLS = int(os.environ.get("MODEL_RUNS", "64")), int(os.environ.get("MODEL_CALLS", "64"))


def test_contracts__any_sequence_of_calls__do_what_is_specified() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Marketplace,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=CALLS,
            deadline=None,
            derandomize="MODEL_SEED" not in os.environ,
            database=None,
            print_blob=True,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
        _min_steps=CALLS,
    )
    print(f"\n{TALLY}")
    assert TALLY.runs >= RUNS
    assert set(TALLY.calls) == set(PLAYS)
    assert not TALLY.too_seldom(), TALLY
