"""The policy that new terms are drawn up under: dated defaults from reference/booking_policy.json."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from huizhen.domain.case import Urgency
from huizhen.domain.ids import PartyId
from huizhen.domain.split import Surcharge
from huizhen.domain.terms import Policy, Pricing
from huizhen.reference import document


@dataclass(frozen=True, slots=True)
class BookingPolicy:
    """Windows in seconds, shares in basis points; `follow_up` are times after the settlement."""

    version: int
    platform_bps: int
    urgent_bps: int
    overtime_bps: int
    overtime_steps: int
    free_before: int
    partial_before: int
    partial_bps: int
    late_bps: int
    deliver_window: int
    review_window: int
    arbiter_window: int
    default_bps: int
    hold_routine: int
    hold_urgent: int
    approve_within: int
    arrange_routine: int
    arrange_urgent: int
    consent_valid: int
    follow_up: tuple[int, ...]

    def urgency_bps(self, urgency: Urgency) -> int:
        return self.urgent_bps if urgency is Urgency.URGENT else 0

    def hold_seconds(self, urgency: Urgency) -> int:
        return self.hold_urgent if urgency is Urgency.URGENT else self.hold_routine

    def arrange_seconds(self, urgency: Urgency) -> int:
        return self.arrange_urgent if urgency is Urgency.URGENT else self.arrange_routine

    def surcharge(self, urgency: Urgency, steps: int = 0) -> Surcharge:
        return Surcharge(self.urgency_bps(urgency), self.overtime_bps, steps)

    def pricing(self, platform: PartyId, urgency: Urgency) -> Pricing:
        """Without a platform nobody takes its share."""
        return Pricing(
            platform,
            self.platform_bps if platform else 0,
            self.urgency_bps(urgency),
            self.overtime_bps,
            self.overtime_steps,
        )

    def terms_policy(self, arbiter: PartyId) -> Policy:
        return Policy(
            self.free_before,
            self.partial_before,
            self.partial_bps,
            self.late_bps,
            self.deliver_window,
            self.review_window,
            arbiter,
            self.arbiter_window,
            self.default_bps,
        )


@cache
def present_policy() -> BookingPolicy:
    """The newest version; terms that are signed carry their own."""
    newest = max(document("booking_policy")["versions"], key=lambda version: version["from"])
    fields = {name: value for name, value in newest.items() if name != "from"}
    return BookingPolicy(**(fields | {"follow_up": tuple(newest["follow_up"])}))
