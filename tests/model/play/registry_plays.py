"""Calls of CredentialRegistry."""

from __future__ import annotations

from huizhen.domain.statuses import PartyKind, PartyStatus, Power
from tests.model.play.hand import DAY, Hand, Plan
from tests.model.play.plays import play
from tests.model.spec.registry import REGISTRY
from tests.model.spec.state import UINT40

ALL_SPECIALTIES = 2**160 - 1


@play("applyAs")
def apply_as(h: Hand) -> Plan:
    h.passes()
    signer = h.stage.pens.take("applicant", len(h.stage.sent))
    if h.slips():
        signer = h.one([signer[:19], b"", h.one(list(h.s.party_of_signer))])
    values = {
        "kind": h.one([0, 6, 255]) if h.slips() else h.one([1, 2, 3, 4, 5]),
        "home": h.near(7),
        "profile": h.fresh("profile"),
        "licence": h.fresh("licence"),
        "signer": signer,
        "deadline": h.deadline(),
    }
    key = signer if len(signer) == 20 and signer in h.stage.pens else h.stranger()
    return h.signed_by_key(REGISTRY, "applyAs", values, key)


@play("accredit")
def accredit(h: Hand) -> Plan:
    h.passes()
    status = h.one([PartyStatus.APPLIED, PartyStatus.ACCREDITED])
    party = _party_with(h, status)
    held = h.s.parties.get(party)
    specialties, powers = (held.specialties, held.powers) if held else (0, 0)
    authority = _authority(h)
    values = {
        "party": party,
        "revision": _revision(h, party),
        "specialties": h.usually(specialties | 0b1110, specialties, 0b10, 0, ALL_SPECIALTIES),
        "city": h.near(110_000, 2**24 - 1),
        "validUntil": UINT40 if party <= h.stage.cast and not h.slips() else h.later(),
        "powers": h.usually(powers, powers | Power.ARBITER, powers | Power.PAYOUT_APPROVER, 0, 255),
        "authority": authority,
        "deadline": h.deadline(),
    }
    return h.signed(REGISTRY, "accredit", values, [h.instead(authority)])


@play("suspend")
def suspend(h: Hand) -> Plan:
    h.passes()
    party = _party_with(h, PartyStatus.ACCREDITED)
    authority = _authority(h)
    values = {
        "party": party,
        "revision": _revision(h, party),
        "reason": h.fresh("reason"),
        "authority": authority,
        "deadline": h.deadline(),
    }
    return h.signed(REGISTRY, "suspend", values, [h.instead(authority)])


@play("reinstate")
def reinstate(h: Hand) -> Plan:
    h.passes()
    party = h.party(status=PartyStatus.SUSPENDED)
    authority = _authority(h)
    values = {
        "party": party,
        "revision": _revision(h, party),
        "authority": authority,
        "deadline": h.deadline(),
    }
    return h.signed(REGISTRY, "reinstate", values, [h.instead(authority)])


@play("addSigner")
def add_signer(h: Hand) -> Plan:
    h.passes()
    party = h.party()
    signer = h.stage.pens.take("added", len(h.stage.sent))
    if h.slips():
        signer = h.one([signer[:19], b"", h.one(list(h.s.party_of_signer))])
    values = {
        "party": party,
        "revision": _revision(h, party),
        "signer": signer,
        "deadline": h.deadline(),
    }
    return h.signed(REGISTRY, "addSigner", values, [h.instead(party)])


@play("requestSignerRemoval")
def request_signer_removal(h: Hand) -> Plan:
    h.passes()
    party = h.party()
    mine = [index for owner, index in h.s.signers if owner == party]
    values = {
        "party": party,
        "revision": _revision(h, party),
        "index": h.near(h.one(mine or [0]), 255),
        "deadline": h.deadline(),
    }
    return h.signed(REGISTRY, "requestSignerRemoval", values, [h.instead(party)])


@play("cancelSignerRemoval")
def cancel_signer_removal(h: Hand) -> Plan:
    h.passes()
    party = h.instead(_with_removal(h))
    values = {"party": party, "revision": _revision(h, party), "deadline": h.deadline()}
    return h.signed(REGISTRY, "cancelSignerRemoval", values, [h.instead(party)])


@play("removeSigner")
def remove_signer(h: Hand) -> Plan:
    party = h.instead(_with_removal(h))
    h.waits(earliest=h.s.removals[party].not_before)
    return h.plan(REGISTRY, "removeSigner", {"party": party})


@play("affiliate")
def affiliate(h: Hand) -> Plan:
    h.passes()
    doctor, institution = h.party(PartyKind.DOCTOR), h.party(PartyKind.HOSPITAL)
    values = {
        "doctor": doctor,
        "institution": institution,
        "validUntil": h.later(),
        "standingUntil": h.one([0, h.at, h.at + 1, h.at + 3650 * DAY, UINT40]),
        "version": h.near(h.s.affiliations[doctor, institution].version),
        "deadline": h.deadline(),
    }
    return h.signed(REGISTRY, "affiliate", values, [doctor, institution])


@play("endAffiliation")
def end_affiliation(h: Hand) -> Plan:
    h.passes()
    pairs = [pair for pair, row in h.s.affiliations.items() if row.valid_until >= h.at]
    doctor, institution = h.one(pairs or [(0, 0)])
    by = h.instead(h.one([doctor, institution]))
    values = {
        "doctor": doctor,
        "institution": h.instead(institution),
        "by": by,
        "version": h.near(h.s.affiliations[doctor, institution].version),
        "deadline": h.deadline(),
    }
    return h.signed(REGISTRY, "endAffiliation", values, [h.instead(by)])


@play("agree")
def agree(h: Hand) -> Plan:
    h.passes()
    a, b = sorted((h.party(PartyKind.HOSPITAL), h.party(PartyKind.HOSPITAL)))
    if h.slips():
        a, b = b, a
    values = {
        "a": a,
        "b": b,
        "commitment": h.fresh("agreement"),
        "validUntil": h.later(),
        "version": h.near(h.s.agreements[a, b].version),
        "deadline": h.deadline(),
    }
    return h.signed(REGISTRY, "agree", values, [a, b])


def _party_with(h: Hand, status: PartyStatus) -> int:
    """Newcomers more often than the cast, on which all else depends."""
    newcomers = [party for party, row in h.s.parties.items() if row.status == status and party > h.stage.cast]
    return h.one(newcomers) if newcomers and h.mostly() else h.party(status=status)


def _revision(h: Hand, party: int) -> int:
    return h.near(h.s.registrations[party].revision if party in h.s.registrations else 0)


def _authority(h: Hand) -> int:
    return h.instead(1)


def _with_removal(h: Hand) -> int:
    return h.one([party for party, row in h.s.removals.items() if row.not_before] or [0])
