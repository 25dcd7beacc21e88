"""Stretches of the chain that are whole: headers that follow on each other, and the logs of exactly these blocks."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from random import SystemRandom
from typing import NamedTuple

from huizhen.chain.client import Header, Node, RawLog
from huizhen.chain.finality import final_number
from huizhen.chain.plain_logs import plain_logs
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.plain_log import PlainLog
from huizhen.errors import ChainMoved, NodeDistrusted
from huizhen.indexer import fetch_apart
from huizhen.indexer.cursor import Cursor
from huizhen.indexer.span import Span
from huizhen.indexer.witness import Witness

IN_FLIGHT = 2
"""Ranges that are asked for at the same time: the node works while we write."""

FAR = 2_000
"""So many blocks behind, other processes read ahead and write."""

STEP_NEAR_HEAD = 64
DENSE = 8
"""A range is dense where at least one of so many blocks has logs of ours."""

SPOT_CHECKS = 64
"""Blocks without logs whose filter is looked at in a range that is not dense, beside as many as there are with some."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest block, the last final one, and the last one that a rewind need not reach."""

    header: Header
    final: int
    settled: int


class BlockLine(NamedTuple):
    """What is kept of a header; `time` in unix seconds."""

    number: int
    hash: Hash32
    parent_hash: Hash32
    time: int


class Stretch(NamedTuple):
    """Blocks after the one with the hash `base` up to the last of `blocks`.

    `blocks` are those to store: with logs, or above what is settled, and always the last.
    """

    base: Hash32
    blocks: Sequence[BlockLine]
    logs: Sequence[PlainLog]


class Fetcher:
    """`confirmations` make a block final (None: the node's `finalized` tag); `window` is how deep a reorganisation
    may go, at least as deep as what is not final.
    """

    def __init__(
        self,
        node: Node,
        topics: Mapping[str, Iterable[str]],
        *,
        confirmations: int | None,
        window: int,
        far: int = FAR,
    ) -> None:
        """`topics` are the first topics of the events of ours by address."""
        self._far = far
        self._node = node
        self._topics = topics
        self._addresses = list(topics)
        self._confirmations = confirmations
        self._window = window
        self._span = Span()
        self._dice = SystemRandom()
        self._witness = Witness(node, topics)

    def look(self, known: int = 0) -> Head:
        """Among several nodes one that is not behind block `known` is preferred: a laggard is no reorganisation."""
        header = self._node.head()
        for _ in self._node.urls[1:]:
            if header.number >= known:
                break
            self._node.turn_away()
            header = self._node.head()
        final = final_number(self._node, header.number, self._confirmations)
        return Head(header, final, max(min(final, header.number - self._window), 0))

    def far_behind(self, cursor: Cursor, head: Head) -> bool:
        """Whether it pays to have other processes read ahead and write."""
        return head.settled - cursor.block_number >= self._far

    def settled(self, cursor: Cursor, head: Head) -> Iterator[Stretch]:
        """All blocks that no reorganisation reaches, in their order."""
        first, addresses = cursor.block_number + 1, self._node.addresses()
        if addresses is None or not self.far_behind(cursor, head):
            yield from self.ranges(first, head.settled)
            return
        topics = {address: list(of_address) for address, of_address in self._topics.items()}
        try:
            for base, blocks, logs in fetch_apart.stretches(
                addresses, self._node.timeout, topics, first, head.settled
            ):
                yield Stretch(base, list(map(BlockLine._make, blocks)), logs)
        except NodeDistrusted:
            self._node.turn_away()
            raise

    def ranges(self, first: int, last: int) -> Iterator[Stretch]:
        """Several in flight."""
        pool = ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="huizhen-logs")
        flying: deque[Future[Stretch]] = deque()
        try:
            while first <= last or flying:
                while first <= last and len(flying) < IN_FLIGHT:
                    end = min(first + self._span.blocks - 1, last)
                    flying.append(pool.submit(self.range, first, end))
                    first = end + 1
                yield flying.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

    def after(self, cursor: Cursor, head: Head, most: int | None = None) -> Stretch:
        """The next blocks, up to `most`. Raises ChainMoved where they do not follow on the cursor."""
        most = head.header.number if most is None else most
        if cursor.block_number < head.settled:
            first = cursor.block_number + 1
            return self.range(first, min(first + self._span.blocks - 1, head.settled, most))
        return self._near_head(cursor, min(cursor.block_number + STEP_NEAR_HEAD, most))

    def range(self, first: int, last: int) -> Stretch:
        """Blocks that no reorganisation reaches; headers are stored only where there are logs."""
        logs = self._span.ask(self._logs, first, last)
        plain = self._witness.plain(logs, first, last)
        seen_in = {(log[0], raw.get("blockHash")) for log, raw in zip(plain, logs, strict=True)}
        # Several ranges are in memory at a time, and this is most of one.
        del logs
        wanted = {log[0] for log in plain} | {last}
        # Where many blocks have logs, the others' headers cost little, and show that they have none.
        dense = len(wanted) * DENSE >= last - first
        looked_at = range(first, last + 1) if dense else self._with_spot_checks(first, last, wanted)
        base, *headers = self._node.headers([first - 1, *looked_at])
        if not seen_in <= {(header.number, header.hash) for header in headers}:
            raise moved()
        if dense:
            _require_line(base.hash, headers)
        self._witness.require_likely_whole(headers, plain)
        return Stretch(base.hash, [_line(header) for header in headers if header.number in wanted], plain)

    def _with_spot_checks(self, first: int, last: int, wanted: set[int]) -> list[int]:
        """Whoever hides logs everywhere is caught; for a single one there is `huizhen verify`."""
        count = min(len(wanted) + SPOT_CHECKS, last - first + 1)
        return sorted(wanted.union(self._dice.sample(range(first, last + 1), count)))

    def _logs(self, first: int, last: int) -> list[RawLog]:
        return self._node.logs(first, last, self._addresses)

    def _near_head(self, cursor: Cursor, last: int) -> Stretch:
        """Every header, and logs asked for by block hash: what comes is of these very blocks."""
        headers = self._node.headers(range(cursor.block_number + 1, last + 1))
        _require_line(cursor.block_hash, headers)
        logs = self._node.logs_of_blocks([header.hash for header in headers], self._addresses)
        self._witness.require_whole(headers, logs)
        plain = plain_logs(log for of_block in logs for log in of_block)
        return Stretch(cursor.block_hash, list(map(_line, headers)), plain)


def _line(header: Header) -> BlockLine:
    return BlockLine(header.number, header.hash, header.parent_hash, header.time)


def _require_line(parent: Hash32, headers: Sequence[Header]) -> None:
    """Each the child of the one before it."""
    for header in headers:
        if header.parent_hash != parent:
            raise moved()
        parent = header.hash


def moved() -> ChainMoved:
    return ChainMoved(
        "读取期间链发生了重组，正在重新读取。", "The chain turned while it was read; it is read again."
    )
