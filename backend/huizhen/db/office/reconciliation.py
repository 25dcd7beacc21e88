"""What belongs together, who said so and why. Nothing is edited: a link that was wrong is ended, and stays readable.

An item is named by its own reference: an expected one by ours or the ledger's, an observed one by the bank's serial.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, Select, delete, func, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, selectinload

from huizhen.db.base import OfficeBase
from huizhen.db.types import named
from huizhen.domain.bank_items import ExceptionKind
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen

_ONE = text("standing")


class MatchState(Enum):
    """linked: certain enough to be linked at once, or by a person; ended: dismissed, undone or overtaken."""

    SUGGESTED = "suggested"
    LINKED = "linked"
    ENDED = "ended"


class Side(Enum):
    EXPECTED = "expected"
    OBSERVED = "observed"


class BankMatch(OfficeBase):
    """`linked_by` is empty for what a run linked by itself; `rule` is empty for a link made by hand."""

    __tablename__ = "bank_match"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    state: Mapped[MatchState] = mapped_column(named(MatchState), index=True)
    rule: Mapped[str]
    confidence: Mapped[int]
    reason_zh: Mapped[str]
    reason_en: Mapped[str]
    made_at: Mapped[datetime]
    linked_by: Mapped[PartyId | None]
    linked_at: Mapped[datetime | None]
    ended_by: Mapped[PartyId | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None]

    items: Mapped[list[MatchedItem]] = relationship(lazy="raise", cascade="all, delete-orphan")

    def named(self, side: Side) -> tuple[str, ...]:
        return tuple(item.reference for item in self.items if item.side is side)


class MatchedItem(OfficeBase):
    """An item is in one standing match: `standing` falls when its match ends."""

    __tablename__ = "matched_item"
    __table_args__ = (
        Index(
            "uq_matched_item_standing",
            "side",
            "reference",
            unique=True,
            sqlite_where=_ONE,
            postgresql_where=_ONE,
        ),
    )

    match: Mapped[int] = mapped_column(ForeignKey("bank_match.id"), primary_key=True)
    side: Mapped[Side] = mapped_column(named(Side), primary_key=True)
    reference: Mapped[str] = mapped_column(primary_key=True)
    standing: Mapped[bool]


class DismissedPair(OfficeBase):
    """Two items of which a person said that they do not belong together; never suggested again."""

    __tablename__ = "dismissed_pair"

    expected: Mapped[str] = mapped_column(primary_key=True)
    observed: Mapped[str] = mapped_column(primary_key=True)
    dismissed_by: Mapped[PartyId]
    dismissed_at: Mapped[datetime]


class MatchingRun(OfficeBase):
    """One pass over all open items. `as_of` is the final block that the ledger's side was read at."""

    __tablename__ = "matching_run"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime]
    by: Mapped[PartyId | None]
    as_of: Mapped[int]
    linked: Mapped[int]
    suggested: Mapped[int]
    left: Mapped[int]


class BankException(OfficeBase):
    """What the newest run could not match, with the reason; replaced by the next run."""

    __tablename__ = "bank_exception"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[ExceptionKind] = mapped_column(named(ExceptionKind))
    expected: Mapped[list[Any]] = mapped_column(JSON)
    observed: Mapped[list[Any]] = mapped_column(JSON)
    difference: Mapped[Fen]
    age_days: Mapped[int]


def find_match(session: Session, match: int) -> BankMatch | None:
    return session.scalar(_whole().where(BankMatch.id == match))


def matches_in(session: Session, state: MatchState, limit: int | None = None) -> Sequence[BankMatch]:
    """Newest first."""
    query = _whole().where(BankMatch.state == state).order_by(BankMatch.id.desc()).limit(limit)
    return session.scalars(query).all()


def linked_references(side: Side) -> Select[str]:
    """For queries of either side: what stands in a link."""
    query = select(MatchedItem.reference).join(BankMatch, BankMatch.id == MatchedItem.match)
    return query.where(BankMatch.state == MatchState.LINKED, MatchedItem.side == side)


