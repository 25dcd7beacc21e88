"""DoctorGroups: membership, share rules and consent to bookings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from huizhen.domain.statuses import PartyKind
from huizhen.domain.terms import Terms
from tests.model.spec.act import Act, require, require_in_time, require_signed, require_signed_by
from tests.model.spec.act import rule as _rule
from tests.model.spec.registry import require_active
from tests.model.spec.state import BPS, Group, Membership, State

GROUPS = "DoctorGroups"
rule = partial(_rule, GROUPS)


@rule("found")
def found(s: State, a: Act) -> None:
    require_in_time(s, a)
    require(s.groups[a.group].lead == 0, "AlreadyFounded", a.group)
    _require_shares(a)
    require_active(s, a.group, PartyKind.GROUP)
    require_active(s, a.lead, PartyKind.DOCTOR)
    require_signed(s, a, [a.group, a.lead], a.signatures)

    s.groups[a.group] = Group(a.lead, a.quorum, 1, a.institution_bps, a.fund_bps, 0, s.now, 0)
    s.rules[a.group, 1] = (a.institution_bps, a.fund_bps)
    s.spells[a.group, a.lead] = (Membership(s.now, 0, 1),)
    s.ever[a.group] = (a.lead,)
    s.founded.append(a.group)
    s.emit(GROUPS, "GroupFounded", a.group, a.lead, a.quorum, a.institution_bps, a.fund_bps)


@rule("join")
def join(s: State, a: Act) -> None:
    require_in_time(s, a)
    group = _group(s, a.group)
    before = s.membership(a.group, a.doctor)
    require(not before.is_current, "AlreadyMember", a.group, a.doctor)
    require(a.spell == before.spell + 1, "StaleSpell", a.spell, before.spell + 1)
    require(a.rule_version == group.rule_version, "StaleRule", a.group, a.rule_version, group.rule_version)
    require_active(s, a.doctor, PartyKind.DOCTOR)
    _require_consent(s, a, [a.doctor])

    s.spells[a.group, a.doctor] += (Membership(s.now, 0, a.spell),)
    if a.spell == 1:
        s.ever[a.group] += (a.doctor,)
    s.emit(GROUPS, "MemberJoined", a.group, a.doctor, a.spell)


@rule("leave")
def leave(s: State, a: Act) -> None:
    require_in_time(s, a)
    _end(s, a)
    require_signed_by(s, a, a.doctor)
    s.emit(GROUPS, "MemberLeft", a.group, a.doctor, a.spell)


@rule("expel")
def expel(s: State, a: Act) -> None:
    require_in_time(s, a)
    _group(s, a.group)
    _require_consent(s, a, [])
    _end(s, a)
    s.emit(GROUPS, "MemberExpelled", a.group, a.doctor, a.spell, a.reason)


@rule("setShareRule")
def set_share_rule(s: State, a: Act) -> None:
    require_in_time(s, a)
    group = _group(s, a.group)
    require(a.version == group.rule_version + 1, "StaleRule", a.group, a.version, group.rule_version)
    _require_shares(a)
    doctors_lose = a.institution_bps + a.fund_bps > group.institution_bps + group.fund_bps
    _require_consent(s, a, [], everyone=doctors_lose)

    s.groups[a.group] = group._replace(
        rule_version=a.version, institution_bps=a.institution_bps, fund_bps=a.fund_bps
    )
    s.rules[a.group, a.version] = (a.institution_bps, a.fund_bps)
    s.emit(GROUPS, "ShareRuleSet", a.group, a.version, a.institution_bps, a.fund_bps)


@rule("setStandingConsent")
def set_standing_consent(s: State, a: Act) -> None:
    require_in_time(s, a)
    group = _group_at_revision(s, a)
    require_signed_by(s, a, group.lead)

    s.groups[a.group] = group._replace(standing_until=a.standing_until, revision=group.revision + 1)
    s.emit(GROUPS, "StandingConsentSet", a.group, a.standing_until, group.revision + 1)


@rule("setPolicy")
def set_policy(s: State, a: Act) -> None:
    require_in_time(s, a)
    group = _group_at_revision(s, a)
    _require_consent(s, a, [])

    s.groups[a.group] = group._replace(quorum=a.quorum, revision=group.revision + 1)
    s.emit(GROUPS, "PolicySet", a.group, a.quorum, group.revision + 1)


@rule("transferLead")
def transfer_lead(s: State, a: Act) -> None:
    require_in_time(s, a)
    group = _group_at_revision(s, a)
    require(a.lead != group.lead, "AlreadyLead", a.group, a.lead)
    require(s.membership(a.group, a.lead).is_current, "NotMember", a.group, a.lead)
    require_active(s, a.lead, PartyKind.DOCTOR)
    _require_consent(s, a, [a.lead])

    s.groups[a.group] = group._replace(lead=a.lead, revision=group.revision + 1)
    s.emit(GROUPS, "LeadTransferred", a.group, a.lead, group.lead, group.revision + 1)


# What others ask


def was_member(s: State, group: int, doctor: int, epoch: int) -> bool:
    return any(
        spell.joined_at <= epoch and (spell.left_at == 0 or epoch < spell.left_at)
        for spell in s.spells[group, doctor]
    )


def require_bookable(s: State, terms: Terms) -> list[int]:
    """That the seats of groups are their members' under the rule in force; answers the leads who have to sign."""
    leads: list[int] = []
    for seat in terms.seats:
        if seat.group == 0:
            continue
        group = s.groups[seat.group]
        require(s.membership(seat.group, seat.doctor).is_current, "NotMember", seat.group, seat.doctor)
        require(
            seat.rule_version == group.rule_version,
            "StaleRule",
            seat.group,
            seat.rule_version,
            group.rule_version,
        )
        shares = (group.institution_bps, group.fund_bps)
        require((seat.institution_bps, seat.fund_bps) == shares, "SharesDiffer", seat.group, *shares)
        if group.standing_until < s.now and group.lead not in leads:
            leads.append(group.lead)
    return leads


