"""What the team finder shows."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.domain.case import CaseId, Urgency, WantedSeat, Wish
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import Slot
from huizhen.domain.split import Leg
from huizhen.domain.staffing_reasons import Change
from huizhen.reference import specialties_in, specialty_by_code, titles


@dataclass(frozen=True, slots=True)
class GroupTerms:
    """A group that a doctor may be booked for, and what its present rule takes of the fee."""

    group: PartyId
    name: Sentence
    institution_bps: int
    fund_bps: int


@dataclass(frozen=True, slots=True)
class Member:
    """A doctor in a seat, as the page names them, booked for `group`, one of `groups` (0: for none).

    `fee` has the urgency surcharge in it.
    """

    doctor: PartyId
    name: Sentence
    title: Sentence
    city: int
    institution: PartyId
    institution_name: Sentence
    group: PartyId
    groups: tuple[GroupTerms, ...]
    fee: Fen


@dataclass(frozen=True, slots=True)
class Bookable:
    """A doctor whom a seat may be pinned to."""

    doctor: PartyId
    name: Sentence
    specialties: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class SlotOffer:
    """A start that can be booked; `full` when optional seats are filled too."""

    start: Slot
    price: Fen
    full: bool


@dataclass(frozen=True, slots=True)
class TeamOffer:
    """One team at one start. `escrow` is the price with all the overtime that the terms will allow."""

    start: Slot
    members: tuple[Member | None, ...]
    lead: int
    price: Fen
    escrow: Fen
    legs: tuple[tuple[Leg, Sentence], ...]
    others: tuple[tuple[Member, ...], ...]


@dataclass(frozen=True, slots=True)
class HintView:
    sentence: Sentence
    change: Change
    seat: int | None
    slots: int


@dataclass(frozen=True, slots=True)
class TeamPage:
    case: CaseId
    wish: Wish
    urgency: Urgency
    seat_names: tuple[Sentence, ...]
    offers: tuple[SlotOffer, ...]
    earliest: SlotOffer | None
    cheapest: SlotOffer | None
    reason: Sentence | None
    hints: tuple[HintView, ...]
    team: TeamOffer | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """For all seats: what the cheapest and the middle doctors of each would cost, `doctors` per seat."""

    low: Fen
    typical: Fen
    doctors: tuple[int, ...]


def seat_name(seat: WantedSeat) -> Sentence:
    specialty = specialty_by_code()[seat.specialty]
    return Sentence(specialty.zh, specialty.en)


def title_name(rank: int) -> Sentence:
    found = next((title for title in titles() if title.rank == rank), None)
    return Sentence(found.zh, found.en) if found else Sentence("医师", "Physician")


def specialty_names(mask: int) -> tuple[Sentence, ...]:
    return tuple(Sentence(each.zh, each.en) for each in specialties_in(mask))
