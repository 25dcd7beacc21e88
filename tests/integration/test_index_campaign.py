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

ROUNDS = int(os.environ.get("HUIZHEN_CAMPAIGN_ROUNDS", "30"))
SEED = int(os.environ.get("HUIZHEN_CAMPAIGN_SEED", "20261125"))
A_CHAIN = 6
"""After so many rounds another chain begins: a short one makes a round fast."""


@pytest.mark.parametrize("seed", range(SEED, SEED + max(ROUNDS // A_CHAIN, 1)))
def test_campaign__any_turn_kill_and_fault__equals_a_fresh_build(seed: int, tmp_path: Path) -> None:
    campaign = Campaign(f"sqlite:///{tmp_path / 'index.sqlite'}", seed)
    for round_ in range(A_CHAIN):
        campaign.round()
        mine, fresh = dump(campaign.store), campaign.fresh(f"sqlite:///{tmp_path / f'fresh-{round_}.sqlite'}")
        assert mine == fresh, f"seed {seed}, round {round_}: {difference(mine, fresh)}"
    campaign.store.close()
