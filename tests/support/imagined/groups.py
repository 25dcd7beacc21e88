"""DoctorGroups: who comes, who goes, who leads, and under which rules."""

from __future__ import annotations

import random

from tests.support.imagined.state import LONG, Group, State
from tests.support.log_encoding import Emitted

FULL = 10
FEW = 3


def membership(state: State, dice: random.Random) -> list[Emitted]:
    """Between few and full; nobody leaves who leads."""
    group, team = _any_group(state, dice)
    others = [doctor for doctor in team.members if doctor != team.lead]
    if len(team.members) < FEW or (len(team.members) < FULL and dice.random() < 0.5):
        return _joined(state, group, team, dice)
    if not others:
        return []
    doctor = dice.choice(others)
    spell = team.former[doctor] = team.members.pop(doctor)
    if dice.random() < 0.4:
        return [("DoctorGroups", "MemberExpelled", (group, doctor, spell, state.hash("reason")))]
    return [("DoctorGroups", "MemberLeft", (group, doctor, spell))]


def share_rule_set(state: State, dice: random.Random) -> list[Emitted]:
    group, team = _any_group(state, dice)
    team.rule = (team.rule[0] + 1, dice.randrange(1_000, 3_000, 100), dice.randrange(0, 2_000, 100))
    return [("DoctorGroups", "ShareRuleSet", (group, *team.rule))]


def revised(state: State, dice: random.Random) -> list[Emitted]:
    """Standing consent, quorum or lead: each moves the revision."""
    group, team = _any_group(state, dice)
    team.revision += 1
    kind = dice.choice(("StandingConsentSet", "PolicySet", "LeadTransferred"))
    if kind == "StandingConsentSet":
        return [("DoctorGroups", kind, (group, dice.choice((0, LONG)), team.revision))]
    others = [doctor for doctor in team.members if doctor != team.lead and doctor not in state.suspended]
    if kind == "PolicySet" or not others:
        return [("DoctorGroups", "PolicySet", (group, dice.randrange(4), team.revision))]
    former, team.lead = team.lead, dice.choice(others)
    return [("DoctorGroups", kind, (group, team.lead, former, team.revision))]


def _any_group(state: State, dice: random.Random) -> tuple[int, Group]:
    group = dice.choice(state.group_ids)
    return group, state.teams[group]


def _joined(state: State, group: int, team: Group, dice: random.Random) -> list[Emitted]:
    doctor = (
        dice.choice(list(team.former) or state.doctor_ids)
        if dice.random() < 0.5
        else dice.choice(state.doctor_ids)
    )
    if doctor in team.members or doctor in state.suspended:
        return []
    team.members[doctor] = team.former.pop(doctor, 0) + 1
    return [("DoctorGroups", "MemberJoined", (group, doctor, team.members[doctor]))]
