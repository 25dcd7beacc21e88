"""Calls of CaseAccess."""

from __future__ import annotations

from huizhen.domain.statuses import PartyKind, PartyStatus
from tests.model.play.hand import DAY, Hand, Plan
from tests.model.play.plays import play
from tests.model.spec.cases import CASES, may_open
from tests.model.spec.state import NO_WORD, UINT40


@play("grantConsent")
def grant_consent(h: Hand) -> Plan:
    h.passes()
    key = h.stage.pens.take("patient", len(h.stage.sent))
    case_file, consent = h.fresh("case"), h.fresh("consent")
    if h.slips():
        case_file, consent = h.one(list(h.s.consents))
    values = {
        "caseFile": case_file,
        "consent": consent,
        "hospital": h.party(PartyKind.HOSPITAL),
        "validUntil": h.later(),
        "key": key,
        "deadline": h.deadline(),
    }
    return h.signed_by_key(CASES, "grantConsent", values, key)


@play("withdrawConsent")
def withdraw_consent(h: Hand) -> Plan:
    h.passes()
    granted = [pair for pair, row in h.s.consents.items() if row.key in h.stage.pens and not row.withdrawn]
    any_pair = [*h.s.consents, (h.fresh("case"), h.fresh("consent"))]
    case_file, consent = h.one(any_pair if h.slips() or not granted else granted)
    key = h.s.consents[case_file, consent].key
    values = {"caseFile": case_file, "consent": consent, "deadline": h.deadline()}
    signer = key if key in h.stage.pens else h.stranger()
    return h.signed_by_key(CASES, "withdrawConsent", values, signer)


@play("commitFile")
def commit_file(h: Hand) -> Plan:
    h.passes()
    case_file, consent = _in_force(h)
    readers = [
        recipient
        for (file, recipient) in list(h.s.key_grants)
        if file == case_file and may_open(h.s, file, recipient, h.at)
    ]
    by = h.instead(h.one([h.s.consents[case_file, consent].hospital, *readers]))
    file = h.fresh("file")
    if h.slips():
        file = h.one([NO_WORD, *h.s.case_files[case_file]])
    values = {
        "caseFile": case_file,
        "consent": consent,
        "file": file,
        "by": by,
        "deadline": h.deadline(),
    }
    return h.signed(CASES, "commitFile", values, [h.instead(by)])


@play("grantKey")
def grant_key(h: Hand) -> Plan:
    h.passes()
    case_file, consent = _in_force(h)
    row = h.s.consents[case_file, consent]
    recipient = h.party(h.one([PartyKind.DOCTOR, PartyKind.HOSPITAL]))
    if h.one([0, 0, 0, 1]):
        recipient = h.instead(h.stage.arbiter)
    inside = [row.valid_until, min(h.at + DAY, row.valid_until), h.at + 1]
    until = h.one([row.valid_until + 1, h.at, 0]) if h.slips() else h.one(inside)
    values = {
        "caseFile": case_file,
        "consent": consent,
        "recipient": recipient,
        "key": NO_WORD if h.slips() else h.fresh("key"),
        "validUntil": min(until, UINT40),
        "version": h.near(h.s.key_grants[case_file, recipient].version),
        "deadline": h.deadline(),
    }
    return h.signed(CASES, "grantKey", values, [h.instead(row.hospital)])


@play("endKeyGrant")
def end_key_grant(h: Hand) -> Plan:
    h.passes()
    grants = [pair for pair, row in h.s.key_grants.items() if row.valid_until >= h.at]
    case_file, recipient = h.one(grants or [(NO_WORD, 0)])
    by = h.instead(h.one([recipient, h.s.case_hospitals[case_file]]))
    values = {
        "caseFile": case_file,
        "recipient": h.instead(recipient),
        "by": by,
        "version": h.near(h.s.key_grants[case_file, recipient].version),
        "deadline": h.deadline(),
    }
    return h.signed(CASES, "endKeyGrant", values, [h.instead(by)])


@play("anchorLog")
def anchor_log(h: Hand) -> Plan:
    h.passes()
    platform = h.party(PartyKind.PLATFORM)
    last = h.s.log_heads[platform]
    if h.slips():
        head, entries = h.one(
            [
                (NO_WORD, last.entries),
                (h.fresh("head"), last.entries),
                (last.head, last.entries + 1),
                (h.fresh("head"), max(last.entries - 1, 0)),
            ]
        )
    else:
        more = (h.fresh("head"), last.entries + h.one([1, 1000]))
        head, entries = h.one([more, more, (last.head, last.entries)]) if last.sequence else more
    values = {
        "platform": platform,
        "sequence": h.near(last.sequence),
        "head": head,
        "entries": entries,
        "deadline": h.deadline(),
    }
    return h.signed(CASES, "anchorLog", values, [h.instead(platform)])


def _in_force(h: Hand) -> tuple[bytes, bytes]:
    """A consent in force of an accredited hospital; after a slip any."""
    good = [
        pair
        for pair, row in h.s.consents.items()
        if not row.withdrawn
        and row.valid_until > h.at
        and row.hospital in h.s.parties
        and h.s.parties[row.hospital].status == PartyStatus.ACCREDITED
    ]
    return h.one(list(h.s.consents) if h.slips() or not good else good)
