"""A doctor's calendar: the hours on offer, what is booked or held in them, and a feed for other calendars."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from huizhen.db.index import doctor_queries
from huizhen.db.index.consultations import Consultation
from huizhen.db.office import calendars as repository
from huizhen.db.office import holds
from huizhen.db.office.calendars import DoctorHours, Hours
from huizhen.db.office.holds import Hold
from huizhen.db.session import Stores
from huizhen.domain.hours import write_hours
from huizhen.domain.icalendar import Appointment, feed
from huizhen.domain.ids import PartyId
from huizhen.domain.slots import CHINA, SLOT_SECONDS, Slot, Window, unix_of
from huizhen.domain.statuses import ConsultationStatus
from huizhen.errors import HoursInvalid
from huizhen.services.ports import Clock
from huizhen.services.profiles import Profiles

_FURTHEST = timedelta(days=400)
_FEED_PAST = timedelta(days=90)
_LONGEST_NOTICE_HOURS = 14 * 24
_DAY_MINUTES = 24 * 60


class Use(StrEnum):
    OFFERED = "offered"
    HELD = "held"
    BOOKED = "booked"


@dataclass(frozen=True, slots=True)
class Block:
    """Minutes of one day, `start` <= minute < `end`; a held one names its statement, a booked one its consultation."""

    use: Use
    start: int
    end: int
    statement: int | None = None
    consultation: int | None = None

    @property
    def text(self) -> str:
        return "–".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in (self.start, self.end))


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    blocks: tuple[Block, ...]
    exception: bool


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """`weekly` and `exceptions` hold hours as people write them; `monday` is the first day of `week`."""

    weekly: tuple[str, ...]
    exceptions: tuple[tuple[date, str], ...]
    notice_hours: int
    feed: str | None
    monday: date
    week: tuple[Day, ...]
    today: date
    empty: bool


@dataclass(frozen=True, slots=True)
class Calendars:
    stores: Stores
    profiles: Profiles
    clock: Clock

    def page(self, doctor: PartyId, on: date | None = None) -> CalendarPage:
        """The week that contains the day `on`, this week without one."""
        now = self.clock.now()
        today = datetime.fromtimestamp(now, CHINA).date()
        monday = _monday(on or today)
        window = Window.between(_midnight(monday), _midnight(monday + timedelta(days=7)))
        with self.stores.office.reading() as session:
            hours = repository.hours_of(session, (doctor,))[doctor]
            secret = repository.feed_of(session, doctor)
            taken = holds.taken(session, (doctor,), window.first, window.end, now)
            statements = {row.hold: session.get_one(Hold, row.hold).statement for row in taken}
        with self.stores.index.reading() as session:
            booked = doctor_queries.booked_in(session, doctor, window)
        blocks = [*_booked(booked), *_held(((row.slot, statements[row.hold]) for row in taken), booked)]
        return CalendarPage(
            tuple(write_hours(hours.pattern.hours.get(weekday, ())) for weekday in range(7)),
            tuple(
                (day, write_hours(ranges)) for day, ranges in sorted(hours.exceptions.items()) if day >= today
            ),
            hours.notice_hours,
            secret,
            monday,
            tuple(_day(monday + timedelta(days=number), hours, blocks) for number in range(7)),
            today,
            hours.empty,
        )

    def set_pattern(self, doctor: PartyId, weekly: Mapping[int, Hours], notice_hours: int) -> None:
        """Raises HoursInvalid for a notice longer than two weeks."""
        if not 0 <= notice_hours <= _LONGEST_NOTICE_HOURS:
            raise HoursInvalid(
                f"最短提前时间须在0到{_LONGEST_NOTICE_HOURS}小时之间。",
                f"The notice must lie between 0 and {_LONGEST_NOTICE_HOURS} hours.",
            )
        with self.stores.office.writing() as session:
            repository.set_pattern(session, doctor, weekly)
            repository.rules_of(session, doctor).notice_hours = notice_hours

    def set_exception(self, doctor: PartyId, day: date, hours: Hours) -> None:
        """The hours of one day, none for a day off. Raises HoursInvalid for a day that is past or too far."""
        today = datetime.fromtimestamp(self.clock.now(), CHINA).date()
        if not today <= day <= today + _FURTHEST:
            raise HoursInvalid(
                f"日期须在{today.isoformat()}之后的{_FURTHEST.days}天内。",
                f"The day must lie within {_FURTHEST.days} days from {today.isoformat()}.",
            )
        with self.stores.office.writing() as session:
            repository.set_exception(session, doctor, day, hours)

    def drop_exception(self, doctor: PartyId, day: date) -> None:
        with self.stores.office.writing() as session:
            repository.drop_exception(session, doctor, day)

    def renew_feed(self, doctor: PartyId) -> None:
        """A new secret address; the old one stops at once."""
        with self.stores.office.writing() as session:
            repository.rules_of(session, doctor).feed = secrets.token_urlsafe(24)

    def drop_feed(self, doctor: PartyId) -> None:
        with self.stores.office.writing() as session:
            repository.rules_of(session, doctor).feed = None

    def feed(self, secret: str) -> str | None:
        """The iCalendar text behind a secret address; None for an address that nobody has."""
        with self.stores.office.reading() as session:
            doctor = repository.doctor_of_feed(session, secret)
        if doctor is None:
            return None
        since = self.clock.now() - int(_FEED_PAST.total_seconds())
        with self.stores.index.reading() as session:
            rows = [
                row
                for row, _ in doctor_queries.consultations_of_doctor(session, doctor)
                if unix_of(row.start) >= since
            ]
        names = self.profiles.names((doctor, *(row.hospital for row in rows)))
        return feed(f"会诊 · {names[doctor].zh}", (_appointment(row, names[row.hospital].zh) for row in rows))


def _appointment(row: Consultation, hospital: str) -> Appointment:
    return Appointment(
        uid=f"consultation-{row.id}-{row.terms_hash[2:18]}@huizhen",
        starts_at=unix_of(row.start),
        ends_at=unix_of(Slot(row.start + row.slots)),
        changed_at=row.booked_at,
        title=f"会诊 {row.id} · {hospital}",
        text=f"Huizhen consultation {row.id}",
        cancelled=row.status in (ConsultationStatus.CANCELLED, ConsultationStatus.EXPIRED),
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp())


def _booked(rows: Iterable[Consultation]) -> list[tuple[Slot, int, Block]]:
    """(first slot, slots, a block whose minutes are still to be cut to the day)."""
    return [(row.start, row.slots, Block(Use.BOOKED, 0, 0, consultation=row.id)) for row in rows]


def _held(
    taken: Iterable[tuple[Slot, int | None]], booked: Sequence[Consultation]
) -> list[tuple[Slot, int, Block]]:
    """Held quarters of an hour in runs; what is booked by now is no hold any more."""
    busy = {row.start + number for row in booked for number in range(row.slots)}
    runs: list[tuple[Slot, int, Block]] = []
    for slot, statement in sorted(taken):
        if slot in busy:
            continue
        if runs and runs[-1][0] + runs[-1][1] == slot and runs[-1][2].statement == statement:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1, runs[-1][2])
        else:
            runs.append((slot, 1, Block(Use.HELD, 0, 0, statement=statement)))
    return runs


def _day(day: date, hours: DoctorHours, taken: Iterable[tuple[Slot, int, Block]]) -> Day:
    midnight = _midnight(day)
    offered = hours.exceptions.get(day, hours.pattern.hours.get(day.weekday(), ()))
    blocks = [Block(Use.OFFERED, each.start, each.end) for each in offered]
    for first, count, block in taken:
        start = (unix_of(first) - midnight) // 60
        end = start + count * SLOT_SECONDS // 60
        if start < _DAY_MINUTES and end > 0:
            cut = max(start, 0), min(end, _DAY_MINUTES)
            blocks.append(Block(block.use, *cut, block.statement, block.consultation))
    return Day(day, tuple(sorted(blocks, key=lambda b: (b.start, b.end))), day in hours.exceptions)
