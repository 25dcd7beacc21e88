from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.xml.constants import SHEET_MAIN_NS

from huizhen.domain.bank_items import Direction, Expected
from huizhen.domain.money import Fen
from huizhen.errors import BankFileUnreadable
from huizhen.finance.bank_csv import read_csv
from huizhen.finance.bank_statement import COLUMNS, BankLine, BankStatement
from huizhen.finance.bank_writer import Holder, bank_lines, write_csv, write_xlsx
from huizhen.finance.bank_xlsx import read_xlsx

HOLDER = Holder("1001234567890123456", "会诊托管账户", "中国工商银行")
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
MOVES = [
    Expected("D-000001", Direction.IN, "6222000000000000001", "成都云岭医院", Fen(5_000_000), FIRST),
    Expected("PO-000001-01", Direction.OUT, "6222000000000000002", "同舟㐂医生集团", Fen(123_456), LAST),
    Expected("PO-000001-02", Direction.OUT, "6222000000000000003", "澄江医院", Fen(1), LAST),
]
LINES = bank_lines(MOVES, Fen(100_000), "ICBC")
HEADER = ",".join(COLUMNS)
ROW = "2026-11-02,S1,转账,,会诊预存款,,100.00,100.00,6222000000000000001,成都云岭医院,D-1"
ROW_2 = "20261103,S2,转账,,会诊结算款,30.5,0.00,69.50,6222000000000000002,澄江医院,PO-1"


def csv_of(*rows: str, encoding: str = "gb18030") -> bytes:
    return "\r\n".join(rows).encode(encoding)


def as_text(statement: BankStatement) -> list[str]:
    doubts = [*statement.broken, *statement.duplicates, *statement.gaps]
    return [f"{doubt.line_number}: {doubt.sentence.zh}" for doubt in doubts]


def without_place(lines: tuple[BankLine, ...]) -> list[BankLine]:
    return [replace(line, line_number=0) for line in lines]


@pytest.mark.parametrize(("write", "read"), [(write_csv, read_csv), (write_xlsx, read_xlsx)])
def test_statement__written_and_read__is_the_same(
    write: Callable[[Holder, date, date, tuple[BankLine, ...]], bytes], read: Callable[[bytes], BankStatement]
) -> None:
    statement = read(write(HOLDER, FIRST, LAST, LINES))
    assert without_place(statement.lines) == without_place(LINES)
    assert (statement.account, statement.first_day, statement.last_day) == (HOLDER.account, FIRST, LAST)
    assert as_text(statement) == []


def test_bank_lines__are_what_reconciliation_expects() -> None:
    assert [line.balance for line in LINES] == [5_100_000, 4_976_544, 4_976_543]
    observed = [line.observed() for line in LINES]
    assert [(o.direction, o.amount) for o in observed] == [(m.direction, m.amount) for m in MOVES]
    assert observed[1].memo == "会诊结算款 PO-000001-01"


