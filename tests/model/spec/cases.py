"""CaseAccess: the patient's consent, signed by a key made for it alone; files, keys and the log of openings."""

from __future__ import annotations

from functools import partial

from huizhen.domain.statuses import PartyKind, PartyStatus, Power
from tests.model.spec.act import Act, require, require_in_time, require_signed_by
from tests.model.spec.act import rule as _rule
from tests.model.spec.registry import NOBODY, require_active, require_power
from tests.model.spec.state import NO_WORD, Consent, FileCommitment, KeyGrant, LogHead, State

CASES = "CaseAccess"
NO_KEY = bytes(20)
rule = partial(_rule, CASES)


@rule("grantConsent")
def grant_consent(s: State, a: Act) -> None:
    require_in_time(s, a)
    require(s.consents[a.case_file, a.consent].key == NO_KEY, "AlreadyGranted", a.consent)
    require(a.valid_until > s.now, "ValidityInThePast", a.valid_until, s.now)
    require(a.is_signed_with(a.key, a.signature), "InvalidSignature", a.key)

    s.consents[a.case_file, a.consent] = Consent(a.key, a.hospital, a.valid_until, False)
    s.emit(CASES, "ConsentGranted", a.case_file, a.consent, a.hospital, a.key, a.valid_until)


@rule("withdrawConsent")
def withdraw_consent(s: State, a: Act) -> None:
    require_in_time(s, a)
    found = s.consents[a.case_file, a.consent]
    require(found.key != NO_KEY, "NotGranted", a.consent)
    require(not found.withdrawn, "AlreadyWithdrawn", a.consent)
    require(a.is_signed_with(found.key, a.signature), "InvalidSignature", found.key)

    s.consents[a.case_file, a.consent] = found._replace(
        withdrawn=True, valid_until=min(found.valid_until, s.now)
    )
    s.emit(CASES, "ConsentWithdrawn", a.case_file, a.consent)


# Files, keys and the log of openings


@rule("commitFile")
def commit_file(s: State, a: Act) -> None:
    require_in_time(s, a)
    require(a.file != NO_WORD, "ZeroHash")
    hospital = _open(s, a.case_file, a.consent).hospital
    if a.by == hospital:
        require_active(s, a.by, PartyKind.HOSPITAL)
    else:
        _require_key_grant(s, a.case_file, a.by)
    known = s.files[a.case_file, a.file]
    require(known.by == 0, "FileAlreadyCommitted", a.file, known.place)
    require_signed_by(s, a, a.by)

    index = len(s.case_files[a.case_file])
    s.case_hospitals[a.case_file] = hospital
    s.case_files[a.case_file] += (a.file,)
    s.files[a.case_file, a.file] = FileCommitment(a.by, index, s.now)
    s.emit(CASES, "FileCommitted", a.case_file, a.file, a.by, index)


@rule("grantKey")
def grant_key(s: State, a: Act) -> None:
    require_in_time(s, a)
    require(a.key != NO_WORD, "ZeroHash")
    require(a.valid_until > s.now, "ValidityInThePast", a.valid_until, s.now)
    consent = _open(s, a.case_file, a.consent)
    within = a.valid_until <= consent.valid_until
    require(within, "GrantBeyondConsent", a.valid_until, consent.valid_until)
    before = s.key_grants[a.case_file, a.recipient]
    require(a.version == before.version, "StaleRevision", a.version, before.version)
    require_active(s, consent.hospital, PartyKind.HOSPITAL)
    _require_reader(s, a.recipient)
    require_signed_by(s, a, consent.hospital)

    s.case_hospitals[a.case_file] = consent.hospital
    after = KeyGrant(a.consent, a.key, a.valid_until, before.version + 1)
    s.key_grants[a.case_file, a.recipient] = after
    s.emit(CASES, "KeyGranted", a.case_file, a.recipient, consent.hospital, *after)


