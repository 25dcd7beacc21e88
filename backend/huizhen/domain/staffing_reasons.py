"""Why a team search came back empty, and what would open slots: structured, with a sentence for the page.

Seats are named by their index in the search; the page passes their names, as the domain knows only bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen, format_yuan
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import Slot, local_time

SeatNames = Sequence[Sentence]


class Filter(StrEnum):
    SPECIALTY = "specialty"
    TITLE = "title"
    CITY = "city"
    PIN = "pin"


_FILTERED = {
    Filter.SPECIALTY: Sentence("没有医生具备该专业", "no doctor has the specialty"),
    Filter.TITLE: Sentence("没有医生达到该职称", "no doctor has the title"),
    Filter.CITY: Sentence("所选城市没有这样的医生", "no such doctor practises in the cities asked for"),
    Filter.PIN: Sentence(
        "指定的医生不符合该席位的条件", "the pinned doctor does not meet the seat's conditions"
    ),
}


@dataclass(frozen=True, slots=True)
class NoDoctor:
    seat: int
    because: Filter

    def sentence(self, names: SeatNames) -> Sentence:
        name, because = names[self.seat], _FILTERED[self.because]
        return Sentence(f"{name.zh}：{because.zh}。", f"{name.en}: {because.en}.")


@dataclass(frozen=True, slots=True)
class NeverFree:
    seat: int
    doctors: int
    until: Slot

    def sentence(self, names: SeatNames) -> Sentence:
        name, until = names[self.seat], _day_and_hour(self.until)
        return Sentence(
            f"{name.zh}：{self.doctors}位医生在{until.zh}之前都没有足够长的空闲。",
            f"{name.en}: none of {self.doctors} doctors is free for long enough before {until.en}.",
        )


@dataclass(frozen=True, slots=True)
class NeverTogether:
    """Each of these seats can be filled at some time, all of them never, any fewer of them together."""

    seats: tuple[int, ...]
    until: Slot

    def sentence(self, names: SeatNames) -> Sentence:
        until = _day_and_hour(self.until)
        return Sentence(
            f"{'、'.join(names[seat].zh for seat in self.seats)}在{until.zh}之前没有共同空闲时间。",
            f"{' and '.join(names[seat].en for seat in self.seats)} never overlap before {until.en}.",
        )


@dataclass(frozen=True, slots=True)
class TooFewDoctors:
    """At the closest slot these seats compete for fewer doctors than there are seats."""

    seats: tuple[int, ...]
    doctors: int
    start: Slot

    def sentence(self, names: SeatNames) -> Sentence:
        start = _day_and_hour(self.start)
        return Sentence(
            f"{start.zh}时，{'、'.join(names[seat].zh for seat in self.seats)}"
            f"共{len(self.seats)}席只有{self.doctors}位不同的医生有空。",
            f"At {start.en} the {len(self.seats)} seats {', '.join(names[seat].en for seat in self.seats)} "
            f"share only {self.doctors} free doctors.",
        )


@dataclass(frozen=True, slots=True)
class OverLimit:
    cheapest: Fen
    start: Slot
    limit: Fen

    def sentence(self, names: SeatNames) -> Sentence:  # noqa: ARG002 all reasons speak alike
        cheapest, limit = format_yuan(self.cheapest), format_yuan(self.limit)
        start = _day_and_hour(self.start)
        return Sentence(
            f"最便宜的团队（{start.zh}）需{cheapest}，超出限额{limit}。",
            f"The cheapest team ({start.en}) costs {cheapest}, more than the limit of {limit}.",
        )


Reason = NoDoctor | NeverFree | NeverTogether | TooFewDoctors | OverLimit


class Change(StrEnum):
    UNPIN = "unpin"
    ANY_CITY = "any_city"
    LOWER_TITLE = "lower_title"
    MAKE_OPTIONAL = "make_optional"
    LATER = "later"
    RAISE_LIMIT = "raise_limit"


_CHANGES = {
    Change.UNPIN: Sentence("换掉{seat}指定的{doctor}", "Swapping {doctor} for someone else as {seat}"),
    Change.ANY_CITY: Sentence("{seat}不限城市", "Taking {seat} from any city"),
    Change.LOWER_TITLE: Sentence("{seat}不限职称", "Accepting any title for {seat}"),
    Change.MAKE_OPTIONAL: Sentence("{seat}改为可选", "Making {seat} optional"),
    Change.LATER: Sentence("延长查找时段", "Looking further ahead"),
    Change.RAISE_LIMIT: Sentence("提高限额", "Raising the limit"),
}


@dataclass(frozen=True, slots=True)
class Hint:
    """A change to the search that opens `slots` starts, the first at `earliest`, the cheapest for `price`."""

    change: Change
    slots: int
    earliest: Slot
    price: Fen
    seat: int | None = None
    doctor: PartyId | None = None

    def sentence(self, names: SeatNames, doctor: str = "") -> Sentence:
        seat = Sentence("", "") if self.seat is None else names[self.seat]
        change, start, price = _CHANGES[self.change], _day_and_hour(self.earliest), format_yuan(self.price)
        return Sentence(
            f"{change.zh.format(seat=seat.zh, doctor=doctor)}，可开放{self.slots}个时段，"
            f"最早{start.zh}，{price}起。",
            f"{change.en.format(seat=seat.en, doctor=doctor)} opens {self.slots} slots, "
            f"the first at {start.en}, from {price}.",
        )


def _day_and_hour(slot: Slot) -> Sentence:
    at = local_time(slot)
    return Sentence(f"{at.month}月{at.day}日{at:%H:%M}", f"{at.day} {at:%b %H:%M}")
