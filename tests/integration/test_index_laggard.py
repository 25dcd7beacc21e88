"""A node that lags behind the index is left for another one; only where all are behind did the chain turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from huizhen.chain.artifacts import Artifacts
from huizhen.chain.client import Node
from huizhen.chain.decoder import LogDecoder
from huizhen.chain.transport import Transport
from huizhen.db.session import Store, open_index
from huizhen.domain.ids import PartyId
from huizhen.indexer.cursor import Ground
from huizhen.indexer.runner import Indexer
from tests.support.imagined_world import TAX
from tests.support.replay_chain import ReplayChain, answer_all
from tests.support.replay_server import ADDRESSES, imagined_chain

AHEAD, BEHIND = "http://ahead", "http://behind"
LAG = 5


class TwoNodes(Transport):
    """Both show the same chain; one of them, when told, without its last blocks."""

    def __init__(self, chain: ReplayChain) -> None:
        super().__init__([BEHIND, AHEAD], 1.0)
        self.chain, self.lagging = chain, frozenset[str]()

    def _answers(self, url: str, body: list[dict[str, Any]]) -> list[Any]:
        chain = self.chain
        if url in self.lagging:
            chain = ReplayChain(chain.encoder, chain.blocks[:-LAG])
            chain.cut(len(self.chain.blocks) - LAG - 1)
        answers = orjson.loads(answer_all(chain, body))
        return [answer["result"] for answer in answers]


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[tuple[Indexer, TwoNodes, Store]]:
    """An index at the head of a short chain."""
    chain, _ = imagined_chain(300, seed=3)
    nodes, store = TwoNodes(chain), open_index(f"sqlite:///{tmp_path / 'index.sqlite'}")
    decoder, ground = LogDecoder(Artifacts(), ADDRESSES), Ground(31337, 1, PartyId(TAX))
    indexer = Indexer(
        store, Node([BEHIND, AHEAD], transport=nodes), decoder, ground, confirmations=2, window=64
    )
    indexer.once()
    yield indexer, nodes, store
    store.close()


def test_once__one_node_lags__asks_the_other_and_rewinds_nothing(
    followed: tuple[Indexer, TwoNodes, Store],
) -> None:
    indexer, nodes, _ = followed
    nodes.lagging = frozenset({BEHIND})
    progress = indexer.once()
    assert (progress.block_number, progress.rewinds) == (nodes.chain.head.number, 0)


def test_once__all_nodes_are_behind__rewinds(followed: tuple[Indexer, TwoNodes, Store]) -> None:
    indexer, nodes, _ = followed
    nodes.lagging = frozenset({BEHIND, AHEAD})
    progress = indexer.once()
    assert (progress.block_number, progress.rewinds) == (nodes.chain.head.number - LAG, 1)
