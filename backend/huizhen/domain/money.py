"""Amounts are integer fen (分, 1/100 yuan) everywhere; yuan exist only as text at the edges."""

from __future__ import annotations

import re
import unicodedata
from typing import NewType

from huizhen.errors import AmountUnreadable

Fen = NewType("Fen", int)

# Thousands are grouped in threes or not at all: "1,23" may mean 1.23 to its writer, so it is refused.
_YUAN = re.compile(
    r"(?P<sign>[+-]?)[¥]?(?P<sign_inside>[+-]?)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<cents>\d{1,2}))?元?"
)


def parse_yuan(text: str) -> Fen:
    """Read "1,234.5", "¥1,234.50", "-12元" or their full-width forms exactly; never rounds.

    Raises AmountUnreadable for anything else, more than two decimals included.
    """
    compact = "".join(unicodedata.normalize("NFKC", text).split())
    found = _YUAN.fullmatch(compact)
    if found is None or (found["sign"] and found["sign_inside"]):
        raise AmountUnreadable(
            f"“{text}”不是金额，请写成“1234.50”这样最多两位小数的数字。",
            f"“{text}” is not an amount; write it as “1234.50”, with at most two decimals.",
        )
    fen = int(found["whole"].replace(",", "")) * 100 + int((found["cents"] or "").ljust(2, "0"))
    return Fen(-fen if "-" in (found["sign"], found["sign_inside"]) else fen)


def format_yuan(amount: Fen) -> str:
    """For people: ¥1,234.00, negative -¥1,234.00."""
    sign = "-" if amount < 0 else ""
    return f"{sign}¥{abs(amount) // 100:,}.{abs(amount) % 100:02d}"


def plain_yuan(amount: Fen) -> str:
    """For files that other programs read: 1234.00, always two decimals, no grouping."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"
