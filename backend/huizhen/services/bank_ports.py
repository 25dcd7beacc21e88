"""What the use cases need of bank files. The formats live in finance/, and bootstrap joins the two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from huizhen.domain.bank_items import Expected, Observed
from huizhen.domain.money import Fen
from huizhen.domain.payment import PaymentLine
from huizhen.domain.sentence import Sentence


class ReadLine(Protocol):
    """A line as finance.bank_statement.BankLine has it."""

    @property
    def line_number(self) -> int: ...
    @property
    def balance(self) -> Fen: ...
    def observed(self) -> Observed: ...


class ReadDoubt(Protocol):
    @property
    def line_number(self) -> int: ...
    @property
    def sentence(self) -> Sentence: ...


class ReadStatement(Protocol):
    """What a reader made of a file."""

    @property
    def lines(self) -> Sequence[ReadLine]: ...
    @property
    def broken(self) -> Sequence[ReadDoubt]: ...
    @property
    def duplicates(self) -> Sequence[ReadDoubt]: ...
    @property
    def gaps(self) -> Sequence[ReadDoubt]: ...


class StatementReader(Protocol):
    def read(self, content: bytes) -> ReadStatement:
        """CSV or XLSX by what is in it. Raises BankFileUnreadable."""


class InstructionWriter(Protocol):
    """A batch as the bank takes it in bulk. Amounts are stored with exactly two decimals."""

    def csv(self, title: str, lines: Sequence[PaymentLine]) -> bytes: ...

    def xlsx(self, title: str, lines: Sequence[PaymentLine]) -> bytes: ...


class SimulatedBank(Protocol):
    """The demo's settlement bank: its statement file in GB18030."""

    def csv(self, moves: Sequence[Expected], opening: Fen, first_day: date, last_day: date) -> bytes: ...
