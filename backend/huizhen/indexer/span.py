"""How many blocks to ask for at once: as many as bring enough logs, quickly, and as the node allows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from huizhen.chain.client import RawLog
from huizhen.errors import NodeError, RangeTooLarge

BLOCKS_AT_START = 500
BLOCKS_MOST = 100_000
LOGS_WANTED = 3_000
"""Enough to write in bulk, few enough to hold: several ranges are in memory at a time."""

SECONDS_WANTED = 2.0
"""A node is not kept busy with one question for longer."""

RETRIES = 5
FIRST_PAUSE = 0.1
_RELENT_AFTER = 10

Ask = Callable[[int, int], list[RawLog]]


class Span:
    """Shared by the threads that ask. `blocks` is the length of the next range."""

    def __init__(self, pause: Callable[[float], None] = time.sleep) -> None:
        self.blocks = BLOCKS_AT_START
        self._ceiling = BLOCKS_MOST
        self._since_refusal = 0
        self._lock = threading.Lock()
        self._pause = pause

    def ask(self, ask: Ask, first: int, last: int) -> list[RawLog]:
        """The logs of a range, in parts where the node refuses the whole. Raises NodeError after some patience."""
        logs: list[RawLog] = []
        while first <= last:
            end = min(first + self.blocks - 1, last)
            try:
                logs += self._patiently(ask, first, end)
            except RangeTooLarge:
                if end == first:
                    raise
                self._refused(end - first + 1)
                continue
            first = end + 1
        return logs

    def _patiently(self, ask: Ask, first: int, last: int) -> list[RawLog]:
        """Too many requests and hiccups pass: the same question again, ever later."""
        for turn in range(RETRIES + 1):
            began = time.monotonic()
            try:
                logs = ask(first, last)
            except RangeTooLarge:
                raise
            except NodeError:
                if turn == RETRIES:
                    raise
                self._pause(FIRST_PAUSE * 2**turn)
                continue
            self._answered(last - first + 1, len(logs), time.monotonic() - began)
            return logs
        raise AssertionError("unreachable")

    def _answered(self, blocks: int, logs: int, seconds: float) -> None:
        """Grows to twice at most; a short last range says nothing against a long one."""
        with self._lock:
            self._since_refusal += 1
            if self._since_refusal % _RELENT_AFTER == 0:
                self._ceiling = min(self._ceiling * 2, BLOCKS_MOST)
            factor = min(LOGS_WANTED / max(logs, 1), SECONDS_WANTED / max(seconds, 0.001))
            wanted = int(blocks * min(factor, 2.0))
            if factor >= 1.0:
                wanted = max(wanted, self.blocks)
            self.blocks = max(min(wanted, self._ceiling), 1)

    def _refused(self, blocks: int) -> None:
        with self._lock:
            self._since_refusal = 0
            self.blocks = self._ceiling = max(blocks // 2, 1)
