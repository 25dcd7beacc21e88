"""Found slots as a grid of days and times, a week at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for
from flask_babel import format_date, get_locale

from huizhen.domain.slots import local_time
from huizhen.services.team_pages import SlotOffer, TeamPage
from huizhen_web.shown import yuan

DAYS = 7


@dataclass(frozen=True, slots=True)
class Cell:
    tone: str
    text: str
    value: int
    url: str


@dataclass(frozen=True, slots=True)
class Grid:
    """`rows` are (time, a cell or None for each day); `fine` shows each quarter of an hour, else half hours."""

    days: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell | None, ...]], ...]
    week: int
    weeks: int
    fine: bool
    hidden: int


def grid_of(page: TeamPage, arguments: Mapping[str, str]) -> Grid:
    """The week of the chosen slot, else the one that is asked for, else the first with anything in it."""
    fine = arguments.get("step") == "quarter"
    coarse = [offer for offer in page.offers if fine or offer.start % 2 == 0]
    shown = coarse or list(page.offers)
    days = (page.wish.last_day - page.wish.first_day).days + 1
    weeks = max(1, -(-days // DAYS))
    week = min(max(0, _week(page, shown, arguments)), weeks - 1)
    first = page.wish.first_day + timedelta(days=week * DAYS)
    columns = [first + timedelta(days=day) for day in range(min(DAYS, days - week * DAYS))]
    cells: dict[str, dict[date, Cell]] = {}
    for offer in shown:
        at = local_time(offer.start)
        if at.date() in columns:
            cells.setdefault(f"{at:%H:%M}", {})[at.date()] = _cell(page, offer, week, fine)
    rows = tuple((time, tuple(cells[time].get(day) for day in columns)) for time in sorted(cells))
    return Grid(tuple(map(_day, columns)), rows, week, weeks, fine, len(page.offers) - len(shown))


def _week(page: TeamPage, shown: list[SlotOffer], arguments: Mapping[str, str]) -> int:
    if arguments.get("week", "").isdigit():
        return int(arguments["week"])
    start = page.team.start if page.team else shown[0].start if shown else None
    return 0 if start is None else (local_time(start).date() - page.wish.first_day).days // DAYS


def _cell(page: TeamPage, offer: SlotOffer, week: int, fine: bool) -> Cell:
    url = url_for(
        "hospital.team",
        case_id=page.case,
        start=offer.start,
        week=week,
        step="quarter" if fine else None,
        _anchor="team",
    )
    return Cell("free" if offer.full else "partial", yuan(offer.price).removesuffix(".00"), offer.start, url)


def _day(day: date) -> str:
    chinese = get_locale().language == "zh"
    return str(format_date(day, "M月d日 EEE" if chinese else "EEE d MMM"))
