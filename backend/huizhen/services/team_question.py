"""A team search made ready: the case's wish as seats and hours, with everybody whom it may choose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from huizhen.db.session import Stores
from huizhen.domain.case import Urgency, WantedSeat, Wish
from huizhen.domain.ids import PartyId
from huizhen.domain.seating import options_for
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import Slot, Window, local_time, slot_at
from huizhen.domain.split import Leg, PaidSeat, split
from huizhen.domain.staffing import find_teams
from huizhen.domain.team import Candidate, Search, Seat
from huizhen.errors import HourTaken, InvalidInput, SearchInvalid
from huizhen.reference import specialty_by_code
from huizhen.services.booking_policy import BookingPolicy, present_policy
from huizhen.services.case_facts import CaseFacts
from huizhen.services.profiles import Profiles
from huizhen.services.roster import Roster, load_roster

T = TypeVar("T")
Team = tuple[Candidate | None, ...]

# Calendars beyond the window are loaded too, so that a hint can say what looking further would open.
_LOOK_AHEAD_SLOTS = 14 * 96


@dataclass(frozen=True, slots=True)
class Question:
    """A search that is ready to be asked, with everybody whom it may choose."""

    roster: Roster
    search: Search
    policy: BookingPolicy
    wish: Wish
    urgency: Urgency
    profiles: Profiles

    def team_at(self, start: Slot, wanted: Mapping[int, PartyId], through: Mapping[int, PartyId]) -> Team:
        """The team at a start, with chosen doctors in some seats, `through` chosen groups where they are members.

        Raises HourTaken when one cannot be had.
        """
        pinned = tuple(
            replace(seat, pinned=wanted.get(number, seat.pinned))
            for number, seat in enumerate(self.search.seats)
        )
        window = Window(start, self.search.length)
        if start < self.search.window.first or window.end > self.search.window.end:
            raise _gone()
        found = find_teams(self.roster.pool, replace(self.search, seats=pinned, window=window))
        if not found.staffings:
            raise self._taken(pinned, window)
        chosen = found.staffings[0].chosen
        if any(_doctor(chosen[number]) != doctor for number, doctor in wanted.items()):
            raise self._taken(pinned, window)
        return tuple(
            member and self.roster.through(member, through.get(number))
            for number, member in enumerate(chosen)
        )

    def _taken(self, seats: Sequence[Seat], window: Window) -> HourTaken:
        """Names the first doctor asked for who is not free in these hours."""
        search = replace(self.search, window=window)
        for seat in seats:
            options = options_for(self.roster.pool, search, seat)
            if seat.pinned and not any(option.starts for option in options):
                return hour_taken(self.profiles.names([seat.pinned])[seat.pinned], window.first)
        return _gone()

    def others_at(self, start: Slot, team: Team) -> list[list[Candidate]]:
        """For each seat whoever else could take it at this start."""
        at_start = replace(self.search, window=Window(start, self.search.length))
        taken = {_doctor(member) for member in team}
        return [
            [
                option.candidate
                for option in options_for(self.roster.pool, at_start, replace(seat, pinned=None))
                if option.starts and option.candidate.doctor not in taken
            ]
            for seat in self.search.seats
        ]

    def legs(self, team: Team) -> tuple[Leg, ...]:
        """Who receives what of the price, without overtime."""
        surcharge = self.policy.surcharge(self.urgency)
        pricing = self.policy.pricing(self.roster.platform, self.urgency)
        seats = [self.roster.terms_seat(each, required=True, specialties=0) for each in team if each]
        paid = [
            PaidSeat(
                seat.doctor,
                seat.institution,
                seat.group,
                seat.institution_bps,
                seat.fund_bps,
                surcharge.applied_to(seat.fee),
            )
            for seat in seats
        ]
        return split(pricing.platform, pricing.platform_bps, paid)


def question(stores: Stores, known: CaseFacts) -> Question:
    """Raises StepNotOpen while no team may be looked for, SearchInvalid when the window is over."""
    known.case.require_search()
    wish = wish_of(known)
    policy, now, urgency = present_policy(), known.now, known.draft.urgency
    sign_time = now + policy.hold_seconds(urgency)
    window = wish.window(sign_time)
    consent_end = slot_at(known.consent_until or 0)
    window = Window(window.first, max(0, min(window.length, consent_end - window.first)))
    if window.length < wish.slots:
        raise SearchInvalid(
            "所选日期已过，或知情同意在此之前到期：请改选日期。",
            "These days are over, or the patient's consent ends before them: choose other days.",
        )
    seats = tuple(search_seat(seat) for seat in wish.seats)
    search = Search(seats, window, wish.slots, wish.price_limit, policy.surcharge(urgency))
    reach = max(0, min(_LOOK_AHEAD_SLOTS, consent_end - window.end))
    roster = load_roster(
        stores,
        known.draft.hospital,
        Window(window.first, window.length + reach),
        now,
        [seat.specialties for seat in seats],
        sign_time,
    )
    return Question(roster, search, policy, wish, urgency, Profiles(stores.office))


def search_seat(seat: WantedSeat) -> Seat:
    return Seat(
        specialty_by_code()[seat.specialty].mask,
        seat.title_minimum,
        seat.required,
        seat.pinned,
        frozenset(_some(seat.wanted_city)),
        frozenset(_some(seat.excluded_city)),
    )


def _some(value: T | None) -> Iterable[T]:
    return () if value is None else (value,)


def senior_seat(seats: Sequence[WantedSeat], team: Team) -> int:
    """The required seat whose doctor ranks highest: leads unless the hospital names another."""
    taken = [number for number, member in enumerate(team) if member and seats[number].required]
    return max(taken, key=lambda number: (_rank(team[number]), -number))


def _rank(member: Candidate | None) -> int:
    return member.title if member else 0


def _doctor(member: Candidate | None) -> PartyId | None:
    return member.doctor if member else None


def wish_of(known: CaseFacts) -> Wish:
    wish = known.draft.wish
    if wish is None:
        raise InvalidInput("请先填写席位和时段。", "Fill in seats and window first.")
    return wish


def hour_taken(doctor: Sentence, start: Slot) -> HourTaken:
    at = local_time(start)
    return HourTaken(
        f"{doctor.zh}在{at.month}月{at.day}日{at:%H:%M}已被占用：请另选时段或医生，席位要求已保留。",
        f"{doctor.en} is no longer free at {at.day} {at:%b %H:%M}: choose another hour or doctor; "
        "your seats are kept.",
    )


def _gone() -> HourTaken:
    return HourTaken(
        "这个时段或医生刚刚被占用：请在下面另选时段，席位要求已保留。",
        "This hour, or a doctor in it, was taken a moment ago: choose another below; your seats are kept.",
    )
