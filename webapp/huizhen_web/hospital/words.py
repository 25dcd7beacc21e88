"""The words of the hospital's pages for states, steps and checks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from huizhen.domain.case import CaseAct, CaseState, Urgency
from huizhen.domain.statuses import EntryKind

STEPS = (
    _l("The request"),
    _l("Seats"),
    _l("Consent"),
    _l("Approval"),
    _l("Triage"),
    _l("Team"),
    _l("Signatures"),
    _l("Booked"),
)

STEP_OF: dict[CaseState, int] = {
    CaseState.DRAFT: 2,
    CaseState.CONSENTED: 3,
    CaseState.APPROVED: 4,
    CaseState.TRIAGED: 5,
    CaseState.HELD: 6,
}

URGENCIES: dict[Urgency, LazyString] = {Urgency.ROUTINE: _l("Routine"), Urgency.URGENT: _l("Urgent")}

CHECKS: dict[str, LazyString] = {
    "summary": _l("The summary is complete: history, findings, treatment so far"),
    "imaging": _l("Imaging is listed and can be shown"),
    "laboratory": _l("Laboratory and pathology results are listed"),
    "aim": _l("The aim is a question that the team can answer"),
    "bedside": _l("The attending doctor can be reached during the session"),
}

ACTS: dict[CaseAct, LazyString] = {
    CaseAct.CREATED: _l("Request written"),
    CaseAct.EDITED: _l("Request changed"),
    CaseAct.CONSENT_ASKED: _l("Consent link made"),
    CaseAct.CONSENT_SENT: _l("Patient signed the consent"),
    CaseAct.CONSENT_ON_PAPER: _l("Consent recorded from a signed paper form"),
    CaseAct.APPROVED: _l("Approved by the medical office"),
    CaseAct.DECLINED: _l("Declined by the medical office"),
    CaseAct.SENT_BACK: _l("Sent back with one list of what is missing"),
    CaseAct.TRIAGED: _l("Triage complete"),
    CaseAct.HELD: _l("Team held"),
    CaseAct.HOLD_WITHDRAWN: _l("Hold taken back"),
    CaseAct.CLOSED: _l("Case closed"),
    CaseAct.FOLLOWED_UP: _l("Outcome recorded"),
}

MOVES: dict[EntryKind, LazyString] = {
    EntryKind.DEPOSIT: _l("Deposit"),
    EntryKind.ESCROW: _l("Into escrow"),
    EntryKind.RETURNED: _l("Back from escrow"),
    EntryKind.REFUND: _l("Refund"),
}
