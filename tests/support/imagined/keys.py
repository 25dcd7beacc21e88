"""Keys that are added, removed after a delay, lost and replaced; the accounts of several officers."""

from __future__ import annotations

import random

from tests.support.imagined.state import ARBITER, AUTHORITY, Replacement, State
from tests.support.log_encoding import Emitted

MOST = 0xFF
"""All indexes in use."""

HELD = 1
PENDING_AT_ONCE = 3
DELAY = 3 * 86_400


def added(state: State, dice: random.Random) -> list[Emitted]:
    party = _anybody(state, dice)
    held = state.keys.get(party, HELD)
    return [] if held == MOST else [_add(state, party)]


def removal(state: State, dice: random.Random) -> list[Emitted]:
    """Requested; and once some are, the oldest of them is made or cancelled."""
    if state.removals and (len(state.removals) >= PENDING_AT_ONCE or dice.random() < 0.4):
        party = next(iter(state.removals))
        index = state.removals.pop(party)
        if dice.random() < 0.3:
            return [("CredentialRegistry", "SignerRemovalCancelled", (party, index))]
        return [_remove(state, party, index)]
    party = _anybody(state, dice)
    indexes = _indexes(state, party)
    if party in state.removals:
        return []
    if len(indexes) == 1:
        return [_add(state, party)]
    index = state.removals[party] = dice.choice(indexes)
    return [("CredentialRegistry", "SignerRemovalRequested", (party, index, state.now + 86_400))]


def replacement(state: State, dice: random.Random) -> list[Emitted]:
    """Requested by the authority; once some are pending, the oldest of them takes its next step."""
    pending = [party for party, each in state.replacements.items() if each.pending]
    if pending and (len(pending) >= PENDING_AT_ONCE or dice.random() < 0.5):
        return _go_on(state, pending[0], dice)
    party = _anybody(state, dice)
    lost = state.replacements.setdefault(party, Replacement())
    if lost.pending:
        return []
    lost.sequence, lost.pending, lost.allowed = lost.sequence + 1, True, False
    values = (party, AUTHORITY, state.key(), state.now + DELAY, lost.sequence)
    return [("KeyReplacement", "ReplacementRequested", values)]


def account_created(state: State, dice: random.Random) -> list[Emitted]:
    officers = [state.key() for _ in range(dice.randint(2, 4))]
    return [("InstitutionAccounts", "AccountCreated", (state.address(), officers, 2))]


def _go_on(state: State, party: int, dice: random.Random) -> list[Emitted]:
    """A key may cancel once; then an arbiter has to rule."""
    lost = state.replacements[party]
    lost.sequence += 1
    chance = dice.random()
    if not lost.allowed and not lost.contested and chance < 0.4:
        lost.pending, lost.contested = False, True
        return [("KeyReplacement", "ReplacementCancelled", (party, lost.sequence))]
    if not lost.allowed and (lost.contested or chance < 0.6):
        lost.allowed = dice.random() < 0.6
        lost.pending, lost.contested = lost.allowed, lost.contested and lost.allowed
        ruled = (party, ARBITER, lost.allowed, lost.sequence)
        return [("KeyReplacement", "ReplacementRuled", ruled)]
    lost.pending = lost.contested = lost.allowed = False
    state.removals.pop(party, None)
    logs = [_remove(state, party, index) for index in _indexes(state, party)]
    return [*logs, _add(state, party), ("KeyReplacement", "SignersReplaced", (party, lost.sequence))]


def _anybody(state: State, dice: random.Random) -> int:
    """Not an official: an act on the authority would end what it asked for."""
    return dice.randrange(state.hospital_ids.start, state.group_ids.stop)


def _indexes(state: State, party: int) -> list[int]:
    held = state.keys.get(party, HELD)
    return [index for index in range(held.bit_length()) if held >> index & 1]


def _add(state: State, party: int) -> Emitted:
    """At the lowest index that is free."""
    held, index = state.keys.get(party, HELD), 0
    while held >> index & 1:
        index += 1
    state.keys[party] = held | 1 << index
    return ("CredentialRegistry", "SignerAdded", (party, index, state.key()))


def _remove(state: State, party: int, index: int) -> Emitted:
    state.keys[party] = state.keys.get(party, HELD) & ~(1 << index)
    return ("CredentialRegistry", "SignerRemoved", (party, index))
