"""When doctors may be asked: their weekly hours, days that differ, notice, and the secret of their feed.

Hours are kept as domain.hours writes them; an exception without hours is a day off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import CheckConstraint, Date, Integer, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from huizhen.db.base import OfficeBase
from huizhen.domain.hours import read_hours, write_hours
from huizhen.domain.ids import PartyId
from huizhen.domain.slots import MinuteRange, WeeklyPattern

DEFAULT_NOTICE_HOURS = 24
Hours = tuple[MinuteRange, ...]


class CalendarPattern(OfficeBase):
    """Hours of one weekday, Monday = 0."""

    __tablename__ = "calendar_pattern"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),)

    doctor: Mapped[PartyId] = mapped_column(primary_key=True)
    weekday: Mapped[int] = mapped_column(Integer, primary_key=True)
    hours: Mapped[str]


class CalendarException(OfficeBase):
    """A day whose hours replace those of its weekday."""

    __tablename__ = "calendar_exception"

    doctor: Mapped[PartyId] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    hours: Mapped[str]


class CalendarRules(OfficeBase):
    """`feed` is the secret part of the address of the doctor's calendar feed; None: there is no feed."""

    __tablename__ = "calendar_rules"

    doctor: Mapped[PartyId] = mapped_column(primary_key=True, autoincrement=False)
    notice_hours: Mapped[int] = mapped_column(Integer, default=DEFAULT_NOTICE_HOURS)
    feed: Mapped[str | None] = mapped_column(unique=True)


@dataclass(frozen=True, slots=True)
class DoctorHours:
    """What a doctor offers; booked and held hours are subtracted elsewhere."""

    pattern: WeeklyPattern
    exceptions: Mapping[date, Hours]
    notice_hours: int

    @property
    def empty(self) -> bool:
        return not any(self.pattern.hours.values()) and not any(self.exceptions.values())


def hours_of(session: Session, doctors: Iterable[PartyId]) -> Mapping[PartyId, DoctorHours]:
    """For every doctor asked for; one who never set any hours offers none."""
    asked = sorted(set(doctors))
    weekly: dict[PartyId, dict[int, Hours]] = {doctor: {} for doctor in asked}
    days: dict[PartyId, dict[date, Hours]] = {doctor: {} for doctor in asked}
    for row in session.scalars(select(CalendarPattern).where(CalendarPattern.doctor.in_(asked))):
        weekly[row.doctor][row.weekday] = read_hours(row.hours)
    for day in session.scalars(select(CalendarException).where(CalendarException.doctor.in_(asked))):
        days[day.doctor][day.day] = read_hours(day.hours)
    rules = session.scalars(select(CalendarRules).where(CalendarRules.doctor.in_(asked)))
    notice = {row.doctor: row.notice_hours for row in rules}
    return {
        doctor: DoctorHours(
            WeeklyPattern(weekly[doctor]), days[doctor], notice.get(doctor, DEFAULT_NOTICE_HOURS)
        )
        for doctor in asked
    }


def set_pattern(session: Session, doctor: PartyId, hours: Mapping[int, Hours]) -> None:
    session.execute(delete(CalendarPattern).where(CalendarPattern.doctor == doctor))
    session.add_all(
        CalendarPattern(doctor=doctor, weekday=weekday, hours=write_hours(ranges))
        for weekday, ranges in hours.items()
        if ranges
    )


def set_exception(session: Session, doctor: PartyId, day: date, hours: Hours) -> None:
    session.merge(CalendarException(doctor=doctor, day=day, hours=write_hours(hours)))


def drop_exception(session: Session, doctor: PartyId, day: date) -> None:
    session.execute(
        delete(CalendarException).where(CalendarException.doctor == doctor, CalendarException.day == day)
    )


def rules_of(session: Session, doctor: PartyId) -> CalendarRules:
    """The doctor's row, made when it is missing; for writing sessions."""
    row = session.get(CalendarRules, doctor)
    if row is None:
        row = CalendarRules(doctor=doctor, notice_hours=DEFAULT_NOTICE_HOURS, feed=None)
        session.add(row)
    return row


def feed_of(session: Session, doctor: PartyId) -> str | None:
    return session.scalar(select(CalendarRules.feed).where(CalendarRules.doctor == doctor))


def doctor_of_feed(session: Session, feed: str) -> PartyId | None:
    return session.scalar(select(CalendarRules.doctor).where(CalendarRules.feed == feed))


def doctors_with_hours(session: Session) -> Sequence[PartyId]:
    weekly = select(CalendarPattern.doctor)
    return session.scalars(weekly.union(select(CalendarException.doctor))).all()
