"""The first page of finance: what holds, what waits, and for how long."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.db.index import ledger_queries
from huizhen.db.office import bank
from huizhen.db.office import reconciliation as repository
from huizhen.db.office.reconciliation import MatchState
from huizhen.db.session import Stores
from huizhen.domain.money import Fen
from huizhen.services.balance_proof import BalanceProof, BalanceProver
from huizhen.services.payout_batches import BatchRow, PayoutBatches
from huizhen.services.ports import Clock

_DAY = 24 * 3600
AGES = (7, 30, 60)
"""Days up to which a bucket of ageing reaches; the last one is open."""


@dataclass(frozen=True, slots=True)
class AgeBucket:
    """Payees whose oldest unpaid credit is between `since` and `until` days old; until None: older still."""

    since: int
    until: int | None
    payees: int
    amount: Fen


@dataclass(frozen=True, slots=True)
class Today:
    proof: BalanceProof
    to_approve: tuple[BatchRow, ...]
    at_bank: tuple[BatchRow, ...]
    ageing: tuple[AgeBucket, ...]
    suggested: int
    unmatched: int
    oldest_unmatched_days: int
    bank_lines: int


@dataclass(frozen=True, slots=True)
class FinanceToday:
    stores: Stores
    prover: BalanceProver
    batches: PayoutBatches
    clock: Clock

    def today(self) -> Today:
        with self.stores.office.reading() as session:
            unmatched, oldest = repository.exceptions_open(session)
            suggested = repository.count_in(session, MatchState.SUGGESTED)
            lines = bank.line_count(session)
        return Today(
            self.prover.prove(),
            self.batches.to_approve(),
            self.batches.at_bank(),
            self._ageing(),
            suggested,
            unmatched,
            max(0, oldest),
            lines,
        )

    def _ageing(self) -> tuple[AgeBucket, ...]:
        now = self.clock.now()
        with self.stores.index.reading() as session:
            since = ledger_queries.oldest_credit(session)
            credits_ = ledger_queries.credits_waiting(session)
        aged = [(max(0, now - since.get(row.party, now)) // _DAY, row.credited) for row in credits_]
        bounds = [*zip((0, *(age + 1 for age in AGES)), (*AGES, None), strict=True)]
        return tuple(
            AgeBucket(
                low,
                high,
                sum(1 for days, _ in aged if low <= days and (high is None or days <= high)),
                Fen(sum(amount for days, amount in aged if low <= days and (high is None or days <= high))),
            )
            for low, high in bounds
        )
