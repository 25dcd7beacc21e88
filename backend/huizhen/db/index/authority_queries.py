"""Parties as the authority looks after them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from huizhen.db.index.parties import Party
from huizhen.domain.statuses import PartyKind, PartyStatus


@dataclass(frozen=True, slots=True)
class PartyFilter:
    """None lets everything through; `ends_by` (unix) keeps accreditations that end by then, or have ended."""

    status: PartyStatus | None = None
    kind: PartyKind | None = None
    ends_by: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.status is not None:
            found.append(Party.status == self.status)
        if self.kind is not None:
            found.append(Party.kind == self.kind)
        if self.ends_by is not None:
            found += [Party.status == PartyStatus.ACCREDITED, Party.valid_until <= self.ends_by]
        return found


def applied(session: Session) -> Sequence[Party]:
    """Oldest first: who has waited longest is looked at first."""
    query = select(Party).where(Party.status == PartyStatus.APPLIED)
    return session.scalars(query.order_by(Party.applied_at, Party.id)).all()


def ending(session: Session, ends_by: int, limit: int) -> Sequence[Party]:
    """Soonest first."""
    query = select(Party).where(*PartyFilter(ends_by=ends_by).conditions())
    return session.scalars(query.order_by(Party.valid_until).limit(limit)).all()


def parties(session: Session, wanted: PartyFilter, page: int, per_page: int) -> tuple[Sequence[Party], int]:
    """(parties by number, how many there are in all)"""
    total = session.scalar(select(func.count(Party.id)).where(*wanted.conditions())) or 0
    query = select(Party).where(*wanted.conditions()).order_by(Party.id)
    return session.scalars(query.offset((page - 1) * per_page).limit(per_page)).all(), total


def counts(session: Session) -> Mapping[PartyStatus, int]:
    rows = session.execute(select(Party.status, func.count(Party.id)).group_by(Party.status))
    return dict(rows.all())
