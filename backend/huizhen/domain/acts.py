"""The signed acts, one function for each signed function of the contracts, with who signs in which order.

Times are unix seconds, amounts fen, commitments 32 bytes. `consenters` speak for a group: its lead, or members
in ascending order. Each returns the Statement that contracts/interfaces/ describes under the same name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.statement import Statement

REGISTRY = "CredentialRegistry"
KEYS = "KeyReplacement"
GROUPS = "DoctorGroups"
CASES = "CaseAccess"
CONSULTATIONS = "Consultations"
DISPUTES = "Disputes"
LEDGER = "RevenueLedger"
ACCOUNT = "InstitutionAccount"


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """One payee of a batch; `withheld` of the `gross` goes to the tax authority."""

    party: PartyId
    gross: Fen
    withheld: Fen
    account: bytes

    def values(self) -> dict[str, object]:
        return {
            "party": self.party,
            "gross": self.gross,
            "withheld": self.withheld,
            "account": self.account,
        }


def apply_as(
    kind: int, home: PartyId, profile: bytes, licence: bytes, signer: bytes, deadline: int
) -> Statement:
    values = {"kind": kind, "home": home, "profile": profile, "licence": licence, "signer": signer}
    return Statement(REGISTRY, "applyAs", values | {"deadline": deadline})


def accredit(
    party: PartyId,
    revision: int,
    specialties: int,
    city: int,
    valid_until: int,
    powers: int,
    authority: PartyId,
    deadline: int,
) -> Statement:
    values = {
        "party": party,
        "revision": revision,
        "specialties": specialties,
        "city": city,
        "validUntil": valid_until,
        "powers": powers,
        "authority": authority,
        "deadline": deadline,
    }
    return Statement(REGISTRY, "accredit", values, (authority,))


def suspend(party: PartyId, revision: int, reason: bytes, authority: PartyId, deadline: int) -> Statement:
    values = {
        "party": party,
        "revision": revision,
        "reason": reason,
        "authority": authority,
        "deadline": deadline,
    }
    return Statement(REGISTRY, "suspend", values, (authority,))


def reinstate(party: PartyId, revision: int, authority: PartyId, deadline: int) -> Statement:
    values = {"party": party, "revision": revision, "authority": authority, "deadline": deadline}
    return Statement(REGISTRY, "reinstate", values, (authority,))


def add_signer(party: PartyId, revision: int, signer: bytes, deadline: int) -> Statement:
    """Needs the new key's possession before it is sent."""
    values = {"party": party, "revision": revision, "signer": signer, "deadline": deadline}
    return Statement(REGISTRY, "addSigner", values, (party,))


def request_signer_removal(party: PartyId, revision: int, index: int, deadline: int) -> Statement:
    values = {"party": party, "revision": revision, "index": index, "deadline": deadline}
    return Statement(REGISTRY, "requestSignerRemoval", values, (party,))


def cancel_signer_removal(party: PartyId, revision: int, deadline: int) -> Statement:
    values = {"party": party, "revision": revision, "deadline": deadline}
    return Statement(REGISTRY, "cancelSignerRemoval", values, (party,))


def request_replacement(
    party: PartyId, sequence: int, signer: bytes, authority: PartyId, deadline: int
) -> Statement:
    """Needs the new key's possession before it is sent."""
    values = {
        "party": party,
        "sequence": sequence,
        "signer": signer,
        "authority": authority,
        "deadline": deadline,
    }
    return Statement(KEYS, "requestReplacement", values, (authority,))


def cancel_replacement(party: PartyId, sequence: int, deadline: int) -> Statement:
    values = {"party": party, "sequence": sequence, "deadline": deadline}
    return Statement(KEYS, "cancelReplacement", values, (party,))


def rule_replacement(
    party: PartyId, sequence: int, allowed: bool, arbiter: PartyId, deadline: int
) -> Statement:
    values = {
        "party": party,
        "sequence": sequence,
        "allowed": allowed,
        "arbiter": arbiter,
        "deadline": deadline,
    }
    return Statement(KEYS, "ruleReplacement", values, (arbiter,))


def replace_signers(party: PartyId) -> Statement:
    """Anyone may call it once the replacement is due and, where it has to be, allowed: nobody signs."""
    return Statement(KEYS, "replaceSigners", {"party": party})


