from __future__ import annotations

from huizhen.domain.money import Fen
from huizhen.domain.payment import PaymentLine
from huizhen.finance.payment_instruction import InstructionWriter


def rows(*lines: PaymentLine) -> list[list[str]]:
    text = InstructionWriter().csv("付款", lines).decode("gb18030")
    return [row.split(",") for row in text.splitlines()]


def test_csv__amounts__are_stored_with_two_decimals_and_sum() -> None:
    made = rows(
        PaymentLine("HZ000001-01", "6222021001100108888", "甲医院", "工商银行", Fen(100)),
        PaymentLine("HZ000001-02", "6222021001100101234", "李文静", "工商银行", Fen(1)),
    )
    assert [row[4] for row in made[2:]] == ["1.00", "0.01", "1.01"]


def test_csv__long_accounts_and_formulas__stay_text() -> None:
    made = rows(PaymentLine("R", "6222021001100108888", "=1+1", "工商银行", Fen(100)))
    assert made[2][1:3] == ["\t6222021001100108888", "\t=1+1"]
