"""CredentialRegistry: parties, their accreditation, signers, institutions and agreements."""

from __future__ import annotations

from functools import partial

from huizhen.domain.statuses import PartyKind, PartyStatus, Power
from tests.model.spec.act import Act, require, require_in_time, require_signed, require_signed_by
from tests.model.spec.act import rule as _rule
from tests.model.spec.state import UINT40, Affiliation, Agreement, Party, Registration, SignerRemoval, State

REGISTRY = "CredentialRegistry"
MAX_SIGNERS = 8
LONGEST_SIGNER = 1024
REMOVAL_DELAY = 24 * 3600
AUTHORITY, TAX_AUTHORITY = 1, 2

rule = partial(_rule, REGISTRY)
NOBODY = Party(0, 0, 0, 0, 0, 0, 0)


def constructed(s: State, authority: bytes, tax_authority: bytes) -> None:
    """The two parties without which nothing could begin."""
    for signer, power in ((authority, Power.AUTHORITY), (tax_authority, Power.TAX_AUTHORITY)):
        party = _register(s, PartyKind.OFFICIAL, 0, bytes(32), bytes(32), signer)
        accredited = {"status": PartyStatus.ACCREDITED, "valid_until": UINT40, "powers": int(power)}
        s.parties[party] = s.parties[party]._replace(**accredited)
        s.emit(REGISTRY, "Accredited", party, AUTHORITY, 0, 0, UINT40, power)


# Parties


@rule("applyAs")
def apply_as(s: State, a: Act) -> int:
    require_in_time(s, a)
    require(a.kind != 0, "KindNotAllowed", a.kind)
    party = _register(s, a.kind, a.home, a.profile, a.licence, a.signer)
    require(a.is_signed_with(a.signer, a.signature), "InvalidSignature", party, 0)
    return party


@rule("accredit")
def accredit(s: State, a: Act) -> None:
    require_in_time(s, a)
    _advance(s, a)
    require(a.valid_until > s.now, "ValidityInThePast", a.valid_until, s.now)
    before = s.parties[a.party]
    require(before.status != PartyStatus.SUSPENDED, "NotAccredited", a.party)
    _require_authority(s, a)

    if before.specialties & ~a.specialties or before.powers & ~a.powers or before.valid_until > a.valid_until:
        s.last_loss = s.now
    s.parties[a.party] = before._replace(
        status=PartyStatus.ACCREDITED,
        specialties=a.specialties,
        city=a.city,
        valid_until=a.valid_until,
        powers=a.powers,
    )
    s.emit(REGISTRY, "Accredited", a.party, a.authority, a.specialties, a.city, a.valid_until, a.powers)


@rule("suspend")
def suspend(s: State, a: Act) -> None:
    require_in_time(s, a)
    _advance(s, a)
    require(s.parties[a.party].status == PartyStatus.ACCREDITED, "NotAccredited", a.party)
    _require_authority(s, a)

    s.parties[a.party] = s.parties[a.party]._replace(status=PartyStatus.SUSPENDED)
    s.last_loss = s.now
    s.emit(REGISTRY, "Suspended", a.party, a.authority, a.reason)


@rule("reinstate")
def reinstate(s: State, a: Act) -> None:
    require_in_time(s, a)
    _advance(s, a)
    require(s.parties[a.party].status == PartyStatus.SUSPENDED, "NotSuspended", a.party)
    _require_authority(s, a)

    s.parties[a.party] = s.parties[a.party]._replace(status=PartyStatus.ACCREDITED)
    s.emit(REGISTRY, "Reinstated", a.party, a.authority)


# Signers


@rule("addSigner")
def add_signer(s: State, a: Act) -> None:
    require_in_time(s, a)
    _advance(s, a)
    require_signed_by(s, a, a.party)
    _add_signer(s, a.party, a.signer)
    require(a.is_signed_with(a.signer, a.possession), "PossessionUnproven", a.party)