def affiliate(
    doctor: PartyId, institution: PartyId, valid_until: int, standing_until: int, version: int, deadline: int
) -> Statement:
    values = {
        "doctor": doctor,
        "institution": institution,
        "validUntil": valid_until,
        "standingUntil": standing_until,
        "version": version,
        "deadline": deadline,
    }
    return Statement(REGISTRY, "affiliate", values, (doctor, institution))


def end_affiliation(
    doctor: PartyId, institution: PartyId, by: PartyId, version: int, deadline: int
) -> Statement:
    values = {
        "doctor": doctor,
        "institution": institution,
        "by": by,
        "version": version,
        "deadline": deadline,
    }
    return Statement(REGISTRY, "endAffiliation", values, (by,))


def agree(
    one: PartyId, other: PartyId, commitment: bytes, valid_until: int, version: int, deadline: int
) -> Statement:
    a, b = sorted((one, other))
    values = {
        "a": a,
        "b": b,
        "commitment": commitment,
        "validUntil": valid_until,
        "version": version,
        "deadline": deadline,
    }
    return Statement(REGISTRY, "agree", values, (a, b))


def found(
    group: PartyId, lead: PartyId, quorum: int, institution_bps: int, fund_bps: int, deadline: int
) -> Statement:
    values = {
        "group": group,
        "lead": lead,
        "quorum": quorum,
        "institutionBps": institution_bps,
        "fundBps": fund_bps,
        "deadline": deadline,
    }
    return Statement(GROUPS, "found", values, (group, lead))


def join(
    group: PartyId,
    doctor: PartyId,
    spell: int,
    rule_version: int,
    deadline: int,
    consenters: Sequence[PartyId],
) -> Statement:
    values = {
        "group": group,
        "doctor": doctor,
        "spell": spell,
        "ruleVersion": rule_version,
        "deadline": deadline,
        "consenters": list(consenters),
    }
    return Statement(GROUPS, "join", values, (doctor, *consenters))


def leave(group: PartyId, doctor: PartyId, spell: int, deadline: int) -> Statement:
    values = {"group": group, "doctor": doctor, "spell": spell, "deadline": deadline}
    return Statement(GROUPS, "leave", values, (doctor,))


def expel(
    group: PartyId,
    doctor: PartyId,
    spell: int,
    reason: bytes,
    deadline: int,
    consenters: Sequence[PartyId],
) -> Statement:
    values = {
        "group": group,
        "doctor": doctor,
        "spell": spell,
        "reason": reason,
        "deadline": deadline,
        "consenters": list(consenters),
    }
    return Statement(GROUPS, "expel", values, tuple(consenters))


def set_share_rule(
    group: PartyId,
    version: int,
    institution_bps: int,
    fund_bps: int,
    deadline: int,
    consenters: Sequence[PartyId],
) -> Statement:
    values = {
        "group": group,
        "version": version,
        "institutionBps": institution_bps,
        "fundBps": fund_bps,
        "deadline": deadline,
        "consenters": list(consenters),
    }
    return Statement(GROUPS, "setShareRule", values, tuple(consenters))


def set_standing_consent(
    group: PartyId, lead: PartyId, standing_until: int, revision: int, deadline: int
) -> Statement:
    values = {"group": group, "standingUntil": standing_until, "revision": revision, "deadline": deadline}
    return Statement(GROUPS, "setStandingConsent", values, (lead,))


def set_policy(
    group: PartyId, quorum: int, revision: int, deadline: int, consenters: Sequence[PartyId]
) -> Statement:
    values = {
        "group": group,
        "quorum": quorum,
        "revision": revision,
        "deadline": deadline,
        "consenters": list(consenters),
    }
    return Statement(GROUPS, "setPolicy", values, tuple(consenters))


def transfer_lead(
    group: PartyId, lead: PartyId, revision: int, deadline: int, consenters: Sequence[PartyId]
) -> Statement:
    """`lead` is the new one, who signs before the consenters."""
    values = {
        "group": group,
        "lead": lead,
        "revision": revision,
        "deadline": deadline,
        "consenters": list(consenters),
    }
    return Statement(GROUPS, "transferLead", values, (lead, *consenters))


def grant_consent(
    case_file: bytes, consent: bytes, hospital: PartyId, valid_until: int, key: str, deadline: int
) -> Statement:
    values = {
        "caseFile": case_file,
        "consent": consent,
        "hospital": hospital,
        "validUntil": valid_until,
        "key": key,
        "deadline": deadline,
    }
    return Statement(CASES, "grantConsent", values)


def withdraw_consent(case_file: bytes, consent: bytes, deadline: int) -> Statement:
    return Statement(
        CASES, "withdrawConsent", {"caseFile": case_file, "consent": consent, "deadline": deadline}
    )


