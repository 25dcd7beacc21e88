"""How values look: filters and globals of the templates. The macros in templates/_macros own the markup."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from flask import Flask, request, url_for
from flask_babel import format_date, format_timedelta, get_locale
from flask_babel import gettext as _

from huizhen.domain.money import Fen, format_yuan
from huizhen.domain.slots import CHINA, LAST_SECOND, SLOT_SECONDS, Slot, china_time, unix_of
from huizhen_web import labels


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        yuan=yuan, short=short_hash, hex_text=hex_text, local=local, iso=iso, percent=percent, age=age
    )
    app.jinja_env.globals.update(
        state_label=state_label, labels=labels, slot_times=slot_times, page_url=page_url, shares_of=shares_of
    )


def yuan(amount: int) -> str:
    return format_yuan(Fen(amount))


def percent(bps: int) -> str:
    """Basis points as people write them: 7000 -> 70%, 1250 -> 12.5%."""
    return f"{Decimal(bps) / 100:f}".rstrip("0").rstrip(".") + "%" if bps % 100 else f"{bps // 100}%"


def hex_text(value: str | bytes) -> str:
    return f"0x{value.hex()}" if isinstance(value, bytes) else value


def short_hash(value: str | bytes) -> str:
    """0x12ab34…cd56: enough to compare by eye, the whole stands in the title."""
    text = hex_text(value)
    return text if len(text) <= 14 else f"{text[:8]}…{text[-4:]}"


def moment(value: datetime | int) -> datetime:
    """Unix seconds or an aware datetime, in China's time. What holds without end is as late as a calendar goes."""
    return china_time(value) if isinstance(value, int) else value.astimezone(CHINA)


def iso(value: datetime | int) -> str:
    return moment(value).astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def local(value: datetime | int, style: str = "minute") -> str:
    """minute: 2026-03-05 14:30; second: with seconds; day: 2026-03-05; long: 3月5日 周四 14:30, Thu 5 Mar 14:30."""
    if isinstance(value, int) and value >= LAST_SECOND:
        return str(_("without end"))
    at = moment(value)
    if style == "long":
        return f"{_day(at)} {at:%H:%M}"
    return at.strftime({"minute": "%Y-%m-%d %H:%M", "second": "%Y-%m-%d %H:%M:%S", "day": "%Y-%m-%d"}[style])


def age(seconds: int) -> str:
    """How long ago, in its largest whole unit: 30 seconds, 5 minutes, 2 hours."""
    return str(format_timedelta(timedelta(seconds=seconds), threshold=1))


def slot_times(start: int, count: int) -> str:
    """A consultation's hours: 3月5日 周四 14:30–16:00."""
    begin = moment(unix_of(Slot(start)))
    end = moment(unix_of(Slot(start)) + count * SLOT_SECONDS)
    ending = f"{end:%H:%M}" if end.date() == begin.date() else f"{_day(end)} {end:%H:%M}"
    return f"{_day(begin)} {begin:%H:%M}–{ending}"


def _day(at: datetime) -> str:
    chinese = get_locale().language == "zh"
    return str(format_date(at, "M月d日 EEE" if chinese else "EEE d MMM", rebase=False))


def state_label(state: str) -> tuple[str, str]:
    """(tone, label); a state without a label is a fault of ours and fails loudly."""
    tone, label = labels.STATES[state]
    return tone, str(label)


def page_url(number: int) -> str:
    """This page with another page number, filters kept."""
    arguments: dict[str, object] = {
        **request.args.to_dict(flat=False),
        **(request.view_args or {}),
        "page": number,
    }
    return url_for(str(request.endpoint), **arguments)  # type: ignore[arg-type]


def shares_of(parts: Iterable[tuple[str, int]]) -> list[tuple[str, int, int, int]]:
    """(label, fen, first, length) with bar positions in thousandths that end exactly at 1000."""
    counted = list(parts)
    total = sum(fen for _, fen in counted) or 1
    bars, passed = [], 0
    for label, fen in counted:
        first = passed * 1000 // total
        passed += fen
        bars.append((label, fen, first, passed * 1000 // total - first))
    return bars