def test_write_xlsx__stores_two_decimals() -> None:
    sheet = load_workbook(BytesIO(write_xlsx(HOLDER, FIRST, LAST, LINES))).worksheets[0]
    assert [sheet.cell(5, column).value for column in (7, 8)] == ["50000.00", "51000.00"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig"])
def test_read_csv__encodings_and_a_header_after_a_preamble(encoding: str) -> None:
    statement = read_csv(
        csv_of(
            "交易明细",
            "账 号,1",
            "账号:,6222 0202 0001",
            "期间:20261101-20261130",
            HEADER,
            ROW,
            encoding=encoding,
        )
    )
    assert (statement.account, statement.first_day, statement.last_day) == ("622202020001", FIRST, LAST)
    assert statement.lines[0].line_number == 6
    assert statement.lines[0].name == "成都云岭医院"


def test_read_csv__columns_in_any_order_and_some_missing() -> None:
    content = csv_of("流水号,余额,贷方金额,借方金额,多余,交易日期", "S1,100.00,,30.00,x,2026/11/2")
    line = read_csv(content).lines[0]
    assert (line.day, line.debit, line.credit, line.account) == (date(2026, 11, 2), 3_000, 0, "")


def test_read_csv__wrapped_numbers__are_unwrapped() -> None:
    row = '2026-11-02,"=""0001""",转账,,,,"1,100.00",1100.00,\'6222000000000000001,某,'
    line = read_csv(csv_of(HEADER, row)).lines[0]
    assert (line.serial, line.account, line.credit) == ("0001", "6222000000000000001", 110_000)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (ROW.replace("2026-11-02", "2026-13-02"), "不是日期"),
        (ROW.replace("S1", ""), "没有流水号"),
        (ROW.replace("100.00,100.00", "1oo.00,100.00"), "贷方金额：“1oo.00”不是金额"),
        (ROW.replace("100.00,100.00", "100.005,100.00"), "贷方金额"),
        (ROW.replace(",,100.00", ",5.00,100.00"), "有且只有一个"),
        (ROW.replace(",,100.00", ",,0.00"), "有且只有一个"),
        (ROW.replace(",,100.00", ",,-100.00"), "红字"),
        (ROW.replace("6222000000000000001", "6.222E+18"), "改成了数字"),
        (ROW.replace("100.00,100.00", "100.00,"), "没有余额"),
        (ROW.replace("成都云岭医院", '"成都云岭医院'), "引号"),
        ("2026-11-02,S1,转账", "只有3列"),
    ],
)
def test_read_csv__broken_row__is_reported_with_its_line_and_the_others_are_kept(row: str, said: str) -> None:
    statement = read_csv(csv_of("账户明细", HEADER, row, ROW_2))
    assert [doubt.line_number for doubt in statement.broken] == [3]
    assert said in statement.broken[0].sentence.zh
    assert statement.broken[0].sentence.en
    assert [line.serial for line in statement.lines] == ["S2"]
    assert statement.gaps == ()


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_read_csv__broken_bytes__spoil_one_row_only(encoding: str) -> None:
    name = "成都云岭医院".encode(encoding)
    content = csv_of(HEADER, ROW, ROW_2, encoding=encoding).replace(name, name[:-1] + b"\xff")
    statement = read_csv(content)
    assert [doubt.line_number for doubt in statement.broken] == [2]
    assert [line.serial for line in statement.lines] == ["S2"]


def test_read_csv__repeated_serial__is_flagged_and_counted_once() -> None:
    statement = read_csv(csv_of(HEADER, ROW, ROW, ROW_2))
    assert [line.serial for line in statement.lines] == ["S1", "S2"]
    assert as_text(statement) == ["3: 流水号S1与第2行重复，未计入。"]


def test_read_csv__missing_line__shows_as_a_gap() -> None:
    statement = read_csv(csv_of(HEADER, ROW, ROW_2.replace("69.50", "9.50")))
    assert as_text(statement) == ["3: 余额应为¥69.50，文件中为¥9.50：可能缺少交易，请核对。"]
    assert len(statement.lines) == 2


def test_read_csv__newest_first__is_as_consistent() -> None:
    assert read_csv(csv_of(HEADER, ROW_2, ROW)).gaps == ()


def test_read_csv__summary_that_begins_with_total__is_still_a_line() -> None:
    assert (
        len(read_csv(csv_of(HEADER, ROW.replace("会诊预存款", "合计付款"), "合计,,,,,,100.00", "")).lines)
        == 1
    )


@pytest.mark.parametrize("content", [b"", b"a,b,c\n1,2,3", b"\xff\xfe\x00"])
def test_read_csv__no_header__is_refused(content: bytes) -> None:
    with pytest.raises(BankFileUnreadable, match="交易日期"):
        read_csv(content)


def workbook_of(*rows: list[object]) -> bytes:
    workbook = Workbook()
    workbook.create_sheet("封面", 0)
    sheet = workbook.worksheets[1]
    for row in rows:
        sheet.append(row)
    file = BytesIO()
    workbook.save(file)
    return file.getvalue()


