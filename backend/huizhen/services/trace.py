"""Where a fact of the chain stands, and whether it may still be turned back."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.db.index.ledger_queries import cursor
from huizhen.db.index.traced import Traced
from huizhen.db.session import Session
from huizhen.domain.chain_ids import Hash32


@dataclass(frozen=True, slots=True)
class Trace:
    """`state` is confirming or final, as pages say it."""

    tx_hash: Hash32
    state: str


@dataclass(frozen=True, slots=True)
class Finality:
    """The newest block that no reorganisation reaches."""

    block: int

    def of(self, row: Traced) -> Trace:
        return self.at(row.block_number, row.tx_hash)

    def at(self, block_number: int, tx_hash: Hash32) -> Trace:
        return Trace(tx_hash, "final" if block_number <= self.block else "confirming")


def finality(session: Session) -> Finality:
    """Of a session of the index; before the first block nothing is final."""
    row = cursor(session)
    return Finality(row.final_number if row else 0)
