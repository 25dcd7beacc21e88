"""Bank statements as CSV, in GB18030 as banks write them or in UTF-8."""

from __future__ import annotations

import csv

from huizhen.domain.sentence import Sentence
from huizhen.finance.bank_rows import Row, read_statement
from huizhen.finance.bank_statement import COLUMNS, BankStatement, Doubt


def read_csv(content: bytes) -> BankStatement:
    """Reads line by line, so that a row with an open quote or broken bytes spoils no other."""
    rows: list[Row] = []
    broken: list[Doubt] = []
    for number, line in enumerate(_text(content).replace("\r\n", "\n").split("\n"), start=1):
        try:
            rows.append((number, next(csv.reader([line], strict=True), [])))
        except csv.Error:
            sentence = Sentence(
                "引号没有成对，请核对该行。", "Its quotation marks do not pair; look at the row."
            )
            broken.append(Doubt(number, sentence))
    return read_statement(rows, broken)


def _text(content: bytes) -> str:
    """The encoding in which a header can be read; a row with broken bytes does not decide against it."""
    for errors in ("strict", "replace"):
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                text = content.decode(encoding, errors)
            except UnicodeDecodeError:
                continue
            if COLUMNS[0] in text:
                return text
    return ""
