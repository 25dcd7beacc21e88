"""Rows of text cells to a BankStatement: what is the same for every file format of a bank."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise

from huizhen.domain.money import Fen, format_yuan, parse_yuan
from huizhen.domain.sentence import Sentence
from huizhen.errors import AmountUnreadable, BankFileUnreadable, HuizhenError
from huizhen.finance.bank_statement import COLUMNS, BankLine, BankStatement, Doubt

Row = tuple[int, Sequence[str]]
"""Line number in the file, counted from 1, and the cells as text."""

_NEEDED = ("交易日期", "流水号", "借方金额", "贷方金额", "余额")
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T]\d.*)?")
_ACCOUNT = re.compile(r"(?<!对方)账[号户][:：]?\s*([0-9][0-9 -]{6,}[0-9])")
_PERIOD = re.compile(
    r"(\d{4}[-/.年]?\d{2}[-/.月]?\d{2})日?\s*(?:至|到|~|-|—)+\s*(\d{4}[-/.年]?\d{2}[-/.月]?\d{2})"
)
# A spreadsheet that took a long account for a number: 6.22202E+18. Its last digits are lost for good.
_MANGLED = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_TOTALS = ("合计", "总计", "小计")


class _BrokenRow(HuizhenError):
    """One row cannot be meant; never leaves this module, where it becomes a Doubt."""


def read_statement(rows: Iterable[Row], broken_before: Sequence[Doubt] = ()) -> BankStatement:
    """Find the header by its names, read what follows it. `broken_before`: rows that no cells could be had of."""
    listed = [(number, [_clean(cell) for cell in cells]) for number, cells in rows]
    header_at = next((at for at, (_, cells) in enumerate(listed) if set(_NEEDED) <= set(cells)), None)
    if header_at is None:
        raise BankFileUnreadable(
            f"文件中没有同时包含{'、'.join(_NEEDED)}的表头行：请从网银重新导出交易明细。",
            f"No row of the file is a header with {', '.join(_NEEDED)}: export the statement again from the bank.",
        )
    columns = {name: listed[header_at][1].index(name) for name in COLUMNS if name in listed[header_at][1]}
    preamble = "\n".join(" ".join(cells) for _, cells in listed[:header_at])
    lines: list[BankLine] = []
    broken = list(broken_before)
    for number, cells in listed[header_at + 1 :]:
        if next(filter(None, cells), _TOTALS[0]).startswith(_TOTALS):
            continue
        try:
            lines.append(_line(number, cells, columns))
        except _BrokenRow as reason:
            broken.append(Doubt(number, reason.sentence))
    kept, duplicates = _once_per_serial(lines)
    first_day, last_day = _period(preamble)
    account = _ACCOUNT.search(preamble)
    return BankStatement(
        account=re.sub(r"[ -]", "", account[1]) if account else "",
        first_day=first_day,
        last_day=last_day,
        lines=tuple(kept),
        broken=tuple(sorted(broken, key=lambda doubt: doubt.line_number)),
        duplicates=tuple(duplicates),
        gaps=_gaps(kept, {doubt.line_number for doubt in broken}),
    )


def _clean(cell: str) -> str:
    """Without the wrappings that keep spreadsheets from mangling a number: tab, apostrophe, =\"...\"."""
    text = unicodedata.normalize("NFC", cell).strip().lstrip("'").strip()
    return text[2:-1] if text.startswith('="') and text.endswith('"') else text


