"""The chain's time as the index last saw it (port Clock): a node that is down stops no page."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from huizhen.db.index.ledger_queries import cursor
from huizhen.db.session import Store


@dataclass(frozen=True, slots=True)
class IndexClock:
    index: Store
    wall: Callable[[], float] = time.time

    def now(self) -> int:
        """The head block's time; real time while nothing is indexed yet."""
        with self.index.reading() as session:
            row = cursor(session)
        return int(self.wall()) if row is None else row.head_time
