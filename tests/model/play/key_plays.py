"""Calls of KeyReplacement, and what it keeps others from."""

from __future__ import annotations

from huizhen.domain.statuses import PartyStatus, Power
from tests.model.play.hand import Hand, Plan
from tests.model.play.plays import play
from tests.model.spec.ledger import LEDGER
from tests.model.spec.registry import REGISTRY
from tests.model.spec.replacement import KEYS, LAPSES_AFTER, is_pending
from tests.model.spec.state import NO_WORD


@play("requestReplacement")
def request_replacement(h: Hand) -> Plan:
    h.passes()
    party = h.party(status=h.one([PartyStatus.ACCREDITED, PartyStatus.SUSPENDED, PartyStatus.ACCREDITED]))
    if party == 1:
        party = h.stage.cast + 1
    signer = h.stage.pens.take("replacement", len(h.stage.sent))
    if h.slips():
        taken = h.one(list(h.s.party_of_signer))
        signer = h.one([signer[:19], signer * 52, taken, b""])
    elif h.one([0, 0, 0, 1]):
        mine = [key for key, owner in h.s.party_of_signer.items() if owner == party and key in h.stage.pens]
        signer = h.one(mine or [signer])
    authority = h.instead(1)
    values = {
        "party": party,
        "sequence": h.near(h.s.replacements[party].sequence),
        "signer": signer,
        "authority": authority,
        "deadline": h.deadline(),
    }
    return h.signed(KEYS, "requestReplacement", values, [h.instead(authority)])


@play("cancelReplacement")
def cancel_replacement(h: Hand) -> Plan:
    party = _pending(h, uncontested=True)
    h.waits(latest=h.s.replacements[party].not_before + LAPSES_AFTER)
    values = {
        "party": party,
        "sequence": h.near(h.s.replacements[party].sequence),
        "deadline": h.deadline(),
    }
    return h.signed(KEYS, "cancelReplacement", values, [h.instead(party)])


@play("ruleReplacement")
def rule_replacement(h: Hand) -> Plan:
    party = _pending(h)
    h.waits(latest=h.s.replacements[party].not_before + LAPSES_AFTER)
    arbiters = [each for each, row in h.s.parties.items() if row.powers & Power.ARBITER]
    arbiter = h.instead(h.one(arbiters or [0]))
    values = {
        "party": party,
        "sequence": h.near(h.s.replacements[party].sequence),
        "allowed": h.one([True, True, False]),
        "arbiter": arbiter,
        "deadline": h.deadline(),
    }
    return h.signed(KEYS, "ruleReplacement", values, [h.instead(arbiter)])


@play("replaceSigners")
def replace_signers(h: Hand) -> Plan:
    party = _pending(h)
    row = h.s.replacements[party]
    h.waits(row.not_before, row.not_before + LAPSES_AFTER)
    return h.plan(KEYS, "replaceSigners", {"party": party})


@play("dropPendingAccount")
def drop_pending_account(h: Hand) -> Plan:
    waiting = [
        party
        for party, row in h.s.accounts.items()
        if row.pending != NO_WORD and row.effective_at > h.s.now and is_pending(h.s, party)
    ]
    party = h.instead(h.one(waiting or list(h.s.accounts) or [0]))
    h.waits(latest=h.s.accounts[party].effective_at - 1)
    return h.plan(LEDGER, "dropPendingAccount", {"party": party})


@play("for KeyReplacement alone")
def for_key_replacement_alone(h: Hand) -> Plan:
    """Nobody else may."""
    h.passes()
    return h.plan(REGISTRY, "replaceSigners", {"party": h.party(), "signer": h.stranger()})


def _pending(h: Hand, *, uncontested: bool = False) -> int:
    pending = [party for party in list(h.s.replacements) if is_pending(h.s, party)]
    good = [
        party
        for party in pending
        if not uncontested or not (h.s.replacements[party].contested or h.s.replacements[party].allowed)
    ]
    return h.instead(h.one(good or pending or [h.stage.cast + 1]))
