"""Settled blocks fetched by a process of its own are those that this one would fetch, and its errors are our errors."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest

from huizhen.chain.artifacts import Artifacts
from huizhen.chain.client import Node
from huizhen.chain.decoder import LogDecoder
from huizhen.errors import NodeDistrusted, NodeError
from huizhen.indexer import fetch_apart
from huizhen.indexer.cursor import Cursor
from huizhen.indexer.fetcher import Fetcher, Head, Stretch
from tests.support.replay_chain import ReplayChain
from tests.support.replay_server import ADDRESSES, ReplayServer, imagined_chain

TOPICS = LogDecoder(Artifacts(), ADDRESSES).first_topics
EVENTS = 3_000


class Liar(ReplayChain):
    """Has blocks and receipts, and knows nothing when asked for logs."""

    def answer(self, method: str, parameters: Sequence[Any]) -> bytes:
        return b"[]" if method == "eth_getLogs" else super().answer(method, parameters)


@contextmanager
def serving(chain: ReplayChain) -> Iterator[ReplayServer]:
    with ReplayServer(chain) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def chain() -> ReplayChain:
    return imagined_chain(EVENTS, seed=3)[0]


def fetched(url: str, far: int) -> list[Stretch]:
    """All blocks after the first, by a process apart where they are at least `far`."""
    node = Node(url)
    fetcher = Fetcher(node, TOPICS, confirmations=0, window=0, far=far)
    first, head = node.header(0), node.head()
    return list(fetcher.settled(Cursor(0, first.hash, 0), Head(head, head.number, head.number)))


def test_settled__apart__is_what_this_process_fetches(chain: ReplayChain) -> None:
    with serving(chain) as server:
        apart, here = fetched(server.url, far=1), fetched(server.url, far=10**9)
    logs, expected = ([log for stretch in each for log in stretch.logs] for each in (apart, here))
    assert len(logs) == sum(block.count for block in chain.blocks)
    assert logs == [tuple(log) for log in expected]
    assert apart[0].base == chain.blocks[0].hash
    for before, after in pairwise(apart):
        assert after.base == before.blocks[-1].hash
    kept = {block.number for stretch in apart for block in stretch.blocks}
    assert kept >= {log[0] for log in logs} | {chain.head.number}


def test_settled__apart_from_a_liar__is_distrusted_here_as_well(chain: ReplayChain) -> None:
    liar = Liar(chain.encoder)
    liar.blocks = chain.blocks
    with serving(liar) as server, pytest.raises(NodeDistrusted, match="in the receipts"):
        fetched(server.url, far=1)


def test_stretches__no_node__raises_what_the_node_does() -> None:
    with pytest.raises(NodeError, match="does not answer"):
        list(fetch_apart.stretches(["http://127.0.0.1:1"], 5.0, TOPICS, 1, 10))