# Parts


def _group(s: State, group: int) -> Group:
    require(s.groups[group].lead != 0, "UnknownGroup", group)
    return s.groups[group]


def _group_at_revision(s: State, a: Act) -> Group:
    group = _group(s, a.group)
    require(a.revision == group.revision, "StaleRevision", a.revision, group.revision)
    return group


def _require_shares(a: Act) -> None:
    require(a.institution_bps + a.fund_bps <= BPS, "SharesDoNotSum", a.institution_bps, a.fund_bps, BPS)


def _end(s: State, a: Act) -> None:
    before, group = s.membership(a.group, a.doctor), s.groups[a.group]
    require(before.is_current, "NotMember", a.group, a.doctor)
    require(a.spell == before.spell, "StaleSpell", a.spell, before.spell)
    require(a.doctor != group.lead, "LeadMayNotLeave", a.group, a.doctor)
    ended = before._replace(left_at=s.now)
    s.spells[a.group, a.doctor] = (*s.spells[a.group, a.doctor][:-1], ended)


def _require_consent(s: State, a: Act, applicants: Sequence[int], *, everyone: bool = False) -> None:
    """The applicant's signature and the group's: its lead's under quorum 0, else that many members'; or everyone's."""
    group, consenters, members = s.groups[a.group], list(a.consenters), s.members(a.group)
    if group.quorum == 0 and not everyone:
        require(consenters == [group.lead], "QuorumNotReached", a.group, len(consenters), 1)
    else:
        needed = len(members) if everyone else min(group.quorum, len(members))
        require(len(consenters) >= needed, "QuorumNotReached", a.group, len(consenters), needed)
        for previous, member in zip([0, *consenters], consenters, strict=False):
            require(member > previous, "ConsentersNotAscending", previous, member)
            require(member in members, "NotMember", a.group, member)
    require_signed(s, a, [*applicants, *consenters], a.signatures)
