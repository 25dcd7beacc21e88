"""Tax on one payout to a doctor: what is withheld now, given all that was paid before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from huizhen import reference
from huizhen.db.index import ledger_queries, payout_queries
from huizhen.db.session import Session
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import CHINA
from huizhen.domain.statuses import EntryKind, PartyKind
from huizhen.domain.withholding import (
    PayerKind,
    Policy,
    YearToDate,
    policy_in_force,
    read_policies,
    withhold,
)

_NO_TAX = Sentence(
    "机构收款，不代扣个人所得税", "Paid to an organisation: no income tax of a person is withheld"
)
_TAXED = Sentence(
    "退回的款项此前已扣税，不再扣", "Money that came back was taxed before and is not taxed again"
)


@dataclass(frozen=True, slots=True)
class Tax:
    """`policy` is empty where none applies."""

    withheld: Fen
    policy: str
    explanation: Sentence


@dataclass(frozen=True, slots=True)
class PaidBefore:
    """`taxed_already`: how much of the present credit came back from the bank and was taxed before."""

    earlier: YearToDate
    taxed_already: Fen


def policies() -> tuple[Policy, ...]:
    return read_policies(reference.document("withholding"))


def paid_before(session: Session, party: PartyId, now: int) -> PaidBefore:
    """Money that the bank sent back is paid out first the next time, and is no income a second time."""
    today = datetime.fromtimestamp(now, CHINA)
    executed = payout_queries.executed_items(session, party)
    paid_at = {(item.batch, item.item): datetime.fromtimestamp(at, CHINA) for item, at in executed}
    came_back, gross, first_month = 0, 0, today.month
    for entry in ledger_queries.credit_entries(session, party):
        if entry.kind is EntryKind.RETURN:
            came_back += entry.amount
        elif entry.amount < 0 and entry.kind in (EntryKind.PAYOUT, EntryKind.WITHHELD):
            again = min(came_back, -entry.amount)
            came_back -= again
            at = paid_at.get((entry.batch or 0, entry.item or 0), today)
            if at.year == today.year:
                gross += -entry.amount - again
                first_month = min(first_month, at.month)
    withheld = sum(item.withheld for item, at in executed if _year(at) == today.year)
    months = today.month - first_month + 1
    return PaidBefore(YearToDate(Fen(gross), Fen(withheld), months), Fen(came_back))


def tax_on(rules: Sequence[Policy], kind: PartyKind, gross: Fen, before: PaidBefore, now: int) -> Tax:
    """The payer is a platform. Raises WithholdingPolicyMissing."""
    if kind is not PartyKind.DOCTOR:
        return Tax(Fen(0), "", _NO_TAX)
    income = Fen(gross - min(gross, before.taxed_already))
    if not income:
        return Tax(Fen(0), "", _TAXED)
    day = datetime.fromtimestamp(now, CHINA).date()
    computed = withhold(policy_in_force(rules, PayerKind.PLATFORM, day), income, before.earlier)
    return Tax(min(computed.withheld, gross), computed.policy_version, computed.explanation)


def _year(unix: int) -> int:
    return datetime.fromtimestamp(unix, CHINA).year
