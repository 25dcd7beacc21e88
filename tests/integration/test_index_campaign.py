"""Whatever happens to the chain, the node and the process: the rows are those of a fresh build, byte for byte.

What can happen does happen in every run of the usual length; the last test says how often.

`HUIZHEN_CAMPAIGN_ROUNDS` and `HUIZHEN_CAMPAIGN_SEED` choose a longer campaign, or the one that failed
(`make verify-index`).
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.support.campaign import A_CHAIN, Campaign, difference
from tests.support.indexing import dump
from tests.support.postgres import Postgres

ROUNDS = int(os.environ.get("HUIZHEN_CAMPAIGN_ROUNDS", "30"))
SEED = int(os.environ.get("HUIZHEN_CAMPAIGN_SEED", "20261125"))
ENOUGH, MANY = 30, 300
"""Rounds in which all that is expected is met, and in which every depth of a turn is as well."""

NOTED: Counter[str] = Counter()
"""What happened in all rounds of this run."""

EXPECTED = (
    ("several turns before the index looks", r"turns in a row"),
    ("turn in a backfill", r"turn in following, a backfill"),
    ("turn near the head", r"turn in following, (?!a backfill)"),
    ("turn in a rebuild", r"turn in a rebuild"),
    ("kill -9 with a question", r"killed in .*, (?!at some|before)"),
    ("kill -9 before a commit", r"killed in .*, before a commit"),
    ("kill -9 in a rebuild", r"killed in a rebuild"),
    ("kill -9 of a process that reads or writes apart", r"child killed"),
    ("logs missing", r"logs missing"),
    ("logs of another block", r"hash of another block"),
    ("head going backwards", r"head going backwards"),
    ("one of two nodes lags", r"laggard"),
    ("range limits", r"range too large"),
    ("too many requests", r"HTTP 429"),
    ("no service", r"HTTP 503"),
    ("answer broken off", r"answer broken off"),
    ("answer missing in a batch", r"answer left out"),
    *(
        (f"turn {ten + 1} to {ten + 10} deep", rf"turn of +({'|'.join(map(str, range(ten + 1, ten + 11)))})$")
        for ten in range(0, 40, 10)
    ),
)
"""What a run of the usual length meets, and the notes that say so."""

SELDOM = (
    ("kill -9 at any time", r"killed in .*, at some time"),
    ("no answer in time", r"timeout"),
    ("turn deeper than the window", r"ended by ReorgTooDeep"),
    *((f"turn {depth} deep", rf"turn of +{depth}$") for depth in range(1, 41)),
)
"""What a long one meets as well."""


@pytest.mark.parametrize("seed", range(SEED, SEED + max(ROUNDS // A_CHAIN, 1)))
def test_campaign__any_turn_kill_and_fault__equals_a_fresh_build(seed: int, tmp_path: Path) -> None:
    follow(Campaign(f"sqlite:///{tmp_path / 'index.sqlite'}", seed), tmp_path)


def test_campaign__on_postgresql__equals_a_fresh_build_on_sqlite(postgres: Postgres, tmp_path: Path) -> None:
    follow(Campaign(postgres.database(), SEED), tmp_path)


def test_campaign__all_that_can_happen__has_happened(capsys: pytest.CaptureFixture[str]) -> None:
    """In the rounds above, where enough of them have run."""
    if ROUNDS < ENOUGH or not NOTED:
        pytest.skip("too few rounds")
    expected = EXPECTED + (SELDOM if ROUNDS >= MANY else ())
    met = {what: sum(NOTED[note] for note in NOTED if re.match(notes, note)) for what, notes in expected}
    with capsys.disabled():
        print("\n" + "\n".join(f"{times:6} {what}" for what, times in met.items()))
    assert all(met.values()), met


def follow(campaign: Campaign, folder: Path) -> None:
    """Compared after each round; another chain's seed makes it happen again."""
    for round_ in range(A_CHAIN):
        campaign.round()
        mine, fresh = dump(campaign.store), campaign.fresh(f"sqlite:///{folder / f'fresh-{round_}.sqlite'}")
        assert mine == fresh, f"seed {campaign.seed}, round {round_}: {difference(mine, fresh)}"
    NOTED.update(campaign.noted)
    campaign.close()
