"""The words for states, roles and kinds that the contracts and stores name by a key; one word per concept."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from huizhen.domain.accounts import Role

# state -> (tone, label); the tone chooses the badge's colour and its mark, so that colour never speaks alone.
STATES: dict[str, tuple[str, LazyString]] = {
    "gathering": ("wait", _l("Waiting for signatures")),
    "queued": ("wait", _l("Queued")),
    "withdrawn": ("quiet", _l("Withdrawn")),
    "lapsed": ("quiet", _l("Lapsed")),
    "submitted": ("wait", _l("Submitted")),
    "confirming": ("wait", _l("Confirming")),
    "final": ("good", _l("Final")),
    "refused": ("bad", _l("Refused")),
    "draft": ("quiet", _l("Draft")),
    "consented": ("quiet", _l("Consented")),
    "approved": ("quiet", _l("Approved")),
    "triaged": ("quiet", _l("Triaged")),
    "held": ("wait", _l("Held")),
    "declined": ("bad", _l("Declined")),
    "booked": ("note", _l("Booked")),
    "delivered": ("note", _l("Delivered")),
    "disputed": ("bad", _l("Disputed")),
    "settled": ("good", _l("Settled")),
    "cancelled": ("quiet", _l("Cancelled")),
    "expired": ("quiet", _l("Expired")),
    "closed": ("quiet", _l("Closed")),
    "applied": ("wait", _l("Applied")),
    "accredited": ("good", _l("Accredited")),
    "suspended": ("bad", _l("Suspended")),
    "member": ("good", _l("Member")),
    "lead": ("note", _l("You lead it")),
    "registered": ("good", _l("Registered")),
    "ended": ("quiet", _l("Ended")),
    "left": ("quiet", _l("Left")),
    "expelled": ("bad", _l("Expelled")),
    "asked": ("wait", _l("Asked")),
    "accepted": ("good", _l("Accepted")),
    "signed": ("good", _l("Signed")),
    "unsigned": ("wait", _l("Not signed yet")),
    "prepared": ("wait", _l("Prepared")),
    "outstanding": ("wait", _l("At the bank")),
    "confirmed": ("good", _l("Paid")),
    "returned": ("bad", _l("Returned by the bank")),
    "left_out": ("quiet", _l("Left out")),
    "matched": ("good", _l("Matched")),
    "suggested": ("wait", _l("Suggested")),
    "unmatched": ("bad", _l("Unmatched")),
}

ROLES: dict[Role, LazyString] = {
    Role.DOCTOR: _l("Doctor"),
    Role.HOSPITAL: _l("Hospital"),
    Role.FINANCE_PREPARER: _l("Finance, preparer"),
    Role.FINANCE_APPROVER: _l("Finance, approver"),
    Role.AUTHORITY: _l("Authority"),
    Role.BANK: _l("Settlement bank"),
    Role.INSTITUTION: _l("Institution of practice"),
    Role.AUDITOR: _l("Auditor"),
}

PARTY_KINDS: dict[str, LazyString] = {
    "doctor": _l("Doctor"),
    "hospital": _l("Hospital"),
    "group": _l("Doctor group"),
    "platform": _l("Platform"),
    "official": _l("Official"),
}

LEGS: dict[str, LazyString] = {
    "seat": _l("Doctor"),
    "institution": _l("Institution"),
    "fund": _l("Group fund"),
    "platform": _l("Platform"),
    "withheld": _l("Tax withheld"),
}