@rule("requestSignerRemoval")
def request_signer_removal(s: State, a: Act) -> None:
    require_in_time(s, a)
    _advance(s, a)
    require((a.party, a.index) in s.signers, "UnknownSigner", a.party, a.index)
    require_signed_by(s, a, a.party)

    s.removals[a.party] = SignerRemoval(s.now + REMOVAL_DELAY, a.index)
    s.emit(REGISTRY, "SignerRemovalRequested", a.party, a.index, s.now + REMOVAL_DELAY)


@rule("cancelSignerRemoval")
def cancel_signer_removal(s: State, a: Act) -> None:
    require_in_time(s, a)
    _advance(s, a)
    removal = s.removals[a.party]
    require(removal.not_before != 0, "NoRemovalPending", a.party)
    require_signed_by(s, a, a.party)

    s.removals[a.party] = SignerRemoval()
    s.emit(REGISTRY, "SignerRemovalCancelled", a.party, removal.place)


@rule("removeSigner")
def remove_signer(s: State, a: Act) -> None:
    removal = s.removals[a.party]
    require(removal.not_before != 0, "NoRemovalPending", a.party)
    require(s.now >= removal.not_before, "RemovalTooEarly", removal.not_before, s.now)
    left = [index for party, index in s.signers if party == a.party and index != removal.place]
    require(bool(left), "LastSigner", a.party)

    s.removals[a.party] = SignerRemoval()
    s.signers.pop((a.party, removal.place), None)
    s.emit(REGISTRY, "SignerRemoved", a.party, removal.place)


@rule("replaceSigners")
def replace_signers_directly(_: State, a: Act) -> None:
    require(False, "OnlyKeyReplacement", a.sender)


def replace_signers(s: State, party: int, signer: bytes) -> None:
    """All signers go, the new one stays; it may be one that the party had before."""
    row = s.registrations[party]
    s.registrations[party] = row._replace(revision=row.revision + 1)
    s.removals[party] = SignerRemoval()
    for index in range(MAX_SIGNERS):
        if s.signers.pop((party, index), None) is not None:
            s.emit(REGISTRY, "SignerRemoved", party, index)
    if s.party_of_signer.get(signer) == party:
        del s.party_of_signer[signer]
    _add_signer(s, party, signer)


# Institutions


@rule("affiliate")
def affiliate(s: State, a: Act) -> None:
    require_in_time(s, a)
    require_active(s, a.doctor, PartyKind.DOCTOR)
    require_active(s, a.institution, PartyKind.HOSPITAL)
    require(a.valid_until > s.now, "ValidityInThePast", a.valid_until, s.now)
    before = s.affiliations[a.doctor, a.institution]
    require(a.version == before.version, "StaleRevision", a.version, before.version)
    require_signed(s, a, [a.doctor, a.institution], a.signatures)

    if a.valid_until < before.valid_until:
        s.last_loss = s.now
    after = Affiliation(a.valid_until, a.standing_until, before.version + 1)
    s.affiliations[a.doctor, a.institution] = after
    s.emit(REGISTRY, "Affiliated", a.doctor, a.institution, *after)


@rule("endAffiliation")
def end_affiliation(s: State, a: Act) -> None:
    require_in_time(s, a)
    require(a.by in (a.doctor, a.institution), "UnknownParty", a.by)
    before = s.affiliations[a.doctor, a.institution]
    require(a.version == before.version, "StaleRevision", a.version, before.version)
    require(before.valid_until >= s.now, "NotAffiliated", a.doctor, a.institution, before.valid_until, s.now)
    require_signed_by(s, a, a.by)

    s.last_loss = s.now
    s.affiliations[a.doctor, a.institution] = Affiliation(0, 0, before.version + 1)
    s.emit(REGISTRY, "AffiliationEnded", a.doctor, a.institution, a.by, before.version + 1)


