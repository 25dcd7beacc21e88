"""Bank statements as Excel workbooks: the first sheet that has a header we know."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from huizhen.errors import BankFileUnreadable
from huizhen.finance.bank_rows import Row, read_statement
from huizhen.finance.bank_statement import BankStatement

_MAX_UNPACKED_BYTES = 300_000_000


def read_xlsx(content: bytes) -> BankStatement:
    _refuse_what_is_no_workbook(content)
    try:
        workbook = load_workbook(BytesIO(content), read_only=True, data_only=True)
    except (InvalidFileException, KeyError, ParseError, ValueError) as broken:
        raise _not_a_workbook() from broken
    try:
        refusal: BankFileUnreadable | None = None
        for sheet in workbook.worksheets:
            rows: list[Row] = [
                (number, [_text(cell) for cell in cells])
                for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1)
            ]
            try:
                return read_statement(rows)
            except BankFileUnreadable as unreadable:
                refusal = refusal or unreadable
        raise refusal or _not_a_workbook()
    finally:
        workbook.close()


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
