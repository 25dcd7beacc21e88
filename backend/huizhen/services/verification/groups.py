"""Groups, share rules, memberships. Past spells are checked second by second through `wasMember`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from huizhen.db.index.groups import DoctorGroup, Membership, ShareRule
from huizhen.domain.contract_reads import Read
from huizhen.domain.sentence import Sentence
from huizhen.services.verification.findings import Findings, Numbered, numbered

GROUPS = "DoctorGroups"
GROUP = Sentence("医生集团", "group")
MEMBERSHIP = Sentence("成员资格", "membership")


def compare_groups(findings: Findings) -> None:
    count = findings.count(GROUPS, "groupCount")
    founded = findings.read_all([Read(GROUPS, "groupAt", (position,)) for position in range(count)])
    rows = findings.rows(DoctorGroup)
    findings.require_ids("doctor_group", (row.group for row in rows), founded, GROUP)
    places = {group: position for position, group in enumerate(founded)}
    for row in rows:
        subject = numbered(GROUP, row.group)
        key = (row.group,)
        if row.group in places:
            findings.require("doctor_group", key, subject, "position", row.position, places[row.group])
        findings.compare(
            "doctor_group",
            key,
            subject,
            Read(GROUPS, "groupOf", key),
            {
                "lead": row.lead,
                "members": row.members,
                "quorum": row.quorum,
                "rule_version": row.rule_version,
                "institution_bps": row.institution_bps,
                "fund_bps": row.fund_bps,
                "standing_until": row.standing_until,
                "founded_at": row.founded_at,
                "revision": row.revision,
            },
        )
    findings.compared["groups"] += len(rows)
    _compare_rules(findings, rows)
    _compare_memberships(findings, rows)


def _compare_rules(findings: Findings, groups: Sequence[DoctorGroup]) -> None:
    rules = {(row.group, row.version): row for row in findings.rows(ShareRule)}
    expected = {(row.group, version) for row in groups for version in range(1, row.rule_version + 1)}
    for key in sorted(expected - rules.keys()):
        findings.require("share_rule", key, _rule(key), "", "missing", "present")
    for key, row in rules.items():
        findings.compare(
            "share_rule",
            key,
            _rule(key),
            Read(GROUPS, "shareRuleOf", key),
            {
                "institution_bps": row.institution_bps,
                "fund_bps": row.fund_bps,
            },
        )
    findings.compared["share rules"] += len(rules)


def _rule(key: tuple[int, int]) -> Numbered:
    return numbered(Sentence("分成规则", "share rule"), *key)


def _compare_memberships(findings: Findings, groups: Sequence[DoctorGroup]) -> None:
    spells: dict[tuple[int, int], list[Membership]] = defaultdict(list)
    for row in findings.rows(Membership):
        spells[row.group, row.doctor].append(row)
    for (group, doctor), rows in spells.items():
        last = rows[-1]
        for missing in sorted(set(range(1, last.spell + 1)) - {row.spell for row in rows}):
            key = (group, doctor, missing)
            findings.require("membership", key, numbered(MEMBERSHIP, *key), "", "missing", "present")
        key = (group, doctor, last.spell)
        read = Read(GROUPS, "membershipOf", (group, doctor))
        findings.compare(
            "membership",
            key,
            numbered(MEMBERSHIP, *key),
            read,
            {
                "joined_at": last.joined_at,
                "left_at": last.left_at or 0,
                "spell": last.spell,
            },
        )
        for earlier, later in pairwise(rows):
            _compare_past(findings, earlier, later.joined_at)
        findings.compared["memberships"] += len(rows)
    for group_row in groups:
        present = sum(
            rows[-1].left_at is None for (group, _), rows in spells.items() if group == group_row.group
        )
        subject = numbered(GROUP, group_row.group)
        findings.require("membership", (group_row.group,), subject, "members", present, group_row.members)


def _compare_past(findings: Findings, row: Membership, next_joined_at: int) -> None:
    left_at = row.left_at or 0
    moments = {row.joined_at - 1: False} if row.spell == 1 else {}
    if row.joined_at < left_at:
        moments |= {row.joined_at: True, left_at - 1: True}
    if left_at != next_joined_at:
        moments[left_at] = False
    key = (row.group, row.doctor, row.spell)
    for moment, member in moments.items():
        read = Read(GROUPS, "wasMember", (row.group, row.doctor, moment))
        findings.compare("membership", key, numbered(MEMBERSHIP, *key), read, {"": member})
