"""Who plays: parties by number, in the order in which they apply."""

from __future__ import annotations

from huizhen.domain.statuses import PartyKind, Power

GENESIS = 1_790_000_000
DAY = 86_400
FAR = GENESIS + 3650 * DAY

BANK, PREPARER, APPROVER, OFFICER, ARBITER, PLATFORM = 3, 4, 5, 6, 7, 8
HOSPITAL, INSTITUTION, OTHER_INSTITUTION = 9, 10, 11
DOCTORS = (12, 13, 14, 15)
LED, QUORATE = 16, 17  # groups: the lead decides; two members do
CAST = 17  # the last on whom all else depends
OTHER_HOSPITAL, SPARE_DOCTOR, SPARE_HOSPITAL, SUSPENDED, FULL = 18, 19, 20, 21, 22
UNFOUNDED = (23, 24, 25)

OFFICERS = {
    BANK: Power.SETTLEMENT_BANK,
    PREPARER: Power.PAYOUT_PREPARER,
    APPROVER: Power.PAYOUT_APPROVER,
    # One person with both powers may still not do both for one batch.
    OFFICER: Power.PAYOUT_PREPARER | Power.PAYOUT_APPROVER,
    ARBITER: Power.ARBITER,
}
KINDS = {
    **dict.fromkeys(OFFICERS, PartyKind.OFFICIAL),
    PLATFORM: PartyKind.PLATFORM,
    **dict.fromkeys((HOSPITAL, INSTITUTION, OTHER_INSTITUTION), PartyKind.HOSPITAL),
    **dict.fromkeys(DOCTORS, PartyKind.DOCTOR),
    **dict.fromkeys((LED, QUORATE), PartyKind.GROUP),
    OTHER_HOSPITAL: PartyKind.HOSPITAL,
    SPARE_DOCTOR: PartyKind.DOCTOR,
    SPARE_HOSPITAL: PartyKind.HOSPITAL,
    SUSPENDED: PartyKind.DOCTOR,
    FULL: PartyKind.DOCTOR,
    **dict.fromkeys(UNFOUNDED, PartyKind.GROUP),
}
