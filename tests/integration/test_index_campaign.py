"""Whatever happens to the chain, the node and the process: the rows are those of a fresh build, byte for byte.

`HUIZHEN_CAMPAIGN_ROUNDS` and `HUIZHEN_CAMPAIGN_SEED` choose a longer campaign, or the one that failed
(`make verify-index`).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.campaign import Campaign, difference
from tests.support.indexing import dump
from tests.support.postgres import Postgres

ROUNDS = int(os.environ.get("HUIZHEN_CAMPAIGN_ROUNDS", "30"))
SEED = int(os.environ.get("HUIZHEN_CAMPAIGN_SEED", "20261125"))
A_CHAIN = 6
"""After so many rounds another chain begins: a short one makes a round fast."""


@pytest.mark.parametrize("seed", range(SEED, SEED + max(ROUNDS // A_CHAIN, 1)))
def test_campaign__any_turn_kill_and_fault__equals_a_fresh_build(seed: int, tmp_path: Path) -> None:
    follow(Campaign(f"sqlite:///{tmp_path / 'index.sqlite'}", seed), tmp_path)


def test_campaign__on_postgresql__equals_a_fresh_build_on_sqlite(postgres: Postgres, tmp_path: Path) -> None:
    follow(Campaign(postgres.database(), SEED), tmp_path)


def follow(campaign: Campaign, folder: Path) -> None:
    """Compared after each round; another chain's seed makes it happen again."""
    for round_ in range(A_CHAIN):
        campaign.round()
        mine, fresh = dump(campaign.store), campaign.fresh(f"sqlite:///{folder / f'fresh-{round_}.sqlite'}")
        assert mine == fresh, f"seed {campaign.seed}, round {round_}: {difference(mine, fresh)}"
    campaign.store.close()
