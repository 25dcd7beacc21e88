"""DoctorGroups: groups, share rules, memberships."""

from __future__ import annotations

from typing import Final

from huizhen.db.index.groups import DoctorGroup, GroupTally, Membership, ShareRule
from huizhen.domain import chain_events as on
from huizhen.indexer.rows import Projections, RowSet


def founded(rows: RowSet, event: on.GroupFounded) -> None:
    tally = rows.find(GroupTally, 1)
    position = tally["groups"] if tally else 0
    rows.put(GroupTally, 1, groups=position + 1)
    rows.add(
        DoctorGroup,
        group=event.group,
        position=position,
        lead=event.lead,
        members=0,
        quorum=event.quorum,
        rule_version=0,
        institution_bps=0,
        fund_bps=0,
        standing_until=0,
        founded_at=event.at.block_time,
        revision=0,
    )
    _set_rule(rows, event, 1)
    _join(rows, event.at.block_time, event.group, event.lead, 1)


def joined(rows: RowSet, event: on.MemberJoined) -> None:
    _join(rows, event.at.block_time, event.group, event.doctor, event.spell)


def left(rows: RowSet, event: on.MemberLeft | on.MemberExpelled) -> None:
    rows.change(
        Membership,
        event.group,
        event.doctor,
        event.spell,
        left_at=event.at.block_time,
        reason=event.reason if isinstance(event, on.MemberExpelled) else None,
    )
    rows.change(DoctorGroup, event.group, members=rows.get(DoctorGroup, event.group)["members"] - 1)


def share_rule_set(rows: RowSet, event: on.ShareRuleSet) -> None:
    _set_rule(rows, event, event.version)


def standing_consent_set(rows: RowSet, event: on.StandingConsentSet) -> None:
    rows.change(DoctorGroup, event.group, standing_until=event.standing_until, revision=event.revision)


def policy_set(rows: RowSet, event: on.PolicySet) -> None:
    rows.change(DoctorGroup, event.group, quorum=event.quorum, revision=event.revision)


def lead_transferred(rows: RowSet, event: on.LeadTransferred) -> None:
    rows.change(DoctorGroup, event.group, lead=event.lead, revision=event.revision)


def _set_rule(rows: RowSet, event: on.GroupFounded | on.ShareRuleSet, version: int) -> None:
    shares = {"institution_bps": event.institution_bps, "fund_bps": event.fund_bps}
    rows.add(ShareRule, group=event.group, version=version, set_at=event.at.block_time, **shares)
    rows.change(DoctorGroup, event.group, rule_version=version, **shares)


def _join(rows: RowSet, at: int, group: int, doctor: int, spell: int) -> None:
    rows.add(Membership, group=group, doctor=doctor, spell=spell, joined_at=at, left_at=None, reason=None)
    rows.change(DoctorGroup, group, members=rows.get(DoctorGroup, group)["members"] + 1)


PROJECTIONS: Final[Projections] = {
    on.GroupFounded: founded,
    on.MemberJoined: joined,
    on.MemberLeft: left,
    on.MemberExpelled: left,
    on.ShareRuleSet: share_rule_set,
    on.StandingConsentSet: standing_consent_set,
    on.PolicySet: policy_set,
    on.LeadTransferred: lead_transferred,
}
