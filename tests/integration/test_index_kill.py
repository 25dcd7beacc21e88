"""kill -9 at any moment: whatever was committed is whole, and going on gives the rows of a rebuild."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path

import pytest

from huizhen.chain.client import Node
from huizhen.db.session import open_index
from huizhen.indexer.runner import Indexer
from tests.support.indexing import IndexedWorld, dump, indexed_world

ROUNDS = 8
# Wider than the chain: every 64 blocks are a transaction of their own, so kills fall inside and between.
WINDOW = 10_000


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexedWorld]:
    with indexed_world(tmp_path_factory.mktemp("world"), consultations=10) as standing:
        yield standing


def start(world: IndexedWorld, url: str) -> ForkProcess:
    """An indexer in a process of its own, with connections of its own."""

    def index() -> None:
        node = Node(world.setup.node.urls)
        Indexer(open_index(url), node, world.decoder, world.ground, confirmations=2, window=WINDOW).once()

    child = get_context("fork").Process(target=index)
    child.start()
    return child


def finish(child: ForkProcess) -> None:
    child.join(60)
    assert child.exitcode == 0


def test_once__killed_again_and_again__loses_and_doubles_nothing(world: IndexedWorld, tmp_path: Path) -> None:
    dice = random.Random(11)
    url = f"sqlite:///{tmp_path / 'index.sqlite'}"
    began = time.monotonic()
    finish(start(world, url))
    whole = time.monotonic() - began
    expected = dump(open_index(url))

    for round_ in range(ROUNDS):
        url = f"sqlite:///{tmp_path / f'killed-{round_}.sqlite'}"
        for _ in range(3):
            child = start(world, url)
            time.sleep(dice.uniform(0, whole))
            child.kill()
            child.join()
        finish(start(world, url))
        store = open_index(url)
        assert dump(store) == expected
        assert world.verify(store).agrees
        store.close()
