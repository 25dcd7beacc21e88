"""How long a range is: as the node allows, as much as is wanted at once, and patient where it helps."""

from __future__ import annotations

from typing import Any

import pytest

from huizhen.errors import NodeError, RangeTooLarge
from huizhen.indexer.span import BLOCKS_AT_START, BLOCKS_MOST, LOGS_WANTED, RETRIES, Span


class Answering:
    """A node with a limit of blocks, that is busy so many times first, and has so many logs in each block."""

    def __init__(self, limit: int = BLOCKS_MOST, busy: int = 0, logs_a_block: int = 0) -> None:
        self.limit, self.busy, self.logs_a_block = limit, busy, logs_a_block
        self.asked: list[tuple[int, int]] = []

    def __call__(self, first: int, last: int) -> list[Any]:
        self.asked.append((first, last))
        if self.busy:
            self.busy -= 1
            raise NodeError("忙", "HTTP 429")
        if last - first + 1 > self.limit:
            raise RangeTooLarge("多", "too many blocks")
        return list(range(first, last + 1)) * self.logs_a_block


def test_ask__more_than_the_node_allows__is_split_and_whole() -> None:
    node = Answering(limit=70, logs_a_block=1)
    logs: list[Any] = list(Span().ask(node, 1, 400))
    assert logs == list(range(1, 401))


def test_ask__refused__is_not_tried_as_long_again_soon() -> None:
    span, node = Span(), Answering(limit=70)
    span.ask(node, 1, 400)
    node.asked.clear()
    span.ask(node, 401, 500)
    assert max(last - first + 1 for first, last in node.asked) <= 70


def test_ask__single_block_refused__is_the_node_s_fault() -> None:
    with pytest.raises(RangeTooLarge):
        Span().ask(Answering(limit=0), 5, 5)


def test_ask__busy_node__is_asked_later_and_later() -> None:
    pauses: list[float] = []
    logs: list[Any] = list(Span(pauses.append).ask(Answering(busy=3, logs_a_block=1), 1, 2))
    assert logs == [1, 2]
    assert pauses == sorted(pauses)
    assert len(pauses) == 3


def test_ask__busy_for_good__gives_up() -> None:
    with pytest.raises(NodeError):
        Span(lambda _seconds: None).ask(Answering(busy=RETRIES + 1), 1, 2)


def test_blocks__quiet_chain__grow_to_a_bound() -> None:
    span, node = Span(), Answering()
    for _ in range(20):
        span.ask(node, 1, span.blocks)
    assert span.blocks == BLOCKS_MOST


def test_blocks__busy_chain__shrink_to_what_is_wanted() -> None:
    span, node = Span(), Answering(logs_a_block=100)
    span.ask(node, 1, BLOCKS_AT_START)
    assert span.blocks == LOGS_WANTED // 100
