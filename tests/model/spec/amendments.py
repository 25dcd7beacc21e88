"""What may differ between booked terms and those that take their place. Both packed; `to` may be malformed."""

from __future__ import annotations

from tests.model.spec.act import require
from tests.model.spec.booked_terms import HEADER, SEAT
from tests.model.spec.state import Refusal

# version | hospital | start | slots, lead | signBy | salt; behind them pricing, policy and documents.
HOSPITAL, START, SLOTS, LEAD, COMMON = (
    slice(1, 5),
    slice(5, 9),
    slice(9, 10),
    slice(10, 11),
    slice(32, HEADER),
)


def require_other_hours(terms: bytes, to: bytes) -> None:
    """Start, signBy and salt may differ."""
    require(len(terms) == len(to), "TermsDiffer")
    same = all(terms[part] == to[part] for part in (HOSPITAL, SLOTS, LEAD, slice(32, None)))
    require(same, "TermsDiffer")


def require_other_doctor(terms: bytes, to: bytes) -> int:
    """One seat may go to another doctor, and with it the lead; signBy and salt may differ. Answers its index."""
    require(len(terms) == len(to), "TermsDiffer")
    require(all(terms[part] == to[part] for part in (HOSPITAL, START, SLOTS, COMMON)), "TermsDiffer")
    mine, theirs = _seats(terms), _seats(to)
    leaving, joining = _exchanged(mine, theirs)
    old, new = mine[leaving], theirs[joining]
    # required | fee | specialties: what the work is
    exchanged = _doctor(old) != _doctor(new) and old[18:] == new[18:]
    require(exchanged, "SeatsDiffer", _doctor(old), _doctor(new))
    leading, next_lead = _doctor(mine[terms[10]]), _doctor(theirs[to[10] if to[10] < len(theirs) else 0])
    expected = _doctor(new) if leading == _doctor(old) else leading
    require(next_lead == expected, "LeadDiffers", expected, next_lead)
    return leaving


def _exchanged(mine: list[bytes], theirs: list[bytes]) -> tuple[int, int]:
    """Where the one seat stands that the other list does not have. Both lists are in order of doctor."""
    first = next((place for place, seat in enumerate(mine) if seat != theirs[place]), None)
    if first is None:
        raise Refusal("TermsDiffer")
    leaving = joining = first
    if _doctor(mine[first]) < _doctor(theirs[first]):
        while joining + 1 < len(mine) and mine[joining + 1] == theirs[joining]:
            joining += 1
    else:
        while leaving + 1 < len(mine) and mine[leaving] == theirs[leaving + 1]:
            leaving += 1
    for place in range(max(leaving, joining) + 1, len(mine)):
        same = mine[place] == theirs[place]
        require(same, "SeatsDiffer", _doctor(mine[place]), _doctor(theirs[place]))
    return leaving, joining


def _seats(packed: bytes) -> list[bytes]:
    return [packed[place : place + SEAT] for place in range(HEADER, len(packed), SEAT)]


def _doctor(seat: bytes) -> int:
    return int.from_bytes(seat[:4], "big")
