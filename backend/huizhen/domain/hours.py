"""Hours of a day as people write them, "09:00-12:00, 13:30-17:00", and as calendars count them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

from huizhen.domain.slots import SLOT_SECONDS, MinuteRange
from huizhen.errors import HoursInvalid

_RANGE = re.compile(r"(\d{1,2}):(\d{2})[-–—~至](\d{1,2}):(\d{2})")
_STEP = SLOT_SECONDS // 60


def read_hours(text: str) -> tuple[MinuteRange, ...]:
    """Ranges in ascending order, none for an empty text. Full-width signs are read like the others.

    Raises HoursInvalid for what is not a range, does not lie on quarters of an hour, or overlaps.
    """
    compact = "".join(unicodedata.normalize("NFKC", text).split())
    ranges = sorted(
        (_read_range(part) for part in re.split(r"[,;、，]", compact) if part), key=lambda r: r.start
    )
    for earlier, later in pairwise(ranges):
        if later.start < earlier.end:
            raise HoursInvalid(
                f"{write_hours([earlier])}与{write_hours([later])}重叠，请合并或改短。",
                f"{write_hours([earlier])} and {write_hours([later])} overlap: join them or shorten one.",
            )
    return tuple(ranges)


def write_hours(ranges: Iterable[MinuteRange]) -> str:
    return ", ".join(f"{_clock(each.start)}-{_clock(each.end)}" for each in ranges)


def _read_range(part: str) -> MinuteRange:
    found = _RANGE.fullmatch(part)
    if found is None:
        raise HoursInvalid(
            f"“{part}”不是时段，请写成“09:00-12:00, 13:30-17:00”。",
            f"“{part}” is not a range of hours; write “09:00-12:00, 13:30-17:00”.",
        )
    first_hour, first_minute, last_hour, last_minute = map(int, found.groups())
    start, end = first_hour * 60 + first_minute, last_hour * 60 + last_minute
    if start % _STEP or end % _STEP or max(first_minute, last_minute) > 59:
        raise HoursInvalid(
            f"“{part}”须以15分钟为单位，例如09:15。",
            f"“{part}” must lie on quarters of an hour, such as 09:15.",
        )
    return MinuteRange(start, end)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
