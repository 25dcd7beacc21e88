"""One way in for statement files of every format: what is in the file decides, not its name."""

from __future__ import annotations

from huizhen.finance.bank_csv import read_csv
from huizhen.finance.bank_statement import BankStatement
from huizhen.finance.bank_xlsx import read_xlsx

_ZIP = b"PK\x03\x04"


class BankFileReader:
    """Implements services.bank_ports.StatementReader."""

    def read(self, content: bytes) -> BankStatement:
        return read_xlsx(content) if content.startswith(_ZIP) else read_csv(content)