@rule("endKeyGrant")
def end_key_grant(s: State, a: Act) -> None:
    require_in_time(s, a)
    require(a.by in (a.recipient, s.case_hospitals[a.case_file]), "MayNotEndKeyGrant", a.by)
    before = s.key_grants[a.case_file, a.recipient]
    require(a.version == before.version, "StaleRevision", a.version, before.version)
    require(before.valid_until >= s.now, "KeyGrantNotInForce", a.recipient, before.valid_until, s.now)
    require_signed_by(s, a, a.by)

    after = before._replace(valid_until=0, version=before.version + 1)
    s.key_grants[a.case_file, a.recipient] = after
    s.emit(CASES, "KeyGrantEnded", a.case_file, a.recipient, a.by, after.version)


@rule("anchorLog")
def anchor_log(s: State, a: Act) -> None:
    require_in_time(s, a)
    require(a.head != NO_WORD, "ZeroHash")
    last = s.log_heads[a.platform]
    require(a.sequence == last.sequence, "StaleSequence", a.sequence, last.sequence)
    require(a.entries >= last.entries, "EntriesFell", a.entries, last.entries)
    grows_with_its_head = (a.entries == last.entries) == (a.head == last.head)
    require(last.sequence == 0 or grows_with_its_head, "LogForked", a.head, last.head)
    require_active(s, a.platform, PartyKind.PLATFORM)
    require_signed_by(s, a, a.platform)

    s.log_heads[a.platform] = LogHead(a.head, a.entries, s.now, last.sequence + 1)
    s.emit(CASES, "LogAnchored", a.platform, a.head, a.entries, last.sequence + 1)


# What others ask


def require_consent(s: State, case_file: bytes, consent: bytes, hospital: int, as_of: int) -> None:
    found = _granted(s, case_file, consent)
    require(found.hospital == hospital, "ConsentForOtherHospital", found.hospital, hospital)
    _require_in_force(consent, found, as_of)


def may_open(s: State, case_file: bytes, recipient: int, as_of: int) -> bool:
    grant, party = s.key_grants[case_file, recipient], s.parties.get(recipient, NOBODY)
    return (
        grant.valid_until != 0
        and min(grant.valid_until, party.valid_until) >= as_of
        and not s.consents[case_file, grant.consent].withdrawn
        and party.status == PartyStatus.ACCREDITED
        and (party.kind != PartyKind.OFFICIAL or party.powers & Power.ARBITER != 0)
    )


# Parts


def _granted(s: State, case_file: bytes, consent: bytes) -> Consent:
    found = s.consents[case_file, consent]
    require(found.key != NO_KEY, "NotGranted", consent)
    return found


def _require_in_force(consent: bytes, found: Consent, as_of: int) -> None:
    in_force = not found.withdrawn and found.valid_until >= as_of
    require(in_force, "ConsentNotInForce", consent, found.valid_until, found.withdrawn)


def _open(s: State, case_file: bytes, consent: bytes) -> Consent:
    """A consent in force now, of the hospital to which the case belongs; the first one makes it its own."""
    found, owner = _granted(s, case_file, consent), s.case_hospitals[case_file]
    _require_in_force(consent, found, s.now)
    require(owner in (0, found.hospital), "CaseOfOtherHospital", owner, found.hospital)
    return found


def _require_key_grant(s: State, case_file: bytes, recipient: int) -> None:
    grant = s.key_grants[case_file, recipient]
    require(grant.valid_until >= s.now, "KeyGrantNotInForce", recipient, grant.valid_until, s.now)
    consent = s.consents[case_file, grant.consent]
    require(not consent.withdrawn, "ConsentNotInForce", grant.consent, consent.valid_until, True)
    _require_reader(s, recipient)


def _require_reader(s: State, party: int) -> None:
    """Doctors, hospitals and arbiters read cases; nobody else."""
    kind = s.parties.get(party, NOBODY).kind
    if kind == PartyKind.OFFICIAL:
        require_power(s, party, Power.ARBITER)
    else:
        require(kind in (PartyKind.DOCTOR, PartyKind.HOSPITAL), "KindNotAllowed", kind)
        require_active(s, party, PartyKind(kind))