def commit_file(case_file: bytes, consent: bytes, file: bytes, by: PartyId, deadline: int) -> Statement:
    values = {"caseFile": case_file, "consent": consent, "file": file, "by": by, "deadline": deadline}
    return Statement(CASES, "commitFile", values, (by,))


def grant_key(
    case_file: bytes,
    consent: bytes,
    hospital: PartyId,
    recipient: PartyId,
    key: bytes,
    valid_until: int,
    version: int,
    deadline: int,
) -> Statement:
    """`hospital` is the one that the consent was given to."""
    values = {
        "caseFile": case_file,
        "consent": consent,
        "recipient": recipient,
        "key": key,
        "validUntil": valid_until,
        "version": version,
        "deadline": deadline,
    }
    return Statement(CASES, "grantKey", values, (hospital,))


def end_key_grant(
    case_file: bytes, recipient: PartyId, by: PartyId, version: int, deadline: int
) -> Statement:
    values = {
        "caseFile": case_file,
        "recipient": recipient,
        "by": by,
        "version": version,
        "deadline": deadline,
    }
    return Statement(CASES, "endKeyGrant", values, (by,))


def anchor_log(platform: PartyId, sequence: int, head: bytes, entries: int, deadline: int) -> Statement:
    values = {
        "platform": platform,
        "sequence": sequence,
        "head": head,
        "entries": entries,
        "deadline": deadline,
    }
    return Statement(CASES, "anchorLog", values, (platform,))


def book(terms: bytes, signers: Sequence[PartyId]) -> Statement:
    """`terms` are packed; `signers` as Consultations.signersOf answers."""
    return Statement(CONSULTATIONS, "book", {"terms": terms}, tuple(signers))


def deliver(
    terms: bytes, lead: PartyId, opinion: bytes, seats: int, overtime: int, deadline: int
) -> Statement:
    values = {
        "terms": terms,
        "opinion": opinion,
        "seats": seats,
        "overtime": overtime,
        "deadline": deadline,
    }
    return Statement(CONSULTATIONS, "deliver", values, (lead,))


def accept(terms: bytes, hospital: PartyId, deadline: int) -> Statement:
    return Statement(CONSULTATIONS, "accept", {"terms": terms, "deadline": deadline}, (hospital,))


def accept_by_time(terms: bytes) -> Statement:
    """Anyone may call it: nobody signs."""
    return Statement(CONSULTATIONS, "acceptByTime", {"terms": terms})


def cancel(terms: bytes, by: PartyId, deadline: int) -> Statement:
    return Statement(CONSULTATIONS, "cancel", {"terms": terms, "by": by, "deadline": deadline}, (by,))


def expire(terms: bytes) -> Statement:
    """Anyone may call it: nobody signs."""
    return Statement(CONSULTATIONS, "expire", {"terms": terms})


def cancel_withdrawn(terms: bytes) -> Statement:
    """Anyone may call it once the patient has withdrawn the consent: nobody signs."""
    return Statement(CONSULTATIONS, "cancelWithdrawn", {"terms": terms})


def record_attendance(
    terms: bytes, hospital: PartyId, lead: PartyId, seats: int, overtime: int, deadline: int
) -> Statement:
    values = {"terms": terms, "seats": seats, "overtime": overtime, "deadline": deadline}
    return Statement(DISPUTES, "recordAttendance", values, (hospital, lead))


def mark_no_show(terms: bytes, by: PartyId, seats: int, report: bytes, deadline: int) -> Statement:
    values = {"terms": terms, "by": by, "seats": seats, "report": report, "deadline": deadline}
    return Statement(DISPUTES, "markNoShow", values, (by,))


def reschedule(terms: bytes, to: bytes, signers: Sequence[PartyId]) -> Statement:
    """Both packed; `signers` as Disputes.signersOf answers."""
    return Statement(DISPUTES, "reschedule", {"terms": terms, "to": to}, tuple(signers))


def substitute(terms: bytes, to: bytes, signers: Sequence[PartyId]) -> Statement:
    """Both packed; `signers` as Disputes.signersOf answers."""
    return Statement(DISPUTES, "substitute", {"terms": terms, "to": to}, tuple(signers))


def dispute(terms: bytes, by: PartyId, seats: int, reason: bytes, deadline: int) -> Statement:
    values = {"terms": terms, "by": by, "seats": seats, "reason": reason, "deadline": deadline}
    return Statement(DISPUTES, "dispute", values, (by,))