@rule("agree")
def agree(s: State, a: Act) -> None:
    require_in_time(s, a)
    require(a.a < a.b, "SameParty", a.b)
    require_active(s, a.a, PartyKind.HOSPITAL)
    require_active(s, a.b, PartyKind.HOSPITAL)
    require(a.valid_until > s.now, "ValidityInThePast", a.valid_until, s.now)
    before = s.agreements[a.a, a.b]
    require(a.version == before.version, "StaleRevision", a.version, before.version)
    require_signed(s, a, [a.a, a.b], a.signatures)

    s.agreements[a.a, a.b] = Agreement(a.valid_until, before.version + 1, a.commitment)
    s.emit(REGISTRY, "Agreed", a.a, a.b, a.commitment, a.valid_until, before.version + 1)


# What others ask


def require_licensed(s: State, party: int, kind: PartyKind, as_of: int) -> Party:
    """That the party is of this kind, accredited now, and its licence is good until `as_of`."""
    found = s.parties.get(party, NOBODY)
    require(found.kind == kind, "KindNotAllowed", found.kind)
    require(found.status == PartyStatus.ACCREDITED, "NotAccredited", party)
    require(found.valid_until >= as_of, "LicenceExpired", party, found.valid_until, as_of)
    return found


def require_active(s: State, party: int, kind: PartyKind) -> None:
    require_licensed(s, party, kind, s.now)


def require_power(s: State, party: int, power: Power) -> None:
    found = s.parties.get(party, NOBODY)
    require(found.status == PartyStatus.ACCREDITED, "NotAccredited", party)
    require(found.valid_until >= s.now, "LicenceExpired", party, found.valid_until, s.now)
    require(found.powers & power == power, "PowerMissing", party, found.powers, power)


def is_qualified(s: State, doctor: int, specialties: int, institution: int, as_of: int) -> bool:
    d, i = s.parties.get(doctor, NOBODY), s.parties.get(institution, NOBODY)
    return (
        (d.kind, d.status) == (PartyKind.DOCTOR, PartyStatus.ACCREDITED)
        and (i.kind, i.status) == (PartyKind.HOSPITAL, PartyStatus.ACCREDITED)
        and d.specialties & specialties == specialties
        and min(d.valid_until, i.valid_until, s.affiliations[doctor, institution].valid_until) >= as_of
    )


# Parts


def _register(s: State, kind: int, home: int, profile: bytes, licence: bytes, signer: bytes) -> int:
    party = len(s.parties) + 1
    s.parties[party] = Party(0, 0, 0, kind, PartyStatus.APPLIED, 0, 0)
    s.registrations[party] = Registration(home, 0, s.now, profile, licence)
    s.emit(REGISTRY, "Applied", party, kind, home, profile, licence, signer)
    _add_signer(s, party, signer)
    return party


def _add_signer(s: State, party: int, signer: bytes) -> None:
    require(len(signer) >= 20, "SignerTooShort", len(signer))
    require(len(signer) <= LONGEST_SIGNER, "SignerTooLong", len(signer), LONGEST_SIGNER)
    require(signer not in s.party_of_signer, "SignerTaken", s.party_of_signer.get(signer))
    index = next(index for index in range(MAX_SIGNERS + 1) if (party, index) not in s.signers)
    require(index < MAX_SIGNERS, "TooManySigners", party, MAX_SIGNERS)
    s.party_of_signer[signer] = party
    s.signers[party, index] = signer
    s.parties[party] = s.parties[party]._replace(signers=max(s.parties[party].signers, index + 1))
    s.emit(REGISTRY, "SignerAdded", party, index, signer)


def _advance(s: State, a: Act) -> None:
    """Every act on a party moves its revision, so a statement works once and only on what its signer saw."""
    require(a.party in s.parties, "UnknownParty", a.party)
    before = s.registrations[a.party]
    require(a.revision == before.revision, "StaleRevision", a.revision, before.revision)
    s.registrations[a.party] = before._replace(revision=before.revision + 1)


def _require_authority(s: State, a: Act) -> None:
    require_power(s, a.authority, Power.AUTHORITY)
    require_signed_by(s, a, a.authority)
