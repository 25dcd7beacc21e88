"""Writes statements as a bank would export them: what the demo's simulated bank hands to finance."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO, StringIO

import xlsxwriter

from huizhen.domain.bank_items import Direction, Expected
from huizhen.domain.money import Fen, plain_yuan
from huizhen.finance.bank_statement import COLUMNS, BankLine


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose account the statement is of."""

    account: str
    name: str
    bank: str


def bank_lines(moves: Iterable[Expected], opening: Fen, serial_prefix: str) -> tuple[BankLine, ...]:
    """The bank's side of these deposits and payouts, in order of day, with serials and a running balance."""
    balance = opening
    lines = []
    for count, move in enumerate(sorted(moves, key=lambda m: (m.day, m.reference)), start=1):
        inflow = move.direction is Direction.IN
        balance = Fen(balance + move.amount if inflow else balance - move.amount)
        lines.append(
            BankLine(
                line_number=count,
                day=move.day,
                serial=f"{serial_prefix}{move.day:%Y%m%d}{count:06d}",
                voucher_kind="转账",
                voucher_number="",
                summary="会诊预存款" if inflow else "会诊结算款",
                debit=Fen(0) if inflow else move.amount,
                credit=move.amount if inflow else Fen(0),
                balance=balance,
                account=move.account,
                name=move.name,
                remark=move.reference,
            )
        )
    return tuple(lines)


def write_csv(holder: Holder, first_day: date, last_day: date, lines: Sequence[BankLine]) -> bytes:
    """GB18030 with Windows line ends; accounts and serials behind a tab, as banks keep Excel from mangling them."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows(_preamble(holder, first_day, last_day))
    writer.writerow(COLUMNS)
    for line in lines:
        cells = _cells(line)
        writer.writerow(
            [f"\t{cell}" if name in ("流水号", "对方账号") and cell else cell for name, cell in cells]
        )
    writer.writerow(_totals(lines))
    return text.getvalue().encode("gb18030")


def write_xlsx(holder: Holder, first_day: date, last_day: date, lines: Sequence[BankLine]) -> bytes:
    """All cells are text: an amount is stored with exactly two decimals, not merely shown so."""
    file = BytesIO()
    workbook = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = workbook.add_worksheet("交易明细")
    rows = [
        *_preamble(holder, first_day, last_day),
        list(COLUMNS),
        *([cell for _, cell in _cells(line)] for line in lines),
        _totals(lines),
    ]
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell)
    sheet.set_column(0, len(COLUMNS) - 1, 18)
    workbook.close()
    return file.getvalue()


def _preamble(holder: Holder, first_day: date, last_day: date) -> list[list[str]]:
    return [
        [f"{holder.bank}账户交易明细"],
        [f"账号：{holder.account}", f"户名：{holder.name}", "币种：人民币"],
        [f"起止日期：{first_day.isoformat()} 至 {last_day.isoformat()}"],
    ]


def _cells(line: BankLine) -> list[tuple[str, str]]:
    values = (
        line.day.isoformat(),
        line.serial,
        line.voucher_kind,
        line.voucher_number,
        line.summary,
        plain_yuan(line.debit) if line.debit else "",
        plain_yuan(line.credit) if line.credit else "",
        plain_yuan(line.balance),
        line.account,
        line.name,
        line.remark,
    )
    return list(zip(COLUMNS, values, strict=True))


def _totals(lines: Sequence[BankLine]) -> list[str]:
    debit, credit = Fen(sum(line.debit for line in lines)), Fen(sum(line.credit for line in lines))
    return [f"合计{len(lines)}笔", "", "", "", "", plain_yuan(debit), plain_yuan(credit), "", "", "", ""]
