"""A bank statement as its lines, with every row that could not be read and every doubt said in a sentence.

Debit (借方) is money out of the account, credit (贷方) money in, as a Chinese bank prints it for its customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from huizhen.domain.bank_items import Direction, Observed
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence

COLUMNS = (
    "交易日期",
    "流水号",
    "凭证种类",
    "凭证号",
    "摘要",
    "借方金额",
    "贷方金额",
    "余额",
    "对方账号",
    "对方户名",
    "备注",
)


@dataclass(frozen=True, slots=True)
class BankLine:
    """`line_number` is where the row stands in the file; exactly one of debit and credit is not 0."""

    line_number: int
    day: date
    serial: str
    voucher_kind: str
    voucher_number: str
    summary: str
    debit: Fen
    credit: Fen
    balance: Fen
    account: str
    name: str
    remark: str

    @property
    def direction(self) -> Direction:
        return Direction.OUT if self.debit else Direction.IN

    @property
    def amount(self) -> Fen:
        return self.debit or self.credit

    def observed(self) -> Observed:
        """The line as reconciliation compares it: all free text is memo."""
        memo = " ".join(text for text in (self.summary, self.voucher_number, self.remark) if text)
        return Observed(self.serial, self.direction, self.account, self.name, self.amount, self.day, memo)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something about one row that a person must look at."""

    line_number: int
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class BankStatement:
    """`lines` are sound rows, each serial once; `broken` rows and `duplicates` were left out of them.

    `gaps` are kept lines whose balance does not follow from the line before.
    """

    account: str
    first_day: date | None
    last_day: date | None
    lines: tuple[BankLine, ...]
    broken: tuple[Doubt, ...] = ()
    duplicates: tuple[Doubt, ...] = ()
    gaps: tuple[Doubt, ...] = ()
