"""Bank statements as Excel workbooks: the first sheet that has a header we know."""

from __future__ import annotations

import zlib
from contextlib import closing
from datetime import date, datetime
from io import BytesIO
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from huizhen.errors import BankFileUnreadable
from huizhen.finance.bank_rows import Row, read_statement
from huizhen.finance.bank_statement import BankStatement

_MAX_UNPACKED_BYTES = 300_000_000
# What Excel itself can hold, and far more columns than any bank prints.
_MAX_ROWS = 1_048_576
_MAX_COLUMNS = 32
# A workbook is read piece by piece, and what is broken in it shows when its piece is reached.
_BROKEN = (
    BadZipFile,
    InvalidFileException,
    ParseError,
    LookupError,
    ValueError,
    TypeError,
    OverflowError,
    zlib.error,
)


def read_xlsx(content: bytes) -> BankStatement:
    _refuse_what_is_no_workbook(content)
    try:
        workbook = load_workbook(BytesIO(content), read_only=True, data_only=True)
        with closing(workbook):
            sheets = [_rows(sheet) for sheet in workbook.worksheets]
    except _BROKEN as broken:
        raise _not_a_workbook() from broken
    refusal: BankFileUnreadable | None = None
    for rows in sheets:
        try:
            return read_statement(rows)
        except BankFileUnreadable as unreadable:
            refusal = refusal or unreadable
    raise refusal or _not_a_workbook()


def _rows(sheet: Worksheet) -> list[Row]:
    """Rows with something in them. What a sheet says of its own size is not believed: it may claim 16,384 columns
    or a row beyond the last, which a few bytes say and no memory holds.
    """
    cells_by_row = sheet.iter_rows(max_row=_MAX_ROWS + 1, max_col=_MAX_COLUMNS, values_only=True)
    rows: list[Row] = []
    for number, cells in enumerate(cells_by_row, start=1):
        if number > _MAX_ROWS:
            raise _not_a_workbook()
        if cells.count(None) < len(cells):
            rows.append((number, [_text(cell) for cell in cells]))
    return rows


def _refuse_what_is_no_workbook(content: bytes) -> None:
    """Also refuses a small file that would unpack to fill the memory."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if "xl/workbook.xml" in archive.namelist() and unpacked <= _MAX_UNPACKED_BYTES:
                return
    except BadZipFile as broken:
        raise _not_a_workbook() from broken
    raise _not_a_workbook()


def _not_a_workbook() -> BankFileUnreadable:
    return BankFileUnreadable(
        "这不是可以读取的Excel文件（.xlsx）：请从网银重新导出，或导出为CSV。",
        "This is not an Excel file (.xlsx) that can be read: export it again, or as CSV.",
    )


def _text(cell: object) -> str:
    """A number as the text that a spreadsheet shows for it: at most 15 digits, the binary noise behind cut off."""
    match cell:
        case None:
            return ""
        case datetime() | date():
            return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
        case float():
            return f"{cell:.15g}"
        case _:
            return str(cell)