def test_read_xlsx__numbers_and_dates__are_read_exactly() -> None:
    row = [
        datetime.fromisoformat("2026-11-02 08:30:00"),
        "S1",
        "转账",
        None,
        "预存",
        0.1 + 0.2,
        None,
        99.7,
        "6222000000000000001",
        "某",
        None,
    ]
    statement = read_xlsx(workbook_of(["说明"], list(COLUMNS), row, [date(2026, 11, 3), 12, *row[2:]]))
    assert [(line.day.day, line.serial, line.debit, line.balance) for line in statement.lines] == [
        (2, "S1", 30, 9_970),
        (3, "12", 30, 9_970),
    ]


def test_read_xlsx__hidden_decimals__break_the_row() -> None:
    row = [date(2026, 11, 2), "S1", "", "", "", 33.333333, None, 99.7]
    assert "33.333333" in read_xlsx(workbook_of(list(COLUMNS), row)).broken[0].sentence.zh


def empty_archive() -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<")
    return file.getvalue()


@pytest.mark.parametrize("content", [b"", b"not a workbook", empty_archive(), workbook_of(["a", "b"])])
def test_read_xlsx__what_is_no_statement__is_refused(content: bytes) -> None:
    with pytest.raises(BankFileUnreadable):
        read_xlsx(content)


@settings(max_examples=30)
def workbook_with(sheet: str) -> bytes:
    """A sound workbook whose sheet is this XML."""
    made, changed = BytesIO(), BytesIO()
    Workbook().save(made)
    with ZipFile(made) as source, ZipFile(changed, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            xml = f'<worksheet xmlns="{SHEET_MAIN_NS}">{sheet}</worksheet>'.encode()
            target.writestr(name, xml if name == "xl/worksheets/sheet1.xml" else source.read(name))
    return changed.getvalue()


@pytest.mark.parametrize(
    "sheet",
    [
        '<sheetData><row r="1"><c r="A1" t="s"><v>99999</v></c></row></sheetData>',
        '<sheetData><row r="1"><c r="A1"><v>many</v></c></row></sheetData>',
        '<sheetData><row r="x"><c r="A1"/></row></sheetData>',
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="900000"><c r="XFD900000"/></row></sheetData>',
        '<sheetData><row r="1"><c r="A1"/></row><row r="999999999999"><c r="A2"/></row></sheetData>',
    ],
)
def test_read_xlsx__sheet_that_lies_or_breaks_off__is_refused_and_fills_no_memory(sheet: str) -> None:
    """One such file must not keep the worker from all others."""
    with pytest.raises(BankFileUnreadable):
        read_xlsx(workbook_with(sheet))


def test_read_xlsx__last_cells_left_out__are_empty() -> None:
    """Excel does not store empty cells at the end of a row."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    order = [name for name in COLUMNS if name != "贷方金额"] + ["贷方金额"]
    values = dict(zip(COLUMNS, ROW_2.split(","), strict=True)) | {"贷方金额": None}
    sheet.append(order)
    sheet.append([values[name] for name in order])
    file = BytesIO()
    workbook.save(file)
    (line,) = read_xlsx(file.getvalue()).lines
    assert line.debit == 3050


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 10**12), st.integers(0, 29)), max_size=8))
def test_csv__round_trip__keeps_every_fen(moves: list[tuple[bool, int, int]]) -> None:
    expected = [
        Expected(
            f"R-{n:04}",
            Direction.IN if inflow else Direction.OUT,
            "",
            "某",
            Fen(amount),
            FIRST + timedelta(days),
        )
        for n, (inflow, amount, days) in enumerate(moves)
    ]
    lines = bank_lines(expected, Fen(0), "T")
    statement = read_csv(write_csv(HOLDER, FIRST, LAST, lines))
    assert without_place(statement.lines) == without_place(lines)
    assert as_text(statement) == []
