"""The ledger of a period as a file: final entries alone, each with the transaction that proves it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import StringIO

from huizhen.db.index import ledger_queries
from huizhen.db.session import Store
from huizhen.domain.money import plain_yuan
from huizhen.domain.slots import CHINA
from huizhen.errors import InvalidInput
from huizhen.services.trace import finality

COLUMNS = (
    "time",
    "block",
    "log",
    "line",
    "kind",
    "bucket",
    "party",
    "amount_yuan",
    "consultation",
    "leg",
    "batch",
    "item",
    "bank_reference",
    "transaction",
)


@dataclass(frozen=True, slots=True)
class AuditExport:
    index: Store

    def ledger(self, first: date, last: date) -> Iterator[bytes]:
        """CSV in UTF-8 of both days and all between, in China's time. Raises InvalidInput for an empty period."""
        if last < first:
            raise InvalidInput(
                "结束日期早于开始日期，请调整。", "The last day lies before the first: change one."
            )
        since = int(datetime.combine(first, time(), CHINA).timestamp())
        until = int(datetime.combine(last + timedelta(days=1), time(), CHINA).timestamp())
        return self._rows(since, until)

    def _rows(self, since: int, until: int) -> Iterator[bytes]:
        # Spreadsheets take the mark at the start as the sign of UTF-8.
        yield "\ufeff".encode() + _line(COLUMNS)
        with self.index.reading() as session:
            final = finality(session).block
            for entry, at in ledger_queries.entries_between(session, since, until, final):
                yield _line(
                    (
                        f"{datetime.fromtimestamp(at, CHINA):%Y-%m-%d %H:%M:%S}",
                        entry.block_number,
                        entry.log_index,
                        entry.line,
                        entry.kind.value,
                        entry.bucket.value,
                        entry.party or "",
                        plain_yuan(entry.amount),
                        _text(entry.consultation),
                        entry.leg.name.lower() if entry.leg is not None else "",
                        _text(entry.batch),
                        # People count the payees of a batch from one.
                        _text(entry.item + 1 if entry.item is not None else None),
                        entry.bank_ref or "",
                        entry.tx_hash,
                    )
                )


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _line(cells: tuple[object, ...]) -> bytes:
    text = StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()
