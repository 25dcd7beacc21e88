"""The contracts against their specification: whatever is called in whatever order, nothing differs."""

from __future__ import annotations

from pathlib import Path

from huizhen.chain.client import Node
from huizhen.chain.dev_node import running
from huizhen.domain.statuses import ConsultationStatus
from tests.model.cast import GENESIS
from tests.model.machine import Campaign
from tests.model.other_engines import Anvil, PyEvm
from tests.model.play.all_plays import PLAYS
from tests.model.replay import replay
from tests.support.chain_setup import ANVIL


def test_contracts__any_calls_in_any_order__do_what_is_specified(campaign: Campaign) -> None:
    """The campaign itself raises where contracts and specification differ, or an invariant breaks."""
    assert set(campaign.tally.calls) == set(PLAYS)


def test_campaign__every_action__succeeds_in_at_least_5_percent_of_its_calls(campaign: Campaign) -> None:
    assert not campaign.tally.too_seldom(), campaign.tally


def test_campaign__every_state_of_a_consultation__is_reached(campaign: Campaign) -> None:
    reached = {state for state in ConsultationStatus if campaign.tally.states[f"consultation {state.name}"]}
    assert reached == set(ConsultationStatus)


def test_sample__on_anvil__goes_the_same_way(campaign: Campaign, tmp_path: Path) -> None:
    for number, sample in enumerate(campaign.samples[:2]):
        with running(tmp_path / str(number), anvil=ANVIL, genesis_time=GENESIS - 1) as child:
            replay(sample, Anvil(Node(child.url)))


def test_sample__on_py_evm__goes_the_same_way(campaign: Campaign) -> None:
    replay(campaign.samples[0], PyEvm())
