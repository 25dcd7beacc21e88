"""Payment instructions as banks take them in bulk: GB18030 CSV, or a workbook whose cells are all text.

A bank's import reads what is stored, not what is shown: an amount is the text 1234.50, with both decimals.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO

import xlsxwriter

from huizhen.domain.money import Fen, plain_yuan
from huizhen.domain.payment import PaymentLine

COLUMNS = ("序号", "收款账号", "收款户名", "收款银行", "金额", "附言")


class InstructionWriter:
    """Implements services.bank_ports.InstructionWriter."""

    def csv(self, title: str, lines: Sequence[PaymentLine]) -> bytes:
        text = StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        for row in _rows(title, lines):
            writer.writerow([_as_text(cell) for cell in row])
        return text.getvalue().encode("gb18030")

    def xlsx(self, title: str, lines: Sequence[PaymentLine]) -> bytes:
        file = BytesIO()
        workbook = xlsxwriter.Workbook(file, {"in_memory": True})
        sheet = workbook.add_worksheet("批量付款")
        for number, row in enumerate(_rows(title, lines)):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
        sheet.set_column(0, len(COLUMNS) - 1, 22)
        workbook.close()
        return file.getvalue()


def _as_text(cell: str) -> str:
    """A tab in front keeps spreadsheets from taking an account for a number, or a name for a formula."""
    risky = (cell.isdigit() and len(cell) > 11) or cell[:1] in ("=", "+", "-", "@")
    return f"\t{cell}" if risky else cell


def _rows(title: str, lines: Sequence[PaymentLine]) -> list[tuple[str, ...]]:
    total = Fen(sum(line.amount for line in lines))
    return [
        (title,),
        COLUMNS,
        *(
            (str(number), line.account, line.holder, line.bank, plain_yuan(line.amount), line.reference)
            for number, line in enumerate(lines, start=1)
        ),
        (f"合计{len(lines)}笔", "", "", "", plain_yuan(total), ""),
    ]
