"""Calls of DoctorGroups."""

from __future__ import annotations

from huizhen.domain.statuses import PartyKind, PartyStatus
from tests.model.play.hand import DAY, Hand, Plan
from tests.model.play.plays import play
from tests.model.spec.groups import GROUPS
from tests.model.spec.state import BPS, UINT16, UINT40, Group

SHARES = ((0, 0), (BPS, 0), (0, BPS), (3000, 1000), (1, 9999), (3333, 3333), (9999, 0))
TOO_MUCH = ((BPS, 1), (BPS + 1, 0), (5000, 5001), (UINT16, UINT16))


@play("found")
def found(h: Hand) -> Plan:
    h.passes()
    unfounded = [
        party
        for party, row in h.s.parties.items()
        if (row.kind, row.status) == (PartyKind.GROUP, PartyStatus.ACCREDITED) and not h.s.groups[party].lead
    ]
    group, lead = h.instead(h.one(unfounded or [0])), h.party(PartyKind.DOCTOR)
    institution_bps, fund_bps = h.one(TOO_MUCH if h.slips() else SHARES)
    values = {
        "group": group,
        "lead": lead,
        "quorum": h.one([0, 1, 2, 255]),
        "institutionBps": institution_bps,
        "fundBps": fund_bps,
        "deadline": h.deadline(),
    }
    return h.signed(GROUPS, "found", values, [group, lead])


@play("join")
def join(h: Hand) -> Plan:
    h.passes()
    group, doctor = _group(h), h.party(PartyKind.DOCTOR)
    if h.s.membership(group, doctor).is_current and h.mostly():
        others = [each for each, row in h.s.parties.items() if row.kind == PartyKind.DOCTOR]
        doctor = h.one([each for each in others if not h.s.membership(group, each).is_current] or [doctor])
    consenters = _consenters(h, group)
    values = {
        "group": group,
        "doctor": doctor,
        "spell": h.near(h.s.membership(group, doctor).spell + 1),
        "ruleVersion": h.near(h.s.groups[group].rule_version, UINT16),
        "deadline": h.deadline(),
        "consenters": consenters,
    }
    return h.signed(GROUPS, "join", values, [doctor, *consenters])


@play("leave")
def leave(h: Hand) -> Plan:
    h.passes()
    group, doctor = _member(h)
    values = {
        "group": group,
        "doctor": doctor,
        "spell": h.near(h.s.membership(group, doctor).spell),
        "deadline": h.deadline(),
    }
    return h.signed(GROUPS, "leave", values, [h.instead(doctor)])


@play("expel")
def expel(h: Hand) -> Plan:
    h.passes()
    group, doctor = _member(h)
    consenters = _consenters(h, group)
    values = {
        "group": group,
        "doctor": doctor,
        "spell": h.near(h.s.membership(group, doctor).spell),
        "reason": h.fresh("reason"),
        "deadline": h.deadline(),
        "consenters": consenters,
    }
    return h.signed(GROUPS, "expel", values, consenters)


@play("setShareRule")
def set_share_rule(h: Hand) -> Plan:
    h.passes()
    group = _group(h)
    institution_bps, fund_bps = h.one(TOO_MUCH if h.slips() else SHARES)
    before = h.s.groups[group]
    doctors_lose = institution_bps + fund_bps > before.institution_bps + before.fund_bps
    consenters = _consenters(h, group, everyone=doctors_lose)
    values = {
        "group": group,
        "version": h.near(h.s.groups[group].rule_version + 1, UINT16),
        "institutionBps": institution_bps,
        "fundBps": fund_bps,
        "deadline": h.deadline(),
        "consenters": consenters,
    }
    return h.signed(GROUPS, "setShareRule", values, consenters)


@play("setStandingConsent")
def set_standing_consent(h: Hand) -> Plan:
    h.passes()
    group = _group(h)
    values = {
        "group": group,
        "standingUntil": h.one([0, h.at, h.at + 1, h.at + 400 * DAY, UINT40]),
        "revision": h.near(h.s.groups[group].revision),
        "deadline": h.deadline(),
    }
    return h.signed(GROUPS, "setStandingConsent", values, [h.instead(h.s.groups[group].lead)])


@play("setPolicy")
def set_policy(h: Hand) -> Plan:
    h.passes()
    group = _group(h)
    consenters = _consenters(h, group)
    values = {
        "group": group,
        "quorum": h.one([0, 1, 2, 255]),
        "revision": h.near(h.s.groups[group].revision),
        "deadline": h.deadline(),
        "consenters": consenters,
    }
    return h.signed(GROUPS, "setPolicy", values, consenters)


@play("transferLead")
def transfer_lead(h: Hand) -> Plan:
    h.passes()
    group, lead = _member(h)
    consenters = _consenters(h, group)
    values = {
        "group": group,
        "lead": lead,
        "revision": h.near(h.s.groups[group].revision),
        "deadline": h.deadline(),
        "consenters": consenters,
    }
    return h.signed(GROUPS, "transferLead", values, [lead, *consenters])


def _group(h: Hand) -> int:
    return h.instead(h.one(h.s.founded or [0]))


def _member(h: Hand) -> tuple[int, int]:
    """A member that is not the lead; after a slip whoever was ever one, or the lead."""
    ever = list(h.s.spells)
    members = [
        (group, doctor)
        for group, doctor in ever
        if h.s.membership(group, doctor).is_current and h.s.groups[group].lead != doctor
    ]
    return h.one(ever if h.slips() or not members else members) if ever else (0, 0)


def _consenters(h: Hand, group: int, *, everyone: bool = False) -> list[int]:
    """Whom the group's policy asks for; after a slip too few, in another order, or with somebody else."""
    row: Group = h.s.groups[group]
    members = sorted(h.s.members(group))
    right = members if everyone else [row.lead] if row.quorum == 0 else members[: row.quorum]
    if h.slips():
        return h.one([right[1:], right[::-1], sorted({*right, h.party()}), members, right + right])
    return right
