"""What reconciliation compares: what our ledger expects of the bank, and what the bank's lines say.

Directions are those of the custody account. Confidence is a whole percentage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence

AUTO = 95
SUGGESTED = 70


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Expected:
    """A deposit or a payout line of the ledger. `reference` is unique; `batch` is empty for what has none."""

    reference: str
    direction: Direction
    account: str
    name: str
    amount: Fen
    day: date
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Observed:
    """A line of a bank statement. `line` is unique, usually the bank's serial number."""

    line: str
    direction: Direction
    account: str
    name: str
    amount: Fen
    day: date
    memo: str


class Rule(StrEnum):
    REFERENCE = "reference"
    BATCH_REFERENCE = "batch_reference"
    ACCOUNT = "account"
    BATCH_SUM = "batch_sum"
    SUM = "sum"
    NAME = "name"


_RULES = {
    Rule.REFERENCE: Sentence("附言含本系统编号，金额一致", "the memo names our reference, the amount agrees"),
    Rule.BATCH_REFERENCE: Sentence("附言含批次号，批次合计一致", "the memo names our batch, its sum agrees"),
    Rule.ACCOUNT: Sentence("金额与账号一致", "amount and account agree"),
    Rule.BATCH_SUM: Sentence("与某一批次合计一致", "the amount is the sum of a batch"),
    Rule.SUM: Sentence("同一账号多笔合计一致", "several amounts of one account add up"),
    Rule.NAME: Sentence("金额一致，户名相近", "the amount agrees and the names are alike"),
}


@dataclass(frozen=True, slots=True)
class Match:
    """Expected references and bank lines that belong together, n:1, 1:n or 1:1."""

    expected: tuple[str, ...]
    observed: tuple[str, ...]
    confidence: int
    rule: Rule
    days_apart: int = 0

    @property
    def automatic(self) -> bool:
        return self.confidence >= AUTO

    @property
    def reason(self) -> Sentence:
        rule = _RULES[self.rule]
        return Sentence(
            f"{rule.zh}，相差{self.days_apart}天（{self.confidence}%）。",
            f"{rule.en.capitalize()}, {self.days_apart} days apart ({self.confidence} %).",
        )


class ExceptionKind(StrEnum):
    """The first four are the items in transit (未达账项) of a bank reconciliation statement."""

    RECEIVED_NOT_BY_BANK = "received_not_by_bank"
    PAID_NOT_BY_BANK = "paid_not_by_bank"
    BANK_RECEIVED_NOT_BY_US = "bank_received_not_by_us"
    BANK_PAID_NOT_BY_US = "bank_paid_not_by_us"
    OVER = "over"
    UNDER = "under"
    WRONG_PAYEE = "wrong_payee"
    DUPLICATE = "duplicate"
    RETURNED = "returned"


EXCEPTION_NAMES: Mapping[ExceptionKind, Sentence] = {
    kind: Sentence(zh, en)
    for kind, zh, en in (
        (ExceptionKind.RECEIVED_NOT_BY_BANK, "企业已收、银行未收", "Received by us, not by the bank"),
        (ExceptionKind.PAID_NOT_BY_BANK, "企业已付、银行未付", "Paid by us, not by the bank"),
        (ExceptionKind.BANK_RECEIVED_NOT_BY_US, "银行已收、企业未收", "Received by the bank, not by us"),
        (ExceptionKind.BANK_PAID_NOT_BY_US, "银行已付、企业未付", "Paid by the bank, not by us"),
        (ExceptionKind.OVER, "金额偏多", "The bank moved more than expected"),
        (ExceptionKind.UNDER, "金额偏少", "The bank moved less than expected"),
        (ExceptionKind.WRONG_PAYEE, "账号不符", "The account is not the expected one"),
        (ExceptionKind.DUPLICATE, "重复收付", "Moved twice"),
        (ExceptionKind.RETURNED, "银行退票", "Returned by the bank"),
    )
}


@dataclass(frozen=True, slots=True)
class ExceptionItem:
    """`difference` is bank minus expected, in fen; `age_days` since the older side, as missing is a timer."""

    kind: ExceptionKind
    expected: tuple[str, ...]
    observed: tuple[str, ...]
    difference: Fen
    age_days: int


@dataclass(frozen=True, slots=True)
class Run:
    """Every item is in one match or exception; one that was paid twice or returned is in both."""

    matches: tuple[Match, ...]
    exceptions: tuple[ExceptionItem, ...]

    @property
    def automatic(self) -> tuple[Match, ...]:
        return tuple(match for match in self.matches if match.automatic)

    @property
    def suggested(self) -> tuple[Match, ...]:
        return tuple(match for match in self.matches if not match.automatic)
