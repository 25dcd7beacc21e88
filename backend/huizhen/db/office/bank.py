"""The bank's side as it reached this office: statement files, their lines, and the references that were typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import (
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Result,
    Row,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column, undefer

from huizhen.db.base import OfficeBase
from huizhen.db.office.reconciliation import Side, linked_references
from huizhen.db.types import named
from huizhen.domain.bank_items import Direction
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen


class BankFileState(Enum):
    """waiting -> reading -> read, or unreadable; a worker that dies while reading begins again."""

    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    UNREADABLE = "unreadable"


class BankFile(OfficeBase):
    """A statement file as it came, kept whole for the auditors. `total` lines were found in it, `lines` are
    stored so far, `known` stood in an earlier file already.
    """

    __tablename__ = "bank_file"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str]
    digest: Mapped[Hash32] = mapped_column(unique=True)
    size: Mapped[int]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    state: Mapped[BankFileState] = mapped_column(named(BankFileState), index=True)
    received_by: Mapped[PartyId]
    received_at: Mapped[datetime]
    total: Mapped[int] = mapped_column(default=0)
    lines: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    broken: Mapped[int] = mapped_column(default=0)
    matched_at: Mapped[datetime | None]
    fault_zh: Mapped[str | None]
    fault_en: Mapped[str | None]


class BankLine(OfficeBase):
    """One movement of the custody account. `serial` is the bank's own reference (流水号), once per account."""

    __tablename__ = "bank_line"
    __table_args__ = (UniqueConstraint("serial"), Index(None, "file", "row"), Index(None, "day"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    file: Mapped[int] = mapped_column(ForeignKey("bank_file.id"))
    row: Mapped[int]
    serial: Mapped[str]
    day: Mapped[date] = mapped_column(Date)
    direction: Mapped[Direction] = mapped_column(named(Direction))
    amount: Mapped[Fen]
    account: Mapped[str]
    name: Mapped[str]
    memo: Mapped[str]
    balance: Mapped[Fen]


class DoubtKind(Enum):
    """broken and duplicate rows were left out; gap and conflict rows say something that does not fit."""

    BROKEN = "broken"
    DUPLICATE = "duplicate"
    GAP = "gap"
    CONFLICT = "conflict"


class FileDoubt(OfficeBase):
    """Something about one row of a file that a person must look at; all other rows were kept."""

    __tablename__ = "bank_file_doubt"

    file: Mapped[int] = mapped_column(ForeignKey("bank_file.id"), primary_key=True)
    row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[DoubtKind] = mapped_column(named(DoubtKind), primary_key=True)
    fault_zh: Mapped[str]
    fault_en: Mapped[str]


class TypedReference(OfficeBase):
    """The words behind a digest on chain: what the bank typed when it recorded a movement."""

    __tablename__ = "typed_reference"

    digest: Mapped[Hash32] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(index=True)


def remember_reference(session: Session, digest: Hash32, text: str) -> None:
    if session.get(TypedReference, digest) is None:
        session.add(TypedReference(digest=digest, text=text))


def typed_references(session: Session, digests: Iterable[Hash32]) -> Mapping[Hash32, str]:
    rows = session.execute(
        select(TypedReference.digest, TypedReference.text).where(
            TypedReference.digest.in_(sorted(set(digests)))
        )
    )
    return dict(rows.all())


def all_typed_references(session: Session) -> Mapping[Hash32, str]:
    return dict(session.execute(select(TypedReference.digest, TypedReference.text)).all())


def find_file(session: Session, file: int) -> BankFile | None:
    return session.get(BankFile, file)


def file_by_digest(session: Session, digest: Hash32) -> BankFile | None:
    return session.scalar(select(BankFile).where(BankFile.digest == digest))


def files(session: Session, limit: int = 50) -> Sequence[BankFile]:
    """Newest first."""
    return session.scalars(select(BankFile).order_by(BankFile.id.desc()).limit(limit)).all()


def next_unread(session: Session) -> BankFile | None:
    """Also one that was read and not matched yet: a worker may have died in between."""
    unread = (BankFileState.WAITING, BankFileState.READING, BankFileState.READ)
    query = select(BankFile).where(BankFile.state.in_(unread), BankFile.matched_at.is_(None))
    return session.scalars(query.options(undefer(BankFile.content)).order_by(BankFile.id).limit(1)).first()


def lines_of_file(session: Session, file: int, page: int, per_page: int) -> Sequence[BankLine]:
    query = select(BankLine).where(BankLine.file == file).order_by(BankLine.row)
    return session.scalars(query.offset((page - 1) * per_page).limit(per_page)).all()


def doubts(session: Session, file: int, limit: int = 200) -> Sequence[FileDoubt]:
    query = select(FileDoubt).where(FileDoubt.file == file).order_by(FileDoubt.row, FileDoubt.kind)
    return session.scalars(query.limit(limit)).all()


def forget_lines(session: Session, file: int) -> None:
    """Before a file is read again from its first row."""
    session.execute(delete(BankLine).where(BankLine.file == file))
    session.execute(delete(FileDoubt).where(FileDoubt.file == file))


def open_lines(session: Session) -> Sequence[Row[str, Direction, str, str, Fen, date, str]]:
    """(serial, direction, account, name, amount, day, memo) of every line that is in no link."""
    linked = linked_references(Side.OBSERVED)
    columns = (BankLine.serial, BankLine.direction, BankLine.account, BankLine.name)
    rest = (BankLine.amount, BankLine.day, BankLine.memo)
    query = select(*columns, *rest).where(BankLine.serial.not_in(linked))
    return session.execute(query.order_by(BankLine.day, BankLine.id)).all()


def lines_by_serial(session: Session, serials: Iterable[str]) -> Mapping[str, BankLine]:
    rows = session.scalars(select(BankLine).where(BankLine.serial.in_(sorted(set(serials)))))
    return {row.serial: row for row in rows}


def add_lines(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        session.execute(insert(BankLine), rows)


def line_amounts(session: Session) -> Result[str, Direction, Fen]:
    """(serial, direction, amount) of every line."""
    return session.execute(select(BankLine.serial, BankLine.direction, BankLine.amount))


def closing_line(session: Session) -> BankLine | None:
    """What the bank last said it holds: the last line of the newest day, however the file was ordered."""
    newest = select(func.max(BankLine.day)).scalar_subquery()
    lines = session.scalars(select(BankLine).where(BankLine.day == newest).order_by(BankLine.id)).all()
    befores = {_before(line) for line in lines}
    last = [line for line in lines if line.balance not in befores]
    return last[-1] if last else (lines[-1] if lines else None)


def _before(line: BankLine) -> int:
    """The balance that the account had before a line."""
    return line.balance - line.amount if line.direction is Direction.IN else line.balance + line.amount


def line_count(session: Session) -> int:
    return session.scalar(select(func.count(BankLine.id))) or 0