def _line(number: int, cells: Sequence[str], columns: Mapping[str, int]) -> BankLine:
    def cell(name: str) -> str:
        place = columns.get(name)
        return cells[place] if place is not None and place < len(cells) else ""

    if "\N{REPLACEMENT CHARACTER}" in "".join(cells):
        raise _BrokenRow(
            "含有无法识别的字符，请重新导出。", "It has bytes that are no text; export the file again."
        )
    if max(columns[name] for name in _NEEDED) >= len(cells):
        raise _BrokenRow(
            f"只有{len(cells)}列，少于表头，请核对该行。",
            f"It has only {len(cells)} cells, fewer than the header; look at the row.",
        )
    if not cell("流水号"):
        raise _BrokenRow("没有流水号，请向银行核对该笔。", "It has no serial number; ask the bank about it.")
    for name in ("流水号", "对方账号"):
        if _MANGLED.fullmatch(cell(name)):
            raise _BrokenRow(
                f"{name}“{cell(name)}”被表格软件改成了数字，请按文本格式重新导出。",
                f"A spreadsheet turned {name} into the number {cell(name)}; export it again as text.",
            )
    debit, credit = _amount("借方金额", cell("借方金额")), _amount("贷方金额", cell("贷方金额"))
    if (debit == 0) == (credit == 0):
        raise _BrokenRow(
            "借方金额与贷方金额须有且只有一个，请向银行核对该笔。",
            "Exactly one of 借方金额 and 贷方金额 must be filled; ask the bank about it.",
        )
    if min(debit, credit) < 0:
        raise _BrokenRow(
            "金额为负（红字冲正），请与原交易人工核对。",
            "Its amount is negative, a reversal in red; compare it with the original by hand.",
        )
    if not cell("余额"):
        raise _BrokenRow("没有余额，请重新导出。", "It has no balance; export the file again.")
    return BankLine(
        line_number=number,
        day=_day(cell("交易日期")),
        serial=cell("流水号"),
        voucher_kind=cell("凭证种类"),
        voucher_number=cell("凭证号"),
        summary=cell("摘要"),
        debit=debit,
        credit=credit,
        balance=_amount("余额", cell("余额")),
        account=re.sub(r"[ -]", "", cell("对方账号")),
        name=cell("对方户名"),
        remark=cell("备注"),
    )


def _amount(name: str, text: str) -> Fen:
    if text in ("", "-", "--"):
        return Fen(0)
    try:
        return parse_yuan(text)
    except AmountUnreadable as unreadable:
        zh, en = unreadable.sentence.zh, unreadable.sentence.en
        raise _BrokenRow(f"{name}：{zh}", f"{name}: {en}") from unreadable


def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError as unreadable:
        raise _BrokenRow(
            f"交易日期“{text}”不是日期，应写成2026-11-30。",
            f"“{text}” is not a date; it should read 2026-11-30.",
        ) from unreadable


def _period(preamble: str) -> tuple[date | None, date | None]:
    found = _PERIOD.search(preamble)
    if found is None:
        return None, None
    try:
        return _day(found[1]), _day(found[2])
    except _BrokenRow:
        return None, None


def _once_per_serial(lines: Iterable[BankLine]) -> tuple[list[BankLine], list[Doubt]]:
    kept: dict[str, BankLine] = {}
    duplicates = []
    for line in lines:
        first = kept.setdefault(line.serial, line)
        if first is not line:
            sentence = Sentence(
                f"流水号{line.serial}与第{first.line_number}行重复，未计入。",
                f"Serial {line.serial} already stands in line {first.line_number}; this one is not counted.",
            )
            duplicates.append(Doubt(line.line_number, sentence))
    return list(kept.values()), duplicates


def _gaps(lines: Sequence[BankLine], broken: set[int]) -> tuple[Doubt, ...]:
    """Breaks of the running balance, in whichever order the bank prints (newest first or last)."""
    oldest_first, newest_first = _breaks(lines, broken), _breaks(lines[::-1], broken)
    return min(oldest_first, newest_first, key=len)


def _breaks(lines: Sequence[BankLine], broken: set[int]) -> tuple[Doubt, ...]:
    breaks = []
    for before, line in pairwise(lines):
        low, high = sorted((before.line_number, line.line_number))
        due = Fen(before.balance - line.debit + line.credit)
        # Across a row that could not be read nothing can be said.
        if due != line.balance and not any(low < number < high for number in broken):
            sentence = Sentence(
                f"余额应为{format_yuan(due)}，文件中为{format_yuan(line.balance)}：可能缺少交易，请核对。",
                f"The balance should be {format_yuan(due)} and is {format_yuan(line.balance)}: "
                "a line may be missing.",
            )
            breaks.append(Doubt(line.line_number, sentence))
    return tuple(breaks)
