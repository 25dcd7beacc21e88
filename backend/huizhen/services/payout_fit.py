"""Whether the items of a prepared batch still fit: the ledger decides at its approval, people know before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from huizhen.db.index import ledger_queries, payout_queries
from huizhen.db.index.payouts import PayoutBatch, PayoutItem
from huizhen.db.session import Session
from huizhen.domain.money import format_yuan
from huizhen.domain.sentence import Sentence
from huizhen.domain.statuses import BatchStatus


def unfit_items(
    session: Session, batch: PayoutBatch, rows: Sequence[PayoutItem], now: int
) -> Mapping[int, Sentence]:
    """By item, why RevenueLedger.approvePayout would leave it out now; empty once the batch is approved."""
    if batch.status is not BatchStatus.PREPARED:
        return {}
    accounts = payout_queries.accounts_in_force(session, now)
    found: dict[int, Sentence] = {}
    for row in rows:
        credit = ledger_queries.credit_of(session, row.party)
        if credit < row.gross:
            found[row.item] = Sentence(
                f"可付余额现为{format_yuan(credit)}，不足应付金额：批准后将略过这一笔。",
                f"Its credit is {format_yuan(credit)} now, less than the gross amount: "
                "approving leaves this item out.",
            )
        elif accounts.get(row.party) != row.account:
            found[row.item] = Sentence(
                "收款账户在编制后已变更：批准后将略过这一笔。",
                "Its payout account has changed since: approving leaves this item out.",
            )
    return found
