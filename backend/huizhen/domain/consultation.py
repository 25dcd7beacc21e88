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
from huizhen.domain.split import WHOLE_BPS, Leg, LegKind, charged_part, split
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
class Release:
    """What is paid at once: `bps` of the fees of `seats` (a mask)."""

    seats: int
    bps: int


@dataclass(frozen=True, slots=True)
class Consultation:
    """`seats` is the mask of seats that signed the opinion, `overtime` the steps used; 0 until delivery.
    `attended` is the mask of recorded attendance, 0 where none was recorded; with one, overtime is recorded too.

    `charged_bps` is the part of the fees that an ended consultation pays out: all, some after a cancellation, none.
    Where there was a dispute `releases` are what it has paid so far, in their order, and count instead.
    """

    terms: Terms
    status: ConsultationStatus
    delivered_at: int | None = None
    seats: int = 0
    overtime: int = 0
    charged_bps: int = 0
    attended: int = 0
    releases: tuple[Release, ...] = ()

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
        self._require_attended(seats, overtime)
        return replace(
            self, status=ConsultationStatus.DELIVERED, delivered_at=now, seats=seats, overtime=overtime
        )

    @property
    def leaves_out_a_seat(self) -> bool:
        """Whether a doctor of the terms is not to be paid, and so has the review window to contest it."""
        return self.seats != (1 << len(self.terms.seats)) - 1

    def accept(self, now: int) -> Consultation:
        self._require(ConsultationStatus.DELIVERED)
        due = self.review_until or 0
        if self.leaves_out_a_seat and now <= due:
            raise TooEarly(
                f"有席位没有列入意见，该医生可在{_moment(due).zh}前提出争议：请在此之后接收。",
                f"The opinion leaves out a seat, whose doctor may contest that until {_moment(due).en}: "
                "accept after that.",
            )
        return self._settle()

    def accept_by_time(self, now: int) -> Consultation:
        self._require(ConsultationStatus.DELIVERED)
        due = self.review_until or 0
        if now <= due:
            raise TooEarly(
                f"医院审阅期到{_moment(due).zh}为止，之后才能自动结算。",
                f"The hospital may review until {_moment(due).en}; it settles by itself after that.",
            )
        # Silence pays no overtime that only the lead claims.
        return replace(self, overtime=self.overtime if self.attended else 0)._settle()

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
        """Who receives what of an ended consultation, or has received so far of a disputed one.

        Each release is split by itself, as the contract does; what one party receives of several is one leg here.
        """
        whole = (Release(self.seats, self.charged_bps),) if self.charged_bps else ()
        amounts: dict[tuple[LegKind, PartyId], int] = {}
        for release in self.releases or whole:
            for leg in self._split(release):
                amounts[leg.kind, leg.party] = amounts.get((leg.kind, leg.party), 0) + leg.amount
        return tuple(Leg(kind, party, Fen(amount)) for (kind, party), amount in sorted(amounts.items()))

    def fees(self, seats: int) -> Fen:
        """What the seats of a mask cost, with the overtime that counts."""
        return Fen(sum(seat.fee for seat in self.terms.paid_seats(seats, self.overtime)))

    def returned(self) -> Fen:
        """What goes back to the hospital once it has ended."""
        return Fen(self.terms.escrow() - sum(leg.amount for leg in self.legs()))

    def _split(self, release: Release) -> tuple[Leg, ...]:
        pricing = self.terms.pricing
        charged = tuple(
            replace(seat, fee=charged_part(seat.fee, release.bps))
            for seat in self.terms.paid_seats(release.seats, self.overtime)
        )
        return split(pricing.platform, pricing.platform_bps, charged) if release.bps else ()

    def _require_attended(self, seats: int, overtime: int) -> None:
        if not self.attended:
            return
        absent = [str(i + 1) for i in range(len(self.terms.seats)) if (seats & ~self.attended) >> i & 1]
        if absent:
            raise SeatsWrong(
                f"出席记录中席位{'、'.join(absent)}缺席，不能列入意见。",
                f"By the recorded attendance seat {', '.join(absent)} was absent and cannot sign the opinion.",
            )
        if overtime != self.overtime:
            raise OvertimeNotAgreed(
                f"医院与牵头专家已记录{self.overtime}个加时段，不能填{overtime}个。",
                f"Hospital and lead recorded {self.overtime} overtime steps, not {overtime}.",
            )

    def _settle(self) -> Consultation:
        return replace(self, status=ConsultationStatus.SETTLED, charged_bps=WHOLE_BPS)

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
            missing = [str(i + 1) for i in range(len(self.terms.seats)) if (required & ~seats) >> i & 1]
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
