"""KeyReplacement: how a party whose keys are lost or stolen gets a new one."""

from __future__ import annotations

from functools import partial

from huizhen.domain.statuses import Power
from tests.model.spec.act import Act, require, require_in_time, require_signed_by
from tests.model.spec.act import rule as _rule
from tests.model.spec.registry import LONGEST_SIGNER, replace_signers, require_power
from tests.model.spec.state import Replacement, State

KEYS = "KeyReplacement"
REPLACEMENT_DELAY = 72 * 3600
LAPSES_AFTER = 30 * 24 * 3600

rule = partial(_rule, KEYS)


@rule("requestReplacement")
def request_replacement(s: State, a: Act) -> None:
    require_in_time(s, a)
    before = _at_sequence(s, a)
    require(a.party in s.parties, "UnknownParty", a.party)
    require(a.authority != a.party, "OwnCause", a.authority)
    require(len(a.signer) <= LONGEST_SIGNER, "SignerTooLong", len(a.signer), LONGEST_SIGNER)
    owner = s.party_of_signer.get(a.signer, a.party)
    require(owner == a.party, "SignerTaken", owner)
    require_power(s, a.authority, Power.AUTHORITY)
    require_signed_by(s, a, a.authority)
    require(a.is_signed_with(a.signer, a.possession), "PossessionUnproven", a.party)

    s.replacements[a.party] = Replacement(
        before.sequence + 1,
        a.authority,
        s.registrations[a.authority].revision,
        s.now + REPLACEMENT_DELAY,
        before.contested,
        False,
        a.signer,
    )
    not_before = s.now + REPLACEMENT_DELAY
    s.emit(KEYS, "ReplacementRequested", a.party, a.authority, a.signer, not_before, before.sequence + 1)


@rule("cancelReplacement")
def cancel_replacement(s: State, a: Act) -> None:
    require_in_time(s, a)
    before = _at_sequence(s, a)
    require(is_pending(s, a.party), "NoReplacementPending", a.party)
    require(not before.contested and not before.allowed, "CancellationSpent", a.party)
    require_signed_by(s, a, a.party)

    s.replacements[a.party] = Replacement(before.sequence + 1, contested=True)
    s.emit(KEYS, "ReplacementCancelled", a.party, before.sequence + 1)


@rule("ruleReplacement")
def rule_replacement(s: State, a: Act) -> None:
    require_in_time(s, a)
    before = _at_sequence(s, a)
    require(is_pending(s, a.party), "NoReplacementPending", a.party)
    require(a.arbiter not in (a.party, before.authority), "OwnCause", a.arbiter)
    require_power(s, a.arbiter, Power.ARBITER)
    require_signed_by(s, a, a.arbiter)

    after = Replacement() if not a.allowed else before._replace(allowed=True)
    s.replacements[a.party] = after._replace(sequence=before.sequence + 1)
    s.emit(KEYS, "ReplacementRuled", a.party, a.arbiter, a.allowed, before.sequence + 1)


@rule("replaceSigners")
def replace(s: State, a: Act) -> None:
    before = s.replacements[a.party]
    require(is_pending(s, a.party), "NoReplacementPending", a.party)
    require(s.now >= before.not_before, "ReplacementTooEarly", before.not_before, s.now)
    require(before.allowed or not before.contested, "RulingNeeded", a.party)
    require_power(s, before.authority, Power.AUTHORITY)

    s.replacements[a.party] = Replacement(before.sequence + 1)
    replace_signers(s, a.party, before.signer)
    s.emit(KEYS, "SignersReplaced", a.party, before.sequence + 1)


def is_pending(s: State, party: int) -> bool:
    """Asked for, not lapsed, and nothing has happened to the authority that asked."""
    found = s.replacements[party]
    return (
        found.not_before != 0
        and s.now <= found.not_before + LAPSES_AFTER
        and s.registrations[found.authority].revision == found.authority_revision
    )


def _at_sequence(s: State, a: Act) -> Replacement:
    before = s.replacements[a.party]
    require(a.sequence == before.sequence, "StaleSequence", a.sequence, before.sequence)
    return before
