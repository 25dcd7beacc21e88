"""A calendar feed as RFC 5545 writes it: one VEVENT a consultation, times in Asia/Shanghai.

The text holds no patient and no case: a feed's address may be passed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from huizhen.domain.slots import CHINA

_LINE_OCTETS = 75

# No summer time in China since 1991, so one rule holds for every event that we can have.
_SHANGHAI = (
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Shanghai",
    "BEGIN:STANDARD",
    "DTSTART:19910915T010000",
    "TZOFFSETFROM:+0900",
    "TZOFFSETTO:+0800",
    "TZNAME:CST",
    "END:STANDARD",
    "END:VTIMEZONE",
)


@dataclass(frozen=True, slots=True)
class Appointment:
    """`starts_at`, `ends_at` and `changed_at` are unix seconds; `tentative` is a hold that nobody booked yet."""

    uid: str
    starts_at: int
    ends_at: int
    changed_at: int
    title: str
    text: str
    tentative: bool = False
    cancelled: bool = False


def feed(name: str, appointments: Iterable[Appointment]) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Huizhen//Calendar//ZH", "CALSCALE:GREGORIAN"]
    lines += [f"X-WR-CALNAME:{_text(name)}", "X-WR-TIMEZONE:Asia/Shanghai", *_SHANGHAI]
    for each in appointments:
        lines += _event(each)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(each: Appointment) -> list[str]:
    status = "CANCELLED" if each.cancelled else "TENTATIVE" if each.tentative else "CONFIRMED"
    return [
        "BEGIN:VEVENT",
        f"UID:{each.uid}",
        f"DTSTAMP:{datetime.fromtimestamp(each.changed_at, UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;TZID=Asia/Shanghai:{_local(each.starts_at)}",
        f"DTEND;TZID=Asia/Shanghai:{_local(each.ends_at)}",
        f"SUMMARY:{_text(each.title)}",
        f"DESCRIPTION:{_text(each.text)}",
        f"STATUS:{status}",
        "END:VEVENT",
    ]


def _local(unix: int) -> str:
    return f"{datetime.fromtimestamp(unix, CHINA):%Y%m%dT%H%M%S}"


def _text(plain: str) -> str:
    escaped = plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _folded(line: str) -> Iterator[str]:
    """At most 75 octets a line; a longer one goes on after a space, never inside of a character."""
    part, octets = "", 0
    for sign in line:
        width = len(sign.encode())
        if octets + width > _LINE_OCTETS:
            yield part
            part, octets = " ", 1
        part, octets = part + sign, octets + width
    yield part
