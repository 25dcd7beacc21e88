"""Stretches of the chain that are whole: headers that follow on each other, and the logs of exactly these blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huizhen.chain.client import Header, Node, RawLog
from huizhen.errors import NodeError, RangeTooLarge
from huizhen.indexer.cursor import Cursor

SPAN_AT_START = 500
SPAN_MOST = 20_000
LOGS_WANTED = 5_000
"""A range grows until it brings about as many logs: enough to write in bulk, few enough to hold."""

STEP_NEAR_HEAD = 64


class ChainMoved(NodeError):
    """The chain turned while it was read; reading again finds the new one."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest block, the last final one, and the last one that a rewind need not reach."""

    header: Header
    final: int
    settled: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Blocks after the cursor up to `last`. `headers` are those to store: with logs, or above what is settled."""

    last: Header
    headers: Sequence[Header]
    logs: Sequence[RawLog]


class Fetcher:
    """`confirmations` make a block final (None: the node's `finalized` tag); `window` is how deep a reorganisation
    may go, at least as deep as what is not final.
    """

    def __init__(
        self, node: Node, addresses: Sequence[str], *, confirmations: int | None, window: int
    ) -> None:
        self._node = node
        self._addresses = addresses
        self._confirmations = confirmations
        self._window = window
        self._span = SPAN_AT_START

    def look(self) -> Head:
        header = self._node.head()
        if self._confirmations is None:
            final = self._node.header("finalized").number
        else:
            final = max(header.number - self._confirmations, 0)
        return Head(header, final, max(min(final, header.number - self._window), 0))

    def after(self, cursor: Cursor, head: Head, most: int | None = None) -> Stretch:
        """The next blocks, up to `most`. Raises ChainMoved where they do not follow on the cursor."""
        most = head.header.number if most is None else most
        if cursor.block_number < head.settled:
            return self._settled(cursor, min(head.settled, most))
        return self._near_head(cursor, min(cursor.block_number + STEP_NEAR_HEAD, most))

    def _settled(self, cursor: Cursor, most: int) -> Stretch:
        """A range of blocks that no reorganisation reaches; headers only where there are logs."""
        first, last = cursor.block_number + 1, min(cursor.block_number + self._span, most)
        try:
            logs = self._node.logs(first, last, self._addresses)
        except RangeTooLarge:
            if self._span == 1:
                raise
            self._span = max(self._span // 2, 1)
            return self._settled(cursor, most)
        self._adapt(len(logs))
        numbers = sorted({int(log["blockNumber"], 16) for log in logs} | {last})
        base, *headers = self._node.headers([cursor.block_number, *numbers])
        hashes = {header.number: header.hash for header in headers}
        if base.hash != cursor.block_hash or any(
            hashes[int(log["blockNumber"], 16)] != log["blockHash"] for log in logs
        ):
            raise _moved()
        return Stretch(headers[-1], headers, logs)

    def _near_head(self, cursor: Cursor, last: int) -> Stretch:
        """Every header, and logs asked for by block hash: what comes is of these very blocks."""
        headers = self._node.headers(range(cursor.block_number + 1, last + 1))
        parent = cursor.block_hash
        for header in headers:
            if header.parent_hash != parent:
                raise _moved()
            parent = header.hash
        logs = self._node.logs_of_blocks([header.hash for header in headers], self._addresses)
        return Stretch(headers[-1], headers, [log for of_block in logs for log in of_block])

    def _adapt(self, logs: int) -> None:
        if logs < LOGS_WANTED // 2:
            self._span = min(self._span * 2, SPAN_MOST)
        elif logs > LOGS_WANTED * 2:
            self._span = max(self._span // 2, 1)


def _moved() -> ChainMoved:
    return ChainMoved(
        "读取期间链发生了重组，正在重新读取。", "The chain turned while it was read; it is read again."
    )
