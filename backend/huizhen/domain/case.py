"""A case from the request to the booking: what people decide off chain, and the state that results.

Only the stage is kept; consent, hold and booking are facts of the chain or of statements, so the state of a case
follows from all of them and can never contradict them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NewType

from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import CHINA, Window
from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.team import CityCode
from huizhen.errors import InvalidInput, StepNotOpen

CaseId = NewType("CaseId", int)

MAX_SLOTS = 32
LONGEST_WINDOW = timedelta(days=60)


class Urgency(StrEnum):
    ROUTINE = "routine"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class WantedSeat:
    """`specialty` is a code of the national catalogue, `title_minimum` a rank; no wanted city means any."""

    specialty: str
    title_minimum: int = 0
    required: bool = True
    pinned: PartyId | None = None
    wanted_city: CityCode | None = None
    excluded_city: CityCode | None = None

    def to_json(self) -> dict[str, object]:
        return {
            "specialty": self.specialty,
            "title_minimum": self.title_minimum,
            "required": self.required,
            "pinned": self.pinned,
            "wanted_city": self.wanted_city,
            "excluded_city": self.excluded_city,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> WantedSeat:
        return cls(**value)


@dataclass(frozen=True, slots=True)
class Contents:
    """What the patient consents to have shared; de-identified."""

    reason: str
    aim: str
    summary: str
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom the hospital looks for, and when: days of China's calendar, both included; `slots` of 15 minutes.

    `price_limit` is for all seats with the urgency surcharge and without overtime.
    """

    seats: tuple[WantedSeat, ...]
    first_day: date
    last_day: date
    slots: int
    price_limit: Fen

    def __post_init__(self) -> None:
        if not any(seat.required for seat in self.seats):
            raise InvalidInput("请至少设一个必需席位。", "Ask for at least one required seat.")
        if not 1 <= self.slots <= MAX_SLOTS:
            raise InvalidInput(
                "时长须在15分钟到8小时之间。", "A consultation lasts between 15 minutes and 8 hours."
            )
        if self.last_day < self.first_day:
            raise InvalidInput(
                "结束日期早于开始日期，请更正。", "The last day is before the first. Correct one of them."
            )
        if self.last_day - self.first_day > LONGEST_WINDOW:
            raise InvalidInput(
                f"一次最多查找{LONGEST_WINDOW.days}天，请缩短。",
                f"Look at most {LONGEST_WINDOW.days} days ahead at once: choose fewer.",
            )

    def window(self, not_before: int) -> Window:
        """The slots of these days that begin at `not_before` (unix seconds) or later."""
        end = midnight(self.last_day + timedelta(days=1))
        return Window.between(min(max(midnight(self.first_day), not_before), end), end)


def midnight(day: date) -> int:
    """The second at which a day begins in China."""
    return int(datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp())


class CaseStage(StrEnum):
    """The last step that the hospital's people took."""

    DRAFT = "draft"
    APPROVED = "approved"
    TRIAGED = "triaged"
    DECLINED = "declined"
    CLOSED = "closed"


class CaseState(StrEnum):
    """What a page shows; from BOOKED on the words are the contract's."""

    DRAFT = "draft"
    CONSENTED = "consented"
    APPROVED = "approved"
    TRIAGED = "triaged"
    HELD = "held"
    BOOKED = "booked"
    DELIVERED = "delivered"
    DISPUTED = "disputed"
    SETTLED = "settled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DECLINED = "declined"
    CLOSED = "closed"


class CaseAct(StrEnum):
    """What people do with a case, as its trail names it."""

    CREATED = "created"
    EDITED = "edited"
    CONSENT_ASKED = "consent_asked"
    CONSENT_SENT = "consent_sent"
    CONSENT_ON_PAPER = "consent_on_paper"
    APPROVED = "approved"
    DECLINED = "declined"
    SENT_BACK = "sent_back"
    TRIAGED = "triaged"
    HELD = "held"
    HOLD_WITHDRAWN = "hold_withdrawn"
    CLOSED = "closed"
    FOLLOWED_UP = "followed_up"


@dataclass(frozen=True, slots=True)
class Case:
    """`consented` while a consent is in force, `held` while terms wait for signatures or for the chain.

    `booking` is the state of the newest consultation of the case. Each step answers the stage that follows, or
    raises StepNotOpen.
    """

    stage: CaseStage
    consented: bool = False
    held: bool = False
    booking: ConsultationStatus | None = None

    @property
    def state(self) -> CaseState:
        if self.booking is not None and not (self.held and self.booking.ended):
            return CaseState(self.booking.name.lower())
        if self.stage in (CaseStage.DECLINED, CaseStage.CLOSED):
            return CaseState(self.stage)
        if self.held:
            return CaseState.HELD
        if not self.consented:
            return CaseState.DRAFT
        return CaseState.CONSENTED if self.stage is CaseStage.DRAFT else CaseState(self.stage)

    @property
    def may_search(self) -> bool:
        """A team can be looked for and held; also again, after a booking that came to nothing."""
        over = self.booking in (None, ConsultationStatus.CANCELLED, ConsultationStatus.EXPIRED)
        return self.stage is CaseStage.TRIAGED and self.consented and not self.held and over

    @property
    def may_close(self) -> bool:
        return (
            self.stage not in (CaseStage.DECLINED, CaseStage.CLOSED)
            and not self.held
            and self.booking is None
        )

    def edit(self) -> CaseStage:
        """Contents change only before the patient has consented to them."""
        self._require(self.state is CaseState.DRAFT)
        return CaseStage.DRAFT

    def ask_consent(self) -> CaseStage:
        """Also again when a consent was withdrawn or has run out: approval then follows anew."""
        self._require(self.state is CaseState.DRAFT)
        return CaseStage.DRAFT

    def approve(self) -> CaseStage:
        self._require(self.state is CaseState.CONSENTED)
        return CaseStage.APPROVED

    def decline(self) -> CaseStage:
        self._require(self.state in (CaseState.CONSENTED, CaseState.APPROVED))
        return CaseStage.DECLINED

    def triage(self, complete: bool) -> CaseStage:
        """An incomplete case stays approved, with its one list of what is missing."""
        self._require(self.state is CaseState.APPROVED)
        return CaseStage.TRIAGED if complete else CaseStage.APPROVED

    def require_search(self) -> None:
        self._require(self.may_search)

    def close(self) -> CaseStage:
        self._require(self.may_close)
        return CaseStage.CLOSED

    def _require(self, allowed: bool) -> None:
        if not allowed:
            raise StepNotOpen(
                "病例目前不能走这一步：它可能刚被别人处理，请刷新页面。",
                "The case cannot take this step now: somebody may just have moved it. Reload the page.",
            )
