"""Statement files of the bank: received at once, read by the worker, every row kept or reported with its line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from huizhen.db.office import bank
from huizhen.db.office import reconciliation as matching
from huizhen.db.office.bank import BankFile, BankFileState, BankLine, DoubtKind, FileDoubt
from huizhen.db.office.reconciliation import MatchState
from huizhen.db.session import Session, Store
from huizhen.domain.bank_items import Direction, Observed
from huizhen.domain.chain_ids import hex32
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.errors import BankFileKnown, BankFileUnreadable, InvalidInput, NotFound
from huizhen.services.bank_ports import ReadLine, ReadStatement, StatementReader
from huizhen.services.profiles import Profiles
from huizhen.services.reconcile import Reconciliation

_CHUNK = 2000
_LINES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class FileRow:
    """`state` is waiting, reading, read or unreadable; `percent` of the lines that are stored."""

    id: int
    name: str
    digest: str
    size: int
    state: str
    received_by: Sentence
    received_at: datetime
    total: int
    lines: int
    known: int
    doubts: int
    matched_at: datetime | None
    fault: Sentence | None

    @property
    def moving(self) -> bool:
        return self.state in ("waiting", "reading") or (self.state == "read" and self.matched_at is None)

    @property
    def percent(self) -> int:
        return 100 * (self.lines + self.known) // self.total if self.total else 0


@dataclass(frozen=True, slots=True)
class DoubtRow:
    row: int
    kind: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class LineRow:
    """`state` is matched, suggested or unmatched; the amount is signed."""

    row: int
    serial: str
    day: date
    amount: Fen
    name: str
    memo: str
    state: str


@dataclass(frozen=True, slots=True)
class FilePage:
    file: FileRow
    doubts: tuple[DoubtRow, ...]
    lines: tuple[LineRow, ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class BankFiles:
    office: Store
    reader: StatementReader
    reconciliation: Reconciliation
    profiles: Profiles

    def receive(self, name: str, content: bytes, officer: PartyId) -> int:
        """Keep the file for the worker to read. Raises BankFileKnown for one that was imported before."""
        if not content:
            raise InvalidInput(
                "文件是空的，请重新从网银导出。", "The file is empty: export it again from the bank."
            )
        digest = hex32(sha256(content).digest())
        with self.office.writing() as session:
            known = bank.file_by_digest(session, digest)
            if known is not None:
                day = known.received_at.date().isoformat()
                raise BankFileKnown(
                    f"这个文件已于{day}以“{known.name}”导入过，没有再次导入。",
                    f"This file was imported on {day} as “{known.name}”; it was not imported again.",
                )
            row = BankFile(
                name=name[-120:] or "statement",
                digest=digest,
                size=len(content),
                content=content,
                state=BankFileState.WAITING,
                received_by=officer,
                received_at=datetime.now(UTC),
            )
            session.add(row)
            session.flush()
            return row.id

    def files(self) -> tuple[FileRow, ...]:
        with self.office.reading() as session:
            rows = bank.files(session)
        names = self.profiles.names(row.received_by for row in rows)
        return tuple(_file(row, names[row.received_by]) for row in rows)

    def page(self, file: int, page: int = 1) -> FilePage:
        """Raises NotFound."""
        with self.office.reading() as session:
            row = bank.find_file(session, file)
            if row is None:
                raise NotFound("没有这个对账单文件。", "There is no such statement file.")
            doubts = bank.doubts(session, file)
            lines = bank.lines_of_file(session, file, page, _LINES_SHOWN)
            states = matching.matches_of_line(session, [line.serial for line in lines])
        name = self.profiles.names([row.received_by])[row.received_by]
        return FilePage(
            _file(row, name),
            tuple(DoubtRow(d.row, d.kind.value, Sentence(d.fault_zh, d.fault_en)) for d in doubts),
            tuple(_line(line, states.get(line.serial)) for line in lines),
            page,
            max(1, -(-row.lines // _LINES_SHOWN)),
        )

    def work(self) -> bool:
        """For the worker: read the next file and match anew. False when there was none."""
        with self.office.reading() as session:
            row = bank.next_unread(session)
            content = row.content if row is not None else b""
        if row is None:
            return False
        try:
            if row.state is not BankFileState.READ:
                self._store(row.id, self.reader.read(content))
        except BankFileUnreadable as unreadable:
            with self.office.writing() as session:
                kept = session.get_one(BankFile, row.id)
                kept.state = BankFileState.UNREADABLE
                kept.fault_zh, kept.fault_en = unreadable.sentence.zh, unreadable.sentence.en
            return True
        self.reconciliation.run()
        with self.office.writing() as session:
            session.get_one(BankFile, row.id).matched_at = datetime.now(UTC)
        return True

    def _store(self, file: int, read: ReadStatement) -> None:
        """In chunks, so that its page can say how far it is; a crash in between begins the file again."""
        with self.office.writing() as session:
            row = session.get_one(BankFile, file)
            bank.forget_lines(session, file)
            row.state, row.total, row.lines, row.known = BankFileState.READING, len(read.lines), 0, 0
            doubts = list(_doubts(file, read))
            session.add_all(doubts)
            row.broken = len(doubts)
        for first in range(0, len(read.lines), _CHUNK):
            with self.office.writing() as session:
                _store_chunk(session, session.get_one(BankFile, file), read.lines[first : first + _CHUNK])
        with self.office.writing() as session:
            session.get_one(BankFile, file).state = BankFileState.READ


def _store_chunk(session: Session, file: BankFile, lines: Sequence[ReadLine]) -> None:
    """A line whose serial stands in an earlier file is known; one that differs from it is reported."""
    seen = [(line, line.observed()) for line in lines]
    earlier = bank.lines_by_serial(session, [each.line for _, each in seen])
    fresh = [_columns(file.id, line, each) for line, each in seen if each.line not in earlier]
    bank.add_lines(session, fresh)
    file.lines += len(fresh)
    file.known += len(seen) - len(fresh)
    for line, each in seen:
        before = earlier.get(each.line, each)
        if (before.day, before.direction, before.amount) != (each.day, each.direction, each.amount):
            session.add(_conflict(file.id, line.line_number, each))
            file.broken += 1


def _columns(file: int, line: ReadLine, seen: Observed) -> dict[str, Any]:
    return {
        "file": file,
        "row": line.line_number,
        "serial": seen.line,
        "day": seen.day,
        "direction": seen.direction,
        "amount": seen.amount,
        "account": seen.account,
        "name": seen.name,
        "memo": seen.memo,
        "balance": line.balance,
    }


def _conflict(file: int, row: int, seen: Observed) -> FileDoubt:
    return FileDoubt(
        file=file,
        row=row,
        kind=DoubtKind.CONFLICT,
        fault_zh=f"流水号{seen.line}在先前的文件中日期或金额不同，未改动先前的记录：请向银行核对。",
        fault_en=f"Serial {seen.line} has another day or amount in an earlier file, which was kept: ask the bank.",
    )


def _doubts(file: int, read: ReadStatement) -> Iterable[FileDoubt]:
    kinds = (
        (DoubtKind.BROKEN, read.broken),
        (DoubtKind.DUPLICATE, read.duplicates),
        (DoubtKind.GAP, read.gaps),
    )
    for kind, doubts in kinds:
        for doubt in doubts:
            zh, en = doubt.sentence.zh, doubt.sentence.en
            yield FileDoubt(file=file, row=doubt.line_number, kind=kind, fault_zh=zh, fault_en=en)


def _file(row: BankFile, received_by: Sentence) -> FileRow:
    fault = Sentence(row.fault_zh, row.fault_en or "") if row.fault_zh is not None else None
    return FileRow(
        row.id,
        row.name,
        row.digest,
        row.size,
        row.state.value,
        received_by,
        row.received_at,
        row.total,
        row.lines,
        row.known,
        row.broken,
        row.matched_at,
        fault,
    )


def _line(line: BankLine, state: MatchState | None) -> LineRow:
    words = {MatchState.LINKED: "matched", MatchState.SUGGESTED: "suggested"}
    amount = line.amount if line.direction is Direction.IN else -line.amount
    return LineRow(
        line.row,
        line.serial,
        line.day,
        Fen(amount),
        line.name,
        line.memo,
        words.get(state, "unmatched") if state is not None else "unmatched",
    )
