"""The life of a consultation on chain, as contracts/Consultations.sol decides it: booked, delivered, ended.

Transitions return the next value or raise a named refusal; times are unix seconds of the chain.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import CHINA
from huizhen.domain.split import WHOLE_BPS, Leg, charged_part, split
from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import Terms
from huizhen.errors import MayNotCancel, OvertimeNotAgreed, SeatsWrong, TooEarly, TooLate, WrongState

_STATES = {
    ConsultationStatus.BOOKED: Sentence("已确认", "booked"),
    ConsultationStatus.DELIVERED: Sentence("已出意见", "delivered"),
    ConsultationStatus.DISPUTED: Sentence("争议中", "disputed"),
    ConsultationStatus.SETTLED: Sentence("已结算", "settled"),
    ConsultationStatus.CANCELLED: Sentence("已取消", "cancelled"),
    ConsultationStatus.EXPIRED: Sentence("已过期", "expired"),
}


@dataclass(frozen=True, slots=True)
class Consultation:
    """`seats` is the mask of seats that signed the opinion, `overtime` the steps used; 0 until delivery.
    `attended` is the mask of recorded attendance, 0 where none was recorded.

    `charged_bps` is the part of the fees that an ended consultation pays out: all, some after a cancellation, none.
    """

    terms: Terms
    status: ConsultationStatus
    delivered_at: int | None = None
    seats: int = 0
    overtime: int = 0
    charged_bps: int = 0
    attended: int = 0

    @property
    def deliver_by(self) -> int:
        """Last second at which an opinion counts."""
        return self.terms.ends_at + self.terms.policy.deliver_window

    @property
    def review_until(self) -> int | None:
        """Last second of the hospital's review; afterwards anybody may settle."""
        return None if self.delivered_at is None else self.delivered_at + self.terms.policy.review_window

    def deliver(self, seats: int, overtime: int, now: int) -> Consultation:
        self._require(ConsultationStatus.BOOKED)
        if now < self.terms.starts_at:
            raise TooEarly(
                f"会诊{_moment(self.terms.starts_at).zh}才开始：开始后再提交意见。",
                f"The consultation starts at {_moment(self.terms.starts_at).en}: deliver the opinion after that.",
            )
        if now > self.deliver_by:
            raise TooLate(
                f"意见须在{_moment(self.deliver_by).zh}前提交，期限已过，费用将全额退回医院。",
                f"The opinion was due by {_moment(self.deliver_by).en}; the fee goes back to the hospital.",
            )
        self._require_seats(seats)
        allowed = self.terms.pricing.overtime_steps
        if not 0 <= overtime <= allowed:
            raise OvertimeNotAgreed(
                f"条款最多约定{allowed}个加时段，不能填{overtime}个。",
                f"The terms allow {allowed} overtime steps, not {overtime}.",
            )
        return replace(
            self, status=ConsultationStatus.DELIVERED, delivered_at=now, seats=seats, overtime=overtime
        )

    def accept(self) -> Consultation:
        self._require(ConsultationStatus.DELIVERED)
        return replace(self, status=ConsultationStatus.SETTLED, charged_bps=WHOLE_BPS)

    def accept_by_time(self, now: int) -> Consultation:
        self._require(ConsultationStatus.DELIVERED)
        due = self.review_until or 0
        if now <= due:
            raise TooEarly(
                f"医院审阅期到{_moment(due).zh}为止，之后才能自动结算。",
                f"The hospital may review until {_moment(due).en}; it settles by itself after that.",
            )
        # Silence pays no overtime that only the lead claims.
        return replace(self, overtime=self.overtime if self.attended else 0).accept()

    def cancellation_bps(self, by: PartyId, now: int) -> int:
        """What cancelling now would cost, of the price without overtime."""
        self._require(ConsultationStatus.BOOKED)
        if now >= self.terms.starts_at:
            raise TooLate(
                "会诊已开始，不能再取消。", "The consultation has started and can no longer be cancelled."
            )
        if by == self.terms.seats[self.terms.lead].doctor:
            return 0
        if by != self.terms.hospital:
            raise MayNotCancel(
                "只有预约医院和牵头专家可以取消。", "Only the hospital and the leading doctor may cancel."
            )
        return self.terms.policy.fee_bps(self.terms.starts_at - now)

    def cancel(self, by: PartyId, now: int) -> Consultation:
        charged = self.cancellation_bps(by, now)
        everyone = (1 << len(self.terms.seats)) - 1
        return replace(self, status=ConsultationStatus.CANCELLED, seats=everyone, charged_bps=charged)

    def expire(self, now: int) -> Consultation:
        self._require(ConsultationStatus.BOOKED)
        if now <= self.deliver_by:
            raise TooEarly(
                f"提交意见的期限到{_moment(self.deliver_by).zh}为止，之后才能过期退款。",
                f"An opinion may come until {_moment(self.deliver_by).en}; the fee is returned after that.",
            )
        return replace(self, status=ConsultationStatus.EXPIRED)

    def legs(self) -> tuple[Leg, ...]:
        """Who receives what of an ended consultation."""
        if not self.charged_bps:
            return ()
        pricing = self.terms.pricing
        charged = tuple(
            replace(seat, fee=charged_part(seat.fee, self.charged_bps))
            for seat in self.terms.paid_seats(self.seats, self.overtime)
        )
        return split(pricing.platform, pricing.platform_bps, charged)

    def returned(self) -> Fen:
        """What goes back to the hospital once it has ended."""
        return Fen(self.terms.escrow() - sum(leg.amount for leg in self.legs()))

    def _require(self, needed: ConsultationStatus) -> None:
        if self.status is not needed:
            now, wanted = _STATES[self.status], _STATES[needed]
            raise WrongState(
                f"会诊目前{now.zh}，这一步只在{wanted.zh}时可行：请刷新页面。",
                f"The consultation is {now.en}; this step needs it to be {wanted.en}. Reload the page.",
            )

    def _require_seats(self, seats: int) -> None:
        required = self.terms.required_mask
        if seats & required != required:
            missing = [str(i + 1) for i in range(len(self.terms.seats)) if required & ~seats >> i & 1]
            raise SeatsWrong(
                f"必需席位{'、'.join(missing)}尚未签署意见：请等他们签署。",
                f"Required seat {', '.join(missing)} has not signed the opinion: wait for them.",
            )
        if seats >> len(self.terms.seats):
            raise SeatsWrong(
                f"条款只有{len(self.terms.seats)}个席位。",
                f"The terms have only {len(self.terms.seats)} seats.",
            )


def _moment(unix: int) -> Sentence:
    at = datetime.fromtimestamp(unix, CHINA)
    return Sentence(f"{at.month}月{at.day}日{at:%H:%M}", f"{at.day} {at:%b %H:%M}")
