"""What the opening page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from huizhen.db.index.home_queries import Counts, counts
from huizhen.db.index.ledger_queries import cursor
from huizhen.db.session import Store


@dataclass(frozen=True, slots=True)
class HomeFigures:
    """Counts over the index at `block`. `paid` is what the bank confirmed to payees; `block_time` is UTC."""

    counts: Counts
    block: int
    block_time: datetime


@dataclass(frozen=True, slots=True)
class HomeReader:
    index: Store

    def figures(self) -> HomeFigures | None:
        """None while nothing is indexed yet."""
        with self.index.reading() as session:
            row = cursor(session)
            if row is None:
                return None
            at = datetime.fromtimestamp(row.block_time, UTC)
            return HomeFigures(counts(session), row.block_number, at)
