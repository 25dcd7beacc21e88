"""The development chain: a child of ours, with its state on disk and its time in our hands."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from huizhen.chain.client import Node
from huizhen.chain.dev_chain import DevChain, Ticker
from huizhen.chain.dev_node import DevNode, running
from huizhen.errors import ConfigurationError, NodeError
from tests.support.chain_setup import ANVIL

DAY = 86_400


def port_of(node: DevNode) -> int:
    return int(node.url.rsplit(":", 1)[1])


def test_start__again_on_the_same_folder__continues_the_chain(tmp_path: Path) -> None:
    genesis = int(time.time()) - 30 * DAY
    with running(tmp_path, anvil=ANVIL, genesis_time=genesis) as child:
        node = Node(child.url)
        assert node.header(0).time == genesis
        head = DevChain(node).mine(3)
    with running(tmp_path, anvil=ANVIL, genesis_time=genesis) as child:
        assert Node(child.url).head() == head


def test_start__after_its_time_was_moved__never_runs_backwards(tmp_path: Path) -> None:
    with running(tmp_path, anvil=ANVIL) as child:
        ahead = DevChain(Node(child.url)).advance(3 * DAY)
    with running(tmp_path, anvil=ANVIL) as child:
        assert DevChain(Node(child.url)).mine().time > ahead.time


def test_start__port_taken__says_so_and_leaves_no_child(tmp_path: Path) -> None:
    with running(tmp_path / "one", anvil=ANVIL) as child:
        with pytest.raises(ConfigurationError, match="If its port is taken, choose another"):
            DevNode.start(tmp_path / "two", anvil=ANVIL, port=port_of(child))
        assert child.alive


def test_start__anvil_missing__says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="make setup"):
        DevNode.start(tmp_path, anvil=tmp_path / "anvil")


def test_start__an_orphan_on_the_same_state__is_stopped_first(tmp_path: Path) -> None:
    """What a supervisor leaves behind that was killed."""
    orphan = DevNode.start(tmp_path, anvil=ANVIL)
    head = DevChain(Node(orphan.url)).mine(4)
    with running(tmp_path, anvil=ANVIL) as child:
        assert not orphan.alive
        assert Node(child.url).head() == head


def test_stop__child_that_died__is_told(tmp_path: Path) -> None:
    child = DevNode.start(tmp_path, anvil=ANVIL)
    child.process.kill()
    child.process.wait()
    with pytest.raises(NodeError, match="exited by itself"):
        child.stop()


def test_dev_chain__moves_in_time_and_back(tmp_path: Path) -> None:
    with running(tmp_path, anvil=ANVIL) as child:
        node = Node(child.url)
        chain = DevChain(node)
        began = node.head()
        assert chain.advance(3600).time >= began.time + 3600
        target = began.time + DAY
        assert chain.advance_to(target).time == target
        assert chain.advance_to(began.time).time == target
        snapshot = chain.snapshot()
        chain.mine(2)
        chain.revert(snapshot)
        assert node.head().time == target
        chain.rollback(1)
        assert node.head().number == began.number + 1


def test_ticker__transaction__is_made_final_and_then_left_alone(tmp_path: Path) -> None:
    with running(tmp_path, anvil=ANVIL) as child:
        node = Node(child.url)
        chain = DevChain(node)
        ticker = Ticker(chain, confirmations=2)
        assert not ticker.tick()
        one, other, *_ = node.call("eth_accounts")
        node.call("eth_sendTransactionSync", {"from": one, "to": other, "value": "0x1"})
        mined = node.head().number
        while ticker.tick():
            pass
        assert node.head().number == mined + 2
        node.call("evm_increaseTime", 11)
        assert ticker.tick()