def linked(session: Session, side: Side) -> set[str]:
    return set(session.scalars(linked_references(side)))


def links(session: Session) -> Mapping[int, tuple[list[str], list[str]]]:
    """match -> (expected, observed) of every link that stands."""
    query = select(MatchedItem.match, MatchedItem.side, MatchedItem.reference).join(
        BankMatch, BankMatch.id == MatchedItem.match
    )
    found: dict[int, tuple[list[str], list[str]]] = {}
    for match, side, reference in session.execute(query.where(BankMatch.state == MatchState.LINKED)):
        sides = found.setdefault(match, ([], []))
        sides[side is Side.OBSERVED].append(reference)
    return found


def matches_of_line(session: Session, serials: Sequence[str]) -> Mapping[str, MatchState]:
    """How each bank line stands in a match, if in any."""
    query = (
        select(MatchedItem.reference, BankMatch.state)
        .join(BankMatch, BankMatch.id == MatchedItem.match)
        .where(MatchedItem.side == Side.OBSERVED, MatchedItem.standing, MatchedItem.reference.in_(serials))
    )
    return dict(session.execute(query).all())


def end(match: BankMatch, by: PartyId | None, at: datetime, why: str) -> None:
    match.state, match.ended_by, match.ended_at, match.ended_why = MatchState.ENDED, by, at, why
    for item in match.items:
        item.standing = False


def dismissed_pairs(session: Session) -> frozenset[tuple[str, str]]:
    rows = session.execute(select(DismissedPair.expected, DismissedPair.observed))
    return frozenset((expected, observed) for expected, observed in rows)


def dismiss(session: Session, match: BankMatch, by: PartyId, at: datetime) -> None:
    for expected in match.named(Side.EXPECTED):
        for observed in match.named(Side.OBSERVED):
            session.merge(
                DismissedPair(expected=expected, observed=observed, dismissed_by=by, dismissed_at=at)
            )


def exceptions(session: Session, limit: int) -> Sequence[BankException]:
    """Oldest first: what has waited longest is looked at first."""
    query = select(BankException).order_by(BankException.age_days.desc(), BankException.id)
    return session.scalars(query.limit(limit)).all()


def exceptions_open(session: Session) -> tuple[int, int]:
    """(how many, days of the oldest)"""
    count, oldest = session.execute(
        select(func.count(BankException.id), func.max(BankException.age_days))
    ).one()
    return count, oldest or 0


def replace_exceptions(session: Session, found: Sequence[Mapping[str, Any]]) -> None:
    session.execute(delete(BankException))
    if found:
        session.execute(insert(BankException), found)


def add_matches(
    session: Session, found: Sequence[tuple[Mapping[str, Any], Sequence[str], Sequence[str]]]
) -> None:
    """(columns of the match, expected, observed) of each, in bulk: a first run may link a year of lines."""
    if not found:
        return
    made = insert(BankMatch).returning(BankMatch.id, sort_by_parameter_order=True)
    ids = session.scalars(made, [values for values, _, _ in found]).all()
    items = [
        {"match": match, "side": side, "reference": reference, "standing": True}
        for match, (_, expected, observed) in zip(ids, found, strict=True)
        for side, references in ((Side.EXPECTED, expected), (Side.OBSERVED, observed))
        for reference in references
    ]
    session.execute(insert(MatchedItem), items)


def last_run(session: Session) -> MatchingRun | None:
    return session.scalars(select(MatchingRun).order_by(MatchingRun.id.desc()).limit(1)).first()


def count_in(session: Session, state: MatchState) -> int:
    return session.scalar(select(func.count(BankMatch.id)).where(BankMatch.state == state)) or 0


def _whole() -> Select[BankMatch]:
    return select(BankMatch).options(selectinload(BankMatch.items))