def settle_dispute(
    terms: bytes, seats: int, bps: int, deadline: int, signers: Sequence[PartyId]
) -> Statement:
    """Signed by the hospital, then the doctors of the seats in seat order."""
    values = {"terms": terms, "seats": seats, "bps": bps, "deadline": deadline}
    return Statement(DISPUTES, "settleDispute", values, tuple(signers))


def rule(terms: bytes, arbiter: PartyId, seats: int, bps: int, reason: bytes, deadline: int) -> Statement:
    values = {"terms": terms, "seats": seats, "bps": bps, "reason": reason, "deadline": deadline}
    return Statement(DISPUTES, "rule", values, (arbiter,))


def apply_default(terms: bytes) -> Statement:
    """Anyone may call it once the arbiter's window has passed: nobody signs."""
    return Statement(DISPUTES, "applyDefault", {"terms": terms})


def release_uncontested(terms: bytes) -> Statement:
    """Anyone may call it once the review window has passed: nobody signs."""
    return Statement(DISPUTES, "releaseUncontested", {"terms": terms})


def remove_signer(party: PartyId) -> Statement:
    """Anyone may call it once the removal is due: nobody signs."""
    return Statement(REGISTRY, "removeSigner", {"party": party})


def deposit(hospital: PartyId, amount: Fen, bank_ref: bytes, bank: PartyId, deadline: int) -> Statement:
    values = {"hospital": hospital, "amount": amount, "bankRef": bank_ref, "bank": bank, "deadline": deadline}
    return Statement(LEDGER, "deposit", values, (bank,))


def refund(hospital: PartyId, amount: Fen, sequence: int, deadline: int) -> Statement:
    values = {"hospital": hospital, "amount": amount, "sequence": sequence, "deadline": deadline}
    return Statement(LEDGER, "refund", values, (hospital,))


def set_payout_account(party: PartyId, account: bytes, version: int, deadline: int) -> Statement:
    values = {"party": party, "account": account, "version": version, "deadline": deadline}
    return Statement(LEDGER, "setPayoutAccount", values, (party,))


def cancel_payout_account(party: PartyId, version: int, deadline: int) -> Statement:
    values = {"party": party, "version": version, "deadline": deadline}
    return Statement(LEDGER, "cancelPayoutAccount", values, (party,))


def drop_pending_account(party: PartyId) -> Statement:
    """Anyone may call it while the replacement of the party's keys is pending: nobody signs."""
    return Statement(LEDGER, "dropPendingAccount", {"party": party})


def prepare_payout(batch: int, items: Sequence[PayoutLine], preparer: PartyId, deadline: int) -> Statement:
    values = {"batch": batch, "items": _items(items), "preparer": preparer, "deadline": deadline}
    return Statement(LEDGER, "preparePayout", values, (preparer,))


def approve_payout(batch: int, items: Sequence[PayoutLine], approver: PartyId, deadline: int) -> Statement:
    values = {"batch": batch, "items": _items(items), "approver": approver, "deadline": deadline}
    return Statement(LEDGER, "approvePayout", values, (approver,))


def confirm_payout(
    batch: int, items: Sequence[PayoutLine], mask: int, bank_ref: bytes, bank: PartyId, deadline: int
) -> Statement:
    values = {
        "batch": batch,
        "items": _items(items),
        "mask": mask,
        "bankRef": bank_ref,
        "bank": bank,
        "deadline": deadline,
    }
    return Statement(LEDGER, "confirmPayout", values, (bank,))


def return_payout(
    batch: int, items: Sequence[PayoutLine], item: int, bank_ref: bytes, bank: PartyId, deadline: int
) -> Statement:
    values = {
        "batch": batch,
        "items": _items(items),
        "item": item,
        "bankRef": bank_ref,
        "bank": bank,
        "deadline": deadline,
    }
    return Statement(LEDGER, "returnPayout", values, (bank,))


def change_officers(
    added: Sequence[bytes], removed: Sequence[bytes], new_threshold: int, sequence: int, deadline: int
) -> Statement:
    """Signed by officers of the account, ERC-7913 signers that are no parties: its address is the signer's."""
    values = {
        "added": list(added),
        "removed": list(removed),
        "newThreshold": new_threshold,
        "sequence": sequence,
        "deadline": deadline,
    }
    return Statement(ACCOUNT, "changeOfficers", values)


def _items(items: Sequence[PayoutLine]) -> list[dict[str, object]]:
    return [item.values() for item in items]
