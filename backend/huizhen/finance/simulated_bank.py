"""The statement file of the demo's settlement bank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from huizhen.domain.bank_items import Expected
from huizhen.domain.money import Fen
from huizhen.finance.bank_statement import BankLine
from huizhen.finance.bank_writer import Holder, bank_lines, write_csv


@dataclass(frozen=True, slots=True)
class SimulatedBankWriter:
    """Implements services.bank_ports.SimulatedBank."""

    holder: Holder

    def csv(self, moves: Sequence[Expected], opening: Fen, first_day: date, last_day: date) -> bytes:
        lines = [_with_own_serial(line) for line in bank_lines(moves, opening, "")]
        return write_csv(self.holder, first_day, last_day, lines)


def _with_own_serial(line: BankLine) -> BankLine:
    """A serial by what moved: the same movement keeps it in every file, so no file counts it twice."""
    number = int.from_bytes(sha256(f"{line.direction} {line.remark}".encode()).digest()[:5], "big")
    return replace(line, serial=f"{line.day:%Y%m%d}{number:013d}")
