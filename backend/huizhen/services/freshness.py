"""How old the state is that pages show. Read from the index alone: a page never waits for the node."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from huizhen.db.index.ledger_queries import cursor
from huizhen.db.session import Store

# The index follows the head every second or so; after this long in vain the node counts as down.
_SILENT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Freshness:
    """`block` and `block_time` (UTC) are those of the last indexed block, None before the first.

    `chain_now` is the head block's time in unix seconds: deadlines and countdowns run on it.
    `age_seconds` counts real seconds since the index last followed a live node; `node_up` is False while it
    cannot.
    """

    node_up: bool
    block: int | None
    block_time: datetime | None
    chain_now: int
    age_seconds: int


@dataclass(frozen=True, slots=True)
class FreshnessReader:
    """`wall` is the real time, not the chain's: a chain that stands still must not look fresh."""

    index: Store
    wall: Callable[[], datetime]

    def freshness(self) -> Freshness:
        with self.index.reading() as session:
            row = cursor(session)
        now = self.wall()
        if row is None:
            return Freshness(True, None, None, int(now.timestamp()), 0)
        age = max(0, int((now - row.followed_at).total_seconds()))
        at = datetime.fromtimestamp(row.block_time, UTC)
        return Freshness(age <= _SILENT_SECONDS, row.block_number, at, row.head_time, age)
